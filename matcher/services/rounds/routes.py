"""The 45+ route: worked out and shown from the age the pack names, first or beside the jobs (DESIGN section 3).

A plot is held by a household: of several members in one answer at most one is offered it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any, Final

from matcher.allocation.plot_applicants import farthest
from matcher.geography import place_class
from matcher.policy.binding import STANDARD, BoundPack, pack_for
from matcher.policy.evaluation.conventions import age_on, from_settings
from matcher.policy.evaluation.labels import worker_flags
from matcher.policy.route import (
    BIRTH,
    MICRO_FARM,
    OFFERS,
    RouteResult,
    age_decides,
    micro_farm_route,
    route_age,
    ruling_pack,
)
from matcher.policy.types import PackSet
from matcher.ports import Shared
from matcher.records import Channel, Household, Vacancy, Worker
from matcher.services.ground.rulebook import Means
from matcher.services.ground.shelved_posts import ShelvedPosts

# Outcomes that are no offer of land: the worker's own no, or a county without the rule.
NOT_FIRST = ("not_offered", "no_rule")
Routes = list[dict[str, Any]]
HOMES_KEPT: Final = 1 << 14
"""Villages, each with the ranges its people state, whose plots in reach are kept."""
RULINGS_KEPT: Final = 16
"""Packs and days: today's, and those of replays."""
RESULTS_KEPT: Final = 1 << 11
"""Sets of facts of which one ruling keeps the result, half a kilobyte each."""


def open_plots(vacancies: Sequence[Vacancy], on: date, means: Means) -> list[Vacancy]:
    """Micro-farm vacancies with land left on the day; of a shared list they are looked for once."""

    def found() -> list[Vacancy]:
        every = vacancies.plots() if isinstance(vacancies, ShelvedPosts) else vacancies
        return Shared(v for v in every if v.channel is Channel.MICRO_FARM and v.open_on(on))

    return means.remembered.get("plots", (vacancies,), found, by=on) if isinstance(vacancies, Shared) else found()


def plots_in_reach(free_at: Mapping[str, int], home: str, most: int) -> int:
    """Free plots at sites no farther from a home than a rank of place class.

    free_at : place code of each site -> free plots there
    """
    return sum(free for site, free in free_at.items() if place_class(home, site).rank <= most)


def _in_reach(plots: Sequence[Vacancy], means: Means) -> Callable[[str, int], int]:
    """`plots_in_reach` of these plots by home and rank; of shared plots each village is told once."""

    def made() -> Callable[[str, int], int]:
        free: Counter[str] = Counter()
        for plot in plots:
            free[plot.place_code] += plot.headcount - plot.filled
        return lru_cache(maxsize=HOMES_KEPT)(partial(plots_in_reach, free))

    return means.remembered.of_shared("plots in reach", (plots,), made)


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
    ruling, age = _ruling(ground), _age(worker, ground)
    consent = None if worker.consent is None else worker.consent.plot
    # An unknown birth date is not an age.
    of_age = age is not None and ruling.from_age is not None and age >= ruling.from_age
    if not of_age and consent is not True:
        return []
    facts = route_facts(worker, ground, household=household, household_offered=household_offered)
    result = _result(ruling, facts, age, ground)
    first = of_age and result.outcome not in NOT_FIRST and (facts["off_farm_hard"] is True or not has_yes)
    return [_told(result, first)]


@dataclass(frozen=True, slots=True)
class _Ruling:
    """Whose route decides, and the age from which it is shown unasked.

    same_from : age from which two of one age and the same other facts are told the same, None where days may count
    told : what they were told, by these
    """

    bound: BoundPack
    from_age: int | None
    same_from: int | None
    told: dict[Hashable, RouteResult] = field(default_factory=dict)


def _ruling(ground: Ground) -> _Ruling:
    """The same for everybody on a day, as long as there is land to give or none."""
    bound, packs, on, has_land = ground.bound, ground.means.packs, ground.on, bool(ground.plots)

    def made() -> _Ruling:
        from_age = route_age(bound, on) or route_age(pack_for(packs, STANDARD, on), on)
        ruling = ruling_pack(bound, packs, on, has_land=has_land)
        rule = ruling.pack.route_rule(MICRO_FARM)
        return _Ruling(ruling, from_age, route_age(ruling, on) if rule is not None and age_decides(rule) else None)

    return ground.means.remembered.get("route ruling", (bound,), made, by=(on, has_land), n_kept=RULINGS_KEPT)


def _result(ruling: _Ruling, facts: Mapping[str, Any], age: int | None, ground: Ground) -> RouteResult:
    """How the route comes out, worked out once for all of one age and the same other facts."""
    kept = ruling.told if age is not None and ruling.same_from is not None and age >= ruling.same_from else {}
    key = (age, *(value for name, value in facts.items() if name != BIRTH))
    result = kept.get(key)
    if result is None:
        result = micro_farm_route(ruling.bound, facts, ground.on, from_settings(ground.means.settings))
        if len(kept) < RESULTS_KEPT:
            kept[key] = result
    return result


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
        "plots_available": _in_reach(ground.plots, ground.means)(worker.place_code, farthest(worker)),
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


def _age(worker: Worker, ground: Ground) -> int | None:
    """Age on the day as the county counts it."""
    if worker.birth_date is None:
        return None
    settings = ground.means.settings
    return age_on(worker.birth_date, ground.on, basis=settings.age_basis, leap=settings.leap_birthday)


def household_of(worker: Worker, households: Mapping[str, Household]) -> Household | None:
    """The worker's household, if its record is there."""
    return households.get(worker.household_id or "")
