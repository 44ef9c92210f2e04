"""The queue for plots: order, one a household, who is asked first, land by averages, nobody before it is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from plot_cases import ABLE, FAR, HERE, NEXT, NO, asked, ids, lists, plot, queue, standing, worker

from matcher.allocation.plot_applicants import turning
from matcher.policy import Conventions
from matcher.records import Consent, PlotClass, PlotState, TravelRange


def test_the_longest_wish_comes_first_and_age_never_decides():
    young_early = worker("w1", birth_date=date(1973, 1, 1), consent=asked(date(2018, 1, 1)))
    old_late = worker("w2", birth_date=date(1958, 1, 1), consent=asked(date(2018, 4, 1)))
    undated = worker("w0", consent=Consent(plot=True))
    told = queue([old_late, undated, young_early], [plot()])
    assert (ids(told.offers), ids(told.waiting)) == (["w1"], ["w2", "w0"])


def test_without_the_day_of_the_wish_that_of_registration_counts():
    registered = worker("w2", consent=Consent(plot=True), waiting_since=date(2018, 2, 1))
    assert ids(queue([worker("w1"), registered], [plot()]).offers) == ["w2"]


def test_the_tier_comes_before_the_wish():
    relocated = worker("w2", relocated=True, consent=asked(date(2018, 5, 30)))
    assert ids(queue([worker("w1", consent=asked(date(2018, 1, 1))), relocated], [plot()]).offers) == ["w2"]


@pytest.mark.parametrize(
    "fields",
    [
        {"birth_date": date(1974, 3, 1)},
        {"off_farm_hard": ABLE, "birth_date": date(1972, 3, 1)},
        {"registered_poor": False, "birth_date": date(1963, 3, 1)},
    ],
    ids=["44 and hard", "skilled 46", "non-poor 55"],
)
def test_others_come_after_the_named_and_get_what_is_left(fields):
    other = worker("w1", consent=asked(date(2018, 1, 1)), **fields)
    one, two = queue([other, worker("w2")], [plot()]), queue([other, worker("w2")], [plot(), plot("p2")])
    assert (ids(one.offers), ids(one.waiting)) == (["w2"], ["w1"])
    assert [(entry.applicant.worker_id, entry.first) for entry in two.offers] == [("w2", True), ("w1", False)]


def test_two_of_a_household_are_one_plot_and_the_other_is_named_beside():
    pair = [worker("w1", household_id="h"), worker("w2", household_id="h", consent=asked(date(2018, 1, 1)))]
    told = queue(pair, [plot(), plot("p2")])
    assert [(e.applicant.worker_id, e.also) for e in told.offers] == [("w2", ("w1",))]
    assert lists(told) == {"offers": ["w2"], "waiting": [], "ask": [], "judge": [], "review": []}


def test_an_open_judgement_that_may_lift_a_household_stays_listed():
    young = worker("w1", household_id="h", birth_date=date(1980, 1, 1))
    unjudged = worker("w2", household_id="h", off_farm_hard=None)
    told = queue([young, unjudged], [plot()])
    assert (ids(told.offers), told.offers[0].also, ids(told.judge)) == (["w1"], (), ["w2"])
    told = queue([worker("w1", household_id="h"), unjudged], [plot()])
    assert (ids(told.offers), told.offers[0].also, ids(told.judge)) == (["w1"], ("w2",), [])


def test_an_over_60_leaves_the_plot_to_another_of_the_household():
    pair = [worker("w1", household_id="h", birth_date=date(1950, 1, 1)), worker("w2", household_id="h")]
    assert lists(queue(pair, [plot()]))["offers"] == ["w2"]
    assert lists(queue(pair[:1], [plot()]))["review"] == ["w1"]


def test_who_is_asked_who_is_judged_who_is_reviewed_and_who_is_never_listed():
    people = [
        worker("ask", consent=None),
        worker("judge", off_farm_hard=None),
        worker("review", registered_poor=None),
        worker("refused", consent=NO),
        worker("holds"),
        worker("busy", consent=None),
        worker("young", consent=None, birth_date=date(1990, 1, 1)),
    ]
    told = lists(queue(people, [plot()], held=["h-holds"], in_work=["busy"]))
    assert told == {"offers": [], "waiting": [], "ask": ["ask"], "judge": ["judge"], "review": ["review"]}


def test_the_ledger_proves_a_plot_whatever_the_household_says():
    held = plot("p2", state=PlotState.HELD, household_id="h-w1")
    assert lists(queue([worker("w1")], [plot(), held]))["offers"] == []


def test_nobody_gets_land_before_it_is_known_that_the_household_has_none():
    later = worker("w1", off_farm_hard=ABLE)
    assert lists(queue([later], [plot()], unknown=["h-w1"]))["review"] == ["w1"]


def test_land_is_given_nearest_first_and_only_as_far_as_accepted():
    plots = [plot("near", site=HERE), plot("town", site=NEXT), plot("far", site=FAR)]
    stays, goes = worker("w1"), worker("w3", travel_range=TravelRange.COUNTY)
    people = [stays, worker("w2"), goes, worker("w4")]
    told = queue(people, plots)
    assert {entry.applicant.worker_id: entry.plot.plot_id for entry in told.offers} == {
        "w1": "near", "w2": "town", "w3": "far",
    }  # fmt: skip
    assert ids(told.waiting) == ["w4"]


def test_single_plots_differ_and_the_average_of_the_class_is_what_is_checked():
    plots = [plot("small", "0.2"), plot("big", "0.4"), plot("other", "0.2")]
    people = [worker("w1"), worker("w2", consent=asked(date(2018, 5, 2))), worker("w3", registered_poor=False)]
    told = queue(people, plots)
    (site,) = told.sites
    assert {e.applicant.worker_id: e.plot.plot_id for e in told.offers} == {"w1": "big", "w2": "small", "w3": "other"}
    assert (site.poor.mean_mu, site.poor.meets) == (Decimal("0.3"), True)
    assert (site.other.mean_mu, site.other.meets) == (Decimal("0.2"), True)
    assert (site.required_mu, site.site_mu, site.fits) == (Decimal("0.8"), Decimal("0.8"), True)


def test_a_site_that_is_a_hundredth_short_says_so():
    held = plot("p1", "0.29", state=PlotState.HELD, household_id="h9", class_at_start=PlotClass.POOR)
    (site,) = queue([], [held]).sites
    assert (site.poor.meets, site.required_mu, site.fits) == (False, Decimal("0.3"), False)
    (unknown,) = queue([], [plot("p1", "0.29", state=PlotState.HELD, household_id="h9")]).sites
    assert (unknown.n_unclassed, unknown.fits) == (1, None)


def test_the_card_knows_no_sizes_and_offers_all_the_same():
    told = queue([worker("w1", off_farm_hard=None)], [plot()], jurisdiction="standard")
    assert ids(told.offers) == ["w1"]
    assert (told.sites[0].required_mu, told.sites[0].fits) == (None, None)


@pytest.mark.parametrize(
    ("basis", "until", "days"),
    [
        ("birthday", date(2018, 6, 10), [("w2", date(2018, 6, 2)), ("w1", date(2018, 6, 10))]),
        ("birthday", date(2018, 6, 9), [("w2", date(2018, 6, 2))]),
        ("day_after", date(2018, 6, 10), [("w2", date(2018, 6, 3))]),
    ],
)
def test_those_who_reach_the_age_soon_are_named_with_the_day(basis, until, days):
    people = [worker("w1", birth_date=date(1973, 6, 10)), worker("w2", birth_date=date(1973, 6, 2)), worker("w3")]
    frame = standing(people, [], conventions=Conventions(age_basis=basis))
    assert [(one.worker_id, day) for day, one in turning(people, frame, until)] == days
