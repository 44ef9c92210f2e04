"""The compiled search: the rows of the shelf that could still be listed, best heads first, exact to the last tie.

Read with `spec.py` beside it: what a row is worth is said there. Here stands in which order rows are looked at and
which are left out. A bound is the worth of somebody who is best in every part at once; a head or a segment is skipped
only if the k-th found so far is better than its bound, so that equals always meet and their ties are compared.
This module imports numba: `use.fastest` imports it where numba is installed.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from matcher.kernels.loop_parts import (
    NO_ONE,
    NOBODY,
    ONE,
    UNKNOWNS,
    Int,
    insert,
    tie_of,
    worth,
)
from matcher.kernels.ranking import PRICED
from matcher.kernels.shelf import LONGEST_SEGMENT
from matcher.kernels.told_loops import larger, numbered, told_of
from matcher.kernels.views import (
    ASKER_KEY,
    BASE,
    FACTOR,
    FIRST,
    HEADS_OPENED,
    KEY,
    N_COUNTS,
    OWN,
    ROWS_PLACED,
    ROWS_SCORED,
    ROWS_SEEN,
    SEGMENTS_BOUNDED,
    SEGMENTS_OPENED,
    SIX,
    WAITING,
    AskersView,
    Ints,
    Lists,
    RankingView,
    ShelfView,
    Told,
    Work,
)
from matcher.machine_code import compiled, inlined, lent

LEAST: Final = -1 << 62
N_BEST_HEADS: Final = 8
"""Heads that are opened best first, before the rest in order: these mostly settle the list."""


@inlined
def _is_better(first: Int, second: Int, other_first: Int, other_second: Int) -> Any:
    return first > other_first or (first == other_first and second > other_second)


@lent
def _add_heads_up(told: Told, nth: int, own: Int, sums: Ints) -> None:
    """Write the best of a row of each head but for its place; with a bit of no where nobody there may be listed."""
    cells, at, heads = told.cells, np.uint64(told.cells_at[nth, 0]), np.uint64(sums.size)
    for head in range(heads):
        sums[head] = own + cells[at + head]
    for bundle in range(2, told.kinds_at.size - 1):
        beside = told.beside[told.kinds_at[bundle] - told.kinds_at[2] + told.kinds[nth, bundle]]
        for head in range(heads):
            sums[head] += beside[head]


@lent
def _bound_heads(heads: Ints, reach: Int, factor: Int, place: Int, rules: RankingView, work: Work) -> Int:
    """The worth no row of each head exceeds that may hold somebody for the list, and the foremost of these.

    Returns how many they are, written as `open`.
    reach : the best of places, for heads that have not been looked at from this kind of places yet
    """
    order = rules.chosen[0]
    bounds, beside, opened, place_of, head_best = work.bounds, work.beside, work.open, work.place_of, work.head_best
    n_open = np.uint64(0)
    for head in range(np.uint64(beside.size)):
        within = head_best[head] if place_of[head] == place else reach + heads[BASE, head]
        bounds[1, head], opened[n_open] = beside[head] + within, head
        n_open += np.uint64((beside[head] < NO_ONE) & (within >= 0))
    work.foremost[:] = NOBODY
    for ix in range(n_open):
        at = np.uint64(opened[ix])
        first, second, _fit = worth(bounds[1, at], factor, heads, at, order, rules, True)
        bounds[0, at], bounds[1, at] = first, second
        _put_in_front(opened[ix], bounds, work.foremost)
    return np.int64(n_open)


@lent
def _put_in_front(head: Int, bounds: Ints, foremost: Ints) -> None:
    """Put a head in its order among the foremost, if it is one of them."""
    at, slot, size = np.uint64(head), np.uint64(foremost.size), np.uint64(foremost.size)
    first, second = bounds[0, at], bounds[1, at]
    while slot > 0:
        above = foremost[slot - ONE]
        if above >= 0 and not _is_better(first, second, bounds[0, np.uint64(above)], bounds[1, np.uint64(above)]):
            break
        if slot < size:
            foremost[slot] = above
        slot -= ONE
    if slot < size:
        foremost[slot] = head


@lent
def _is_anybody(told: Told, nth: int, starts: Ints) -> bool:
    """Whether any bundle lets somebody through. starts : written with where the cells of those after the head begin"""
    for bundle in range(1, told.kinds_at.size - 1):
        if told.best[told.kinds_at[bundle] + told.kinds[nth, bundle]] < 0:
            return False
        starts[bundle - 1] = told.cells_at[nth, bundle]
    # What fills the last six up adds the cell that stands behind all others: nothing.
    starts[told.kinds_at.size - 2 :] = told.cells.size - 1
    return True


@lent
def _look_where(head: Int, place: Int, shelf: ShelfView, areas: Ints, work: Work) -> None:
    """Write which segments of a head lie within reach of a kind of places, the best of each with its area, of all."""
    start, end = np.uint64(shelf.heads[FIRST, head]), np.uint64(shelf.heads[FIRST, head + 1])
    base, area_of, cells, best = shelf.segments[BASE], shelf.area_of, areas[place], np.int64(NOBODY)
    within, within_best, n = work.within, work.within_best, start
    # Written down whether within reach or not: a branch here would be guessed wrong every other time.
    for segment in range(start, end):
        cell = cells[np.uint64(area_of[segment])]
        within[n], within_best[n] = segment, cell + base[segment]
        n += np.uint64(cell >= 0)
    for pick in range(start, n):
        cell = within_best[pick]
        best = cell if best < 0 else larger(best, cell)
    work.place_of[head], work.n_within[head], work.head_best[head] = place, np.int64(n - start), best


@lent
def _is_out(head: Int, factor: Int, heads: Ints, rules: RankingView, work: Work) -> Any:
    """Whether nobody of a head, whose segments have been looked at, can stand on the list."""
    best = work.beside[head] + work.head_best[head]
    first, second, _fit = worth(best, factor, heads, head, rules.chosen[0], rules, True)
    return not work.n_within[head] or _is_better(work.last[0], work.last[1], first, second)


@inlined
def _six(cells: Ints, at: tuple[Any, Any, Any, Any, Any, Any], codes: Any, row: Any) -> Int:
    """Cells of six bundles of a row. at : where those of each begin"""
    half = cells[at[0] + codes[row, 0]] + cells[at[1] + codes[row, 1]] + cells[at[2] + codes[row, 2]]
    return half + cells[at[3] + codes[row, 3]] + cells[at[4] + codes[row, 4]] + cells[at[5] + codes[row, 5]]


@inlined
def _begin(starts: Ints, six: int) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Where the cells of each of six bundles begin."""
    first = SIX * six
    a, b, c = np.uint64(starts[first]), np.uint64(starts[first + 1]), np.uint64(starts[first + 2])
    return a, b, c, np.uint64(starts[first + 3]), np.uint64(starts[first + 4]), np.uint64(starts[first + 5])


