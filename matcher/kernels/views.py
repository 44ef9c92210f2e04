"""Askers, shelf and ranking as few plain arrays: what compiled loops can read, and compile for quickly."""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.kernels.askers import Askers
from matcher.kernels.layout import chances_of_sums
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Segments, Shelf

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
PLAIN: Final = ("C", "W")
"""What loops are compiled for: in one piece and writeable."""
BASE, PRICE, STATUS, WEIGHT, WAITING, KEY = range(6)
"""Lines of `rows`; keys are the bits of their uint64."""
FIRST: Final = WAITING
"""Line of `segments` and `heads`, beside the best BASE, PRICE, STATUS and WEIGHT of each: the first row of a segment
or first segment of a head."""
OWN, FACTOR, ASKER_KEY = range(3)


class AskersView(NamedTuple):
    """`askers.Askers`; ones : columns own, factor, key."""

    codes: Codes
    ones: Ints
    relations: Ints
    cells: Codes
    values: Ints


class ShelfView(NamedTuple):
    """`shelf.Shelf`, its bundles laid end to end; what is asked of many rows lies close together.

    rows : BASE to KEY of each, shape (6, n); segments, heads : BASE to FIRST of each, shape (5, n + 1), at the end one
    that only has a FIRST
    codes : int32, shape (n, n_bundles)
    sixes : those of the bundles after the first, uint32, in sixes: shape (n_sixes, n, 6), the last filled up with 0
    relations, relations_at : relations of each bundle and where these begin
    parts, parts_at : relation codes of each tuple of each bundle, where these begin, in numbers
    tuples_at : where the tuples of each bundle begin when they are counted through, then the number of all
    area_of : area of each segment
    in_heads : different tuples of each bundle after the second among the rows of each head, and where these begin,
    shape (n_bundles, n_heads + 1); none of a bundle where they are nearly as many as the rows
    """

    rows: Ints
    codes: Codes
    sixes: NDArray[np.uint32]
    relations: Ints
    relations_at: Ints
    parts: Codes
    parts_at: Ints
    tuples_at: Ints
    areas: Codes
    segments: Ints
    area_of: Codes
    heads: Ints
    in_heads: Codes
    in_heads_at: Ints


class RankingView(NamedTuple):
    """`ranking.Ranking` over a layout. apply, hire, keep : of every sum a stage can have its probability of 2**14

    chosen : order and floor
    """

    apply: NDArray[np.int16]
    hire: NDArray[np.int16]
    keep: NDArray[np.int16]
    bands: Ints
    chosen: Ints


class Lists(NamedTuple):
    """What is found, shape (n, top) each, see `use.Found`; whose position is `first` stands in the first line."""

    at: Ints
    verdict: NDArray[np.int8]
    worth: Ints
    first: int


class Told(NamedTuple):
    """What the bundles say of those who ask, worked out once for all who have the same codes in a bundle.

    turns : positions of those who ask
    cells : of a tuple of codes of who asks and every tuple on the shelf, one after the other; behind them one of 0
    cells_at : where those of each who asks, by turn, and each bundle begin, shape (n, n_bundles)
    kinds : number of the tuple of codes of each who asks in each bundle, shape (n, n_bundles); kinds_at : the first
    of each bundle when they are counted through; best : best cell of each, NOBODY where all say no
    areas : best cell of each area, NOBODY where all say no, shape (tuples of the second bundle, n_areas)
    beside : best cell among the tuples of each head, with the bit of no where all say no, a line for each kind of the
    bundles after the second; of bundles whose tuples the shelf does not tell by heads the best of all
    """

    turns: Ints
    cells: Ints
    cells_at: Ints
    kinds: Codes
    kinds_at: Ints
    best: Ints
    areas: Ints
    beside: Ints


class Sieve(NamedTuple):
    """Which rows each kind of `Told` lets through for certain.

    bits : uint64, of each line one bit a row, 64 in a word, lowest first; of : line of each kind as counted in
    `Told.kinds_at`, NOBODY where it lets everybody through; all_rows : of what rows say alone
    """

    bits: NDArray[np.uint64]
    of: Ints
    all_rows: NDArray[np.uint64]


class WantedView(NamedTuple):
    """`often.Wanted`; rank : of each row by its number; kinds, n_kinds : kind of each row, all below n_kinds

    held_at, barred_at : where the rows of each who asks begin, then the number of all; empty: nobody has any
    """

    top: int
    each: int
    rank: Ints
    kinds: Codes
    n_kinds: int
    held_at: Ints
    held: Codes
    barred_at: Ints
    barred: Codes


class Work(NamedTuple):
    """What one search writes down. bounds : the two numbers no row of a head exceeds; foremost : the best heads

    beside : best of a row of each head but for its place; open : heads that may hold somebody for the list
    place_of : of each head the kind of places its segments are told of, NOBODY: of none yet; n_within : how many of
    them are within reach; within : these, from the first segment of the head on; within_best : best of each with its
    area; head_best : best of all these
    starts : where the cells of each bundle after the first begin; left : rows of a segment that are not refused
    sums : their cells
    found : the numbers compared, waiting days and position of those found so far, shape (4, top); ties : their ties
    last : the numbers of the last of the list once it is full: who is not better than this cannot stand on it
    ranks : columns of those found, best first
    counts : see below
    """

    bounds: Ints
    foremost: Ints
    beside: Ints
    open: Ints
    place_of: Ints
    n_within: Ints
    within: Ints
    within_best: Ints
    head_best: Ints
    starts: Ints
    sums: Ints
    left: Ints
    found: Ints
    last: Ints
    ties: NDArray[np.uint64]
    ranks: Ints
    counts: Ints


