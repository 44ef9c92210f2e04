"""The queue for plots against a slow twin, and what holds of it whoever asks and whatever land there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from plot_cases import ABLE, FAR, HARD, HERE, NEXT, NO, ON, PACKS, YES, asked, ids, plot, queue, standing, worker

from matcher.allocation.plot_applicants import applicants
from matcher.allocation.plot_queue import Line
from matcher.policy import Conventions, micro_farm_route, tier_of, tiers, worker_flags
from matcher.policy.tiers import GENERAL
from matcher.records import Consent, PlotState, TravelRange

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
