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
    UNKNOWNS,
    Int,
    insert,
    tie_of,
    worth,
)
from matcher.kernels.ranking import PRICED
from matcher.kernels.told_loops import larger, numbered, told_of
from matcher.kernels.views import (
    ASKER_KEY,
    BASE,
    BEST,
    FACTOR,
    FIRST,
    HEADS_OPENED,
    IS_SAME,
    KEY,
    N_COUNTS,
    OWN,
    PRICE,
    ROWS_PLACED,
    ROWS_SCORED,
    ROWS_SEEN,
    SEGMENTS_BOUNDED,
    SEGMENTS_OPENED,
    STATUS,
    UNTOLD,
    WAITING,
    WEIGHT,
    AskersView,
    Ints,
    Lists,
    RankingView,
    ShelfView,
    Told,
    Work,
)
from matcher.machine_code import compiled, inlined

LEAST: Final = -1 << 62
N_BEST_HEADS: Final = 8
"""Heads that are opened best first, before the rest in order: these mostly settle the list."""


@inlined
def _is_better(first: Int, second: Int, other_first: Int, other_second: Int) -> Any:
    return first > other_first or (first == other_first and second > other_second)


@compiled
def _bound_heads(  # noqa: PLR0913, PLR0917 - arrays are handed over one by one, see `_search`
    heads: Ints, start: Int, factor: Int, chosen: Ints, chances: Any, layout: Ints, bands: Ints, cells: Ints,
    cells_at: Int, bounds: Ints, foremost: Ints,
) -> None:  # fmt: skip
    """The worth no row of each head exceeds, LEAST for heads without anybody to list; the foremost of them."""
    foremost[:] = NOBODY
    order, last = chosen[0], foremost.size - 1
    for head in range(heads.shape[0] - 1):
        bounds[0, head] = LEAST
        cell = cells[cells_at + head]
        if cell >= NO_ONE or heads[head, FIRST] == heads[head + 1, FIRST]:
            continue
        price, status, weight = heads[head, PRICE], heads[head, STATUS], heads[head, WEIGHT]
        cell += start + heads[head, BASE]
        first, second, _fit = worth(cell, factor, price, status, weight, order, chances, layout, bands, True)
        bounds[0, head], bounds[1, head] = first, second
        place = last + 1
        while place > 0:
            above = foremost[place - 1]
            if above >= 0 and not _is_better(first, second, bounds[0, above], bounds[1, above]):
                break
            if place <= last:
                foremost[place] = above
            place -= 1
        if place <= last:
            foremost[place] = head


@compiled
def _beside_head(told: Told, nth: int, varying: Ints) -> tuple[int, Int, Int]:
    """How many bundles vary among rows (NOBODY: nobody may be listed), what is common to all rows, the best of others.

    The others are the bundles after the one of places. varying : written with the bundles that vary and their cells
    """
    n_varying, fixed, others = 0, np.int64(0), np.int64(0)
    for bundle in range(1, told.kinds_at.size - 1):
        kind = told.kinds_at[bundle] + told.kinds[nth, bundle]
        best = told.best[kind, BEST]
        if best < 0:
            return NOBODY, fixed, others
        if bundle > 1:
            others += best
        if told.best[kind, IS_SAME]:
            fixed += best
        else:
            varying[0, n_varying], varying[1, n_varying] = bundle, told.cells_at[nth, bundle]
            n_varying += 1
    return n_varying, fixed, others


