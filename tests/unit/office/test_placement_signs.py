"""Signs of false placement, and the audit sample drawn from them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import resources

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.office.tracking.evidence import Grade
from matcher.office.tracking.sample import DRAWN, FOUND, draw, refutations, results_of, sample_of
from matcher.office.tracking.signs import (
    FILE,
    Case,
    Seen,
    Sign,
    WageRule,
    looked_for,
    not_looked_for,
    read_rules,
    sign_rules,
    signs_of,
    wage_rule,
)
from matcher.records import Evidence, EvidenceKind, Placement
from matcher.records.deeds import Deed

ON = date(2018, 6, 1)
LIUZHOU, GUANGZHOU, DONGGUAN, HARBIN = "450206102", "440103000", "441900000", "230103000"


def case(
    n: int,
    *,
    worker: str = "",
    start: date = date(2018, 5, 1),
    end: date | None = None,
    place: str = LIUZHOU,
    wage: int | None = 3000,
    evidence: tuple[Evidence, ...] = (),
    phone: str = "",
    card: str = "",
    born: date | None = None,
    heard: bool = False,
) -> Case:
    """The placement p<n> of w<n> or of somebody named."""
    placement = Placement(
        placement_id=f"p{n}", worker_id=worker or f"w{n}", start=start, end=end, place_code=place,
        wage_yuan_month=wage, evidence=evidence,
    )  # fmt: skip
    return Case(placement=placement, village="450206102203", birth_date=born, phone=phone, card=card, heard=heard)


def seen(*cases: Case, lowest: int | None = 1430) -> dict[str, list[Sign]]:
    """Placement -> its signs."""
    found = signs_of(cases, sign_rules(), ON, lowest_yuan_month=lowest)
    return {one: [sign.sign for sign in signs] for one, signs in found.items()}


def test_one_phone_for_three_people_is_a_sign_and_for_two_is_a_couple() -> None:
    assert seen(case(1, phone="a"), case(2, phone="a")) == {}
    assert seen(*(case(n, phone="a") for n in (1, 2, 3))) == {f"p{n}": [Sign.SHARED_PHONE] for n in (1, 2, 3)}
    assert seen(*(case(n, worker="w1", phone="a") for n in (1, 2, 3))) == {}


def test_one_card_for_two_people_names_the_other() -> None:
    found = signs_of([case(1, card="x"), case(2, card="x")], sign_rules(), ON, lowest_yuan_month=None)
    assert found["p1"] == (Seen(sign=Sign.SHARED_CARD, beside=("p2",)),)


@pytest.mark.parametrize(
    ("other", "end", "far"),
    [(GUANGZHOU, None, True), (GUANGZHOU, date(2018, 5, 10), False), (LIUZHOU, None, False)],
)
def test_two_places_far_apart_on_one_day(other: str, end: date | None, far: bool) -> None:
    both = (case(1, worker="w", end=end), case(2, worker="w", start=date(2018, 5, 10), place=other))
    assert bool(seen(*both)) is far


def arrived(*days: date) -> tuple[Evidence, ...]:
    return tuple(Evidence(kind=EvidenceKind.CHECK_IN, on=day) for day in days)


@pytest.mark.parametrize(
    ("first", "second", "far"),
    [
        ((date(2018, 2, 1), date(2018, 4, 1), ()), (date(2018, 3, 1), date(2018, 5, 1), ()), True),
        ((date(2018, 2, 1), date(2018, 3, 1), ()), (date(2018, 3, 1), date(2018, 5, 1), ()), False),
        ((date(2018, 2, 1), date(2018, 3, 1), arrived(date(2018, 4, 1))), (date(2018, 3, 5), None, ()), True),
        ((date(2018, 2, 1), date(2018, 3, 1), arrived(date(2018, 3, 5))), (date(2018, 3, 5), None, ()), False),
        ((date(2018, 2, 1), date(2018, 3, 1), arrived(date(2018, 3, 1))),
         (date(2018, 3, 1), None, arrived(date(2018, 3, 1))), True),
        ((date(2018, 2, 1), date(2018, 3, 1), arrived(date(2018, 7, 1))), (date(2018, 3, 5), None, ()), False),
    ],
)  # fmt: skip
def test_what_is_over_and_a_check_in_say_where_somebody_was(first, second, far) -> None:
    both = [
        case(n, worker="w", start=start, end=end, place=place, evidence=evidence, heard=True)
        for n, (place, (start, end, evidence)) in enumerate(((LIUZHOU, first), (GUANGZHOU, second)))
    ]
    told = seen(*both)
    assert told == ({"p0": [Sign.TWO_PLACES], "p1": [Sign.TWO_PLACES]} if far else {})


@pytest.mark.parametrize(("days", "fast"), [(1, True), (2, False)])
def test_nobody_checks_in_farther_away_than_a_day_takes_them(days: int, fast: bool) -> None:
    left, came = date(2018, 5, 10), date(2018, 5, 10 + days)
    both = (
        case(1, worker="w", end=left, place=LIUZHOU, evidence=arrived(left)),
        case(2, worker="w", start=came, place=HARBIN, evidence=arrived(came)),
    )
    assert seen(*both) == ({"p1": [Sign.TOO_FAST], "p2": [Sign.TOO_FAST]} if fast else {})
    unseen = (case(1, worker="w", end=left, place=LIUZHOU), case(2, worker="w", start=came, place=HARBIN))
    assert seen(*unseen) == {}


def test_of_what_is_over_it_is_asked_alone_where_somebody_was() -> None:
    ended = [case(n, start=date(2017, 12, 1), end=date(2018, 5, 10), wage=900, phone="a", card="b") for n in range(3)]
    assert seen(*ended) == {}


@pytest.mark.parametrize(
    ("end", "there"), [(None, True), (date(2018, 6, 1), True), (date(2017, 6, 1), True), (date(2017, 5, 31), False)]
)
def test_what_ended_long_ago_is_not_looked_at(end: date | None, there: bool) -> None:
    placement = Placement(placement_id="p", worker_id="w", start=date(2017, 1, 1), end=end)
    assert looked_for(placement, sign_rules().limits, ON) is there
    ahead = Placement(placement_id="p", worker_id="w", start=date(2018, 6, 2))
    assert not looked_for(ahead, sign_rules().limits, ON)


def test_a_village_that_jumps_without_a_paper_is_a_sign() -> None:
    def began(n: int, day: int, *kinds: EvidenceKind) -> Case:
        papers = tuple(Evidence(kind=kind, on=date(2018, 5, day)) for kind in kinds)
        return case(n, start=date(2018, 5, day), evidence=papers)

    jump = [began(n, 1 + n % 7) for n in range(10)]
    assert seen(*jump) == {f"p{n}": [Sign.JUMP] for n in range(10)}
    assert seen(*jump[:9]) == {}
    spread = [began(n, 1 + 2 * n) for n in range(10)]
    assert seen(*spread) == {}
    assert seen(*jump[:9], began(9, 3, EvidenceKind.CONTRACT)) == {}
    assert seen(*jump[:9], began(9, 3, EvidenceKind.CHECK_IN)) == {f"p{n}": [Sign.JUMP] for n in range(10)}
    again = case(9, worker="w0", start=date(2018, 5, 2))
    assert seen(*jump[:9], again) == {}


def test_the_lowest_wage_is_that_of_the_document_that_binds_else_the_first() -> None:
    rules = sign_rules()
    own = msgspec.structs.replace(rules, wage=(*rules.wage, WageRule(pack="own_2024", parameter="lowest")))
    assert wage_rule(own, "own_2024").parameter == "lowest"
    assert wage_rule(own, "hekou_2018") == rules.wage[0]


def test_places_near_each_other_are_no_sign() -> None:
    assert seen(case(1, worker="w", place=GUANGZHOU), case(2, worker="w", place=DONGGUAN)) == {}


@pytest.mark.parametrize(("wage", "low"), [(1429, True), (1430, False), (None, False)])
def test_a_wage_under_the_figure_of_the_county(wage: int | None, low: bool) -> None:
    assert bool(seen(case(1, wage=wage))) is low
    assert seen(case(1, wage=wage), lowest=None) == {}
    assert not_looked_for(None) == (Sign.LOW_WAGE,)
    assert not_looked_for(1430) == ()


def test_nobody_has_heard_of_somebody_for_three_months() -> None:
    long_ago = date(2018, 3, 1)
    assert seen(case(1, start=long_ago)) == {"p1": [Sign.NO_CONTACT]}
    assert seen(case(1, start=date(2018, 3, 2))) == {}
    assert seen(case(1, start=long_ago, heard=True)) == {}
    reply = Evidence(kind=EvidenceKind.OWN_REPLY, on=date(2018, 4, 1))
    assert seen(case(1, start=long_ago, evidence=(reply,))) == {}
    contract = Evidence(kind=EvidenceKind.CONTRACT, on=date(2018, 4, 1))
    assert seen(case(1, start=long_ago, evidence=(contract,))) == {"p1": [Sign.NO_CONTACT]}


def test_all_ages_of_a_village_end_in_0() -> None:
    born = [date(1968 + 10 * (n % 3), 5, 1) for n in range(5)]
    people = [case(n, born=day) for n, day in enumerate(born)]
    assert set(seen(*people)) == {f"p{n}" for n in range(5)}
    assert seen(*people[:4]) == {}
    assert seen(*people, case(9, born=date(1971, 5, 1))) == {}


def test_ages_that_ended_in_0_when_the_work_began_are_a_sign_in_later_years_too() -> None:
    begun = date(2017, 3, 1)
    people = [case(n, born=date(1947 + 10 * n, 1, 1), start=begun) for n in range(5)]
    assert all(Sign.ROUND_AGES in signs for signs in seen(*people).values())
    other = case(9, born=date(1969, 7, 1), start=begun)
    assert not any(Sign.ROUND_AGES in signs for signs in seen(*people, other).values())


def test_evidence_of_tomorrow_is_a_sign() -> None:
    later = Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(2018, 6, 2))
    assert seen(case(1, evidence=(later,))) == {"p1": [Sign.FUTURE]}


def test_a_sign_without_words_is_refused() -> None:
    text = resources.files("matcher.office.tracking").joinpath(FILE).read_text("utf-8")
    assert read_rules(text) == sign_rules()
    with pytest.raises(InvalidInput):
        read_rules(text.replace("future = ", "# "))


GRADES = st.dictionaries(st.integers(0, 60).map(str), st.sampled_from(list(Grade)))


@settings(max_examples=30, deadline=None)
@given(GRADES, st.sets(st.integers(0, 60).map(str)), st.integers(0, 9), st.integers(1, 4))
def test_a_sample_is_the_same_again_and_each_stratum_gives_what_it_can(
    grades: dict[str, Grade], signed: set[str], seed: int, most: int
) -> None:
    signs = {one: (Seen(sign=Sign.FUTURE),) for one in signed}
    drawn = draw(grades, signs, seed=seed, per_stratum=most)
    again = draw(dict(reversed(grades.items())), signs, seed=seed, per_stratum=most)
    assert drawn == again
    assert sum(stratum.of for stratum in drawn.strata) == len(grades)
    assert all(len(stratum.drawn) == min(most, stratum.of) for stratum in drawn.strata)
    assert len(set(drawn.ids)) == len(drawn.ids)


def test_another_seed_draws_others() -> None:
    grades = {f"p{n}": Grade.B for n in range(200)}
    assert draw(grades, {}, seed=1, per_stratum=10).ids != draw(grades, {}, seed=2, per_stratum=10).ids


@pytest.mark.parametrize("most", [0, 501])
def test_a_sample_of_nobody_or_of_everybody_is_refused(most: int) -> None:
    with pytest.raises(InvalidInput):
        draw({}, {}, seed=0, per_stratum=most)


def test_a_sample_is_read_back_from_its_deeds_with_the_last_word_of_each() -> None:
    drawn = draw({"p1": Grade.A, "p2": Grade.D}, {}, seed=3, per_stratum=5)
    at = datetime(2018, 6, 1, tzinfo=UTC)
    bodies = [
        (DRAWN, {"sample": msgspec.to_builtins(drawn)}),
        (FOUND, {"placement_id": "p1", "result": "unclear"}),
        (FOUND, {"placement_id": "p1", "result": "real"}),
        (FOUND, {"erased": True}),
    ]
    deeds = [
        Deed(number=n, stream="sample:1", seq=n, kind=kind, at=at, on=ON, by="o", body=body)
        for n, (kind, body) in enumerate(bodies, 1)
    ]
    assert sample_of(deeds) == drawn
    assert sample_of(deeds[1:]) is None
    assert results_of(deeds) == {"p1": "real"}


def word(n: int, result: str, *, stream: str = "sample:1", on: date = ON, placement_id: str = "p1") -> Deed:
    body = {"placement_id": placement_id, "result": result}
    return Deed(
        number=n, stream=stream, seq=n, kind=FOUND, at=datetime(2018, 6, 1, tzinfo=UTC), on=on, by="o", body=body
    )


@pytest.mark.parametrize(
    ("words", "false"),
    [
        ([("false", "1")], True),
        ([("false", "1"), ("real", "1")], False),
        ([("false", "1"), ("unclear", "1")], False),
        ([("false", "1"), ("unclear", "2")], True),
        ([("false", "1"), ("real", "2")], False),
        ([("real", "1"), ("false", "2"), ("unclear", "1")], True),
        ([("unclear", "1")], False),
    ],
)
def test_the_last_look_that_settles_it_says_whether_it_is_false(words: list[tuple[str, str]], false: bool) -> None:
    deeds = [word(n, result, stream=f"sample:{sample}") for n, (result, sample) in enumerate(words, 1)]
    assert set(refutations(deeds, ON)) == ({"p1"} if false else set())


def test_it_is_false_from_the_day_of_the_look_on() -> None:
    deeds = [word(1, "false", on=date(2018, 5, 20)), word(2, "real", on=date(2018, 5, 25))]
    told = [bool(refutations(deeds, date(2018, 5, day))) for day in (19, 20, 24, 25)]
    assert told == [False, True, True, False]
