"""The compiled search: the rows of the shelf that could still be listed, best heads first, exact to the last tie.

Read with `spec.py` beside it: what a row is worth is said there. Here stands in which order rows are looked at and
which are left out. A bound is the worth of somebody who is best in every part at once; a head or a segment is skipped
only if the k-th found so far is better than its bound, so that equals always meet and their ties are compared.
This module imports numba: `use.fastest` imports it where numba is installed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matcher.kernels.loop_parts import (
    NO_ONE,
    NOBODY,
    UNKNOWNS,
    Int,
    best_parts,
    bundle_rows,
    compiled,
    insert,
    tie_of,
    worth,
)
from matcher.kernels.ranking import PRICED
from matcher.kernels.views import (
    AREA,
    ASKER_KEY,
    BASE,
    FACTOR,
    FIRST,
    FIXED,
    KEY,
    MINE,
    MY_FACTOR,
    MY_KEY,
    N_FACTS,
    N_FOUND,
    N_VARYING,
    OTHERS,
    OWN,
    PRICE,
    REACH,
    STATUS,
    WAITING,
    WEIGHT,
    AskersView,
    Ints,
    Lists,
    RankingView,
    ShelfView,
    Work,
)

LEAST: Final = -1 << 62
N_BEST_HEADS: Final = 8
"""Heads that are opened best first, before the rest in order: these mostly settle the list."""


@compiled
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
            first, second, _fit = worth(cell, factor, price, status, weight, order, chances, layout, bands, True)
            bounds[0, head], bounds[1, head] = first, second


@compiled
def _best_head(bounds: Ints) -> int:
    """The head of the largest bound."""
    best = 0
    for head in range(1, bounds.shape[1]):
        if bounds[0, head] > bounds[0, best] or (
            bounds[0, head] == bounds[0, best] and bounds[1, head] > bounds[1, best]
        ):
            best = head
    return best


@compiled
def _search(shelf: ShelfView, rules: RankingView, work: Work) -> None:  # noqa: C901 - see below
    """Find all that may be listed of one who asks: the best heads in their order, then the rest that reach the list.

    One long loop over heads, segments and rows: every array is a local name here, for handing arrays to a function
    counts who holds them, and that costs more than a row.
    """
    facts = work.facts
    facts[N_FOUND] = 0
    # Asked first, whoever asks: the next one may rely on what it writes down.
    if not best_parts(shelf, work) or facts[MINE] >= NO_ONE:
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
            first, second, _fit = worth(
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
                if order > PRICED and fit < floor:
                    continue
                if n == top and (first < found[0, n - 1] or (first == found[0, n - 1] and second < found[1, n - 1])):
                    continue
                tie = tie_of(key, np.uint64(table[at, KEY]))
                n = insert(first, second, table[at, WAITING], tie, at, n, found, ties)
    facts[N_FOUND] = n


@compiled
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
        _, score, fit = worth(
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


@compiled
def first_of_each(
    askers: AskersView, shelf: ShelfView, ranking: RankingView, turns: Ints, first_line: int, lists: Lists
) -> None:
    """Lists of those who ask, in their turns, each into the line of its position less `first_line`."""
    n_areas, n_heads, top, before = np.int64(0), shelf.heads.shape[0] - 1, lists.at.shape[1], np.int64(NOBODY)
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
        np.zeros((shelf.relations_at.size, 3), dtype=np.int64),
        np.empty((4, top), dtype=np.int64),
        np.empty(top, dtype=np.uint64),
        np.zeros(N_FACTS, dtype=np.int64),
    )
    for asker in turns:
        bundle_rows(askers, asker, before, shelf, work.rows, work.bundles)
        work.facts[MINE], work.facts[MY_FACTOR] = askers.ones[asker, OWN], askers.ones[asker, FACTOR]
        work.facts[MY_KEY] = askers.ones[asker, ASKER_KEY]
        _search(shelf, ranking, work)
        _tell(asker - first_line, askers.ones[asker, OWN], shelf, ranking, work, lists)
        before = asker