@lent
def _add_rows_up(lo: Int, n: Int, start: Int, shelf: ShelfView, cells: Ints, work: Work) -> Int:
    """Write those of n rows from `lo` on that are not refused, and their cells; returns how many these are.

    All are added and written, whatever is refused: a branch at each would be guessed wrong at every other row.
    """
    rows, first, base, sixes = np.uint64(n), np.uint64(lo), shelf.rows[BASE], shelf.sixes
    starts, sums, left, n_left, last = work.starts, work.sums, work.left, np.int64(0), sixes.shape[0] - 1
    for ix in range(rows):
        sums[ix] = start + base[first + ix]
    for six in range(last):
        at, codes = _begin(starts, six), sixes[six]
        for ix in range(rows):
            sums[ix] += _six(cells, at, codes, first + ix)
    at, codes = _begin(starts, last), sixes[last]
    for ix in range(rows):
        cell = sums[ix] + _six(cells, at, codes, first + ix)
        sums[np.uint64(n_left)], left[np.uint64(n_left)] = cell, first + ix
        n_left += cell < NO_ONE
    return n_left


@lent
def _list_rows(n_left: Int, n: Int, who: Ints, shelf: ShelfView, rules: RankingView, work: Work) -> Int:
    """Put those of the rows that are left among the n found who belong there; returns how many there are."""
    rows, found, ties, ranks, last = shelf.rows, work.found, work.ties, work.ranks, work.last
    order, floor = rules.chosen[0], rules.chosen[1]
    for ix in range(np.uint64(n_left)):
        at = np.uint64(work.left[ix])
        first, second, fit = worth(work.sums[ix], who[FACTOR], rows, at, order, rules, False)
        if fit < floor or _is_better(last[0], last[1], first, second):
            continue
        work.counts[ROWS_PLACED] += 1
        tie = tie_of(np.uint64(who[ASKER_KEY]), np.uint64(rows[KEY, at]))
        n = insert(first, second, rows[WAITING, at], tie, at, n, found, ties, ranks)
        if n == ties.size:
            last[0], last[1] = found[0, ranks[n - 1]], found[1, ranks[n - 1]]
    return n


@inlined
def _open(
    head: Int, start: Int, n: Int, who: Ints, shelf: ShelfView, rules: RankingView, cells: Ints, work: Work
) -> Int:
    """Put the rows of a head that belong there among the n found; returns how many there are.

    start : what is common to all its rows
    """
    segments, counts, last, beside = shelf.segments, work.counts, work.last, work.beside[head]
    order = rules.chosen[0]
    begin, n_within = np.uint64(shelf.heads[FIRST, head]), np.uint64(work.n_within[head])
    counts[HEADS_OPENED] += 1
    counts[SEGMENTS_BOUNDED] += n_within
    for pick in range(begin, begin + n_within):
        segment, best = np.uint64(work.within[pick]), beside + work.within_best[pick]
        first, second, _fit = worth(best, who[FACTOR], segments, segment, order, rules, True)
        if _is_better(last[0], last[1], first, second):
            continue
        lo = segments[FIRST, segment]
        n_rows = segments[FIRST, segment + ONE] - lo
        n_left = _add_rows_up(lo, n_rows, start, shelf, cells, work)
        counts[SEGMENTS_OPENED] += 1
        counts[ROWS_SEEN] += n_rows
        counts[ROWS_SCORED] += n_left
        n = _list_rows(n_left, n, who, shelf, rules, work)
    return n


