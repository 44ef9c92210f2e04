"""Calendars on whole columns: years, months, ages and terms of days counted from EPOCH.

The months of the days people live in stand in tables made once; days beyond them are worked out one cast at a time.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns.kinds import EPOCH
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR

# The tables reach so many days and months to either side of EPOCH.
REACH_DAYS = 32768
REACH_MONTHS = 1024
Days64 = NDArray[np.int64]


def month_index(days: NDArray[Any]) -> Days64:
    """Months from the month of EPOCH."""
    if not _near(days, REACH_DAYS):
        return _cast_months(days)
    found: Days64 = _month_table()[days + REACH_DAYS]
    return found


def years(days: NDArray[Any]) -> Days64:
    """Calendar years."""
    return month_index(days) // MONTHS_PER_YEAR + EPOCH.year


def day_of_month(days: NDArray[Any]) -> Days64:
    """1 .. 31."""
    if not _near(days, REACH_DAYS):
        return days - first_of_month(_cast_months(days)) + 1
    found: Days64 = _day_table()[days + REACH_DAYS]
    return found


def month_of_year(days: NDArray[Any]) -> Days64:
    """1 .. 12."""
    return month_index(days) % MONTHS_PER_YEAR + 1


def first_of_month(index: NDArray[Any]) -> Days64:
    """First day of the month of an index, in days from EPOCH."""
    if not _near(index, REACH_MONTHS):
        return _cast_first(index)
    found: Days64 = _first_table()[index + REACH_MONTHS]
    return found


def add_months(days: NDArray[Any], months: NDArray[Any] | int) -> Days64:
    """The same day months later, the last day of the month where there is no such day."""
    index = month_index(days) + months
    moved: Days64 = np.minimum(first_of_month(index) + day_of_month(days), first_of_month(index + 1)) - 1
    return moved


def birthdays(births: NDArray[Any], in_year: NDArray[Any], *, basis: str, leap: str) -> Days64:
    """The day in a year from which a year of life counts as completed; twin of `conventions.birthday`."""
    index = (in_year - EPOCH.year) * MONTHS_PER_YEAR + month_index(births) % MONTHS_PER_YEAR
    day = first_of_month(index) + day_of_month(births) - 1
    if leap != "mar_1":
        day = np.minimum(day, first_of_month(index + 1) - 1)
    found: Days64 = np.add(day, np.int64(basis == "day_after"))
    return found


def ages(births: NDArray[Any], on: NDArray[Any], *, basis: str, leap: str) -> Days64:
    """Full years on a day; twin of `conventions.age_on`."""
    in_year = years(on)
    return in_year - years(births) - (on < birthdays(births, in_year, basis=basis, leap=leap))


def _near(values: NDArray[Any], reach: int) -> bool:
    return not len(values) or bool(values.min() >= -reach and values.max() < reach)


def _cast_months(days: NDArray[Any]) -> Days64:
    return days.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _cast_first(index: NDArray[Any]) -> Days64:
    return index.astype(np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


@cache
def _month_table() -> Days64:
    return _cast_months(np.arange(-REACH_DAYS, REACH_DAYS))


@cache
def _day_table() -> Days64:
    return np.arange(-REACH_DAYS, REACH_DAYS) - _cast_first(_month_table()) + 1


@cache
def _first_table() -> Days64:
    return _cast_first(np.arange(-REACH_MONTHS, REACH_MONTHS))
