"""A store of a few records, for services that only read."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from matcher.records import ID_FIELDS, Household, Kind, Placement, Record, Vacancy, Worker

_KINDS = {Worker: Kind.WORKERS, Vacancy: Kind.VACANCIES, Household: Kind.HOUSEHOLDS, Placement: Kind.PLACEMENTS}


class InMemory:
    """Records as of every revision the same; no plan."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._rosters: dict[Kind, list[Record]] = {kind: [] for kind in Kind}
        for record in records:
            self._rosters[_KINDS[type(record)]].append(record)
        for kind, roster in self._rosters.items():
            roster.sort(key=lambda record, kind=kind: getattr(record, ID_FIELDS[kind]))

    def revision(self) -> int:
        return 1

    def current_plan(self, _on):
        return None

    def records(self, kind: Kind, *, ids: Collection[str] | None = None, revision: int | None = None) -> list[Record]:
        roster = self._rosters[kind]
        return roster if ids is None else [record for record in roster if getattr(record, ID_FIELDS[kind]) in set(ids)]
