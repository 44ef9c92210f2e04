"""The store as far as somebody's regions reach: a record of a person outside them does not exist (404, not 403).

Adverts and employers are public and stay visible: a county's people go to work in other counties.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache, partial
from typing import Any, Final

from matcher.errors import NotFound
from matcher.ports import Decision, RosterStore, Shared
from matcher.records import Fact, Identity, Kind, Placement, Record, Worker
from matcher.services.ground.remembered import Remembered

_PLACES: Final[dict[Kind, Callable[[Any], str | None]]] = {
    Kind.WORKERS: lambda worker: worker.place_code,
    Kind.HOUSEHOLDS: lambda household: household.place_code or household.site_code,
    Kind.PLOTS: lambda plot: plot.site_code,
}


N_VIEWS: Final = 4
"""Regions of each kind of record whose people are kept as a list: a county's office, its towns in turn."""


@cache
def _views() -> Remembered:
    """The views of shared lists, one for the process: a scope lives for one call only."""
    return Remembered()


class Scoped:
    """A RosterStore for reading, and for the writes that name no person; `regions` empty means everywhere."""

    def __init__(self, whole: RosterStore, regions: Collection[str]) -> None:
        self._whole = whole
        self._regions = tuple(regions)

    def __getattr__(self, name: str) -> Any:
        """What the scope does not touch (plans, prices, artifacts, revision) is the whole store's."""
        if name in _CLOSED and self._regions:
            raise AttributeError(f"{name} is not for a view with a region")
        return getattr(self._whole, name)

    @property
    def regions(self) -> tuple[str, ...]:
        """Leading digits of what is seen; empty for everywhere."""
        return self._regions

    @property
    def behind(self) -> RosterStore:
        """The store this one is a view of."""
        return self._whole

    def still(self) -> Scoped:
        """The same view of the store behind it as that one stands still."""
        return Scoped(self._whole.still(), self._regions)

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of the regions; people, households and plots outside are left out, placements with their worker."""
        found = self._whole.records(kind, ids=ids, revision=revision)
        if not self._regions or (kind is not Kind.PLACEMENTS and kind not in _PLACES):
            return found
        if isinstance(found, Shared):
            # A placement is seen with its worker: who lives where decides as well.
            homes = self._whole.records(Kind.WORKERS, revision=revision) if kind is Kind.PLACEMENTS else None
            seen = partial(self._seen, kind, found, revision)
            return _views().get(kind.value, (found, homes), lambda: Shared(seen()), by=self._regions, n_kept=N_VIEWS)
        return self._seen(kind, found, revision)

    def _seen(self, kind: Kind, found: Sequence[Record], revision: int | None) -> list[Record]:
        place = _PLACES.get(kind)
        if place is not None:
            return [record for record in found if self._inside(place(record))]
        placements = [placement for placement in found if isinstance(placement, Placement)]
        reached = self._reached({placement.worker_id for placement in placements}, revision)
        return [placement for placement in placements if placement.worker_id in reached]

    def records_on(self, kind: Kind, on: date, *, revision: int | None = None) -> list[Record]:
        """As `records`, by what holds on a day: somebody is seen where they live by then, and only from inside.

        Whoever has moved out of the regions since is not read there any more, on no day.
        """
        found = self._whole.records_on(kind, on, revision=revision)
        if not self._regions or (kind is not Kind.PLACEMENTS and kind not in _PLACES):
            return found
        if kind is not Kind.PLACEMENTS:
            inside = [record for record in found if self._inside(_PLACES[kind](record))]
            if kind is not Kind.WORKERS:
                return inside
            still = {person.worker_id for person in self.records(kind) if isinstance(person, Worker)}
            return [record for record in inside if isinstance(record, Worker) and record.worker_id in still]
        people = self.records_on(Kind.WORKERS, on, revision=revision)
        reached = {person.worker_id for person in people if isinstance(person, Worker)}
        return [record for record in found if isinstance(record, Placement) and record.worker_id in reached]

    def identities(self, worker_ids: Collection[str], *, revision: int | None = None) -> dict[str, Identity]:
        """Identities as of `revision` (default now) of workers who live in the regions today."""
        return self._whole.identities(sorted(self._reached(set(worker_ids), None)), revision=revision)

    def history(self, kind: Kind, record_id: str) -> list[Fact]:
        """Facts of a record of the regions; NotFound outside."""
        if self._regions and not self.records(kind, ids=[record_id]):
            raise NotFound(f"no record {record_id}", where=kind.value)
        return self._whole.history(kind, record_id)

    def decision(self, decision_id: str) -> Decision:
        """A decision that is about nobody outside the regions; NotFound else."""
        decision = self._whole.decision(decision_id)
        if self._regions and not self._covers(decision):
            raise NotFound("no decision of this id was logged", where=decision_id)
        return decision

    def decisions_of(self, subject: str, *, limit: int = 100) -> list[Decision]:
        """The lists of a worker or a vacancy that are about nobody outside the regions, newest first."""
        found = self._whole.decisions_of(subject, limit=limit)
        return [decision for decision in found if self._covers(decision)] if self._regions else found

    def _covers(self, decision: Decision) -> bool:
        """Whether everybody a decision is about lives in the regions: its one worker, or all whom its asker reached."""
        worker_id = decision.request.get("worker_id")
        if worker_id:
            return bool(self._reached({str(worker_id)}, decision.revision))
        places = decision.request.get("places") or decision.request.get("regions") or ("",)
        return all(self._inside(str(place)) for place in places)

    def _reached(self, worker_ids: set[str], revision: int | None) -> frozenset[str]:
        if not self._regions:
            return frozenset(worker_ids)
        found = self._whole.records(Kind.WORKERS, ids=sorted(worker_ids), revision=revision)
        workers = (worker for worker in found if isinstance(worker, Worker))
        return frozenset(worker.worker_id for worker in workers if self._inside(worker.place_code))

    def _inside(self, place_code: str | None) -> bool:
        return place_code is not None and place_code.startswith(self._regions)


def reach(store: RosterStore) -> tuple[str, ...]:
    """Leading digits of the regions a store is a view of, those of the nearest scope; empty for everywhere."""
    return store.regions if isinstance(store, Scoped) else ()


def whole(store: RosterStore) -> RosterStore:
    """The store behind all scopes, for an answer whose call carries its own regions; ask for the decision first."""
    while isinstance(store, Scoped):
        store = store.behind
    return store


_CLOSED: Final = frozenset({"decisions", "erase_worker", "rotate_keys", "workers_by_id_number", "workers_by_phone"})