SIX: Final = 6
"""Bundles whose cells are added in one step of a row: as many as a county's vacancies have beside the head."""
ROWS_A_TUPLE: Final = 4
"""Rows for each tuple of a head from which it pays to ask the tuples for their best before the rows."""
HEADS_A_TUPLE: Final = 2
"""How many times as many tuples a bundle has as stand in a head, from which the best of a head says more than that of
all."""
MOST_MARKS: Final = 1 << 22
"""Heads times tuples of a bundle that are marked in looking for which stand together, a byte each."""
HEADS_OPENED, SEGMENTS_BOUNDED, SEGMENTS_OPENED, ROWS_SEEN, ROWS_SCORED, ROWS_PLACED = range(6)
"""In `Work.counts`, of all searches together: what was looked at, and how many rows were put among those found."""
N_COUNTS: Final = 6
COUNTED: Final = ("heads opened", "segments bounded", "segments opened", "rows seen", "rows scored", "rows placed")


def _starts(sizes: list[int]) -> Ints:
    return np.array([0, *accumulate(sizes)], dtype=np.int64)


def view_of_askers(askers: Askers) -> AskersView:
    """The arrays of those who ask."""
    return AskersView(
        codes=askers.codes,
        # For one who asks alone a third of what `np.stack` takes.
        ones=np.array((askers.own, askers.factor, askers.key.view(np.int64))).T.copy(),
        relations=askers.relations,
        cells=askers.cells,
        values=askers.values,
    )


def view_of_shelf(shelf: Shelf) -> ShelfView:
    """The arrays of a shelf, contiguous."""
    rows, (in_heads, in_heads_at) = shelf.rows, _in_heads(shelf)
    return ShelfView(
        rows=np.stack((rows.base, rows.price, rows.status, rows.weight, rows.waiting, rows.key.view(np.int64))),
        codes=np.require(rows.codes, requirements=PLAIN),
        sixes=_in_sixes(rows.codes[:, 1:]),
        relations=np.array([relation for bundle in shelf.bundles for relation in bundle], dtype=np.int64),
        relations_at=_starts([len(bundle) for bundle in shelf.bundles]),
        parts=np.concatenate([part.reshape(-1) for part in shelf.parts]),
        parts_at=_starts([part.size for part in shelf.parts]),
        tuples_at=_starts([len(part) for part in shelf.parts]),
        areas=shelf.areas,
        segments=_runs(shelf.segments, shelf.segments.rows_at),
        area_of=shelf.segments.area,
        heads=_heads(shelf),
        in_heads=in_heads,
        in_heads_at=in_heads_at,
    )


def _in_sixes(codes: Codes) -> NDArray[np.uint32]:
    """See `ShelfView.sixes`."""
    n, width = codes.shape
    n_sixes = -(-width // SIX)
    wide = np.zeros((n, n_sixes * SIX), dtype=np.uint32)
    wide[:, :width] = codes
    return np.ascontiguousarray(wide.reshape(n, n_sixes, SIX).transpose(1, 0, 2))


def _in_heads(shelf: Shelf) -> tuple[Codes, Ints]:
    """See `ShelfView.in_heads`."""
    codes, n_heads = shelf.rows.codes, len(shelf.parts[0])
    tuples, starts, n = [np.zeros(0, dtype=np.int32)], np.zeros((len(shelf.parts), n_heads + 1), dtype=np.int64), 0
    for bundle, part in enumerate(shelf.parts[2:], 2):
        starts[bundle] = n
        if n_heads * len(part) > MOST_MARKS:
            continue
        marks = np.zeros((n_heads, len(part)), dtype=np.bool_)
        marks[codes[:, 0], codes[:, bundle]] = True
        heads, told = np.nonzero(marks)
        if len(told) * ROWS_A_TUPLE <= len(codes) and len(told) * HEADS_A_TUPLE <= marks.size:
            starts[bundle] += np.searchsorted(heads, np.arange(n_heads + 1))
            tuples.append(told.astype(np.int32))
            n += len(told)
    return np.concatenate(tuples), starts


def _heads(shelf: Shelf) -> Ints:
    """The best of each head; of one without rows no cell added to it reaches 0."""
    table = _runs(shelf.heads, shelf.heads_at)
    table[BASE, :-1][np.diff(shelf.heads_at) == 0] = np.iinfo(np.int64).min // 2
    return table


def _runs(of: Segments, first: Ints) -> Ints:
    table = np.zeros((FIRST + 1, len(first)), dtype=np.int64)
    table[FIRST] = first
    for line, values in enumerate((of.best, of.price, of.status, of.weight)):
        table[line, :-1] = values
    return table


def view_of_ranking(ranking: Ranking, shelf: Shelf) -> RankingView:
    """The arrays of a ranking over a shelf; new ones, for loops are compiled anew for arrays that are not writeable."""
    layout = shelf.layout
    told = chances_of_sums(layout.widths, layout.least, ranking.logistic)
    apply, hire, keep = (chances.astype(np.int16) for chances in told)
    return RankingView(apply, hire, keep, ranking.bands.copy(), ranking.numbers)
