"""Land that is given is judged by the applicants' own routes, not by the market that gave it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from factories import ON
from rosters_in_memory import InMemory
from test_plot_day import means, person, plot

from matcher.errors import InvalidInput
from matcher.records import Channel, Consent, Household, TravelRange
from matcher.services.assignment import plots
from matcher.services.assignment.allocate import NOT_KEPT, Allocate
from matcher.services.office.plot_day import plot_day

AWAY = "450206101"
CALL = Allocate(channel=Channel.MICRO_FARM, on=ON, jurisdiction="liujiang_2018", seed=0)


def given(*records):
    homes = [Household(household_id=f"h-w{n}", holds_plot=False) for n in (1, 2)]
    _, *lines = plots.allocate_plots(InMemory([*records, *homes]), means(), CALL)
    return {line["worker_id"]: line["plot_id"] for line in lines}


def refused(*records):
    """The pairs that the check names, all of them for eligibility or consent alone."""
    with pytest.raises(InvalidInput, match=NOT_KEPT) as caught:
        given(*records)
    return {(problem.column, problem.found) for problem in caught.value.problems}


def test_the_first_in_the_queue_is_given_the_plot():
    assert given(person("w1"), plot()) == {"w1": "p1"}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda who: {"holds_plot": True}, id="a plot at home"),
        pytest.param(lambda who: {"holds_plot": None}, id="not known whether"),
        pytest.param(lambda who: {"route": msgspec.structs.replace(who.route, outcome="no_rule")}, id="no route"),
        pytest.param(
            lambda who: {"route": msgspec.structs.replace(who.route, reasons=("off_farm_hardness_not_recorded",))},
            id="not judged",
        ),
    ],
)
def test_a_plot_for_somebody_who_is_not_eligible_is_refused(monkeypatch, wrong):
    def mistaken(*asked, **by):
        day = plot_day(*asked, **by)
        (entry,) = day.queue.offers
        who = msgspec.structs.replace(entry.applicant, **wrong(entry.applicant))
        offers = (msgspec.structs.replace(entry, applicant=who),)
        return replace(day, queue=msgspec.structs.replace(day.queue, offers=offers))

    monkeypatch.setattr(plots, "plot_day", mistaken)
    assert refused(person("w1"), plot()) == {("eligibility", "w1 分到 p1")}


def test_a_plot_out_of_reach_is_refused_though_the_market_holds_the_pair(monkeypatch):
    made = plots._market

    def everywhere(day, queue, free):
        sites = tuple(one.site_code for one in free)
        reach = [
            msgspec.structs.replace(entry, applicant=msgspec.structs.replace(entry.applicant, sites=sites))
            for entry in queue
        ]
        return made(day, reach, free)

    near = person("w1", travel_range=TravelRange.TOWNSHIP)
    assert given(near, plot(site_code=AWAY)) == {}
    monkeypatch.setattr(plots, "_market", everywhere)
    assert refused(near, plot(site_code=AWAY)) == {("eligibility", "w1 分到 p1")}


def test_whoever_took_the_word_back_is_given_nothing(monkeypatch):
    before = plot_day(
        InMemory([person("w1"), plot(), Household(household_id="h-w1", holds_plot=False)]), means(), on=ON,
        jurisdiction=CALL.jurisdiction,
    )  # fmt: skip
    monkeypatch.setattr(plots, "plot_day", lambda *_, **__: before)
    assert refused(person("w1", consent=Consent(plot=False)), plot()) == {("eligibility", "w1 分到 p1")}
