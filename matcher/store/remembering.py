"""A store that keeps in memory what does not change between imports, for a process that answers many calls."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from heapq import merge
from operator import itemgetter
from threading import Lock
from typing import Any, Final, TypeVar

import msgspec

from matcher.decisions import digest
from matcher.ports import RosterStore, Shared, StoredPlan
from matcher.records import ID_FIELDS, Kind, Record

T = TypeVar("T")
REPEATED: Final = frozenset({"model", "rulebook"})
"""Kinds of artifact that are put again with every answer; there are few of each."""
MOST_TOUCHED: Final = 0.1
"""Share of a roster up to which what was written since is read by id; beyond it reading all is as quick."""


def remembering(store: RosterStore) -> RosterStore:
    """The same store with its records and plans answered from memory; safe to share between threads.

    An import, an undo or an erasure of this or another process is seen at the next call: each asks the database
    for the number of the last change first, and nothing older than that is handed out.
    """
    return Remembering(store)


class _Roster(msgspec.Struct, frozen=True):
    """The records of a kind as they have been since `changed`."""

    changed: int
    records: Shared[Record]
    by_id: dict[str, Record]


class _Plans(msgspec.Struct, frozen=True):
    """What has been asked of plans while there were `n_plans` of them."""

    n_plans: int
    answers: dict[tuple[str, object], Any]


class Remembering:
    """`ports.RosterStore` over another one. What is not remembered is passed on."""

    def __init__(self, store: RosterStore) -> None:
        self._store: Final = store
        # A lock a kind: the first caller after an import reads, the others wait for it and share what it read.
        self._locks: Final = {kind: Lock() for kind in Kind}
        self._rosters: Final[dict[Kind, _Roster]] = {}
        self._plans = _Plans(n_plans=-1, answers={})
        self._newest = 0
        self._kept: Final[set[str]] = set()

    def __getattr__(self, name: str) -> Any:
        """Everything that is written, secret or seldom asked is the store's own."""
        return getattr(self._store, name)

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of a kind sorted by id, as of `revision` (default now); the list is shared and cannot be changed."""
        changed = self._store.last_change(kind)
        if revision is not None and not self._holds(revision, changed):
            return self._store.records(kind, ids=ids, revision=revision)
        roster = self._roster(kind, changed)
        if revision is not None and roster.changed > revision:
            # Another caller has read later records meanwhile.
            return self._store.records(kind, ids=ids, revision=revision)
        if ids is None:
            return roster.records
        return [roster.by_id[record_id] for record_id in sorted(set(ids)) if record_id in roster.by_id]

    def revision(self) -> int:
        """Number of the last event written."""
        found = self._store.revision()
        self._newest = max(self._newest, found)
        return found

    def put_artifact(self, kind: str, body: bytes, *, at: datetime | None = None) -> str:
        """Keep a model, pack or request by content; what every answer rests on is written once and known after."""
        sha256 = digest(body)
        if sha256 not in self._kept:
            self._store.put_artifact(kind, body, at=at)
            if kind in REPEATED:
                self._kept.add(sha256)
        return sha256

    def current_plan(self, on: date) -> StoredPlan | None:
        """The plan written last among those whose season holds `on`."""
        found = self._planned(("current_plan", on), lambda: self._store.current_plan(on))
        # One object a plan, by day or by id: what is worked out of its prices is kept by their identity.
        return None if found is None else self._planned(("plan", found.plan_id), lambda: _read(found))

    def plan(self, plan_id: str) -> StoredPlan:
        """The plan of an id, which is never written again. Raises NotFound."""
        return self._planned(("plan", plan_id), lambda: _read(self._store.plan(plan_id)))

    def exposures(self, season: str) -> dict[str, frozenset[str]]:
        """Worker id -> vacancies already listed to that worker in the season."""
        return dict(self._planned(("exposures", season), lambda: self._store.exposures(season)))

    def exposure_counts(self, season: str) -> dict[str, int]:
        """Vacancy id -> how many lists it stood in during the season."""
        return dict(self._planned(("exposure_counts", season), lambda: self._store.exposure_counts(season)))

    def _holds(self, revision: int, changed: int) -> bool:
        """Whether the records of now are those of `revision`: nothing changed since, and it is no revision to come."""
        return revision == changed or changed < revision <= self._newest or changed < revision <= self.revision()

    def _roster(self, kind: Kind, changed: int) -> _Roster:
        known = self._rosters.get(kind)
        if known is not None and known.changed >= changed:
            return known
        with self._locks[kind]:
            known = self._rosters.get(kind)
            if known is None or known.changed < changed:
                # As of that very number: if somebody writes meanwhile, the next call reads again.
                by_id = None if known is None else self._carried_on(kind, known, changed)
                if by_id is None:
                    read = self._store.records(kind, revision=changed)
                    by_id = {getattr(record, ID_FIELDS[kind]): record for record in read}
                known = self._rosters[kind] = _Roster(changed=changed, records=Shared(by_id.values()), by_id=by_id)
            return known

    def _carried_on(self, kind: Kind, known: _Roster, changed: int) -> dict[str, Record] | None:
        """Id -> record as of `changed`, by id, only what was touched since read anew; None where that is too much."""
        touched = self._store.touched_since(kind, known.changed)
        if len(touched) > MOST_TOUCHED * len(known.by_id):
            return None
        read = self._store.records(kind, ids=touched, revision=changed) if touched else []
        new = {getattr(record, ID_FIELDS[kind]): record for record in read}
        if new.keys() == touched and new.keys() <= known.by_id.keys():
            return {**known.by_id, **new}
        kept = ((record_id, record) for record_id, record in known.by_id.items() if record_id not in touched)
        return dict(merge(kept, new.items(), key=itemgetter(0)))

    def _planned(self, asked: tuple[str, object], read: Callable[[], T]) -> T:
        n_plans = self._store.n_plans()
        plans = self._plans
        if plans.n_plans != n_plans:
            plans = self._plans = _Plans(n_plans=n_plans, answers={})
        if asked not in plans.answers:
            # Of two threads that read at once both hand out what the first of them wrote down.
            plans.answers.setdefault(asked, read())
        found: T = plans.answers[asked]
        return found


def _read(plan: StoredPlan) -> StoredPlan:
    """The plan with its prices in memory."""
    return msgspec.structs.replace(plan, prices=dict(plan.prices))
