"""What the compiled search is put together of: worth, ties, the list so far, the cells of one who asks.

What each means is said in `spec.py`. Numbers are those of int64 arrays, in machine code as in here.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np

from matcher.kernels.layout import MOST_PARTS, NO_AT, P_ONE, SHIFTS, SUM_MASK, UNKNOWN_AT
from matcher.kernels.ranking import ADDITIVE, BALANCED, IN_BAND, PRICED, STRICT_TIER, WEIGHT_ONE
from matcher.kernels.views import PRICE, STATUS, WEIGHT, Ints, RankingView
from matcher.machine_code import compiled, inlined

Int: TypeAlias = Any
NO_ONE: Final = 1 << NO_AT
UNKNOWN_ONE: Final = 1 << UNKNOWN_AT
UNKNOWNS: Final = MOST_PARTS << UNKNOWN_AT
SUMS: Final = UNKNOWN_ONE - 1
APPLY, HIRE, KEEP = (SUM_MASK << shift for shift in SHIFTS)
HIRE_AT, KEEP_AT = SHIFTS[1:]
STATUS_ONE: Final = 1 << 14
WEIGHTED_ONE: Final = 1 << 40
NOBODY: Final = -1
ONE: Final = np.uint64(1)
"""Positions are counted without a sign where they are reckoned with: one below 0 would be asked for at every look."""


@compiled
def _mean_bar(fit: Int) -> Int:
    """Largest whole number whose cube does not exceed fit."""
    root = np.int64(np.float64(fit) ** (1 / 3))
    while root**3 > fit:
        root -= 1
    while (root + 1) ** 3 <= fit:
        root += 1
    return root


@compiled
def _band(fit: Int, bands: Ints) -> int:
    """How many bounds fit reaches."""
    band = 0
    while band < bands.size and bands[band] <= fit:
        band += 1
    return band


@inlined
def worth(
    cell: Int, factor: Int, table: Ints, at: Int, order: Int, rules: RankingView, bound: bool
) -> tuple[Int, Int, Int]:
    """The two numbers that are compared, larger first, and the fit; of a bound no less than of whom it bounds.

    table, at : rows of the shelf, or the best of its segments or heads, and which of them
    """
    apply = np.int64(rules.apply[np.uint64(cell & SUM_MASK)])
    hire = np.int64(rules.hire[np.uint64((cell >> HIRE_AT) & SUM_MASK)])
    keep = np.int64(rules.keep[np.uint64((cell >> KEEP_AT) & SUM_MASK)])
    verdict = 1 if cell & UNKNOWNS else 2
    q = apply * hire
    fit = q * keep
    if order == BALANCED:
        return verdict, q * (keep * factor) - (table[PRICE, np.uint64(at)] << 30), fit
    if order == PRICED:
        left = keep * factor - (table[PRICE, np.uint64(at)] << 2)
        # Of a loss the smallest chance is the best, and no chance is below 1 in 2**28.
        return verdict, left if bound and left < 0 else q * left, fit
    standing = STATUS_ONE - 1 - table[STATUS, at]
    if order == ADDITIVE:
        return (verdict << 58) + _mean_bar(fit) * WEIGHT_ONE + table[WEIGHT, at] * P_ONE + WEIGHTED_ONE, fit, fit
    band = _band(fit, rules.bands)
    if order == IN_BAND:
        return (verdict << 40) | (band << 20) | standing, fit, fit
    if order == STRICT_TIER:
        return (verdict << 40) | (standing << 20) | band, fit, fit
    return (verdict << 58) | (fit << 14) | standing, 0, fit


@inlined
def tie_of(a: Any, b: Any) -> Any:
    """See `spec.tie`; both are uint64."""
    z = a ^ b
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inlined
def insert(  # noqa: PLR0913, PLR0917 - arrays are handed over one by one, see `_search`
    first: Int, second: Int, waiting: Int, tie: Any, at: Int, n: Int, found: Ints, ties: Any, ranks: Ints
) -> Int:
    """Put a row among the n found; returns how many there are.

    ranks : column in `found` and `ties` of each found, best first: columns stay where they are, only ranks move
    """
    low, high, top = np.uint64(0), np.uint64(n), np.uint64(ties.size)
    while low < high:
        middle = (low + high) >> ONE
        beside = np.uint64(ranks[middle])
        if first != found[0, beside]:
            better = first > found[0, beside]
        elif second != found[1, beside]:
            better = second > found[1, beside]
        elif waiting != found[2, beside]:
            better = waiting > found[2, beside]
        else:
            better = tie < ties[beside]
        if better:
            high = middle
        else:
            low = middle + ONE
    if low == top:
        return n
    last = min(np.uint64(n), top - ONE)
    column = last if np.uint64(n) < top else np.uint64(ranks[last])
    rank = last
    while rank > low:
        ranks[rank] = ranks[rank - ONE]
        rank -= ONE
    ranks[low] = column
    found[0, column], found[1, column], found[2, column], found[3, column] = first, second, waiting, at
    ties[column] = tie
    return np.int64(last) + 1
