"""Two ledgers linked: the gates of precision and recall on the error models, and who is never taken for another."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from two_ledgers import PER_VILLAGE, precision_recall, two_ledgers

from matcher.linkage import (
    Cells,
    PairClass,
    Rank,
    Sureness,
    classed,
    doubles,
    entry_of,
    evidence_of,
    link,
    pairs_in_reach,
    queue_of,
    total,
    weights,
)
from matcher.linkage.blocking import keys_of
from matcher.records.id_numbers import check_digit

ON = date(2027, 1, 30)
N_LEFT, N_RIGHT = 1600, 1500
PRECISION, RECALL = 0.995, 0.98
NUMBER, OTHER, THIRD = "450206197801010028", "450206199203050010", "450206196511110018"


def entries(ledger):
    return [
        entry_of(
            ix + 2,
            Cells(name=row[1], number=row[2], born=row[3], phone=row[4], village=row[5]),
            on=ON,
            facts={"employment_status": row[6]},
        )
        for ix, row in enumerate(ledger.rows)
    ]


def row(name="韦小英", number=NUMBER, **rest):
    facts = rest.pop("facts", {})
    return entry_of(2, Cells(name=name, number=number, **rest), on=ON, facts=facts)


@pytest.fixture(scope="module")
def two():
    return two_ledgers(N_LEFT, N_RIGHT, seed=7)


@pytest.fixture(scope="module")
def sides(two):
    return entries(two.left), entries(two.right)


@pytest.fixture(scope="module")
def linkage(sides):
    return link(*sides, weights())


def same(linkage):
    return [(pair.left, pair.right) for pair in linkage.pairs if pair.verdict is Sureness.SAME]


def test_the_gates_of_precision_and_recall_hold_without_anybody_asked(two, linkage):
    precision, recall = precision_recall(two, same(linkage))
    assert precision >= PRECISION
    assert recall >= RECALL


def test_every_row_is_in_one_pair_or_alone(sides, linkage):
    left, right = sides
    assert sorted([pair.left for pair in linkage.pairs] + list(linkage.left_only)) == list(range(len(left)))
    assert sorted([pair.right for pair in linkage.pairs] + list(linkage.right_only)) == list(range(len(right)))


def test_the_order_of_the_rows_changes_nothing(sides, linkage):
    left, right = sides
    turned = link(left[::-1], right[::-1], weights())
    mirrored = {(len(left) - 1 - a, len(right) - 1 - b) for a, b in same(turned)}
    assert mirrored == set(same(linkage))


def test_people_written_down_twice_are_found_in_their_own_list(two, sides, linkage):
    left, _ = sides
    found = doubles(left, linkage.scale, weights(), linkage.left_only)
    twice = len(two.left.person) - len(set(two.left.person))
    assert all(two.left.person[a] == two.left.person[b] for a, b, _ in found)
    assert len(found) == twice > 0


def test_blocks_reach_exactly_the_pairs_that_share_a_key(sides):
    left, right = (side[:PER_VILLAGE] for side in sides)
    moved = frozenset({("上江", "下江")})
    fast = pairs_in_reach(left, right, (range(len(left)), range(len(right))), moved, largest=10**9)
    keys = [
        [set(keys_of(one, {*one.villages, *(new for old, new in moved if old in one.villages)})) for one in left],
        [set(keys_of(one, one.villages)) for one in right],
    ]
    slow = [(a, b) for a, b in product(range(len(left)), range(len(right))) if keys[0][a] & keys[1][b]]  # the slow twin
    assert list(fast.pairs) == slow
    assert pairs_in_reach(left, right, (range(9), range(9)), moved, largest=0).pairs == ()


def test_a_slip_of_the_pen_is_the_same_person_and_a_neighbour_in_the_register_is_not():
    many = [row(f"覃{c}丙", "", village="六屯村") for c in "甲乙丁戊己庚辛壬癸子丑寅"]
    scale = link(many, many, weights()).scale
    slip = evidence_of(row(village="板江村"), row(number="450206197801010038", village="板江村"), scale, weights())
    twin = evidence_of(row(village="板江村"), row("韦小芳", "450206197801010044", village="板江村"), scale, weights())
    assert [line.level for line in slip[1:3]] == ["one_digit", "same"]
    assert twin[1].level == "both_right"
    assert total(slip) >= weights().verdict.same > weights().verdict.ask > total(twin)


def test_fifteen_digits_are_the_same_number_and_swapped_cells_are_put_back():
    old = row(number="450206780101002")
    assert old.number == NUMBER
    turned = row(NUMBER, "韦小英", phone="15400000007")
    assert (turned.name, turned.number, turned.slips) == ("韦小英", NUMBER, ("swapped",))
    under_phone = row(number="15400000007", phone=NUMBER)
    assert (under_phone.number, under_phone.phone) == (NUMBER, "15400000007")
    assert row("Ann", "unknown", phone="none").slips == ("number",)
    under_birth = row(number="1978年1月1日", born=NUMBER)
    assert (under_birth.number, under_birth.born, under_birth.slips) == (NUMBER, "1978-01-01", ("swapped",))
    all_four = row("15400000007", "1978-01-01", phone="韦小英", born=NUMBER)
    assert (all_four.name, all_four.number, all_four.phone, all_four.born) == (
        "韦小英", NUMBER, "15400000007", "1978-01-01",
    )  # fmt: skip
    assert row(number="19780101", born="", phone="无").born == "1978-01-01"
    assert row(born="15400000007", phone="15400000008").slips == ()


def test_a_village_with_two_names_is_learnt_from_the_numbers():
    left, right = [], []
    for n in range(6):
        number = f"45020619780101{n:03d}"
        number += check_digit(number)
        left.append(row(f"韦一{'甲乙丙丁戊己'[n]}", number, village="上屯村"))
        right.append(row(f"韦一{'甲乙丙丁戊己'[n]}", number, village="板江村"))
    left.append(row("蓝小英", "", born="1980-02-03", village="上屯村"))
    right.append(row("蓝小英", "", born="1980-02-03", village="板江村"))
    linked = link(left, right, weights())
    assert linked.scale.moved == {("上屯", "板江")}
    assert {(pair.left, pair.right) for pair in linked.pairs} >= {(6, 6)}
    lines = evidence_of(left[6], right[6], linked.scale, weights())
    assert next(line.level for line in lines if line.field == "village") == "moved"


def test_one_number_under_two_names_is_never_settled_without_a_person():
    linked = link([row("韦小英")], [row("韦建国")], weights())
    assert [pair.verdict for pair in linked.pairs] == [Sureness.ASK]
    found = classed([row("韦小英")], [row("韦建国")], linked, weights(), ())
    assert found[0].kind is PairClass.NEEDS_PERSON


def test_what_was_said_stands_whatever_the_evidence():
    left, right = [row("韦小英"), row("覃大海", OTHER)], [row("韦小英"), row("黎阿妹", THIRD)]
    said = link(left, right, weights(), together=[(1, 1)], apart=frozenset({(0, 0)}))
    assert [(pair.left, pair.right) for pair in said.pairs] == [(1, 1)]
    assert (said.left_only, said.right_only) == ((0,), (0,))


def test_money_stands_before_the_baseline_before_the_rest():
    people = [("韦小英", NUMBER), ("覃大海", OTHER), ("黎阿妹", THIRD)]
    fields = ("education", "registered_poor", "employment_status")
    left = [row(*one, facts={field: "a"}) for one, field in zip(people, fields, strict=True)]
    right = [row(*one, facts={field: "b"}) for one, field in zip(people, fields, strict=True)]
    linked = link(left, right, weights())
    found = classed(left, right, linked, weights(), {(pair.left, pair.right) for pair in linked.pairs})
    assert [one.rank for one in queue_of(found)] == [Rank.MONEY, Rank.BASELINE, Rank.REST]
    assert {one.kind for one in found} == {PairClass.STATUS_DIFFERS}