@inlined
def _best_in_head(  # noqa: PLR0913, PLR0917 - arrays are handed over one by one, see `_search`
    beside: Ints, in_heads: Any, in_heads_at: Ints, kinds_at: Ints, kinds: Any, cells_at: Ints, cells: Ints,
    masks: Ints, nth: Int, head: Int,
) -> Int:  # fmt: skip
    """The best the bundles after the one of places say of rows of a head, NOBODY where one lets none of them through.

    Only the tuples that stand in the head can come with it, so this lies well below the best of all rows.
    """
    rest = np.int64(0)
    for bundle in range(2, kinds_at.size - 1):
        kind = kinds_at[bundle] - kinds_at[2] + kinds[nth, bundle]
        best = beside[kind, head]
        if best == UNTOLD:
            best = np.int64(NOBODY)
            for ix in range(in_heads_at[bundle, head], in_heads_at[bundle, head + 1]):
                cell = cells[cells_at[nth, bundle] + in_heads[ix]]
                if cell < NO_ONE:
                    best = cell if best < 0 else larger(best, cell, masks)
            beside[kind, head] = best
        if best < 0:
            rest = np.int64(NOBODY)
            break
        rest += best
    return rest


@compiled
def _search(  # noqa: C901, PLR0912, PLR0915 - see below
    shelf: ShelfView, rules: RankingView, told: Told, who: Ints, nth: int, work: Work
) -> Int:
    """Find all that may be listed of one who asks: the best heads in their order, then the rest that reach the list.

    One long loop over heads, segments and rows: every array is a local name here, for handing arrays to a function
    counts who holds them, and that costs more than a row. Returns how many are found.
    """
    cells, kinds, areas = told.cells, told.kinds, told.areas
    mine, factor, key, n = who[OWN], who[FACTOR], np.uint64(who[ASKER_KEY]), np.int64(0)
    n_varying, fixed, others = _beside_head(told, nth, work.varying)
    if mine >= NO_ONE or n_varying < 0:
        return n
    varying, place = work.varying, kinds[nth, 1]
    heads, segments, area_of, table, base, codes = (
        shelf.heads, shelf.segments, shelf.area_of, shelf.rows, shelf.base, shelf.codes,
    )  # fmt: skip
    bounds, foremost, picked, found, ties, ranks, counts = (
        work.bounds, work.foremost, work.segments, work.found, work.ties, work.ranks, work.counts,
    )  # fmt: skip
    chances, bands, layout, chosen = rules.chances, rules.bands, rules.layout, rules.chosen
    order, floor, heads_at = chosen[0], chosen[1], told.cells_at[nth, 0]
    masks = layout[3:6] << layout[0:3]
    reach = told.best[told.kinds_at[1] + place, BEST]
    _bound_heads(
        heads, mine + others + reach, factor, chosen, chances, layout, bands, cells, heads_at, bounds, foremost
    )  # fmt: skip
    n_heads, top, n_foremost = heads.shape[0] - 1, ties.size, foremost.size
    for turn in range(n_heads + n_foremost):
        head = foremost[turn] if turn < n_foremost else turn - n_foremost
        if head < 0:
            continue
        bound = bounds[0, head]
        if bound == LEAST or (
            n == top and _is_better(found[0, ranks[n - 1]], found[1, ranks[n - 1]], bound, bounds[1, head])
        ):
            continue
        bounds[0, head] = LEAST
        start, n_picked = mine + cells[heads_at + head], 0
        rest = _best_in_head(told.beside, shelf.in_heads, shelf.in_heads_at, told.kinds_at, kinds, told.cells_at, cells,
                             masks, nth, head)  # fmt: skip
        if rest < 0:
            continue
        first, second, _fit = worth(
            start + rest + reach + heads[head, BASE],
            factor,
            heads[head, PRICE],
            heads[head, STATUS],
            heads[head, WEIGHT],
            order,
            chances,
            layout,
            bands,
            True,
        )
        if n == top and _is_better(found[0, ranks[n - 1]], found[1, ranks[n - 1]], first, second):
            continue
        # Written down whether within reach or not: a branch here would be guessed wrong every other time.
        for segment in range(heads[head, FIRST], heads[head + 1, FIRST]):
            picked[n_picked] = segment
            n_picked += areas[place, area_of[segment]] >= 0
        counts[HEADS_OPENED] += 1
        counts[SEGMENTS_BOUNDED] += n_picked
        for pick in range(n_picked):
            segment = picked[pick]
            first, second, _fit = worth(
                start + rest + areas[place, area_of[segment]] + segments[segment, BASE],
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
            if n == top and _is_better(found[0, ranks[n - 1]], found[1, ranks[n - 1]], first, second):
                continue
            counts[SEGMENTS_OPENED] += 1
            counts[ROWS_SEEN] += segments[segment + 1, FIRST] - segments[segment, FIRST]
            for at in range(segments[segment, FIRST], segments[segment + 1, FIRST]):
                cell = start + fixed + base[at]
                # All are added, whatever is refused: a branch at each would be guessed wrong at every other row.
                for ix in range(n_varying):
                    cell += cells[varying[1, ix] + codes[at, varying[0, ix]]]
                if cell >= NO_ONE:
                    continue
                counts[ROWS_SCORED] += 1
                first, second, fit = worth(
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
                if fit < floor:
                    continue
                if n == top and _is_better(found[0, ranks[n - 1]], found[1, ranks[n - 1]], first, second):
                    continue
                counts[ROWS_PLACED] += 1
                tie = tie_of(key, np.uint64(table[at, KEY]))
                n = insert(first, second, table[at, WAITING], tie, at, n, found, ties, ranks)
    return n


@compiled
def _tell(
    nth: int, n: int, who: Ints, shelf: ShelfView, rules: RankingView, told: Told, work: Work, lists: Lists
) -> None:
    """Write the n found as the line of who asks in the nth turn, NOBODY after its end."""
    none, line = np.int64(0), told.turns[nth] - lists.first
    for place in range(work.ties.size):
        lists.at[line, place] = NOBODY
    for place in range(n):
        at = work.found[3, work.ranks[place]]
        cell = who[OWN] + shelf.base[at]
        for bundle in range(shelf.relations_at.size - 1):
            cell += told.cells[told.cells_at[nth, bundle] + shelf.codes[at, bundle]]
        lists.at[line, place] = at
        lists.verdict[line, place] = 1 if cell & UNKNOWNS else 2
        _, score, fit = worth(
            cell,
            who[FACTOR],
            shelf.rows[at, PRICE],
            none,
            none,
            rules.chosen[0],
            rules.chances,
            rules.layout,
            rules.bands,
            False,
        )
        lists.worth[line, place] = fit if rules.chosen[0] > PRICED else score


@compiled
def lists_of(
    askers: AskersView, shelf: ShelfView, rules: RankingView, told: Told, nths: Ints, lists: Lists, counts: Ints
) -> None:
    """Lists of those who ask in some of the turns told. counts : shape (6,), counted on, see `views.COUNTED`"""
    n_heads, top = shelf.heads.shape[0] - 1, lists.at.shape[1]
    work = Work(
        np.empty((2, n_heads), dtype=np.int64),
        np.empty(min(N_BEST_HEADS, n_heads), dtype=np.int64),
        np.empty(shelf.segments.shape[0], dtype=np.int64),
        np.empty((2, shelf.relations_at.size), dtype=np.int64),
        np.empty((4, top), dtype=np.int64),
        np.empty(top, dtype=np.uint64),
        np.empty(top, dtype=np.int64),
        counts,
    )
    for nth in nths:
        who = askers.ones[told.turns[nth]]
        _tell(nth, _search(shelf, rules, told, who, nth, work), who, shelf, rules, told, work, lists)


@compiled
def first_of_each(askers: AskersView, shelf: ShelfView, rules: RankingView, turns: Ints, lists: Lists) -> None:
    """Lists of a few who ask, all in one go."""
    masks = rules.layout[3:6] << rules.layout[0:3]
    kinds, whose, n_kinds = numbered(askers, shelf, turns)
    told = told_of(askers, shelf, masks, turns, kinds, whose, n_kinds)
    lists_of(askers, shelf, rules, told, np.arange(turns.size), lists, np.zeros(N_COUNTS, dtype=np.int64))
