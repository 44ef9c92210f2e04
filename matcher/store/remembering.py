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
from matcher.ports import LastChanges, RosterStore, Shared, StoredPlan
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

    def told(self, asked: tuple[str, object], read: Callable[[], T]) -> T:
        """The answer of before, else what `read` says now."""
        if asked not in self.answers:
            # Of two threads that read at once both hand out what the first of them wrote down.
            self.answers.setdefault(asked, read())
        found: T = self.answers[asked]
        return found


class _Memory:
    """What one process remembers of a store, whoever asks for it."""

    def __init__(self) -> None:
        # A lock a kind: the first caller after an import reads, the others wait for it and share what it read.
        self.locks: Final = {kind: Lock() for kind in Kind}
        self.rosters: Final[dict[Kind, _Roster]] = {}
        self.plans = _Plans(n_plans=-1, answers={})
        self.kept: Final[set[str]] = set()


class Remembering:
    """`ports.RosterStore` over another one. What is not remembered is passed on."""

    def __init__(self, store: RosterStore, memory: _Memory | None = None, changes: LastChanges | None = None) -> None:
        """changes : of a store that stands still, what was written last when it was made."""
        self._store: Final = store
        self._memory: Final = memory or _Memory()
        self._changes: Final = changes

    def __getattr__(self, name: str) -> Any:
        """Everything that is written, secret or seldom asked is the store's own."""
        return getattr(self._store, name)

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of a kind sorted by id, as of `revision` (default now); the list is shared and cannot be changed."""
        changes = self.changes()
        changed = changes.of[kind]
        if revision is not None and not changed <= revision <= changes.revision:
            return self._store.records(kind, ids=ids, revision=revision)
        roster = self._roster(kind, changed)
        if revision is not None and roster.changed > revision:
            # Another caller has read later records meanwhile.
            return self._store.records(kind, ids=ids, revision=revision)
        if ids is None:
            return roster.records
        return [roster.by_id[record_id] for record_id in sorted(set(ids)) if record_id in roster.by_id]

    def changes(self) -> LastChanges:
        """What was written last: now, or when this store was told to stand still."""
        return self._store.changes() if self._changes is None else self._changes

    def still(self) -> Remembering:
        """The same memory of the same store, with what was written last asked once: many questions make an answer."""
        return Remembering(self._store, self._memory, self.changes())

    def revision(self) -> int:
        """Number of the last event written."""
        return self.changes().revision

    def last_change(self, kind: Kind) -> int:
        """Number of the last event that touched records of the kind."""
        return self.changes().of[kind]

    def put_artifact(self, kind: str, body: bytes, *, at: datetime | None = None) -> str:
        """Keep a model, pack or request by content; what every answer rests on is written once and known after."""
        sha256 = digest(body)
        if sha256 not in self._memory.kept:
            self._store.put_artifact(kind, body, at=at)
            if kind in REPEATED:
                self._memory.kept.add(sha256)
        return sha256

    def current_plan(self, on: date) -> StoredPlan | None:
        """The plan written last among those whose season holds `on`."""
        plans = self._plans()
        found = plans.told(("current_plan", on), lambda: self._store.current_plan(on))
        # One object a plan, by day or by id: what is worked out of its prices is kept by their identity.
        return None if found is None else plans.told(("plan", found.plan_id), lambda: _read(found))

    def plan(self, plan_id: str) -> StoredPlan:
        """The plan of an id, which is never written again. Raises NotFound."""
        return self._plans().told(("plan", plan_id), lambda: _read(self._store.plan(plan_id)))

    def exposures(self, season: str) -> dict[str, frozenset[str]]:
        """Worker id -> vacancies already listed to that worker in the season."""
        return dict(self._plans().told(("exposures", season), lambda: self._store.exposures(season)))

    def exposure_counts(self, season: str) -> dict[str, int]:
        """Vacancy id -> how many lists it stood in during the season."""
        return dict(self._plans().told(("exposure_counts", season), lambda: self._store.exposure_counts(season)))

    def _roster(self, kind: Kind, changed: int) -> _Roster:
        rosters = self._memory.rosters
        known = rosters.get(kind)
        if known is not None and known.changed >= changed:
            return known
        with self._memory.locks[kind]:
            known = rosters.get(kind)
            if known is None or known.changed < changed:
                # As of that very number: if somebody writes meanwhile, the next call reads again.
                by_id = None if known is None else self._carried_on(kind, known, changed)
                if by_id is None:
                    read = self._store.records(kind, revision=changed)
                    by_id = {getattr(record, ID_FIELDS[kind]): record for record in read}
                known = rosters[kind] = _Roster(changed=changed, records=Shared(by_id.values()), by_id=by_id)
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

    def _plans(self) -> _Plans:
        n_plans, memory = self.changes().n_plans, self._memory
        plans = memory.plans
        # One that stands still may ask after another has read on; a database put back from a copy may hold fewer.
        is_other = plans.n_plans != n_plans if self._changes is None else plans.n_plans < n_plans
        if is_other:
            plans = memory.plans = _Plans(n_plans=n_plans, answers={})
        return plans


def _read(plan: StoredPlan) -> StoredPlan:
    """The plan with its prices in memory."""
    return msgspec.structs.replace(plan, prices=dict(plan.prices))
