"""The queue for plots: order, one a household, nobody twice, land by averages; a slow twin says the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation.plot_applicants import Standing, applicants, turning
from matcher.allocation.plot_queue import Line, PlotQueue, plot_queue
from matcher.policy import Conventions, micro_farm_route, pack_for, standard_packs, tier_of, tiers, worker_flags
from matcher.policy.land import land_figures
from matcher.policy.tiers import GENERAL
from matcher.records import Consent, Household, Judgement, Plot, PlotClass, PlotState, TravelRange, Worker

PACKS = standard_packs()
ON = date(2018, 6, 1)
HERE, NEXT, FAR = "450206102201", "450206102202", "450206110201"
HARD, ABLE = (Judgement(value=value, by="村委", on=ON, grounds="实地看过") for value in (True, False))
YES, NO = Consent(plot=True, plot_on=date(2018, 5, 1)), Consent(plot=False)


def worker(worker_id="w1", **fields):
    told = {
        "place_code": HERE, "birth_date": date(1968, 3, 1), "registered_poor": True, "off_farm_hard": HARD,
        "consent": YES, "household_id": f"h-{worker_id}", "travel_range": TravelRange.TOWNSHIP, "relocated": False,
    }  # fmt: skip
    return Worker(worker_id=worker_id, **(told | fields))


def asked(day, **parts):
    return Consent(plot=True, plot_on=day, **parts)


def plot(plot_id="p1", area="0.3", site=HERE, **fields):
    return Plot(plot_id=plot_id, site_code=site, area_mu=Decimal(area), **fields)


def standing(people, plots, *, in_work=(), jurisdiction="liujiang_2018", held=(), unknown=(), conventions=None):
    bound = pack_for(PACKS, jurisdiction, ON)
    homes = {person.household_id for person in people if person.household_id} - set(unknown)
    return Standing(
        households={name: Household(household_id=name, holds_plot=name in held) for name in homes},
        plots=plots,
        in_work=frozenset(in_work),
        ruling=bound,
        ordering=bound,
        vocabulary=PACKS.vocabulary,
        conventions=conventions or Conventions(),
        on=ON,
    )


def queue(people, plots, **options) -> PlotQueue:
    frame = standing(people, plots, **options)
    return plot_queue(applicants(people, frame), plots, land_figures(frame.ruling, "micro_farm", ON))


def ids(entries):
    return [entry.applicant.worker_id for entry in entries]


def lists(told):
    return {"offers": ids(told.offers), "waiting": ids(told.waiting), "ask": ids(told.ask), "judge": ids(told.judge),
            "review": ids(told.review)}  # fmt: skip


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


MAYBE = st.sampled_from([True, False, None])
PEOPLE = st.lists(
    st.builds(
        worker,
        worker_id=st.integers(0, 99).map(lambda n: f"w{n:02d}"),
        place_code=st.sampled_from([HERE, NEXT, FAR]),
        birth_date=st.none() | st.dates(date(1955, 1, 1), date(1976, 1, 1)),
        registered_poor=MAYBE,
        relocated=MAYBE,
        off_farm_hard=st.sampled_from([HARD, ABLE, None]),
        consent=st.sampled_from([YES, NO, None, Consent(plot=True), asked(date(2018, 1, 1))]),
        household_id=st.sampled_from(["h1", "h2", "h3", "h4", None]),
        travel_range=st.sampled_from([TravelRange.VILLAGE, TravelRange.TOWNSHIP, TravelRange.COUNTY, None]),
    ),
    max_size=10,
    unique_by=lambda one: one.worker_id,
)
PLOTS = st.lists(
    st.builds(
        plot,
        plot_id=st.integers(0, 99).map(lambda n: f"p{n:02d}"),
        area=st.sampled_from(["0.1", "0.2", "0.3", "0.4"]),
        site=st.sampled_from([HERE, NEXT, FAR]),
        state=st.sampled_from(PlotState),
        household_id=st.sampled_from(["h1", "h4", None]),
    ),
    max_size=6,
    unique_by=lambda one: one.plot_id,
)


def slow_lines(people, plots, frame):
    """Who stands where, reckoned person by person without anything kept, each person against all others."""
    order = tiers(frame.ordering.pack, GENERAL)

    def rank(person):
        tier = tier_of(worker_flags(person, on=ON, vocabulary=PACKS.vocabulary), order)
        since = person.consent.plot_on if person.consent and person.consent.plot_on else date.max
        return (route(person).outcome == "not_priority", tier.rank, tier.sub_rank, since, person.worker_id)

    def holds(person):
        if any(p.state is PlotState.HELD and p.household_id and p.household_id == person.household_id for p in plots):
            return True
        home = frame.households.get(person.household_id or "")
        return home.holds_plot if home else None

    def reached(person, site):
        same = {TravelRange.VILLAGE: 12, TravelRange.TOWNSHIP: 9, TravelRange.COUNTY: 6, None: 9}[person.travel_range]
        return person.place_code[:same] == site[:same]

    def route(person):
        facts = {
            "birth_date": person.birth_date,
            "poor_rural_worker": person.registered_poor,
            "off_farm_hard": person.off_farm_hard.value if person.off_farm_hard else None,
            "consent": person.consent.plot if person.consent else None,
            "household_has_plot": holds(person),
            "plots_available": sum(p.state is PlotState.FREE and reached(person, p.site_code) for p in plots),
        }
        return micro_farm_route(frame.ruling, facts, ON)

    def may_be_given(person):
        return (
            person.consent is not None and person.consent.plot is True and holds(person) is False
            and route(person).outcome in {"offer_priority", "waitlist", "not_priority"}
        )  # fmt: skip

    best = [
        one
        for one in people
        if may_be_given(one)
        and not any(
            may_be_given(two) and two.household_id == one.household_id and rank(two) < rank(one) for two in people
        )
    ]
    left, given, waiting = [p for p in plots if p.state is PlotState.FREE], [], []
    for person in sorted(best, key=rank):
        near = [p for p in left if reached(person, p.site_code)]
        if not near:
            waiting.append(person.worker_id)
            continue
        closest = min(near, key=lambda p: (-_shared(person.place_code, p.site_code), p.site_code)).site_code
        size = Decimal("0.3") if person.registered_poor else Decimal("0.2")
        here = sorted((p for p in left if p.site_code == closest), key=lambda p: (p.area_mu, p.plot_id))
        taken = next((p for p in here if p.area_mu >= size), here[-1])
        left.remove(taken)
        given.append((person.worker_id, taken.plot_id))
    return given, waiting


def _shared(one, other):
    return max(digits for digits in (12, 9, 6) if one[:digits] == other[:digits])


@settings(max_examples=100, deadline=None)
@given(PEOPLE, PLOTS, st.sampled_from(["birthday", "day_after"]))
def test_what_is_kept_for_many_is_the_route_of_each(people, plots, basis):
    frame = standing(people, plots, conventions=Conventions(age_basis=basis))
    by_id = {person.worker_id: person for person in people}
    for one in applicants(people, frame):
        person = by_id[one.worker_id]
        facts = {
            "birth_date": person.birth_date,
            "poor_rural_worker": person.registered_poor,
            "off_farm_hard": person.off_farm_hard.value if person.off_farm_hard else None,
            "consent": one.consent,
            "household_has_plot": one.holds_plot,
            "plots_available": sum(p.state is PlotState.FREE and p.site_code in one.sites for p in plots),
        }
        assert one.route == micro_farm_route(frame.ruling, facts, ON, frame.conventions)


@settings(max_examples=150, deadline=None)
@given(PEOPLE, PLOTS)
def test_the_slow_twin_gives_the_same_land_to_the_same_people(people, plots):
    frame = standing(people, plots)
    told = queue(people, plots)
    given, waiting = slow_lines(people, plots, frame)
    assert [(entry.applicant.worker_id, entry.plot.plot_id) for entry in told.offers] == given
    assert ids(told.waiting) == waiting


@settings(max_examples=150, deadline=None)
@given(PEOPLE, PLOTS, st.sampled_from(["liujiang_2018", "standard"]))
def test_nobody_twice_one_plot_a_household_no_refusal_no_land_twice(people, plots, jurisdiction):
    told = queue(people, plots, jurisdiction=jurisdiction)
    entries = [e for line in (told.offers, told.waiting, told.ask, told.judge, told.review) for e in line]
    named = ids(entries) + [name for entry in entries for name in entry.also]
    assert len(named) == len(set(named))
    homes = [e.applicant.household_id for e in (*told.offers, *told.waiting) if e.applicant.household_id]
    assert len(homes) == len(set(homes))
    free = [p.plot_id for p in plots if p.state is PlotState.FREE]
    given = [entry.plot.plot_id for entry in told.offers]
    assert len(given) == len(set(given))
    assert set(given) <= set(free)
    by_id = {person.worker_id: person for person in people}
    assert not any(by_id[name].consent == NO for name in named)
    for entry in (*told.offers, *told.waiting):
        assert by_id[entry.applicant.worker_id].consent.plot is True
        assert entry.applicant.holds_plot is False
    assert {e.line for e in told.ask} <= {Line.ASK}
    assert [e.position for e in told.waiting] == list(range(1, len(told.waiting) + 1))


@settings(max_examples=60, deadline=None)
@given(PEOPLE, PLOTS, st.randoms(use_true_random=False))
def test_the_order_of_the_rosters_does_not_matter(people, plots, shuffler):
    told = queue(people, plots)
    shuffler.shuffle(people)
    shuffler.shuffle(plots)
    assert queue(people, plots) == told


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_one_more_plot_never_takes_land_from_anybody(people):
    few, more = queue(people, [plot("p1")]), queue(people, [plot("p1"), plot("p2")])
    assert set(ids(few.offers)) <= set(ids(more.offers))
