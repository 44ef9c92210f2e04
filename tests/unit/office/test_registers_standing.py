"""Standings follow from dated facts alone; every figure is the people behind it, of villages, towns and the county."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.office.registers.bases import bases_of
from matcher.office.registers.figures import EMPLOYED, REGISTERS, TWO_LISTS, UNPROVED, WISHING, by_town, counted
from matcher.office.registers.rules import Rules
from matcher.office.registers.scale import villages
from matcher.office.registers.standing import Day, standings
from matcher.office.registers.work import Span, work_of
from matcher.policy import Conventions, standard_packs
from matcher.records import Evidence, EvidenceKind, Placement, Worker

ON = date(2018, 6, 1)
SPAN = Span(2018, ON, 2017)
RULES = Rules(standard_packs(), Conventions())
HOME = "450206100201"
FIGURES = {**REGISTERS, **TWO_LISTS}


def worker(name="w1", **fields):
    told = {
        "place_code": HOME, "registered_poor": True, "labour_ability": "normal", "birth_date": date(1980, 1, 1),
        "wish_to_work": True, "wish_to_go_out": True, "employment_status": "unemployed",
    }  # fmt: skip
    # As it comes out of the store: words turned into members of the closed lists.
    return msgspec.convert({"worker_id": name, **told, **fields}, Worker)


def placement(worker_id="w1", *, start=date(2018, 2, 1), proof=date(2018, 2, 1), **fields):
    evidence = () if proof is None else (Evidence(kind=EvidenceKind.CONTRACT, on=proof, by="liang"),)
    told = {"place_code": "440300", "wage_yuan_month": 4000, "evidence": evidence}
    return Placement(placement_id=f"p-{worker_id}-{start}", worker_id=worker_id, start=start, **{**told, **fields})


def standing(person, *placements, span=SPAN):
    day = Day(span, RULES, standard_packs().vocabulary, known={"w1"})
    (found,) = standings([person], placements, day)
    return found


def test_in_work_is_who_has_a_running_placement_that_something_proves():
    assert standing(worker(), placement()).lists == ("employed_list",)
    assert standing(worker()).lists == ("wish_list",)
    assert standing(worker(), placement(end=ON)).lists == ("employed_list",)
    assert standing(worker(), placement(end=ON - timedelta(days=1))).lists == ("wish_list",)
    assert standing(worker(), placement(start=ON + timedelta(days=1))).lists == ("wish_list",)


@pytest.mark.parametrize(
    ("typed", "placements"),
    [
        ("employed", []),
        ("unemployed", [placement(proof=None)]),
        ("unemployed", [placement(proof=ON + timedelta(days=1))]),
        ("unemployed", [placement(evidence=(Evidence(kind=EvidenceKind.CONTRACT, on=date(2018, 2, 1)),))]),
    ],
)
def test_what_is_said_of_work_and_not_proved_stands_in_neither_list(typed, placements):
    found = standing(worker(employment_status=typed), *placements)
    assert found.employed is None
    assert found.unproved
    assert found.lists == ()
    assert "employment_status" in found.unclear


def test_the_databases_hold_the_able_of_working_age_on_the_day():
    assert standing(worker(relocated=True)).databases == ("registered_poor_rural_labour", "relocated_poor_rural_labour")
    assert standing(worker(birth_date=date(2002, 6, 1))).databases == ("registered_poor_rural_labour",)
    assert standing(worker(birth_date=date(2002, 6, 2))).databases == ()
    assert standing(worker(birth_date=date(1957, 6, 2))).databases == ("registered_poor_rural_labour",)
    assert standing(worker(birth_date=date(1957, 6, 1))).databases == ()
    assert standing(worker(labour_ability="none")).databases == ()
    assert standing(worker(labour_ability=None)).review == ("labour_ability_not_recorded",)


@pytest.mark.parametrize(("works", "goes", "lists"), [
    (True, True, ("wish_list",)), (None, True, ("wish_list",)), (True, False, ()), (True, None, ()),
    (False, True, ()), (None, None, ()),
])  # fmt: skip
def test_who_would_work_near_home_alone_or_was_not_asked_stands_on_no_list_of_those_who_would_go_out(
    works, goes, lists
):
    assert standing(worker(wish_to_work=works, wish_to_go_out=goes)).lists == lists


def test_the_field_that_is_not_clear_is_named():
    assert standing(worker()).unclear == ()
    assert standing(worker(wish_to_go_out=None)).unclear == ("wish_to_go_out",)
    assert standing(worker(wish_to_go_out=False)).unclear == ()
    assert standing(worker(wish_to_go_out=None, wish_to_work=False)).unclear == ()
    assert standing(worker("w2")).unclear == ("identity",)
    assert standing(worker(employment_status=None)).unclear == ("employment_status",)
    assert standing(worker(employment_status=None), placement()).unclear == ()


def test_who_is_known_not_to_be_on_the_register_stands_nowhere():
    day = Day(SPAN, RULES, standard_packs().vocabulary)
    assert standings([worker(registered_poor=False)], [], day) == []
    (unknown,) = standings([worker(registered_poor=None)], [], day)
    assert (unknown.review, unknown.lists) == (("poor_status_not_recorded",), ())


def test_months_and_income_are_reckoned_by_days_and_overlaps_counted_once():
    work = work_of([placement(start=date(2017, 12, 1), end=date(2018, 2, 14))], HOME, SPAN)
    assert (work.outside.months, work.outside.income_yuan) == (15, 6000)
    assert (work.in_year, work.years, work.running) == (True, (2017,), False)
    both = [
        placement(start=date(2018, 1, 1), end=date(2018, 2, 28)),
        placement(start=date(2018, 2, 1), end=date(2018, 3, 31), wage_yuan_month=None),
    ]
    work = work_of(both, HOME, SPAN)
    assert (work.outside.months, work.outside.income_yuan) == (30, None)
    near = work_of([placement(place_code="450206")], HOME, SPAN)
    assert (near.inside.months, near.outside.months) == (40, 0)


def test_a_village_is_short_of_those_it_had_and_asks_for_masked_figures():
    people = [worker(f"w{n}") for n in range(4)]
    before = [
        placement(f"w{n}", start=date(2017, 3, 1), proof=date(2017, 3, 1), end=date(2017, 9, 1)) for n in range(3)
    ]
    day = Day(SPAN, RULES, standard_packs().vocabulary)
    (village,) = villages(standings(people, [*before, placement("w3")], day), RULES, bases_of(SPAN))
    assert (village.short, village.below, village.recovered) == (2, True, False)
    assert village.needed == ("income_out_of_county_min", "work_time_out_of_county_min_months")
    assert village.place.people["gone"] == ["w0", "w1", "w2"]
    assert village.place.people["months_open"] == ["w3"]
    again = [placement(f"w{n}") for n in range(3)]
    (village,) = villages(standings(people, [*before, *again], day), RULES, bases_of(SPAN))
    assert (village.short, village.below, village.recovered) == (0, False, True)


PEOPLE = st.builds(
    lambda n, poor, able, wish, status, home: worker(
        f"w{n}",
        registered_poor=poor,
        labour_ability=able,
        wish_to_go_out=wish,
        employment_status=status,
        place_code=home,
    ),
    st.integers(0, 5),
    st.sampled_from([True, False, None]),
    st.sampled_from(["normal", "none", None]),
    st.sampled_from([True, False, None]),
    st.sampled_from(["unemployed", "employed", None]),
    st.sampled_from([HOME, "450206100202", "450206101201", "450206"]),
)
WORK = st.builds(
    lambda n, days, proof: placement(f"w{n}", start=ON - timedelta(days=days), proof=proof),
    st.integers(0, 5),
    st.integers(-10, 500),
    st.sampled_from([None, date(2018, 1, 1), date(2018, 7, 1)]),
)


@settings(max_examples=40)
@given(st.lists(PEOPLE, unique_by=lambda one: one.worker_id), st.lists(WORK, max_size=6))
def test_the_names_behind_a_figure_are_the_figure(people, placements):
    found = standings(people, placements, Day(SPAN, RULES, standard_packs().vocabulary, known={"w0", "w1"}))
    places = counted(found, FIGURES)
    towns = by_town(places)
    for name, figure in FIGURES.items():
        truth = [one.worker_id for one in found if figure.test(one)]
        assert sorted(truth) == sorted(one for place in places for one in place.people.get(name, []))
        assert sum(town.n(name) for town, _ in towns) == len(truth) == len(set(truth))
        assert all(town.n(name) == sum(village.n(name) for village in inside) for town, inside in towns)
    apart = [one.worker_id for one in found for name in (EMPLOYED, WISHING, UNPROVED) if FIGURES[name].test(one)]
    assert len(apart) == len(set(apart))
    assert sum(place.n("clear") + place.n("unclear") for place in places) == sum(bool(one.databases) for one in found)
    for village in villages(found, RULES, bases_of(SPAN)):
        told = village.place
        assert told.n("now") == sum(told.n(f"months_{state}") for state in ("met", "short", "open"))
        assert told.n("now") == sum(told.n(f"income_{state}") for state in ("met", "short", "open"))
        if village.base.n is None:
            assert told.n("base") == told.n("gone") == told.n("new") == village.short == 0
        else:
            assert told.n("base") - told.n("gone") == told.n("now") - told.n("new")
        assert village.below == (told.n("now") < told.n("base"))
