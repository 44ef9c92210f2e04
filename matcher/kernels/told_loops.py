"""What the bundles of a shelf say of those who ask, as machine code: once for each tuple of codes, not for each asker.

Read with `views.Told` beside it. Many who ask share the codes of a bundle though no two are the same in all: a batch
looks its cells up instead of adding them again. This module imports numba.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from matcher.kernels.askers import CELLS_AT, N_CODES, VALUES_AT
from matcher.kernels.loop_parts import APPLY, HIRE, KEEP, NO_ONE, NOBODY, SUMS, UNKNOWN_ONE, UNKNOWNS, Int
from matcher.kernels.views import (
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
def told_of(askers: AskersView, shelf: ShelfView, turns: Ints, kinds: Codes, whose: Codes, counts: Ints) -> Told:
    """The cells of every tuple that was `numbered`, and the best of them."""
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
        np.empty(starts[n_bundles] + 1, dtype=np.int64),
        np.empty((n, n_bundles), dtype=np.int64),
        kinds,
        kinds_at,
        np.empty(kinds_at[n_bundles], dtype=np.int64),
        np.empty((counts[1], n_areas), dtype=np.int64),
        np.empty((kinds_at[n_bundles] - kinds_at[2], shelf.heads.shape[1] - 1), dtype=np.int64),
    )
    told.cells[starts[n_bundles]] = 0
    for bundle in range(n_bundles):
        _tell_bundle(askers, shelf, bundle, counts[bundle], starts[bundle], whose[bundle], told)
        width = shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle]
        for nth in range(n):
            told.cells_at[nth, bundle] = starts[bundle] + kinds[nth, bundle] * width
    return told


@lent
def _tell_bundle(
    askers: AskersView, shelf: ShelfView, bundle: int, n_kinds: Int, start: Int, whose: Codes, told: Told
) -> None:
    """Write what a bundle says of each kind. whose : one who has each tuple of codes"""
    at, width = start, shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle]
    for kind in range(n_kinds):
        _add_up(askers, whose[kind], shelf, bundle, at, told)
        if bundle > 0:
            _write_best(shelf, bundle, kind, at, told)
        if bundle == 1:
            _write_areas(shelf.areas, kind, at, told)
        if bundle > 1:
            _write_beside(shelf, bundle, kind, at, told)
        at += width


@inlined
def _add_up(askers: AskersView, asker: Int, shelf: ShelfView, bundle: int, start: Int, told: Told) -> None:
    """Cells of one who asks and every tuple of a bundle, written from `start` on."""
    cells, values, parts, rows = askers.cells, askers.values, shelf.parts, told.cells
    first, width = shelf.relations_at[bundle], np.uint64(shelf.relations_at[bundle + 1] - shelf.relations_at[bundle])
    begin, n = np.uint64(start), np.uint64(shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle])
    for offset in range(width):
        relation = shelf.relations[first + np.int64(offset)]
        n_codes, values_at = askers.relations[relation, N_CODES], np.uint64(askers.relations[relation, VALUES_AT])
        codes_at = np.uint64(askers.relations[relation, CELLS_AT] + n_codes * askers.codes[asker, relation])
        part = np.uint64(shelf.parts_at[bundle]) + offset
        for at in range(begin, begin + n):
            cell = values[values_at + np.uint64(cells[codes_at + np.uint64(parts[part])])]
            rows[at] = cell if offset == 0 else rows[at] + cell
            part += width
    if width > 1:
        for at in range(begin, begin + n):
            total = rows[at]
            no = NO_ONE if total >= NO_ONE else 0
            rows[at] = (total & SUMS) | no | (UNKNOWN_ONE if total & UNKNOWNS else 0)


@inlined
def larger(a: Int, b: Int) -> Int:
    """The larger sum of each stage and the fewer unknowns of two packed cells."""
    best = max(a & APPLY, b & APPLY) | max(a & HIRE, b & HIRE) | max(a & KEEP, b & KEEP)
    return best | min(a & UNKNOWNS, b & UNKNOWNS)


@inlined
def _write_best(shelf: ShelfView, bundle: int, kind: int, start: Int, told: Told) -> None:
    """Write the best of the cells from `start` on, NOBODY where all of them say no."""
    cells, first, n = told.cells, np.uint64(start), np.uint64(shelf.tuples_at[bundle + 1] - shelf.tuples_at[bundle])
    a, b, c, least = np.int64(0), np.int64(0), np.int64(0), np.int64(NO_ONE)
    # Nothing is asked in between: a branch would be guessed wrong at every other tuple.
    for at in range(n):
        cell = cells[first + at]
        no = cell >= NO_ONE
        sums, unknown = np.int64(0 if no else cell), np.int64(NO_ONE if no else cell & UNKNOWNS)
        a, b, c = max(a, sums & APPLY), max(b, sums & HIRE), max(c, sums & KEEP)
        least = min(least, unknown)
    told.best[told.kinds_at[bundle] + kind] = a | b | c | least if least < NO_ONE else NOBODY


@inlined
def _write_areas(area_of: Codes, kind: int, start: Int, told: Told) -> None:
    """Write the best of the cells from `start` on of each area, NOBODY where all of them say no."""
    areas = told.areas[kind]
    areas[:] = NOBODY
    for at in range(area_of.size):
        cell, area = told.cells[start + at], area_of[at]
        if cell < NO_ONE:
            areas[area] = cell if areas[area] < 0 else larger(areas[area], cell)


@inlined
def _write_beside(shelf: ShelfView, bundle: int, kind: int, start: Int, told: Told) -> None:
    """Write the best of the cells from `start` on among the tuples of each head, NO_ONE where all of them say no.

    Only the tuples that stand in a head can come with it, so this lies well below the best of all rows.
    """
    starts, line = shelf.in_heads_at[bundle], kind + told.kinds_at[bundle]
    beside, best = told.beside[line - told.kinds_at[2]], told.best[line]
    if best < 0 or starts[0] == starts[-1]:
        for head in range(beside.size):
            beside[head] = best if best >= 0 else NO_ONE
    elif best & SUMS:
        _write_largest(told.cells, np.uint64(start), shelf.in_heads, starts, beside)
    else:
        _write_least(told.cells, np.uint64(start), shelf.in_heads, starts, beside)


@inlined
def _write_largest(cells: Ints, first: Any, tuples: Codes, starts: Ints, beside: Ints) -> None:
    """The largest sum of each stage and the fewest unknowns among the tuples of each head that do not say no."""
    for head in range(beside.size):
        a, b, c, least = np.int64(0), np.int64(0), np.int64(0), np.int64(NO_ONE)
        # Nothing is asked in between: a branch would be guessed wrong at every other tuple.
        for ix in range(np.uint64(starts[head]), np.uint64(starts[head + 1])):
            cell = cells[first + np.uint64(tuples[ix])]
            no = cell >= NO_ONE
            sums, unknown = np.int64(0 if no else cell), np.int64(NO_ONE if no else cell & UNKNOWNS)
            a, b, c = max(a, sums & APPLY), max(b, sums & HIRE), max(c, sums & KEEP)
            least = min(least, unknown)
        beside[head] = a | b | c | least


@inlined
def _write_least(cells: Ints, first: Any, tuples: Codes, starts: Ints, beside: Ints) -> None:
    """The same of a bundle that only lets through or refuses: nothing is added to any sum."""
    for head in range(beside.size):
        least = np.int64(NO_ONE)
        for ix in range(np.uint64(starts[head]), np.uint64(starts[head + 1])):
            least = min(least, cells[first + np.uint64(tuples[ix])])
        beside[head] = least
