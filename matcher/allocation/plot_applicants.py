"""Who stands before the plots of a county: everybody of the route's age, and the younger who asked for one.

Each comes with the route's outcome under the pack that orders, the tier, the dated wish and the sites in reach; the
queue (`plot_queue`) only sorts and assigns. One person is one applicant, whatever else is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from matcher.geography import place_class
from matcher.policy.binding import BoundPack
from matcher.policy.evaluation.conventions import Conventions, age_on, birthday
from matcher.policy.evaluation.labels import Flags, worker_flags
from matcher.policy.route import RouteResult, micro_farm_route, route_age
from matcher.policy.tiers import GENERAL, TierResult, tier_of, tiers
from matcher.policy.types import Vocabulary
from matcher.records import Household, PlaceClass, Plot, PlotState, Worker
from matcher.records.wishes import accepted_rank

K = TypeVar("K")
V = TypeVar("V")


class Applicant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One person before the queue.

    route : outcome and reasons with the land in reach; consent : the person's own word; since : the day of it, else
    of registration, None = nobody wrote a day down
    holds_plot, poor : of the household, None = not recorded; tier : of the pack's general order
    sites : codes of sites in reach, nearest first; in_work : a placement runs on the day
    """

    worker_id: str
    household_id: str
    route: RouteResult
    consent: bool | None
    since: date | None
    holds_plot: bool | None
    poor: bool | None
    tier: TierResult
    sites: tuple[str, ...]
    in_work: bool = False


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the applicants of one day are worked out from.

    ruling : the pack whose route decides; ordering : the pack whose general tiers order
    in_work : ids of workers with a running placement
    """

    households: Mapping[str, Household]
    plots: Sequence[Plot]
    in_work: Collection[str]
    ruling: BoundPack
    ordering: BoundPack
    vocabulary: Vocabulary
    conventions: Conventions
    on: date


def farthest(worker: Worker) -> int:
    """Rank of the farthest place class the worker accepts for land: the stated range, else the own township."""
    stated = accepted_rank(worker)
    most = PlaceClass.SAME_TOWNSHIP.rank if stated is None else stated
    return min(most, PlaceClass.SAME_CITY.rank) if worker.needs_daily_return else most


def applicants(workers: Iterable[Worker], standing: Standing) -> list[Applicant]:
    """Applicants in the order of the workers: those of the route's age, and whoever asked for a plot."""
    told = _Teller(standing)
    return [told.of(worker) for worker in workers if told.concerns(worker)]


def turning(workers: Iterable[Worker], standing: Standing, until: date) -> list[tuple[date, Worker]]:
    """Workers who reach the route's age after the day and by `until`, with the day on which it is worked out anew."""
    age, conventions = route_age(standing.ruling, standing.on), standing.conventions
    if age is None:
        return []
    basis, leap = conventions.age_basis, conventions.leap_birthday
    dated = (
        (birthday(worker.birth_date, age, basis=basis, leap=leap), worker)
        for worker in workers
        if worker.birth_date is not None
    )
    return sorted(
        (pair for pair in dated if standing.on < pair[0] <= until), key=lambda pair: (pair[0], pair[1].worker_id)
    )


class _Teller:
    """Applicants of one day; what many people share (routes by facts, tiers by flags, sites by home) is made once."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._age = route_age(standing.ruling, standing.on)
        self._order = tiers(standing.ordering.pack, GENERAL)
        self._holders = frozenset(
            p.household_id for p in standing.plots if p.state is PlotState.HELD and p.household_id
        )
        self._free: dict[str, int] = {}
        for plot in standing.plots:
            if plot.state is PlotState.FREE:
                self._free[plot.site_code] = self._free.get(plot.site_code, 0) + 1
        self._all_sites = sorted({plot.site_code for plot in standing.plots})
        self._routes: dict[tuple[object, ...], RouteResult] = {}
        self._tiers: dict[tuple[bool | None, ...], TierResult] = {}
        self._sites: dict[tuple[str, int], tuple[str, ...]] = {}

    def concerns(self, worker: Worker) -> bool:
        """Whether the route is shown to the worker at all."""
        if worker.consent is not None and worker.consent.plot is True:
            return True
        return self._age is not None and (self._years(worker) or 0) >= self._age

    def of(self, worker: Worker) -> Applicant:
        """The worker as an applicant."""
        standing, consent = self._standing, worker.consent
        flags = worker_flags(worker, on=standing.on, vocabulary=standing.vocabulary)
        sites = self._in_reach(worker)
        holds = self._holds_plot(worker)
        return Applicant(
            worker_id=worker.worker_id,
            household_id=worker.household_id or "",
            route=self._route(worker, flags, holds, sum(self._free.get(site, 0) for site in sites)),
            consent=None if consent is None else consent.plot,
            since=(consent.plot_on if consent is not None else None) or worker.waiting_since,
            holds_plot=holds,
            poor=flags["registered_poor"],
            tier=_made(self._tiers, tuple(flags.values()), lambda: tier_of(flags, self._order)),
            sites=sites,
            in_work=worker.worker_id in standing.in_work,
        )

    def _years(self, worker: Worker) -> int | None:
        if worker.birth_date is None:
            return None
        conventions = self._standing.conventions
        return age_on(worker.birth_date, self._standing.on, conventions.age_basis, conventions.leap_birthday)

    def _holds_plot(self, worker: Worker) -> bool | None:
        """The ledger of plots proves that a household holds one; that it holds none only its own record does."""
        if worker.household_id in self._holders:
            return True
        household = self._standing.households.get(worker.household_id or "")
        return None if household is None else household.holds_plot

    def _in_reach(self, worker: Worker) -> tuple[str, ...]:
        def sites() -> tuple[str, ...]:
            ranked = ((place_class(worker.place_code, site).rank, site) for site in self._all_sites)
            return tuple(site for rank, site in sorted(ranked) if rank <= most)

        most = farthest(worker)
        return _made(self._sites, (worker.place_code, most), sites)

    def _route(self, worker: Worker, flags: Flags, holds: bool | None, n_free: int) -> RouteResult:
        """The route, the same for one age and the same other facts (rules ask for years) but for the day of turning."""
        consent = None if worker.consent is None else worker.consent.plot
        hard = None if worker.off_farm_hard is None else worker.off_farm_hard.value
        facts = {
            "birth_date": worker.birth_date,
            "poor_rural_worker": flags["registered_poor"],
            "off_farm_hard": hard,
            "consent": consent,
            "household_has_plot": holds,
            "plots_available": n_free,
        }
        key = (self._years(worker), consent, hard, holds, flags["registered_poor"], n_free)
        standing = self._standing
        route = _made(
            self._routes, key, lambda: micro_farm_route(standing.ruling, facts, standing.on, standing.conventions)
        )
        if route.age_reached_on is None or worker.birth_date is None or self._age is None:
            return route
        basis, leap = standing.conventions.age_basis, standing.conventions.leap_birthday
        turns = birthday(worker.birth_date, self._age, basis=basis, leap=leap)
        return msgspec.structs.replace(route, age_reached_on=turns)


def _made(kept: dict[K, V], key: K, make: Callable[[], V]) -> V:
    if key not in kept:
        kept[key] = make()
    return kept[key]
