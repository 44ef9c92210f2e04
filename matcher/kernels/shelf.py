"""Those who may be listed, sorted so that those who share what matters most lie together.

A shelf is never changed: `changed` makes another one that shares what is equal, so readers of the old one are safe.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.kernels.layout import MOST_PARTS, Layout
from matcher.pairs import Index

LARGEST_BUNDLE: Final = 256
"""Different code tuples up to which relations are joined: what is worked out per tuple must stay less than per row."""
LONGEST_SEGMENT: Final = 32
"""Rows whose bound is told as one."""
HEAD_AT, AREA_AT = 40, 16
MOST_NUMBERS: Final = 2.0**62
"""Different rows of codes that can be counted through."""


@dataclass(frozen=True, slots=True)
class Rows:
    """n who may be listed, in any order. number : int64, the caller's own; codes : int32, shape (n, n_relations)

    key : uint64, `askers.mixed` for vacancies; base : cells of their own facts, int64
    price : of 2**30; status : 128 * tier + sub-tier; waiting : days; weight : permille; all int64, 0 where unused
    """

    number: NDArray[np.int64]
    key: NDArray[np.uint64]
    base: NDArray[np.int64]
    price: NDArray[np.int64]
    status: NDArray[np.int64]
    waiting: NDArray[np.int64]
    weight: NDArray[np.int64]
    codes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.number)

    def take(self, index: Index) -> Rows:
        """The rows at a mask or positions, in that order."""
        return Rows(*(getattr(self, field.name)[index] for field in fields(Rows)))

    def beside(self, other: Rows, at: NDArray[np.intp]) -> Rows:
        """These rows with others inserted before the positions `at`."""
        return Rows(*(np.insert(getattr(self, f.name), at, getattr(other, f.name), axis=0) for f in fields(Rows)))


@dataclass(frozen=True, slots=True)
class Segments:
    """Runs of rows of one head, area and status, no longer than LONGEST_SEGMENT, and the best of each: none exceeds it.

    rows_at : int64, first row of each segment, then the number of rows; area : int32
    best : packed sums, each the largest of its stage; price, status : smallest; weight : largest
    """

    rows_at: NDArray[np.int64]
    area: NDArray[np.int32]
    best: NDArray[np.int64]
    price: NDArray[np.int64]
    status: NDArray[np.int64]
    weight: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Shelf:
    """Rows by head, area and status. bundles : relations joined; the first is the head, the second decides the area.

    rows.codes : here the code of each bundle, shape (n, n_bundles); place : what the rows are sorted by
    parts : of each bundle the relation codes of its different tuples, int32, shape (n_tuples, n_relations of it)
    areas : int32, area of each tuple of the second bundle
    heads_at : int64, first segment of each tuple of the first bundle, then the number of segments; heads : their best
    """

    rows: Rows
    place: NDArray[np.int64]
    bundles: tuple[tuple[int, ...], ...]
    parts: tuple[NDArray[np.int32], ...]
    areas: NDArray[np.int32]
    segments: Segments
    heads_at: NDArray[np.int64]
    heads: Segments
    layout: Layout

    def __len__(self) -> int:
        return len(self.rows)


def shelved(
    rows: Rows, layout: Layout, *, head: tuple[int, ...], reach: tuple[int, ...], area_of: NDArray[np.int32]
) -> Shelf:
    """The shelf of rows. area_of : area of each code of the first relation of `reach`, all below 2**24."""
    bundles = _bundles(rows.codes, head, reach)
    told = [_tuples(rows.codes[:, list(bundle)]) for bundle in bundles]
    parts = tuple(np.ascontiguousarray(tuples) for tuples, _ in told)
    codes = np.stack([inverse.reshape(-1).astype(np.int32) for _, inverse in told], 1)
    areas = area_of[parts[1][:, 0]].astype(np.int32)
    place = _place(codes, areas, rows.status)
    order = np.lexsort((rows.number, -_promise(rows.base, layout), place))
    return reshelved(replace(rows, codes=codes).take(order), place[order], bundles, parts, areas, layout)


def _promise(base: NDArray[np.int64], layout: Layout) -> NDArray[np.int64]:
    """How much rows add by themselves, all stages together: by it the rows of a run are sorted, largest first."""
    return np.asarray(layout.sums(base).sum(1))


def changed(shelf: Shelf, gone: NDArray[np.int64], added: Rows, area_of: NDArray[np.int32]) -> Shelf:
    """The shelf without the rows of some numbers and with others; `area_of` covers the codes of these too."""
    stays = ~np.isin(shelf.rows.number, gone)
    rows, place = (shelf.rows, shelf.place) if stays.all() else (shelf.rows.take(stays), shelf.place[stays])
    parts, codes = [], np.empty((len(added), len(shelf.bundles)), dtype=np.int32)
    for ix, bundle in enumerate(shelf.bundles):
        known, codes[:, ix] = _known(shelf.parts[ix], added.codes[:, list(bundle)])
        parts.append(known)
    areas = np.concatenate([shelf.areas, area_of[parts[1][len(shelf.areas) :, 0]].astype(np.int32)])
    new = _place(codes, areas, added.status)
    order = np.lexsort((added.number, -_promise(added.base, shelf.layout), new))
    at = _slots(place, _promise(rows.base, shelf.layout), new[order], _promise(added.base[order], shelf.layout))
    rows = rows.beside(replace(added, codes=codes).take(order), at)
    return reshelved(rows, np.insert(place, at, new[order]), shelf.bundles, tuple(parts), areas, shelf.layout)


def repriced(shelf: Shelf, price: NDArray[np.int64]) -> Shelf:
    """The shelf at other prices, in the order of its rows."""
    rows = replace(shelf.rows, price=price)
    return reshelved(rows, shelf.place, shelf.bundles, shelf.parts, shelf.areas, shelf.layout)


def codes_of(shelf: Shelf, relation: int, rows: NDArray[np.int64] | None = None) -> NDArray[np.int32]:
    """The code of a relation of some rows, of every row if None; int32, shape (n_rows,)."""
    at = next(ix for ix, bundle in enumerate(shelf.bundles) if relation in bundle)
    column = shelf.parts[at][:, shelf.bundles[at].index(relation)]
    codes = shelf.rows.codes[:, at]
    return np.asarray(column[codes if rows is None else codes[rows]])


def _slots(
    place: NDArray[np.int64], promise: NDArray[np.int64], new: NDArray[np.int64], new_promise: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Where rows belong among sorted ones: after those of their place that promise as much."""
    starts, ends = np.searchsorted(place, new), np.searchsorted(place, new, side="right")
    slots = [
        start + int(np.searchsorted(-promise[start:end], -told, side="right"))
        for start, end, told in zip(starts.tolist(), ends.tolist(), new_promise.tolist(), strict=True)
    ]
    return np.array(slots, dtype=np.intp)


