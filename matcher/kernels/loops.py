"""The compiled search: the rows of the shelf that could still be listed, best heads first, exact to the last tie.

Read with `spec.py` beside it: what a row is worth is said there. Here stands in which order rows are looked at and
which are left out. A bound is the worth of somebody who is best in every part at once; a head or a segment is skipped
only if the k-th found so far is better than its bound, so that equals always meet and their ties are compared.
This module imports numba: `use.fastest` imports it where numba is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit

from matcher.kernels.layout import MOST_PARTS, NO_AT, UNKNOWN_AT
from matcher.kernels.ranking import ADDITIVE, BALANCED, IN_BAND, PRICED, STRICT_TIER, WEIGHT_ONE
from matcher.kernels.views import (
    AREA,
    ASKER_KEY,
    BASE,
    CELLS_AT,
    FACTOR,
    FIRST,
    FIXED,
    KEY,
    MINE,
    MY_FACTOR,
    MY_KEY,
    N_CODES,
    N_FACTS,
    N_FOUND,
    N_VARYING,
    OTHERS,
    OWN,
    PRICE,
    REACH,
    STATUS,
    VALUES_AT,
    WAITING,
    WEIGHT,
    AskersView,
    Ints,
    Lists,
    RankingView,
    ShelfView,
    Work,
)

F = TypeVar("F", bound=Callable[..., Any])
# A number of an int64 array, in machine code as in here.
Int: TypeAlias = Any
NO_ONE: Final = 1 << NO_AT
UNKNOWN_ONE: Final = 1 << UNKNOWN_AT
UNKNOWNS: Final = MOST_PARTS << UNKNOWN_AT
SUMS: Final = UNKNOWN_ONE - 1
P_ONE: Final = 1 << 14
STATUS_ONE: Final = 1 << 14
WEIGHTED_ONE: Final = 1 << 40
LEAST: Final = -1 << 62
NOBODY: Final = -1
N_BEST_HEADS: Final = 8
"""Heads that are opened best first, before the rest in order: these mostly settle the list."""


def _compiled(function: F) -> F:
    """The function as machine code, made at its first call and kept on disk; it lets other threads run."""
    return cast(F, njit(cache=True, nogil=True)(function))


def _inlined(function: F) -> F:
    """As `_compiled`, put into its callers: a call that hands over arrays counts who holds them, at every row."""
    return cast(F, njit(cache=True, nogil=True, inline="always")(function))


@_inlined
def _larger(a: Int, b: Int, masks: Ints) -> Int:
    """The larger sum of each stage and the fewer unknowns of two packed cells."""
    best = max(a & masks[0], b & masks[0]) | max(a & masks[1], b & masks[1]) | max(a & masks[2], b & masks[2])
    return best | min(a & UNKNOWNS, b & UNKNOWNS)


@_compiled
def _bundle_rows(askers: AskersView, asker: int, shelf: ShelfView, rows: Ints) -> None:
    """Cells of one who asks and every tuple of every bundle, one after the other in `rows`."""
    cells, values, parts = askers.cells, askers.values, shelf.parts
    for bundle in range(shelf.relations_at.size - 1):
        first, end = shelf.relations_at[bundle], shelf.relations_at[bundle + 1]
        width, start_at, end_at = end - first, shelf.tuples_at[bundle], shelf.tuples_at[bundle + 1]
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


@_compiled
def _best_parts(shelf: ShelfView, work: Work) -> bool:
    """Write down the best cell of each area (NOBODY: none may be listed), of the further bundles, and what varies.

    False if nobody at all may be listed.
    """
    facts, rows, areas, masks, area_of = work.facts, work.rows, work.areas, work.masks, shelf.areas
    for area in range(areas.size):
        areas[area] = NOBODY
    facts[N_VARYING], facts[OTHERS], facts[FIXED] = 0, 0, 0
    for bundle in range(1, shelf.relations_at.size - 1):
        first, end = shelf.tuples_at[bundle], shelf.tuples_at[bundle + 1]
        best, same = NOBODY, True
        for at in range(first, end):
            cell = rows[at]
            same = same and cell == rows[first]
            if cell < NO_ONE:
                best = cell if best < 0 else _larger(best, cell, masks)
                if bundle == 1:
                    area = area_of[at - first]
                    areas[area] = cell if areas[area] < 0 else _larger(areas[area], cell, masks)
        if best < 0:
            return False
        if bundle == 1:
            facts[REACH] = best
        else:
            facts[OTHERS] += best
        if same:
            facts[FIXED] += best
        else:
            work.varying[facts[N_VARYING]] = bundle
            facts[N_VARYING] += 1
    return True


@_compiled
def _mean_bar(fit: Int) -> Int:
    """Largest whole number whose cube does not exceed fit."""
    root = np.int64(np.float64(fit) ** (1 / 3))
    while root**3 > fit:
        root -= 1
    while (root + 1) ** 3 <= fit:
        root += 1
    return root


@_inlined
def _worth(  # noqa: PLR0913, PLR0917 - arrays are handed over one by one, see `_search`
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


@_compiled
def _band(fit: Int, bands: Ints) -> int:
    """How many bounds fit reaches."""
    band = 0
    while band < bands.size and bands[band] <= fit:
        band += 1
    return band


@_inlined
def _tie(a: Any, b: Any) -> Any:
    """See `spec.tie`; both are uint64."""
    z = a ^ b
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@_inlined
def _insert(first: Int, second: Int, waiting: Int, tie: Any, at: Int, n: Int, found: Ints, ties: Any) -> Int:
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


@_compiled
def _bound_heads(shelf: ShelfView, ranking: RankingView, work: Work) -> None:
    """The worth no row of each head exceeds, LEAST for heads without anybody to list."""
    facts, bounds, heads, cells, factor = work.facts, work.bounds, shelf.heads, work.rows, work.facts[MY_FACTOR]
    chances, layout, bands, order = ranking.chances, ranking.layout, ranking.bands, ranking.chosen[0]
    start = facts[MINE] + facts[REACH] + facts[OTHERS]
    for head in range(shelf.heads.shape[0] - 1):
        bounds[0, head] = LEAST
        if cells[head] < NO_ONE and heads[head, FIRST] < heads[head + 1, FIRST]:
            cell = start + cells[head] + heads[head, BASE]
            price, status, weight = heads[head, PRICE], heads[head, STATUS], heads[head, WEIGHT]
            first, second, _fit = _worth(cell, factor, price, status, weight, order, chances, layout, bands, True)
            bounds[0, head], bounds[1, head] = first, second


@_compiled
def _best_head(bounds: Ints) -> int:
    """The head of the largest bound."""
    best = 0
    for head in range(1, bounds.shape[1]):
        if bounds[0, head] > bounds[0, best] or (
            bounds[0, head] == bounds[0, best] and bounds[1, head] > bounds[1, best]
        ):
            best = head
    return best


@_compiled
def _search(shelf: ShelfView, rules: RankingView, work: Work) -> None:  # noqa: C901 - see below
    """Find all that may be listed of one who asks: the best heads in their order, then the rest that reach the list.

    One long loop over heads, segments and rows: every array is a local name here, for handing arrays to a function
    counts who holds them, and that costs more than a row.
    """
    facts = work.facts
    facts[N_FOUND] = 0
    if facts[MINE] >= NO_ONE or not _best_parts(shelf, work):
        return
    _bound_heads(shelf, rules, work)
    bounds, areas, cells, varying, found, ties = work.bounds, work.areas, work.rows, work.varying, work.found, work.ties
    heads, segments, table, codes, tuples_at = shelf.heads, shelf.segments, shelf.rows, shelf.codes, shelf.tuples_at
    chances, bands, layout = rules.chances, rules.bands, rules.layout
    order, floor = rules.chosen[0], rules.chosen[1]
    factor, key, n_varying, others = facts[MY_FACTOR], np.uint64(facts[MY_KEY]), facts[N_VARYING], facts[OTHERS]
    n_heads, top, n = bounds.shape[1], ties.size, np.int64(0)
    for turn in range(n_heads + N_BEST_HEADS):
        head = _best_head(bounds) if turn < N_BEST_HEADS else turn - N_BEST_HEADS
        bound = bounds[0, head]
        if bound == LEAST or (
            n == top and (bound < found[0, n - 1] or (bound == found[0, n - 1] and bounds[1, head] < found[1, n - 1]))
        ):
            continue
        bounds[0, head] = LEAST
        start = facts[MINE] + cells[head]
        for segment in range(heads[head, FIRST], heads[head + 1, FIRST]):
            reach = areas[segments[segment, AREA]]
            if reach < 0:
                continue
            cell = start + reach + others + segments[segment, BASE]
            first, second, _fit = _worth(
                cell,
                factor,
                segments[segment, PRICE],
                segments[segment, STATUS],
                segments[segment, WEIGHT],
                order,
                chances,
                layout,
                bands,
                True,
            )
            if n == top and (first < found[0, n - 1] or (first == found[0, n - 1] and second < found[1, n - 1])):
                continue
            for at in range(segments[segment, FIRST], segments[segment + 1, FIRST]):
                cell = start + facts[FIXED] + table[at, BASE]
                for ix in range(n_varying):
                    bundle = varying[ix]
                    cell += cells[tuples_at[bundle] + codes[at, bundle]]
                    if cell >= NO_ONE:
                        break
                if cell >= NO_ONE:
                    continue
                first, second, fit = _worth(
                    cell,
                    factor,
                    table[at, PRICE],
                    table[at, STATUS],
                    table[at, WEIGHT],
                    order,
                    chances,
                    layout,
                    bands,
                    False,
                )
                if order > PRICED and fit < floor:
                    continue
                if n == top and (first < found[0, n - 1] or (first == found[0, n - 1] and second < found[1, n - 1])):
                    continue
                tie = _tie(key, np.uint64(table[at, KEY]))
                n = _insert(first, second, table[at, WAITING], tie, at, n, found, ties)
    facts[N_FOUND] = n


@_compiled
def _tell(line: int, askers_own: Int, shelf: ShelfView, ranking: RankingView, work: Work, lists: Lists) -> None:
    """Write the found as a line of the lists, NOBODY after its end."""
    for place in range(work.ties.size):
        lists.at[line, place] = NOBODY
    for place in range(work.facts[N_FOUND]):
        at = work.found[3, place]
        cell = askers_own + shelf.rows[at, BASE]
        for bundle in range(shelf.relations_at.size - 1):
            cell += work.rows[shelf.tuples_at[bundle] + shelf.codes[at, bundle]]
        lists.at[line, place] = at
        lists.verdict[line, place] = 1 if cell & UNKNOWNS else 2
        price = shelf.rows[at, PRICE]
        none = np.int64(0)
        _, score, fit = _worth(
            cell,
            work.facts[MY_FACTOR],
            price,
            none,
            none,
            ranking.chosen[0],
            ranking.chances,
            ranking.layout,
            ranking.bands,
            False,
        )
        lists.worth[line, place] = fit if ranking.chosen[0] > PRICED else score


@_compiled
def first_of_each(askers: AskersView, shelf: ShelfView, ranking: RankingView, lo: int, hi: int, lists: Lists) -> None:
    """Lists of those who ask from lo to hi, into arrays of shape (hi - lo, top)."""
    n_areas, n_heads, top = np.int64(0), shelf.heads.shape[0] - 1, lists.at.shape[1]
    for area in shelf.areas:
        n_areas = max(n_areas, area + 1)
    if n_heads == 0:
        lists.at[:] = NOBODY
        return
    work = Work(
        np.empty(shelf.tuples_at[-1], dtype=np.int64),
        np.empty(n_areas, dtype=np.int64),
        np.empty((2, n_heads), dtype=np.int64),
        ranking.layout[3:6] << ranking.layout[0:3],
        np.empty(shelf.relations_at.size, dtype=np.int64),
        np.empty((4, top), dtype=np.int64),
        np.empty(top, dtype=np.uint64),
        np.zeros(N_FACTS, dtype=np.int64),
    )
    for asker in range(lo, hi):
        _bundle_rows(askers, asker, shelf, work.rows)
        work.facts[MINE], work.facts[MY_FACTOR] = askers.ones[asker, OWN], askers.ones[asker, FACTOR]
        work.facts[MY_KEY] = askers.ones[asker, ASKER_KEY]
        _search(shelf, ranking, work)
        _tell(asker - lo, askers.ones[asker, OWN], shelf, ranking, work, lists)