@lent
def _search(shelf: ShelfView, rules: RankingView, told: Told, who: Ints, nth: int, work: Work) -> Int:
    """Find all that may be listed of one who asks: the best heads in their order, then the rest that reach the list.

    Returns how many are found.
    """
    if who[OWN] >= NO_ONE or not _is_anybody(told, nth, work.starts):
        return np.int64(0)
    cells, place, heads_at, n = told.cells, told.kinds[nth, 1], told.cells_at[nth, 0], np.int64(0)
    bounds, foremost, last = work.bounds, work.foremost, work.last
    last[0], last[1] = LEAST, 0
    _add_heads_up(told, nth, who[OWN], work.beside)
    reach = told.best[told.kinds_at[1] + place]
    n_open = _bound_heads(shelf.heads, reach, who[FACTOR], place, rules, work)
    for turn in range(foremost.size + n_open):
        head = foremost[turn] if turn < foremost.size else work.open[turn - foremost.size]
        if head < 0 or bounds[0, head] == LEAST or _is_better(last[0], last[1], bounds[0, head], bounds[1, head]):
            continue
        bounds[0, head] = LEAST
        if work.place_of[head] != place:
            _look_where(head, place, shelf, told.areas, work)
            if _is_out(head, who[FACTOR], shelf.heads, rules, work):
                continue
        if work.n_within[head]:
            start = who[OWN] + cells[heads_at + head]
            n = _open(head, start, n, who, shelf, rules, cells, work)
    return n


@lent
def _tell(
    nth: int, n: int, who: Ints, shelf: ShelfView, rules: RankingView, told: Told, work: Work, lists: Lists
) -> None:
    """Write the n found as the line of who asks in the nth turn, NOBODY after its end."""
    line, order = told.turns[nth] - lists.first, rules.chosen[0]
    for place in range(n, work.ties.size):
        lists.at[line, place], lists.verdict[line, place], lists.worth[line, place] = NOBODY, 0, 0
    for place in range(n):
        at = work.found[3, work.ranks[place]]
        cell = who[OWN] + shelf.rows[BASE, at]
        for bundle in range(shelf.relations_at.size - 1):
            cell += told.cells[told.cells_at[nth, bundle] + shelf.codes[at, bundle]]
        lists.at[line, place] = at
        lists.verdict[line, place] = 1 if cell & UNKNOWNS else 2
        _, score, fit = worth(cell, who[FACTOR], shelf.rows, at, order, rules, False)
        lists.worth[line, place] = fit if order > PRICED else score


@compiled
def work_of(shelf: ShelfView, top: int, counts: Ints) -> Work:
    """Room for the searches of one thread, one after the other."""
    n_heads, n_segments = shelf.heads.shape[1] - 1, shelf.segments.shape[1] - 1
    return Work(
        np.empty((2, n_heads), dtype=np.int64),
        np.empty(min(N_BEST_HEADS, n_heads), dtype=np.int64),
        np.empty(n_heads, dtype=np.int64),
        np.empty(n_heads, dtype=np.int64),
        np.full(n_heads, NOBODY, dtype=np.int64),
        np.empty(n_heads, dtype=np.int64),
        np.empty(n_segments, dtype=np.int64),
        np.empty(n_segments, dtype=np.int64),
        np.empty(n_heads, dtype=np.int64),
        np.empty(SIX * shelf.sixes.shape[0], dtype=np.int64),
        np.empty(LONGEST_SEGMENT, dtype=np.int64),
        np.empty(LONGEST_SEGMENT, dtype=np.int64),
        np.empty((4, top), dtype=np.int64),
        np.empty(2, dtype=np.int64),
        np.empty(top, dtype=np.uint64),
        np.empty(top, dtype=np.int64),
        counts,
    )


@compiled
def lists_of(
    askers: AskersView, shelf: ShelfView, rules: RankingView, told: Told, nths: Ints, lists: Lists, counts: Ints
) -> None:
    """Lists of those who ask in some of the turns told. counts : shape (6,), counted on, see `views.COUNTED`"""
    work = work_of(shelf, lists.at.shape[1], counts)
    for nth in nths:
        who = askers.ones[told.turns[nth]]
        _tell(nth, _search(shelf, rules, told, who, nth, work), who, shelf, rules, told, work, lists)


@compiled
def first_of_each(askers: AskersView, shelf: ShelfView, rules: RankingView, turns: Ints, lists: Lists) -> None:
    """Lists of a few who ask, all in one go."""
    kinds, whose, n_kinds = numbered(askers, shelf, turns)
    told = told_of(askers, shelf, turns, kinds, whose, n_kinds)
    lists_of(askers, shelf, rules, told, np.arange(turns.size), lists, np.zeros(N_COUNTS, dtype=np.int64))
