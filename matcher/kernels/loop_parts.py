"""What the compiled search is put together of: worth, ties, the list so far, the cells of one who asks.

What each means is said in `spec.py`. Numbers are those of int64 arrays, in machine code as in here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit

from matcher.kernels.layout import MOST_PARTS, NO_AT, UNKNOWN_AT
from matcher.kernels.ranking import ADDITIVE, BALANCED, IN_BAND, PRICED, STRICT_TIER, WEIGHT_ONE
from matcher.kernels.views import (
    BEST,
    CELLS_AT,
    FIXED,
    IS_NEW,
    IS_SAME,
    N_CODES,
    N_VARYING,
    OTHERS,
    REACH,
    VALUES_AT,
    AskersView,
    Ints,
    ShelfView,
    Work,
)

F = TypeVar("F", bound=Callable[..., Any])
Int: TypeAlias = Any
NO_ONE: Final = 1 << NO_AT
UNKNOWN_ONE: Final = 1 << UNKNOWN_AT
UNKNOWNS: Final = MOST_PARTS << UNKNOWN_AT
SUMS: Final = UNKNOWN_ONE - 1
P_ONE: Final = 1 << 14
STATUS_ONE: Final = 1 << 14
WEIGHTED_ONE: Final = 1 << 40
NOBODY: Final = -1


def compiled(function: F) -> F:
    """The function as machine code, made at its first call and kept on disk; it lets other threads run."""
    return cast(F, njit(cache=True, nogil=True)(function))


def inlined(function: F) -> F:
    """As `compiled`, put into its callers: a call that hands over arrays counts who holds them, at every row."""
    return cast(F, njit(cache=True, nogil=True, inline="always")(function))


@inlined
def _larger(a: Int, b: Int, masks: Ints) -> Int:
    """The larger sum of each stage and the fewer unknowns of two packed cells."""
    best = max(a & masks[0], b & masks[0]) | max(a & masks[1], b & masks[1]) | max(a & masks[2], b & masks[2])
    return best | min(a & UNKNOWNS, b & UNKNOWNS)


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
def worth(  # noqa: PLR0913, PLR0917 - arrays are handed over one by one, see `_search`
    cell: Int,
    factor: Int,
    price: Int,
    status: Int,
    weight: Int,
    order: Int,
    chances: Any,
    layout: Ints,
    bands: Ints,
    bound: bool,
) -> tuple[Int, Int, Int]:
    """The two numbers that are compared, larger first, and the fit; of a bound no less than of whom it bounds.

    price, status, weight : of a row of the shelf, or the best of a segment or head
    """
    apply = np.int64(chances[layout[6] + ((cell >> layout[0]) & layout[3])])
    hire = np.int64(chances[layout[7] + ((cell >> layout[1]) & layout[4])])
    keep = np.int64(chances[layout[8] + ((cell >> layout[2]) & layout[5])])
    verdict = 1 if cell & UNKNOWNS else 2
    q = apply * hire
    fit = q * keep
    if order == BALANCED:
        return verdict, q * (keep * factor) - (price << 30), fit
    if order == PRICED:
        left = keep * factor - (price << 2)
        # Of a loss the smallest chance is the best, and no chance is below 1 in 2**28.
        return verdict, left if bound and left < 0 else q * left, fit
    standing = STATUS_ONE - 1 - status
    if order == ADDITIVE:
        return (verdict << 58) + _mean_bar(fit) * WEIGHT_ONE + weight * P_ONE + WEIGHTED_ONE, fit, fit
    band = _band(fit, bands)
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
def insert(first: Int, second: Int, waiting: Int, tie: Any, at: Int, n: Int, found: Ints, ties: Any) -> Int:
    """Put a row among the n found, best first; returns how many there are."""
    slot, top = n, ties.size
    while slot > 0:
        above = slot - 1
        if first != found[0, above]:
            better = first > found[0, above]
        elif second != found[1, above]:
            better = second > found[1, above]
        elif waiting != found[2, above]:
            better = waiting > found[2, above]
        else:
            better = tie < ties[above]
        if not better:
            break
        if slot < top:
            for part in range(4):
                found[part, slot] = found[part, above]
            ties[slot] = ties[above]
        slot = above
    if slot < top:
        found[0, slot], found[1, slot], found[2, slot], found[3, slot] = first, second, waiting, at
        ties[slot] = tie
        return min(n + 1, top)
    return n


@compiled
def bundle_rows(askers: AskersView, asker: Int, before: Int, shelf: ShelfView, rows: Ints, bundles: Ints) -> None:
    """Cells of one who asks and every tuple of every bundle, one after the other in `rows`.

    before : who asked before and whose cells still stand in `rows`, NOBODY at first; equal codes have equal cells
    """
    cells, values, parts = askers.cells, askers.values, shelf.parts
    for bundle in range(shelf.relations_at.size - 1):
        first, end = shelf.relations_at[bundle], shelf.relations_at[bundle + 1]
        width, start_at, end_at = end - first, shelf.tuples_at[bundle], shelf.tuples_at[bundle + 1]
        bundles[bundle, IS_NEW] = before == NOBODY
        for offset in range(width):
            relation = shelf.relations[first + offset]
            if before != NOBODY and askers.codes[asker, relation] != askers.codes[before, relation]:
                bundles[bundle, IS_NEW] = 1
        if not bundles[bundle, IS_NEW]:
            continue
        for offset in range(width):
            relation = shelf.relations[first + offset]
            n_codes, values_at = askers.relations[relation, N_CODES], askers.relations[relation, VALUES_AT]
            start = askers.relations[relation, CELLS_AT] + n_codes * askers.codes[asker, relation]
            part = shelf.parts_at[bundle] + offset
            for at in range(start_at, end_at):
                cell = values[values_at + cells[start + parts[part]]]
                rows[at] = cell if offset == 0 else rows[at] + cell
                part += width
        if width > 1:
            for at in range(start_at, end_at):
                total = rows[at]
                told = NO_ONE if total >= NO_ONE else 0
                rows[at] = (total & SUMS) | told | (UNKNOWN_ONE if total & UNKNOWNS else 0)


@compiled
def _best_of_bundle(bundle: int, shelf: ShelfView, work: Work) -> None:
    """Write down the best cell of a bundle's tuples (NOBODY: all say no), and whether all its cells are the same."""
    rows, masks, areas, area_of = work.rows, work.masks, work.areas, shelf.areas
    first, end = shelf.tuples_at[bundle], shelf.tuples_at[bundle + 1]
    if bundle == 1:
        for area in range(areas.size):
            areas[area] = NOBODY
    best, same = NOBODY, True
    for at in range(first, end):
        cell = rows[at]
        same = same and cell == rows[first]
        if cell < NO_ONE:
            best = cell if best < 0 else _larger(best, cell, masks)
            if bundle == 1:
                area = area_of[at - first]
                areas[area] = cell if areas[area] < 0 else _larger(areas[area], cell, masks)
    work.bundles[bundle, BEST], work.bundles[bundle, IS_SAME] = best, same


@compiled
def best_parts(shelf: ShelfView, work: Work) -> bool:
    """Write down the best cell of each area and of the further bundles, and what varies among rows.

    False if nobody at all may be listed.
    """
    facts, bundles = work.facts, work.bundles
    facts[N_VARYING], facts[OTHERS], facts[FIXED] = 0, 0, 0
    may_be_listed = True
    for bundle in range(1, shelf.relations_at.size - 1):
        if bundles[bundle, IS_NEW]:
            _best_of_bundle(bundle, shelf, work)
        best = bundles[bundle, BEST]
        may_be_listed = may_be_listed and best >= 0
        if bundle == 1:
            facts[REACH] = best
        else:
            facts[OTHERS] += best
        if bundles[bundle, IS_SAME]:
            facts[FIXED] += best
        else:
            work.varying[facts[N_VARYING]] = bundle
            facts[N_VARYING] += 1
    return may_be_listed
