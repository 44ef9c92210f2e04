"""Months and pay of a workshop's worker towards what its reward asks for, and how long they may still be gathered.

The windows, months and yuan are those of the document in force; a month counts as soon as a wage roll of it is held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Final

import msgspec

from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR
from matcher.policy.types import Pack
from matcher.records import Evidence, EvidenceKind, Placement

MIN_MONTHS: Final = "workshop_reward_min_months"
MIN_PAY: Final = "workshop_reward_min_pay"
WINDOW_YEARS: Final = "workshop_reward_window_years"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a document asks for: months and yuan within a window, each with its clause."""

    months: int
    pay_yuan: Decimal
    window_months: int
    clause: str


class WorkshopMonth(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One month with a wage roll: its number counted from year 0, and the pay of it in yuan (None: not recorded).

    by_contract : whether some of the pay is the wage of the contract, since no roll says what was paid
    """

    month: int
    pay_yuan: Decimal | None
    by_contract: bool = False


class MeterState(StrEnum):
    """How it stands: reached; can be reached; only without another idle month; no longer within this window."""

    MET = "met"
    UNDER_WAY = "under_way"
    CLOSING = "closing"
    MISSED = "missed"


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """The window in which most is gathered. months_left : months of it without a roll that may still bring one.

    pay_yuan : None where no pay is recorded, which is not 0; first, last : months of the window, YYYY-MM
    months_by_contract : months whose pay is reckoned by the contract, since no roll says what was paid
    """

    state: MeterState
    months: int
    pay_yuan: Decimal | None
    months_left: int
    months_lacking: int
    first: str
    last: str
    months_by_contract: int = 0


def target_of(pack: Pack) -> Target | None:
    """What the pack's document asks for; None where it states no months and no pay."""
    months, pay, years = (pack.parameter(name) for name in (MIN_MONTHS, MIN_PAY, WINDOW_YEARS))
    stated = [row for row in (months, pay) if row is not None and row.kind.has_value]
    if len(stated) < 2 or months is None or pay is None:
        return None
    window = int(years.value) if years is not None and years.kind.has_value else 1
    return Target(
        months=int(months.value),
        pay_yuan=Decimal(pay.value),
        window_months=window * MONTHS_PER_YEAR,
        clause=months.clause,
    )


def months_of(placements: Iterable[Placement], on: date) -> tuple[WorkshopMonth, ...]:
    """Months with a wage roll up to a day, each once; rolls of the future count not.

    The pay of a month is what its rolls say was paid; where none says, the wage of the contract stands in for it.
    """
    found: dict[int, list[WorkshopMonth]] = defaultdict(list)
    for placement in placements:
        for month, rolls in _rolls(placement, on).items():
            found[month].append(_month(month, rolls, placement.wage_yuan_month))
    return tuple(_together(found[month]) for month in sorted(found))


def _rolls(placement: Placement, on: date) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = defaultdict(list)
    for one in placement.evidence:
        if one.kind is EvidenceKind.WAGE_ROLL and one.on is not None and one.on <= on:
            found[month_number(one.on)].append(one)
    return found


def _month(month: int, rolls: Sequence[Evidence], wage: int | None) -> WorkshopMonth:
    """A month of one placement: two rolls of it add up, the wage of the contract counts once."""
    paid = [one.pay_yuan for one in rolls if one.pay_yuan is not None]
    if paid:
        return WorkshopMonth(month=month, pay_yuan=Decimal(sum(paid)))
    return WorkshopMonth(month=month, pay_yuan=None if wage is None else Decimal(wage), by_contract=wage is not None)


def _together(months: Sequence[WorkshopMonth]) -> WorkshopMonth:
    """A month of several placements."""
    pays = [one.pay_yuan for one in months if one.pay_yuan is not None]
    return WorkshopMonth(
        month=months[0].month,
        pay_yuan=sum(pays, Decimal(0)) if pays else None,
        by_contract=any(one.by_contract for one in months),
    )


def evidence_months(placement: Placement, kind: EvidenceKind, on: date) -> tuple[str, ...]:
    """Months, YYYY-MM, of which a dated piece of a kind is held on a day."""
    days = (one.on for one in placement.evidence if one.kind is kind)
    return tuple(month_text(month) for month in sorted({month_number(day) for day in days if day and day <= on}))


def meter(months: Sequence[WorkshopMonth], target: Target, on: date, *, calendar_year: bool = False) -> Meter | None:
    """The window that is furthest: reached, else still open, else the fullest; None without months.

    As the document's rule counts: the window from the first month worked, or (the other reading of 一年内, a
    convention of the county) each calendar year.
    """
    starts = sorted({one.month - one.month % MONTHS_PER_YEAR for one in months})
    if not calendar_year:
        starts = [min(one.month for one in months)] if months else []
    found = [_window(months, start, target, month_number(on)) for start in starts]
    return max(found, key=lambda one: (_RANK[one.state], one.months, one.pay_yuan or 0, one.first), default=None)


def years_of(months: Sequence[WorkshopMonth], target: Target, *, calendar_year: bool = False) -> list[int]:
    """First months of the windows that follow each other, for what is paid again each year.

    By calendar years each that has a month; else the first from the first month, the next from the first behind it.
    """
    starts: list[int] = []
    for one in sorted(months):
        if not starts or one.month >= starts[-1] + (MONTHS_PER_YEAR if calendar_year else target.window_months):
            starts.append(one.month - one.month % MONTHS_PER_YEAR if calendar_year else one.month)
    return starts


_RANK: Final = {MeterState.MET: 2, MeterState.CLOSING: 1, MeterState.UNDER_WAY: 1, MeterState.MISSED: 0}


def _window(months: Sequence[WorkshopMonth], start: int, target: Target, now: int) -> Meter:
    last = start + target.window_months - 1
    inside = [one for one in months if start <= one.month <= last]
    pays = [one.pay_yuan for one in inside if one.pay_yuan is not None]
    pay = sum(pays, Decimal(0)) if pays else None
    worked = {one.month for one in inside}
    left = len([month for month in range(max(now, start), last + 1) if month not in worked])
    lacking = max(0, target.months - len(inside), _months_for_pay(pay, len(pays), target))
    return Meter(
        state=_state(lacking, left, pay is not None and pay >= target.pay_yuan),
        months=len(inside),
        pay_yuan=pay,
        months_left=left,
        months_lacking=lacking,
        first=month_text(start),
        last=month_text(last),
        months_by_contract=sum(one.by_contract for one in inside),
    )


def _months_for_pay(pay: Decimal | None, n_paid: int, target: Target) -> int:
    """Months still needed for the pay at the average so far; at least one while it lacks and nobody recorded any."""
    short = target.pay_yuan - (pay or 0)
    if short <= 0:
        return 0
    return 1 if not pay else int((short * n_paid / pay).to_integral_value(rounding=ROUND_CEILING))


def _state(lacking: int, left: int, paid_enough: bool) -> MeterState:
    if lacking == 0 and paid_enough:
        return MeterState.MET
    if left < lacking:
        return MeterState.MISSED
    return MeterState.CLOSING if left <= lacking else MeterState.UNDER_WAY


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * MONTHS_PER_YEAR + day.month - 1


def month_text(number: int) -> str:
    """YYYY-MM."""
    return f"{number // MONTHS_PER_YEAR:04d}-{number % MONTHS_PER_YEAR + 1:02d}"
