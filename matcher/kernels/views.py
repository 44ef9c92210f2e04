"""Askers, shelf and ranking as few plain arrays: what compiled loops can read, and compile for quickly."""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.kernels.askers import Askers
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Segments, Shelf

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
BASE, PRICE, STATUS, WEIGHT, WAITING, KEY = range(6)
"""Columns of `rows`; keys are the bits of their uint64."""
FIRST, AREA = WAITING, KEY
"""Columns of `segments` and `heads`, beside the best BASE, PRICE, STATUS and WEIGHT of each: the first row of a
segment or first segment of a head, the area of a segment."""
OWN, FACTOR, ASKER_KEY = range(3)
CELLS_AT, N_CODES, VALUES_AT = range(3)
N_COLUMNS: Final = 6
P_ONE: Final = 1 << 14


class AskersView(NamedTuple):
    """`askers.Askers`; ones : columns own, factor, key; relations : columns cells_at, n_codes, values_at."""

    codes: Codes
    ones: Ints
    relations: Ints
    cells: Codes
    values: Ints


class ShelfView(NamedTuple):
    """`shelf.Shelf`, its bundles laid end to end; segments and heads end with a line that only has a FIRST.

    codes : int32, shape (n, n_bundles); relations, relations_at : relations of each bundle and where these begin
    parts, parts_at : relation codes of each tuple of each bundle, where these begin, in numbers
    tuples_at : where the tuples of each bundle begin when they are counted through, then the number of all
    """

    rows: Ints
    codes: Codes
    relations: Ints
    relations_at: Ints
    parts: Codes
    parts_at: Ints
    tuples_at: Ints
    areas: Codes
    segments: Ints
    heads: Ints


class RankingView(NamedTuple):
    """`ranking.Ranking` with the layout. chances : of every sum a stage can have its probability of 2**14, int32

    layout : shift and mask of each stage and where its chances begin; chosen : order and floor
    """

    chances: Codes
    bands: Ints
    layout: Ints
    chosen: Ints


class Lists(NamedTuple):
    """What is found, shape (n, top) each; see `use.Found`."""

    at: Ints
    verdict: NDArray[np.int8]
    worth: Ints


class Work(NamedTuple):
    """What one search writes down. rows : cells of who asks and every tuple; areas : best cell of each area

    bounds : the two numbers no row of a head exceeds; masks : of the three sums; varying : bundles that vary
    bundles : of each bundle whether its rows are new, its best cell, whether all its cells are the same; shape (n, 3)
    found : the numbers compared, waiting days and position of those found so far, shape (4, top); ties : their ties
    facts : single numbers, see below
    """

    rows: Ints
    areas: Ints
    bounds: Ints
    masks: Ints
    varying: Ints
    bundles: Ints
    found: Ints
    ties: NDArray[np.uint64]
    facts: Ints


N_FOUND, N_VARYING, MINE, MY_FACTOR, MY_KEY, REACH, OTHERS, FIXED = range(8)
"""In `Work.facts`: how many are found, how many bundles vary, own cell, factor and key of who asks, the best cells of
all areas and of all further bundles, and what every row shares."""
N_FACTS: Final = 8
IS_NEW, BEST, IS_SAME = range(3)
"""Columns of `Work.bundles`."""


def _starts(sizes: list[int]) -> Ints:
    return np.array([0, *accumulate(sizes)], dtype=np.int64)


def view_of_askers(askers: Askers) -> AskersView:
    """The arrays of those who ask."""
    return AskersView(
        codes=askers.codes,
        ones=np.stack([askers.own, askers.factor, askers.key.view(np.int64)], 1),
        relations=np.stack([askers.cells_at, askers.n_codes, askers.values_at], 1),
        cells=askers.cells,
        values=askers.values,
    )


def view_of_shelf(shelf: Shelf) -> ShelfView:
    """The arrays of a shelf, contiguous."""
    rows = shelf.rows
    columns = (rows.base, rows.price, rows.status, rows.weight, rows.waiting, rows.key.view(np.int64))
    return ShelfView(
        rows=np.stack(columns, 1),
        codes=np.ascontiguousarray(rows.codes),
        relations=np.array([relation for bundle in shelf.bundles for relation in bundle], dtype=np.int64),
        relations_at=_starts([len(bundle) for bundle in shelf.bundles]),
        parts=np.concatenate([part.reshape(-1) for part in shelf.parts]),
        parts_at=_starts([part.size for part in shelf.parts]),
        tuples_at=_starts([len(part) for part in shelf.parts]),
        areas=shelf.areas,
        segments=_runs(shelf.segments, shelf.segments.rows_at),
        heads=_runs(shelf.heads, shelf.heads_at),
    )


def _runs(of: Segments, first: Ints) -> Ints:
    table = np.zeros((len(first), N_COLUMNS), dtype=np.int64)
    table[:, FIRST] = first
    for column, values in enumerate((of.best, of.price, of.status, of.weight)):
        table[:-1, column] = values
    table[:-1, AREA] = of.area
    return table


def view_of_ranking(ranking: Ranking, shelf: Shelf) -> RankingView:
    """The arrays of a ranking over a shelf; new ones, for loops are compiled anew for arrays that are not writeable."""
    layout, table = shelf.layout, ranking.logistic
    chances = []
    for width, least in zip(layout.widths, layout.least, strict=True):
        odds = np.arange(1 << width, dtype=np.int64) + least
        positive = table[np.minimum(np.abs(odds), len(table) - 1)]
        chances.append(np.where(odds >= 0, positive, P_ONE - positive).astype(np.int32))
    masks = [(1 << width) - 1 for width in layout.widths]
    numbers = np.array([*layout.shifts, *masks, *_starts([len(told) for told in chances])[:-1]], dtype=np.int64)
    return RankingView(np.concatenate(chances), ranking.bands.copy(), numbers, ranking.numbers)
