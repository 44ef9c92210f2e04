"""What the bundles of a shelf say of those who ask, as machine code: once for each tuple of codes, not for each asker.

Read with `views.Told` beside it. Many who ask share the codes of a bundle though no two are the same in all: a batch
looks its cells up instead of adding them again. This module imports numba.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matcher.kernels.askers import CELLS_AT, N_CODES, VALUES_AT
from matcher.kernels.loop_parts import NO_ONE, NOBODY, SUMS, UNKNOWN_ONE, UNKNOWNS, Int
from matcher.kernels.views import (
    BEST,
    IS_SAME,
    AskersView,
    Codes,
    Ints,
    ShelfView,
    Told,
)
from matcher.machine_code import compiled, inlined, lent

SPREAD: Final = 0x9E3779B97F4A7C15


@compiled
def numbered(askers: AskersView, shelf: ShelfView, turns: Ints) -> tuple[Codes, Codes, Ints]:
    """Number of the tuple of codes of each who asks in each bundle; one who has each tuple; how many there are.

    Shapes (n, n_bundles), (n_bundles, n), (n_bundles,).
    """
    n, n_bundles = turns.size, shelf.relations_at.size - 1
    kinds, whose = np.empty((n, n_bundles), dtype=np.int32), np.empty((n_bundles, n), dtype=np.int32)
    counts, codes, size = np.zeros(n_bundles, dtype=np.int64), askers.codes, 2
    while size < 2 * n:
        size *= 2
    slots = np.empty(size, dtype=np.int32)
    for bundle in range(n_bundles):
        first, end, n_kinds = shelf.relations_at[bundle], shelf.relations_at[bundle + 1], 0
        slots[:] = NOBODY
        for nth in range(n):
            asker, mixed = turns[nth], np.uint64(0)
            for at in range(first, end):
                mixed = (mixed ^ np.uint64(codes[asker, shelf.relations[at]])) * np.uint64(SPREAD)
                mixed ^= mixed >> np.uint64(29)
            slot = np.int64(mixed & np.uint64(size - 1))
            while slots[slot] != NOBODY:
                other, same = whose[bundle, slots[slot]], True
                for at in range(first, end):
                    same = same and codes[asker, shelf.relations[at]] == codes[other, shelf.relations[at]]
                if same:
                    break
                slot = (slot + 1) & (size - 1)
            if slots[slot] == NOBODY:
                slots[slot], whose[bundle, n_kinds] = n_kinds, asker
                n_kinds += 1
            kinds[nth, bundle] = slots[slot]
        counts[bundle] = n_kinds
    return kinds, whose, counts


@compiled
def told_of(
    askers: AskersView, shelf: ShelfView, masks: Ints, turns: Ints, kinds: Codes, whose: Codes, counts: Ints
) -> Told:
    """The cells of every tuple that was `numbered`, and the best of them. masks : of the three sums"""
    n, n_bundles = kinds.shape
    kinds_at, starts = np.zeros(n_bundles + 1, dtype=np.int64), np.zeros(n_bundles + 1, dtype=np.int64)
    for bundle in range(n_bundles):
        width = shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle]
        kinds_at[bundle + 1] = kinds_at[bundle] + counts[bundle]
        starts[bundle + 1] = starts[bundle] + counts[bundle] * width
    n_areas = np.int64(0)
    for area in shelf.areas:
        n_areas = max(n_areas, area + 1)
    told = Told(
        turns,
        np.empty(starts[n_bundles], dtype=np.int64),
        np.empty((n, n_bundles), dtype=np.int64),
        kinds,
        kinds_at,
        np.empty((kinds_at[n_bundles], 2), dtype=np.int64),
        np.empty((counts[1], n_areas), dtype=np.int64),
        np.empty((kinds_at[n_bundles] - kinds_at[2], shelf.heads.shape[1] - 1), dtype=np.int64),
    )
    for bundle in range(n_bundles):
        width = shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle]
        for kind in range(counts[bundle]):
            _add_up(askers, whose[bundle, kind], shelf, bundle, starts[bundle] + kind * width, told)
            if bundle > 0:
                _write_best(shelf, bundle, kind, starts[bundle] + kind * width, masks, told)
            if bundle > 1:
                _write_beside(shelf, bundle, kind, starts[bundle] + kind * width, masks, told)
        for nth in range(n):
            told.cells_at[nth, bundle] = starts[bundle] + kinds[nth, bundle] * width
    return told


@compiled
def _add_up(askers: AskersView, asker: Int, shelf: ShelfView, bundle: int, start: Int, told: Told) -> None:
    """Cells of one who asks and every tuple of a bundle, written from `start` on."""
    cells, values, parts, rows = askers.cells, askers.values, shelf.parts, told.cells
    first, width = shelf.relations_at[bundle], shelf.relations_at[bundle + 1] - shelf.relations_at[bundle]
    end = start + shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle]
    for offset in range(width):
        relation = shelf.relations[first + offset]
        n_codes, values_at = askers.relations[relation, N_CODES], askers.relations[relation, VALUES_AT]
        codes_at = askers.relations[relation, CELLS_AT] + n_codes * askers.codes[asker, relation]
        part = shelf.parts_at[bundle] + offset
        for at in range(start, end):
            cell = values[values_at + cells[codes_at + parts[part]]]
            rows[at] = cell if offset == 0 else rows[at] + cell
            part += width
    if width > 1:
        for at in range(start, end):
            total = rows[at]
            no = NO_ONE if total >= NO_ONE else 0
            rows[at] = (total & SUMS) | no | (UNKNOWN_ONE if total & UNKNOWNS else 0)


@inlined
def larger(a: Int, b: Int, masks: Ints) -> Int:
    """The larger sum of each stage and the fewer unknowns of two packed cells."""
    best = max(a & masks[0], b & masks[0]) | max(a & masks[1], b & masks[1]) | max(a & masks[2], b & masks[2])
    return best | min(a & UNKNOWNS, b & UNKNOWNS)


@lent
def _write_best(shelf: ShelfView, bundle: int, kind: int, start: Int, masks: Ints, told: Told) -> None:
    """Write the best of the cells from `start` on and whether all are the same; of places the best of each area."""
    cells, first, n = told.cells, np.uint64(start), np.uint64(shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle])
    a, b, c, least, differ = np.int64(0), np.int64(0), np.int64(0), np.int64(NO_ONE), np.int64(0)
    # Nothing is asked in between: a branch would be guessed wrong at every other tuple.
    for at in range(n):
        cell = cells[first + at]
        no = cell >= NO_ONE
        sums, unknown = np.int64(0 if no else cell), np.int64(NO_ONE if no else cell & UNKNOWNS)
        a, b, c = max(a, sums & masks[0]), max(b, sums & masks[1]), max(c, sums & masks[2])
        least, differ = min(least, unknown), differ | (cell ^ cells[first])
    line = told.kinds_at[bundle] + kind
    told.best[line, BEST], told.best[line, IS_SAME] = (a | b | c | least if least < NO_ONE else NOBODY), differ == 0
    if bundle == 1:
        _write_areas(shelf.areas, kind, start, masks, told)


@lent
def _write_areas(area_of: Codes, kind: int, start: Int, masks: Ints, told: Told) -> None:
    """Write the best of the cells from `start` on of each area, NOBODY where all of them say no."""
    areas = told.areas[kind]
    areas[:] = NOBODY
    for at in range(area_of.size):
        cell, area = told.cells[start + at], area_of[at]
        if cell < NO_ONE:
            areas[area] = cell if areas[area] < 0 else larger(areas[area], cell, masks)


@lent
def _write_beside(shelf: ShelfView, bundle: int, kind: int, start: Int, masks: Ints, told: Told) -> None:
    """Write the best of the cells from `start` on among the tuples of each head, NO_ONE where all of them say no.

    Only the tuples that stand in a head can come with it, so this lies well below the best of all rows.
    """
    cells, tuples, starts, line = told.cells, shelf.in_heads, shelf.in_heads_at[bundle], kind + told.kinds_at[bundle]
    beside, first = told.beside[line - told.kinds_at[2]], np.uint64(start)
    if starts[0] == starts[-1]:
        best = told.best[line, BEST]
        beside[:] = best if best >= 0 else NO_ONE
        return
    for head in range(beside.size):
        a, b, c, least = np.int64(0), np.int64(0), np.int64(0), np.int64(NO_ONE)
        # Nothing is asked in between: a branch would be guessed wrong at every other tuple.
        for ix in range(np.uint64(starts[head]), np.uint64(starts[head + 1])):
            cell = cells[first + np.uint64(tuples[ix])]
            no = cell >= NO_ONE
            sums, unknown = np.int64(0 if no else cell), np.int64(NO_ONE if no else cell & UNKNOWNS)
            a, b, c = max(a, sums & masks[0]), max(b, sums & masks[1]), max(c, sums & masks[2])
            least = min(least, unknown)
        beside[head] = a | b | c | least
