"""The 45+ route: worked out and shown from the age the pack names, first or beside the jobs (DESIGN section 3).

A plot is held by a household: of several members in one answer at most one is offered it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.allocation.plot_applicants import farthest
from matcher.geography import place_class
from matcher.policy.binding import STANDARD, BoundPack, pack_for
from matcher.policy.evaluation.conventions import age_on, from_settings
from matcher.policy.evaluation.labels import worker_flags
from matcher.policy.route import OFFERS, RouteResult, micro_farm_route, route_age, ruling_pack
from matcher.policy.types import PackSet
from matcher.ports import Shared
from matcher.records import Channel, Household, Vacancy, Worker
from matcher.services.ground.rulebook import Means
from matcher.services.ground.shelved_posts import ShelvedPosts
from matcher.settings import Settings

# Outcomes that are no offer of land: the worker's own no, or a county without the rule.
NOT_FIRST = ("not_offered", "no_rule")
Routes = list[dict[str, Any]]


def open_plots(vacancies: Sequence[Vacancy], on: date, means: Means) -> list[Vacancy]:
    """Micro-farm vacancies with land left on the day; of a shared list they are looked for once."""

    def found() -> list[Vacancy]:
        every = vacancies.plots() if isinstance(vacancies, ShelvedPosts) else vacancies
        return Shared(v for v in every if v.channel is Channel.MICRO_FARM and v.open_on(on))

    return means.remembered.get("plots", (vacancies,), found, by=on) if isinstance(vacancies, Shared) else found()


def plots_in_reach(worker: Worker, free_at: Mapping[str, int]) -> int:
    """Free plots at sites the worker can reach: inside the stated range, else inside the own township.

    free_at : place code of each site -> free plots there
    """
    most = farthest(worker)
    return sum(free for site, free in free_at.items() if place_class(worker.place_code, site).rank <= most)


def _free_at(plots: Sequence[Vacancy], means: Means) -> Mapping[str, int]:
    """Place code of each site -> free plots there; of many plots there are few sites."""

    def counted() -> Counter[str]:
        free: Counter[str] = Counter()
        for plot in plots:
            free[plot.place_code] += plot.headcount - plot.filled
        return free

    return means.remembered.of_shared("plots by site", (plots,), counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the routes of one answer share: plots with land left, the pack that is bound, the day.

    public : poverty is not read, so that nothing of a route can tell of it
    """

    plots: Sequence[Vacancy]
    means: Means
    bound: BoundPack
    on: date
    public: bool = False


def worker_routes(
    worker: Worker, ground: Ground, *, household: Household | None, has_yes: bool, household_offered: bool = False
) -> Routes:
    """The micro-farm route of one worker, empty for somebody under the age who has not asked for a plot.

    has_yes : some job may be offered; household_offered : another of the household is offered the plot already
    """
    packs, settings = ground.means.packs, ground.means.settings
    bound, on, plots = ground.bound, ground.on, ground.plots
    consent = None if worker.consent is None else worker.consent.plot
    card = pack_for(packs, STANDARD, on)
    ruling = ruling_pack(bound, packs, on, has_land=bool(plots))
    of_age = _of_age(worker, route_age(bound, on) or route_age(card, on), on, settings)
    if not of_age and consent is not True:
        return []
    facts = route_facts(worker, ground, household=household, household_offered=household_offered)
    result = micro_farm_route(ruling, facts, on, from_settings(settings))
    first = of_age and result.outcome not in NOT_FIRST and (facts["off_farm_hard"] is True or not has_yes)
    return [_told(result, first)]


def route_facts(
    worker: Worker, ground: Ground, *, household: Household | None, household_offered: bool = False
) -> dict[str, Any]:
    """What the route of a worker is worked out from, by the names of the rule; None is unknown."""
    return {
        "birth_date": worker.birth_date,
        "poor_rural_worker": None if ground.public else _registered_poor(worker, ground.means.packs, ground.on),
        "off_farm_hard": None if worker.off_farm_hard is None else worker.off_farm_hard.value,
        "consent": None if worker.consent is None else worker.consent.plot,
        "household_has_plot": None if household is None else household.holds_plot,
        "plots_available": plots_in_reach(worker, _free_at(ground.plots, ground.means)),
        "household_offered": household_offered,
    }


def one_plot_a_household(workers: Sequence[Worker], told: list[Routes], again: Callable[[int], Routes]) -> None:
    """Of several members of a household whom one answer offers a plot, leave it to who has waited longest.

    told : routes of each worker, changed in place; again : those of the worker at a position once another of the
    household is offered the plot
    """
    offered: dict[str, list[int]] = {}
    for ix, (worker, routes) in enumerate(zip(workers, told, strict=True)):
        if worker.household_id and offers_plot(routes):
            offered.setdefault(worker.household_id, []).append(ix)
    for members in offered.values():
        for ix in sorted(members, key=lambda member: waited(workers[member]))[1:]:
            told[ix] = again(ix)


def offers_plot(routes: Routes) -> bool:
    """Whether the plot is offered in them."""
    return any(route["outcome"] in OFFERS for route in routes)


def waited(worker: Worker) -> tuple[date, str]:
    """Sort key of the members of a household: the dated wish, else the day of registration; then the id.

    A day nobody wrote down comes last.
    """
    asked = None if worker.consent is None else worker.consent.plot_on
    return asked or worker.waiting_since or date.max, worker.worker_id


def _told(result: RouteResult, first: bool) -> dict[str, Any]:
    """A route as answers carry it; the day of reaching the age and the channels meanwhile only where there are any."""
    route: dict[str, Any] = {
        "channel": Channel.MICRO_FARM.value,
        "outcome": result.outcome,
        "first": first,
        "reasons": list(result.reasons),
        "document": result.document,
        "clause": result.clause,
        "sentence": result.sentences[1 if result.reasons else 0].worker,
        "note_to_officer": result.note_to_officer,
    }
    if result.age_reached_on is not None:
        route["age_reached_on"] = result.age_reached_on.isoformat()
    if result.meanwhile:
        route["meanwhile"] = list(result.meanwhile)
    return route


def _registered_poor(worker: Worker, packs: PackSet, on: date) -> bool | None:
    return worker_flags(worker, on=on, vocabulary=packs.vocabulary)["registered_poor"]


def _of_age(worker: Worker, from_age: int | None, on: date, settings: Settings) -> bool:
    """Whether the route is shown unasked; an unknown birth date is not an age."""
    if worker.birth_date is None or from_age is None:
        return False
    return age_on(worker.birth_date, on, basis=settings.age_basis, leap=settings.leap_birthday) >= from_age


def household_of(worker: Worker, households: Mapping[str, Household]) -> Household | None:
    """The worker's household, if its record is there."""
    return households.get(worker.household_id or "")
