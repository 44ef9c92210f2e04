"""The rosters as of one revision for a long round of lists: read once, their log written in pieces."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from matcher.ports import Decision, RosterStore, StoredPlan
from matcher.records import ID_FIELDS, Kind, Record
from matcher.records.access import AuditEntry

N_LOGGED_AT_ONCE: Final = 500


class PinnedStore:
    """A RosterStore that stands still: what is asked of it is as of the revision it was made at.

    Ten thousand lists ask the same things of the database ten thousand times; here they are asked once. Decisions are
    kept back until there are many of them or `flush` is called: nothing made of them may leave before.
    """

    forgets: Final = True
    """It is gone after one sending: a list kept for it would never be asked for again."""

    def __init__(self, store: RosterStore) -> None:
        self._store = store
        self._revision = store.revision()
        self._plans: dict[date, StoredPlan | None] = {}
        self._records: dict[Kind, list[Record]] = {}
        self._by_id: dict[Kind, dict[str, Record]] = {}
        self._decisions: list[Decision] = []

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's own."""
        return getattr(self._store, name)

    def revision(self) -> int:
        """The revision it stands at."""
        return self._revision

    def still(self) -> PinnedStore:
        """It stands still already."""
        return self

    def current_plan(self, on: date) -> StoredPlan | None:
        """The plan of a day as it was first asked for."""
        if on not in self._plans:
            self._plans[on] = self._store.current_plan(on)
        return self._plans[on]

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        """Records of a kind sorted by id; the list is the same object each time, so that what is made of it is kept."""
        if revision not in (None, self._revision):
            return self._store.records(kind, ids=ids, revision=revision)
        if kind not in self._records:
            self._records[kind] = self._store.records(kind, revision=self._revision)
        if ids is None:
            return self._records[kind]
        if kind not in self._by_id:
            self._by_id[kind] = {str(getattr(one, ID_FIELDS[kind])): one for one in self._records[kind]}
        known = self._by_id[kind]
        return [known[record_id] for record_id in sorted(set(ids)) if record_id in known]

    def append_decision(self, decision: Decision, entry: AuditEntry | None = None) -> None:
        """Keep an answer to be logged with the next ones; one with an entry is logged at once."""
        if entry is not None:
            self._store.append_decision(decision, entry)
            return
        self._decisions.append(decision)
        if len(self._decisions) >= N_LOGGED_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Log what was kept back."""
        if self._decisions:
            self._store.append_decisions(self._decisions)
            self._decisions = []