def _bundles(codes: NDArray[np.int32], head: tuple[int, ...], reach: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Head, reach, and the other relations joined while their different tuples stay few."""
    bundles: list[tuple[int, ...]] = []
    most = max(1, min(LARGEST_BUNDLE, len(codes) // 4))
    joined: tuple[int, ...] = ()
    for relation in sorted(set(range(codes.shape[1])) - {*head, *reach}, key=lambda ix: len(np.unique(codes[:, ix]))):
        wider = (*joined, relation)
        if joined and (len(wider) > MOST_PARTS or len(_tuples(codes[:, list(wider)])[0]) > most):
            bundles.append(joined)
            wider = (relation,)
        joined = wider
    return (head, reach, *bundles, *([joined] if joined else []))


def _tuples(codes: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """The different rows of codes in lexical order, and of each row its position: `np.unique` of rows, but sooner.

    Told as one number each where these fit 63 bits.
    """
    widths = codes.max(0, initial=0).astype(np.int64) + 1
    if not len(codes) or np.prod(widths.astype(np.float64)) >= MOST_NUMBERS:
        tuples, inverse = np.unique(codes, axis=0, return_inverse=True)
        return tuples, inverse.reshape(-1)
    number = np.zeros(len(codes), dtype=np.int64)
    for column, width in enumerate(widths.tolist()):
        number = number * width + codes[:, column]
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    return codes[first], inverse


def _known(parts: NDArray[np.int32], tuples: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The tuples with those that are new at the end, and the position of each."""
    at = {tuple(row): ix for ix, row in enumerate(parts.tolist())} if len(tuples) else {}
    codes = np.array([at.setdefault(tuple(row), len(at)) for row in tuples.tolist()], dtype=np.int32)
    if len(at) <= len(parts):
        return parts, codes
    return np.array(list(at), dtype=np.int32).reshape(len(at), parts.shape[1]), codes


def _place(codes: NDArray[np.int32], areas: NDArray[np.int32], status: NDArray[np.int64]) -> NDArray[np.int64]:
    head, area = codes[:, 0].astype(np.int64), areas[codes[:, 1]].astype(np.int64)
    return np.asarray((head << HEAD_AT) | (area << AREA_AT) | status)


def reshelved(
    rows: Rows,
    place: NDArray[np.int64],
    bundles: tuple[tuple[int, ...], ...],
    parts: tuple[NDArray[np.int32], ...],
    areas: NDArray[np.int32],
    layout: Layout,
) -> Shelf:
    """The shelf of rows that are sorted by `place` already, their codes those of the bundles; see `Shelf`."""
    first = _cuts(place)
    area = ((place[first] >> AREA_AT) & ((1 << (HEAD_AT - AREA_AT)) - 1)).astype(np.int32)
    whole = Segments(np.zeros(0, dtype=np.int64), area, rows.base, rows.price, rows.status, rows.weight)
    segments = _best(whole, first, len(rows), layout)
    heads_at = np.searchsorted(place[first] >> HEAD_AT, np.arange(len(parts[0]) + 1)).astype(np.int64)
    filled = np.flatnonzero(np.diff(heads_at))
    heads = _best(segments, heads_at[filled], len(first), layout)
    return Shelf(rows, place, bundles, parts, areas, segments, heads_at, _spread(heads, filled, len(parts[0])), layout)


def _cuts(place: NDArray[np.int64]) -> NDArray[np.intp]:
    """First row of each segment: a run of one place, or LONGEST_SEGMENT rows of it."""
    if not len(place):
        return np.zeros(0, dtype=np.intp)
    runs = np.flatnonzero(np.r_[True, place[1:] != place[:-1]])
    inside = np.arange(len(place)) - np.repeat(runs, np.diff(np.r_[runs, len(place)]))
    return np.flatnonzero(inside % LONGEST_SEGMENT == 0)


def _best(of: Segments, first: NDArray[np.intp] | NDArray[np.int64], n: int, layout: Layout) -> Segments:
    """The best of each run that starts at `first`, of n in all; areas are those of `of` where they fit the runs."""
    if not len(first):
        none = np.zeros(0, dtype=np.int64)
        return Segments(np.zeros(1, dtype=np.int64), none.astype(np.int32), none, none, none, none)
    return Segments(
        rows_at=np.append(first, n).astype(np.int64),
        area=of.area if len(of.area) == len(first) else np.zeros(len(first), dtype=np.int32),
        best=layout.joined(np.maximum.reduceat(layout.sums(of.best), first, axis=0)),
        price=np.minimum.reduceat(of.price, first),
        status=np.minimum.reduceat(of.status, first),
        weight=np.maximum.reduceat(of.weight, first),
    )


def _spread(heads: Segments, filled: NDArray[np.intp], n: int) -> Segments:
    """The best of each head, zeros for those without rows."""

    def column(values: NDArray[np.int64]) -> NDArray[np.int64]:
        wide = np.zeros(n, dtype=np.int64)
        wide[filled] = values
        return wide

    columns = [column(values) for values in (heads.best, heads.price, heads.status, heads.weight)]
    return Segments(np.zeros(0, dtype=np.int64), np.zeros(n, dtype=np.int32), *columns)
