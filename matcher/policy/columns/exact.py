"""Exact arithmetic on columns: int64 while it holds, Python integers beyond."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns.kinds import BASE, Absent, Bools, Days, Flags, NotInColumns, Numbers, Words
from matcher.policy.columns.nested import Column, Lists

MOST_INT64 = int(np.iinfo(np.int64).max)


def widened(units: NDArray[Any], bound: int) -> NDArray[Any]:
    """The units as int64 if `bound` (the largest size to come) fits there, else as Python integers."""
    return units if bound <= MOST_INT64 or units.dtype == object else units.astype(object)


def size(units: NDArray[Any]) -> int:
    """The largest size of any of the units; 0 for none."""
    return max(abs(int(units.max())), abs(int(units.min()))) if len(units) else 0


def rescaled(column: Numbers, scale: int) -> NDArray[Any]:
    """Units of a column at a scale at least its own."""
    step = BASE ** (scale - column.scale)
    return column.units if step == 1 else widened(column.units, size(column.units) * step) * step


def multiplied(left: Numbers, right: Numbers) -> Numbers:
    """The product as decimals."""
    bound = size(left.units) * size(right.units)
    units = widened(left.units, bound) * widened(right.units, bound)
    known = left.known & right.known
    return Numbers(units, known, left.scale + right.scale, loose=left.loose or right.loose)


def added(left: Numbers, right: Numbers, sign: int = 1) -> Numbers:
    """left + sign * right; whole where both are."""
    scale = max(left.scale, right.scale)
    a, b = rescaled(left, scale), rescaled(right, scale)
    bound = size(a) + size(b)
    units = widened(a, bound) + widened(b, bound) * sign
    return Numbers(units, left.known & right.known, scale, left.whole and right.whole, left.loose or right.loose)


def divided(column: Numbers, scale: int, *, up: bool = False, half_up: bool = False) -> Numbers:
    """The value at a smaller scale: floor, ceiling, or the nearest with halves away from nought.

    A scale that is no smaller only adds noughts.
    """
    if column.scale <= scale:
        return Numbers(rescaled(column, scale), column.known, scale)
    step = BASE ** (column.scale - scale)
    units = column.units
    if half_up:
        wide = widened(units, size(units) + step)
        sizes = (np.abs(wide) + step // 2) // step
        return Numbers(np.where(wide < 0, -sizes, sizes), column.known, scale)
    return Numbers(-(-units // step) if up else units // step, column.known, scale)


def sums(lists: Lists, units: NDArray[Any]) -> NDArray[Any]:
    """Sum of the items of each row; units : one a item."""
    running: NDArray[Any] = np.concatenate([np.zeros(1, dtype=units.dtype), np.cumsum(units)])
    result: NDArray[Any] = running[lists.start[1:]] - running[lists.start[:-1]]
    return result


def counts(lists: Lists, hit: Bools) -> NDArray[np.int64]:
    """How many items of each row are hit."""
    found: NDArray[np.int64] = sums(lists, hit.astype(np.int64))
    return found


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each key once, rising; by sorting, which numpy does faster than its own `unique`."""
    found = np.sort(keys)
    if not len(found):
        return found
    once: NDArray[np.int64] = found[np.concatenate([[True], found[1:] != found[:-1]])]
    return once


def compared(left: Column, operator: str, right: Column, bound_rule: str) -> Bools:
    """Row by row `within` of numbers or days; meaningless where either is unknown."""
    if isinstance(left, Absent) or isinstance(right, Absent):
        return np.zeros(left.n if isinstance(left, Absent) else len(left.known), dtype=np.bool_)
    a, b = comparable(left, right)
    if operator == "=":
        same: Bools = np.equal(a, b).astype(np.bool_)
        return same
    strict = operator in {">", "<"} or bound_rule == "exclusive"
    if operator.startswith(">"):
        found = a > b if strict else a >= b
    else:
        found = a < b if strict else a <= b
    result: Bools = found.astype(np.bool_)
    return result


def comparable(left: Column, right: Column) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two columns as integers of one measure. Raises NotInColumns for kinds that do not compare."""
    if isinstance(left, Days) and isinstance(right, Days):
        return left.day, right.day
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        scale = max(left.scale, right.scale)
        return rescaled(left, scale), rescaled(right, scale)
    raise NotInColumns(f"{type(left).__name__} beside {type(right).__name__}")


def constant(value: Any, n: int) -> Column:
    """A figure as a column. Raises NotInColumns for what has no columnar form."""
    known = np.ones(n, dtype=np.bool_)
    if isinstance(value, bool):
        return Flags(np.full(n, 2 * value, dtype=np.int8))
    if isinstance(value, int):
        return Numbers(np.full(n, value, dtype=np.int64), known, whole=True)
    if isinstance(value, Decimal):
        units, scale = as_units(value)
        return Numbers(np.full(n, units, dtype=np.int64), known, scale)
    if isinstance(value, str):
        return Words(np.zeros(n, dtype=np.int32), (value,))
    if hasattr(value, "toordinal"):
        return Days(np.full(n, as_day(value), dtype=np.int32), known)
    raise NotInColumns(f"a figure of type {type(value).__name__}")


def as_units(value: Decimal) -> tuple[int, int]:
    """Units and scale of a decimal, as it is written."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise NotInColumns(f"{value} is no number")
    scale = max(0, -exponent)
    return int(value.scaleb(scale)), scale


def as_day(value: Any) -> int:
    """A date as days from EPOCH."""
    return int(np.datetime64(value, "D").astype(np.int64))
