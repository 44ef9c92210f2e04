"""Running plots: the free term in both conventions, year four, and what a change in the household asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from matcher.allocation.plot_terms import Ledger, class_now, plot_terms
from matcher.policy import Conventions, pack_for, standard_packs
from matcher.policy.land import land_figures
from matcher.records import Household, Placement, Plot, PlotClass, PlotState, PoorStatus, Worker

PACKS = standard_packs()
ON = date(2021, 4, 2)
HERE = "450206102201"
TILLER = Worker(worker_id="w1", place_code=HERE, household_id="h1", registered_poor=True)
HOME = Household(household_id="h1", poor_status=PoorStatus.REGISTERED)


def plot(**fields):
    told = {
        "plot_id": "p1", "site_code": HERE, "area_mu": Decimal("0.3"), "state": PlotState.HELD, "household_id": "h1",
        "tiller_id": "w1", "start": date(2018, 7, 1), "class_at_start": PlotClass.POOR,
    }  # fmt: skip
    return Plot(**(told | fields))


def job(place="441900", start=date(2020, 1, 1), **fields):
    return Placement(placement_id="x", worker_id="w1", start=start, place_code=place, **fields)


def term(running, *, on=ON, tiller=TILLER, home=HOME, jobs=(), jurisdiction="liujiang_2018", **options):
    bound = pack_for(PACKS, jurisdiction, on)
    ledger = Ledger(
        workers={} if tiller is None else {tiller.worker_id: tiller},
        households={} if home is None else {home.household_id: home},
        placements={"w1": tuple(jobs)} if jobs else {},
        ruling=bound,
        figures=land_figures(bound, "micro_farm", on),
        conventions=Conventions(**options),
        notice_days=90,
        on=on,
    )
    (told,) = plot_terms([running], ledger)
    return told


@pytest.mark.parametrize(
    ("convention", "last"), [("civil_code", date(2021, 7, 1)), ("start_inclusive", date(2021, 6, 30))]
)
def test_the_term_ends_by_the_convention_in_force_and_both_are_told(convention, last):
    told = term(plot(), term_end=convention)
    assert told.free_until == last
    assert told.by_convention == {"civil_code": date(2021, 7, 1), "start_inclusive": date(2021, 6, 30)}


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (date(2021, 4, 1), "running"),
        (date(2021, 4, 2), "notify_town"),
        (date(2021, 7, 1), "notify_town"),
        (date(2021, 7, 2), "term_ended"),
    ],
)
def test_the_town_is_told_90_days_ahead_and_year_four_is_no_free_year(on, outcome):
    told = term(plot(), on=on)
    assert told.term.outcome == outcome
    assert told.calls_for_action == (outcome != "running")
    assert len(told.term.notes) == len(told.term.reasons)


def test_the_day_of_the_ledger_counts_and_one_of_no_convention_is_pointed_at():
    agreed = term(plot(free_until=date(2021, 6, 30)))
    assert (agreed.free_until, agreed.differs) == (date(2021, 6, 30), False)
    other = term(plot(free_until=date(2021, 12, 31)))
    assert (other.free_until, other.differs, other.term.outcome) == (date(2021, 12, 31), True, "running")
    assert other.calls_for_action


def test_no_start_and_no_end_is_for_review_and_not_endless():
    told = term(plot(start=None))
    assert (told.free_until, told.term.outcome) == (None, "needs_review")


@pytest.mark.parametrize("status", [PoorStatus.ORDINARY, PoorStatus.OUT])
def test_a_household_no_longer_poor_keeps_its_term_with_a_flag(status):
    told = term(plot(), home=Household(household_id="h1", poor_status=status), on=date(2019, 1, 1))
    assert (told.change.outcome, told.change.reasons) == ("keep_term", ("household_class_changed",))
    assert told.term.outcome == "running"
    assert told.plot.area_mu == Decimal("0.3")


def test_an_unchanged_or_unknown_class_is_no_flag():
    assert term(plot()).change.reasons == ()
    assert term(plot(class_at_start=None)).change.reasons == ()
    assert term(plot(), home=None, tiller=None).change.reasons == ()


@pytest.mark.parametrize(
    ("jobs", "reasons"),
    [
        ([job()], ("no_local_rule_tiller_left",)),
        ([job(start=date(2018, 7, 1))], ("no_local_rule_tiller_left",)),
        ([job(start=date(2018, 6, 30))], ()),
        ([job(place="450206110")], ()),
        ([job(place=None)], ()),
        ([job(place=None), job()], ("no_local_rule_tiller_left",)),
    ],
    ids=["left", "left on the first day", "away before it began", "same county", "place unknown", "one known"],
)
def test_a_tiller_who_works_elsewhere_needs_a_local_rule(jobs, reasons):
    told = term(plot(), jobs=jobs)
    assert told.change.reasons == reasons
    assert told.change.outcome == ("needs_config" if reasons else "keep_term")


def test_a_split_household_needs_a_local_rule():
    told = term(plot(), tiller=Worker(worker_id="w1", place_code=HERE, household_id="h2"))
    assert (told.change.outcome, told.change.reasons) == ("needs_config", ("no_local_rule_household_split",))
    assert "本地办法" in told.change.notes[0]


@pytest.mark.parametrize(
    ("died", "reasons"),
    [
        (None, ()),
        (date(2021, 4, 3), ()),
        (ON, ("no_local_rule_tiller_died",)),
        (date(2019, 5, 6), ("no_local_rule_tiller_died",)),
    ],
    ids=["not recorded", "the day after", "that day", "years ago"],
)
def test_a_recorded_death_of_the_tiller_needs_a_local_rule_and_the_term_stays(died, reasons):
    told = term(plot(tiller_died_on=died))
    assert (told.change.outcome, told.change.reasons) == ("needs_config" if reasons else "keep_term", reasons)
    assert [("去世" in note) for note in told.change.notes] == [True for _ in reasons]
    assert told.free_until == date(2021, 7, 1)


def test_where_no_document_speaks_nothing_is_decided():
    told = term(plot(free_until=date(2019, 1, 1)), jurisdiction="standard")
    assert (told.term.outcome, told.change.outcome, told.by_convention) == ("no_rule", "no_rule", {})


@pytest.mark.parametrize(
    ("home", "tiller", "expected"),
    [
        (HOME, None, PlotClass.POOR),
        (Household(household_id="h1", poor_status=PoorStatus.ORDINARY), TILLER, PlotClass.OTHER),
        (Household(household_id="h1", poor_status=PoorStatus.OUT), TILLER, PlotClass.OTHER),
        (Household(household_id="h1", poor_status=PoorStatus.MONITORED), TILLER, None),
        (Household(household_id="h1"), TILLER, PlotClass.POOR),
        (None, Worker(worker_id="w1", place_code=HERE, registered_poor=False), PlotClass.OTHER),
        (None, Worker(worker_id="w1", place_code=HERE, out_of_poverty=True), PlotClass.OTHER),
        (None, Worker(worker_id="w1", place_code=HERE), None),
        (None, None, None),
    ],
)
def test_the_class_today_is_the_households_else_the_tillers(home, tiller, expected):
    assert class_now(home, tiller) is expected
