"""The same money twice, against a plain twin that compares every pair."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from benefit_claims import PACKS
from hypothesis import given
from hypothesis import strategies as st

from matcher.policy import Conventions
from matcher.policy.benefit_types import Exclusion
from matcher.policy.benefits import Claim, Claims, Kind, double_claims
from matcher.policy.evaluation.conventions import year_of

CONVENTIONS = Conventions()


def claimed(benefit, pack="liujiang_2018", on=date(2018, 6, 1), **named):
    return Claim(pack=pack, benefit=benefit, on=on, **named)


def kinds(old, new, packs=PACKS.packs, conventions=CONVENTIONS):
    (found,) = double_claims([old], [new], packs, conventions)
    return [double.kind for double in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (claimed("A-WS", persons=("w1",)), claimed("A-WS", persons=("w1",)), [Kind.SAME_BENEFIT]),
        (claimed("A-WS", persons=("w1",)), claimed("A-WS", persons=("w2",)), []),
        (
            claimed("A-WS", persons=("w1",), claimant="a"),
            claimed("A-WS", persons=("w1",), claimant="b", on=date(2020, 6, 1)),
            [Kind.OTHER_CLAIMANT],
        ),
        (claimed("A-BW", operator="o"), claimed("A-BW", operator="o"), [Kind.SAME_BENEFIT]),
        (claimed("A-BW", claimant="o"), claimed("A-BW", operator="o", claimant="o"), [Kind.SAME_BENEFIT]),
        (claimed("A-BM", operator="o", market="m1"), claimed("A-BM", operator="o", market="m2"), []),
        (claimed("A-BM", operator="o", market="m1"), claimed("A-BM", operator="p", market="m1"), [Kind.SAME_BENEFIT]),
        (claimed("A-PLOT", household="h"), claimed("A-PLOT", household="h"), [Kind.SAME_BENEFIT]),
        (claimed("A-ST", station="s"), claimed("A-ST", station="s", on=date(2018, 1, 1)), [Kind.SAME_BENEFIT]),
        (claimed("A-ST", station="s"), claimed("A-ST", station="s", on=date(2019, 1, 1)), []),
        (
            claimed("A-WP", persons=("w1",), months=("2018-03", "2018-04")),
            claimed("A-WP", persons=("w1",), months=("2018-04", "2018-05")),
            [Kind.SAME_BENEFIT],
        ),
        # The months paid count, not the month of the claim.
        (
            claimed("A-WP", persons=("w1",), months=("2018-03",)),
            claimed("A-WP", persons=("w1",), months=("2018-04",)),
            [],
        ),
        # Where no month is named, that of the claim.
        (claimed("A-WP", persons=("w1",)), claimed("A-WP", persons=("w1",), on=date(2018, 7, 1)), []),
        (
            claimed("A-WP", persons=("w1",)),
            claimed("A-WP", persons=("w1",), on=date(2018, 6, 30)),
            [Kind.SAME_BENEFIT],
        ),
        (
            claimed("A-PRE", persons=("w1",), occasion="c1"),
            claimed("A-PRE", persons=("w1",), occasion="c1"),
            [Kind.SAME_BENEFIT],
        ),
        (claimed("A-PRE", persons=("w1",), occasion="c1"), claimed("A-PRE", persons=("w1",), occasion="c2"), []),
        # Without a named occasion the day is one.
        (claimed("A-PRE", persons=("w1",)), claimed("A-PRE", persons=("w1",)), [Kind.SAME_BENEFIT]),
        (claimed("A-PRE", persons=("w1",)), claimed("A-PRE", persons=("w1",), on=date(2018, 6, 2)), []),
        (claimed("A-WPI", persons=("w1",)), claimed("A-WPI", persons=("w1",)), []),
        (claimed("A-WS"), claimed("A-WS"), []),
        (claimed("A-WS", pack="nowhere", persons=("w1",)), claimed("A-WS", persons=("w1",)), []),
        (claimed("no such", persons=("w1",)), claimed("no such", persons=("w1",)), []),
        (claimed("A-WS", persons=("w1",)), claimed("workshop_reward", persons=("w1",)), [Kind.SAME_BENEFIT]),
        (
            claimed("D-SVC", "qinzhou_2021", date(2022, 1, 1), persons=("w1",), claimant="a"),
            claimed("D-SVC", "qinzhou_2021", date(2022, 12, 31), persons=("w1",), claimant="b"),
            [Kind.OTHER_CLAIMANT],
        ),
        (
            claimed("D-SVC", "qinzhou_2021", date(2021, 12, 31), persons=("w1",)),
            claimed("D-SVC", "qinzhou_2021", date(2022, 1, 1), persons=("w1",)),
            [],
        ),
        # The same bill: another fund is for a person to judge, what the document grants besides is none.
        (
            claimed("A-BW", operator="o", cost="bill", fund="f1"),
            claimed("A-BF", operator="p", cost="bill", fund="f2"),
            [Kind.TWO_FUNDS],
        ),
        # One bill for two operators out of one fund is no second fund.
        (
            claimed("A-BW", operator="o", cost="bill", fund="f1"),
            claimed("A-BW", operator="p", cost="bill", fund="f1"),
            [],
        ),
        # A claim sent in again with another fund does not clash with itself.
        (
            claimed("A-BW", operator="o", cost="bill", fund="f1", id="k1"),
            claimed("A-BW", operator="o", cost="bill", fund="f2", id="k1"),
            [],
        ),
        (claimed("A-HOUSE", cost="bill"), claimed("A-SKL", persons=("w1",), cost="bill"), []),
        (claimed("A-SKL", persons=("w1",), cost="bill"), claimed("A-BW", operator="o", cost="bill"), []),
        # A bill covered before under a name that is no benefit of ours.
        (claimed("no such", cost="bill"), claimed("A-BW", operator="o", cost="bill"), [Kind.TWO_FUNDS]),
        # One purpose, and the document is silent: told, not barred.
        (
            claimed("B-TR", "hekou_2018", persons=("w1",)),
            claimed("B-XTRA", "hekou_2018", persons=("w1",)),
            [Kind.STACKED],
        ),
        # A claim sent in again for the other benefit of one purpose is not stacked upon itself.
        (
            claimed("B-TR", "hekou_2018", persons=("w1",), id="k1"),
            claimed("B-XTRA", "hekou_2018", persons=("w1",), id="k1"),
            [],
        ),
        (claimed("A-PRE", persons=("w1",)), claimed("A-SKL", persons=("w1",)), []),
        # Two purposes, each of them named.
        (claimed("B-TR", "hekou_2018", persons=("w1",)), claimed("B-SVC", "hekou_2018", persons=("w1",)), []),
    ],
)
def test_what_counts_as_twice(old, new, expected):
    assert kinds(old, new) == expected


def test_a_policy_year_begins_with_its_document():
    yearly = Conventions(once_per_year="policy_year")
    old = claimed("D-SVC", "qinzhou_2021", date(2021, 9, 1), persons=("w1",))
    new = claimed("D-SVC", "qinzhou_2021", date(2022, 8, 29), persons=("w1",))
    assert (kinds(old, new), kinds(old, new, conventions=yearly)) == ([], [Kind.SAME_BENEFIT])
    later = msgspec.structs.replace(new, on=date(2022, 8, 30))
    assert kinds(old, later, conventions=yearly) == []


def test_of_several_earlier_claims_the_first_is_named():
    days = (date(2018, 5, 2), date(2018, 4, 1), date(2018, 5, 1))
    earlier = [claimed("A-WS", persons=("w1",), on=day, id=f"k{day.month}{day.day}") for day in days]
    (found,) = Claims(PACKS.packs, CONVENTIONS, earlier).doubles(claimed("A-WS", persons=("w1",)))
    assert (found.earlier_id, found.earlier_on) == ("k41", date(2018, 4, 1))


def test_benefits_that_name_no_purpose_have_none_in_common():
    pack = PACKS["hekou_2018"]
    silent = tuple(msgspec.structs.replace(one, purpose="") for one in pack.benefits)
    packs = {pack.id: msgspec.structs.replace(pack, benefits=silent)}
    assert kinds(*(claimed(code, pack.id, persons=("w1",)) for code in ("B-TR", "B-XTRA")), packs) == []


def test_findings_are_told_in_one_order():
    people = tuple(f"w{number}" for number in range(9))
    (found,) = double_claims(
        [claimed("A-WS", persons=people[::-1])], [claimed("A-WS", persons=people)], PACKS.packs, CONVENTIONS
    )
    assert [double.subject for double in found] == list(people)


def test_a_month_used_up_is_named_as_such():
    used = Claims(PACKS.packs, CONVENTIONS).keys(claimed("A-WP", persons=("w1",)))
    assert used == ("A-WP w1 2018-06",)


def test_benefits_that_bar_each_other_do_so_whichever_came_first():
    pack = PACKS["liujiang_2018"]
    barring = tuple(
        msgspec.structs.replace(one, excludes=(Exclusion(benefit="A-SKL", clause="一"),)) if one.id == "A-PRE" else one
        for one in pack.benefits
    )
    packs = {pack.id: msgspec.structs.replace(pack, benefits=barring)}
    one, other = claimed("A-PRE", persons=("w1",)), claimed("A-SKL", persons=("w1",))
    assert kinds(one, other, packs) == kinds(other, one, packs) == [Kind.EXCLUDED]


@pytest.mark.parametrize("besides", ["B-TR", "B-XTRA"])
def test_what_is_granted_besides_is_stacked_upon_nothing_whichever_came_first(besides):
    pack = PACKS["hekou_2018"]
    granted = tuple(msgspec.structs.replace(one, on_top=one.id == besides) for one in pack.benefits)
    packs = {pack.id: msgspec.structs.replace(pack, benefits=granted)}
    one, other = (claimed(code, pack.id, persons=("w1",)) for code in ("B-TR", "B-XTRA"))
    assert kinds(one, other, packs) == kinds(other, one, packs) == []


def test_a_claim_is_no_double_of_itself():
    same = claimed("A-WS", id="c1", persons=("w1",))
    assert kinds(same, same) == []


def test_new_claims_are_held_against_each_other_in_their_order():
    first, second = (claimed("A-WS", id=name, persons=("w1",), claimant=name) for name in ("c1", "c2"))
    found = double_claims([], [first, second], PACKS.packs, CONVENTIONS)
    assert [[double.earlier_id for double in each] for each in found] == [[], ["c1"]]


CLAIMS = st.builds(
    Claim,
    id=st.integers(0, 10**6).map(str),
    pack=st.sampled_from(["liujiang_2018", "qinzhou_2021"]),
    benefit=st.sampled_from(["A-WS", "A-SVC", "A-ST", "A-BM", "A-WP", "D-SVC", "D-WS", "D-TR"]),
    on=st.integers(0, 1500).map(lambda days: date(2018, 6, 1) + timedelta(days=days)),
    claimant=st.sampled_from(["", "a", "b"]),
    persons=st.lists(st.sampled_from(["w1", "w2", "w3"]), max_size=2, unique=True).map(tuple),
    operator=st.sampled_from(["", "o1", "o2"]),
    market=st.sampled_from(["", "m1"]),
    station=st.sampled_from(["", "s1"]),
)


def twice(one: Claim, other: Claim) -> bool:
    """Plain twin: the rule of each benefit written out by hand."""
    if one.id == other.id or (one.pack, one.benefit) != (other.pack, other.benefit):
        return False
    same_person = bool(set(one.persons) & set(other.persons))
    same_year = one.on.year == other.on.year
    by_hand = {
        ("liujiang_2018", "A-WS"): same_person,
        ("liujiang_2018", "A-SVC"): same_person,
        ("liujiang_2018", "A-WP"): same_person and same_year and one.on.month == other.on.month,
        ("liujiang_2018", "A-ST"): bool(one.station) and one.station == other.station and same_year,
        ("liujiang_2018", "A-BM"): bool(one.market) and one.market == other.market,
        **{("qinzhou_2021", code): same_person and same_year for code in ("D-SVC", "D-WS", "D-TR")},
    }
    return by_hand.get((one.pack, one.benefit), False)


@given(st.lists(CLAIMS, max_size=8, unique_by=lambda claim: claim.id), CLAIMS)
def test_it_agrees_with_comparing_every_pair(old, new):
    found = Claims(PACKS.packs, CONVENTIONS, old).doubles(new)
    barred = {double.kind for double in found} & {Kind.SAME_BENEFIT, Kind.OTHER_CLAIMANT}
    assert bool(barred) is any(twice(one, new) for one in old)
    assert {double.earlier_id for double in found if double.kind in barred} <= {
        one.id for one in old if twice(one, new)
    }


@given(st.lists(CLAIMS, max_size=8, unique_by=lambda claim: claim.id), CLAIMS)
def test_the_order_of_earlier_claims_makes_no_difference(old, new):
    forwards = Claims(PACKS.packs, CONVENTIONS, old).doubles(new)
    assert Claims(PACKS.packs, CONVENTIONS, reversed(old)).doubles(new) == forwards


@given(st.lists(CLAIMS, max_size=6, unique_by=lambda claim: claim.id), CLAIMS, CLAIMS)
def test_one_more_earlier_claim_never_clears_another(old, more, new):
    def barred(claims):
        found = Claims(PACKS.packs, CONVENTIONS, claims).doubles(new)
        return {(double.subject, double.period) for double in found if double.kind is not Kind.STACKED}

    assert barred(old) <= barred([*old, more])


@given(CLAIMS, CLAIMS)
def test_whichever_of_two_comes_first_the_other_is_found(one, other):
    def found(old, new):
        return {kind for kind in kinds(old, new) if kind is not Kind.STACKED}

    assert found(one, other) == found(other, one)


@given(CLAIMS)
def test_years_are_those_of_the_convention(claim):
    if claim.pack == "qinzhou_2021" and claim.benefit.startswith("D-") and claim.persons:
        keys = Claims(PACKS.packs, CONVENTIONS).keys(claim)
        assert {key.split(" ")[-1] for key in keys} == {str(year_of(claim.on, None))}
