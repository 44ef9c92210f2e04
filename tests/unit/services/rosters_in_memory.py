"""A store of a few records, for services that only read."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from matcher.ports import Shared
from matcher.records import ID_FIELDS, Household, Kind, Placement, Plot, Record, Vacancy, Worker

_KINDS = {
    Worker: Kind.WORKERS, Vacancy: Kind.VACANCIES, Household: Kind.HOUSEHOLDS, Placement: Kind.PLACEMENTS,
    Plot: Kind.PLOTS,
}  # fmt: skip


class InMemory:
    """Revision 1 are the given records; `replace` makes the next. No plan."""

    def __init__(self, records: Iterable[Record], *, key: bytes = b"k" * 32) -> None:
        self._key = key
        self._revisions = [_rosters(records)]

    def replace(self, records: Iterable[Record]) -> None:
        """What an import leaves: from the next revision on these are the records."""
        self._revisions.append(_rosters(records))

    def revision(self) -> int:
        return len(self._revisions)

    def row_key(self) -> bytes:
        return self._key

    def current_plan(self, _on):
        return None

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        roster = self._revisions[-1 if revision is None else revision - 1][kind]
        return roster if ids is None else [record for record in roster if getattr(record, ID_FIELDS[kind]) in set(ids)]


class Sharing(InMemory):
    """Hands out the same unchangeable list until the next import."""

    def __init__(self, records):
        super().__init__(records)
        self._shared = {}

    def records(self, kind, *, ids=None, revision=None):
        found = super().records(kind, ids=ids, revision=revision)
        at = self.revision() if revision is None else revision
        return found if ids is not None else self._shared.setdefault((kind, at), Shared(found))


def _rosters(records: Iterable[Record]) -> dict[Kind, list[Record]]:
    rosters: dict[Kind, list[Record]] = {kind: [] for kind in Kind}
    for record in records:
        rosters[_KINDS[type(record)]].append(record)
    for kind, roster in rosters.items():
        roster.sort(key=lambda record, kind=kind: getattr(record, ID_FIELDS[kind]))
    return rosters
