"""Placements of the demo county: some run, some ended, most with evidence and a checker, a few with neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from matcher.demo.days import shift_months
from matcher.demo.draws import Draws, Flags, Index
from matcher.demo.shares import PlacementShares
from matcher.demo.specs import CountySpec, people_spec
from matcher.demo.vacancies import Board
from matcher.demo.wishes import TRAVEL, Wishes
from matcher.records import ContractType, Evidence, EvidenceKind, Placement, TravelRange, Vacancy

_MONTH = timedelta(days=30)


def draw_placements(
    prefix: str, county: CountySpec, wishes: Wishes, board: Board, draws: Draws
) -> tuple[Placement, ...]:
    """One placement for everybody who runs or had one, at a vacancy's employer near enough for their wish.

    Nobody is placed by a vacancy of today whose time has run out; old ones name the employer only.
    """
    spec = people_spec().placements
    workers = np.flatnonzero(wishes.running | wishes.had)
    near = wishes.travel[workers] <= TRAVEL.index(TravelRange.CITY)
    rows, u = _vacancy_rows(board, near, draws), draws.grid(workers.size, 10)
    return tuple(
        _placement(
            f"{prefix}c{number + 1:06d}",
            f"{prefix}w{worker + 1:06d}",
            board.vacancies[row],
            bool(wishes.running[worker]),
            bool(board.open[row]),
            county,
            spec,
            u[number].tolist(),
        )
        for number, (worker, row) in enumerate(zip(workers.tolist(), rows.tolist(), strict=True))
    )


def with_filled(vacancies: Sequence[Vacancy], placements: Sequence[Placement]) -> tuple[Vacancy, ...]:
    """Vacancies with their running placements counted as filled, on top of the openings they still have."""
    taken: dict[str, int] = {}
    for placement in placements:
        if placement.vacancy_id and placement.end is None:
            taken[placement.vacancy_id] = taken.get(placement.vacancy_id, 0) + 1
    return tuple(
        msgspec.structs.replace(v, headcount=v.headcount + taken[v.vacancy_id], filled=v.filled + taken[v.vacancy_id])
        if v.vacancy_id in taken
        else v
        for v in vacancies
    )


def _vacancy_rows(board: Board, near: Flags, draws: Draws) -> Index:
    """A vacancy row for each worker, by head count: local ones for those who stay near, any for the others."""
    weight = np.array([v.headcount for v in board.vacancies], dtype=np.float64) * board.hires
    rows = np.zeros(near.size, dtype=np.int64)
    for stays, weights in ((True, weight * board.local), (False, weight)):
        who = np.flatnonzero(near == stays)
        rows[who] = draws.pick(weights, who.size)
    return rows


def _placement(
    placement_id: str,
    worker_id: str,
    vacancy: Vacancy,
    running: bool,
    is_open: bool,
    county: CountySpec,
    spec: PlacementShares,
    u: list[float],
) -> Placement:
    """One placement from its row of uniform draws."""
    linked = running and is_open and not vacancy.headcount_unknown and u[0] < spec.linked_to_vacancy
    start, end = _term(spec, county.on, running, u)
    if linked and vacancy.valid_from:
        start = max(start, vacancy.valid_from)
    wage = vacancy.wage_low_yuan_month or round(county.wage_level_yuan_month / 100) * 100
    months = vacancy.contract_months or spec.contract_months[int(u[3] * len(spec.contract_months))]
    last = end or county.on
    signed, until = _contract(start, months, last)
    return Placement(
        placement_id=placement_id,
        worker_id=worker_id,
        vacancy_id=vacancy.vacancy_id if linked else None,
        employer_id=vacancy.employer_id,
        employer_name=vacancy.employer_name,
        place_code=vacancy.place_code,
        start=start,
        end=end,
        end_reason=spec.end_reasons[int(u[4] * len(spec.end_reasons))] if end else None,
        contract_type=vacancy.contract_type,
        contract_start=signed if vacancy.contract_type else None,
        contract_end=until if vacancy.contract_type else None,
        wage_yuan_month=round(wage * (0.95 + 0.2 * u[5]) / 10) * 10,
        broker_id=f"demo-b{int(u[6] / spec.via_broker * spec.brokers) + 1:02d}" if u[6] < spec.via_broker else None,
        evidence=() if u[7] < spec.without_evidence else _evidence(spec, vacancy, start, last, u[8]),
        checked_by=None if u[9] < spec.without_checker else spec.checkers[int(u[9] * len(spec.checkers))],
    )


def _term(spec: PlacementShares, on: date, running: bool, u: list[float]) -> tuple[date, date | None]:
    first, last = spec.running_from_days if running else spec.ended_from_days
    start = on - timedelta(days=int(first + u[1] * (last - first)))
    if running:
        return start, None
    shortest, longest = spec.ended_lasted_days
    return start, start + timedelta(days=int(shortest + u[2] * (longest - shortest)))


def _contract(start: date, months: int, last: date) -> tuple[date, date]:
    """The contract in force on the last day, renewed for the same term as often as it took."""
    terms = 0
    while shift_months(start, (terms + 1) * months) <= last:
        terms += 1
    return shift_months(start, terms * months), shift_months(start, (terms + 1) * months)


def _evidence(spec: PlacementShares, vacancy: Vacancy, start: date, last: date, u: float) -> tuple[Evidence, ...]:
    """Papers up to the last day: the contract, up to six wage rolls, insurance, a visit."""
    by = spec.checkers[int(u * len(spec.checkers))]
    found = [Evidence(kind=EvidenceKind.CONTRACT, on=start, by=by)] if vacancy.contract_type else []
    months = min((last - start) // _MONTH, 6)
    found += [Evidence(kind=EvidenceKind.WAGE_ROLL, on=start + (m + 1) * _MONTH, by=by) for m in range(months)]
    if vacancy.insured and vacancy.contract_type is ContractType.LABOUR_CONTRACT and months:
        found.append(Evidence(kind=EvidenceKind.INSURANCE, on=start + _MONTH, by=by))
    if u > 0.7 or not found:
        found.append(Evidence(kind=EvidenceKind.VISIT, on=last, by=by))
    return tuple(found)
