"""Placements with what stands around them, read from the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matcher.office.claims.cases import Case
from matcher.ports import RosterStore
from matcher.records import Employer, Kind, Placement, Vacancy, Worker


def placements_of(store: RosterStore, ids: Iterable[str] | None = None) -> list[Placement]:
    """Placements of the reader's regions, in the store's order; ids : these alone."""
    wanted = None if ids is None else sorted(set(ids))
    return [one for one in store.records(Kind.PLACEMENTS, ids=wanted) if isinstance(one, Placement)]


def cases_of_placements(store: RosterStore, placements: Iterable[Placement]) -> list[Case]:
    """A case for each placement, the newest first; those whose worker is not reached are left out."""
    found = list(placements)
    workers = {one.worker_id: one for one in _of(store, Kind.WORKERS, (p.worker_id for p in found), Worker)}
    posts = {one.vacancy_id: one for one in _of(store, Kind.VACANCIES, (p.vacancy_id for p in found), Vacancy)}
    firms = {one.employer_id: one for one in _of(store, Kind.EMPLOYERS, (p.employer_id for p in found), Employer)}
    told = [
        Case(one, workers[one.worker_id], posts.get(one.vacancy_id or ""), firms.get(one.employer_id or ""))
        for one in found
        if one.worker_id in workers
    ]
    return sorted(told, key=lambda case: (case.placement.start, case.placement.placement_id), reverse=True)


def _of(store: RosterStore, kind: Kind, ids: Iterable[str | None], of: type[Any]) -> list[Any]:
    wanted = sorted({one for one in ids if one})
    return [record for record in store.records(kind, ids=wanted) if isinstance(record, of)] if wanted else []
