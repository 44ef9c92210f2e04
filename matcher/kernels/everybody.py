"""Everybody on a shelf, told of one who asks: verdict and fit of each row, whoever is listed in the end.

`use.fastest` leaves out what cannot be listed; whoever counts how many could go, or turns the pages of a whole order,
asks here. What a pair is worth is said in `spec.pair`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.kernels.askers import Askers
from matcher.kernels.layout import N_STAGES, NO, NO_AT, UNKNOWN, UNKNOWN_AT, YES, Layout, chances_of_sums
from matcher.kernels.shelf import Shelf
from matcher.kernels.twin import bundle_row
from matcher.kernels.use import is_ready, loops

LAYOUTS_KEPT: Final = 8
"""Models whose tables of probabilities are kept, some hundred kilobytes each."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """The rows of a shelf in its order. verdict : int8, 0 no, 1 unknown, 2 yes; fit : int64, of 2**42, 0 for a no"""

    verdict: NDArray[np.int8]
    fit: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.verdict)


class _Chances:
    """Of every sum a stage can have its probability of 2**14, the three stages end to end.

    numbers : shift and mask of each stage and where its probabilities begin
    """

    def __init__(self, widths: tuple[int, int, int], least: tuple[int, int, int], logistic: NDArray[np.int64]) -> None:
        told = chances_of_sums(widths, least, logistic)
        starts = np.cumsum([0, *(len(part) for part in told)])[:N_STAGES].tolist()
        shifts = (0, widths[0], widths[0] + widths[1])
        self.table = np.concatenate(told)
        self.numbers = np.array([*shifts, *((1 << width) - 1 for width in widths), *starts], dtype=np.int64)


def everybody(askers: Askers, shelf: Shelf, logistic: NDArray[np.int64]) -> Everybody:
    """Everybody on the shelf as the first who asks would be told: compiled if that is ready, else by numpy."""
    return (compiled if is_ready() else interpreted)(askers, shelf, logistic)


def interpreted(askers: Askers, shelf: Shelf, logistic: NDArray[np.int64]) -> Everybody:
    """Everybody by numpy."""
    chances = _chances(shelf.layout, logistic)
    packed = shelf.rows.base + askers.own[0]
    for ix, row in enumerate(_rows(askers, shelf)):
        packed += row[shelf.rows.codes[:, ix]]
    at = np.flatnonzero(packed < 1 << NO_AT)
    may, numbers = packed[at], chances.numbers
    verdict, fit = np.full(len(packed), NO, dtype=np.int8), np.zeros(len(packed), dtype=np.int64)
    verdict[at] = np.where(may >> UNKNOWN_AT, UNKNOWN, YES)
    shift, mask, start = numbers.reshape(3, N_STAGES)
    p = (chances.table[((may >> shift[stage]) & mask[stage]) + start[stage]] for stage in range(N_STAGES))
    fit[at] = next(p) * next(p) * next(p)
    return Everybody(verdict, fit)


def compiled(askers: Askers, shelf: Shelf, logistic: NDArray[np.int64]) -> Everybody:
    """Everybody by the compiled loop."""
    chances, rows, told = _chances(shelf.layout, logistic), _rows(askers, shelf), shelf.rows
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    found = Everybody(np.empty(len(told), dtype=np.int8), np.empty(len(told), dtype=np.int64))
    _loop().tell(
        np.concatenate(rows), starts[:-1], np.ascontiguousarray(told.codes), told.base, int(askers.own[0]),
        chances.table, chances.numbers, found.verdict, found.fit,
    )  # fmt: skip
    return found


def _rows(askers: Askers, shelf: Shelf) -> list[NDArray[np.int64]]:
    """Cells of the first who asks and every tuple of each bundle."""
    return [bundle_row(askers, 0, *bundle) for bundle in zip(shelf.bundles, shelf.parts, strict=True)]


def _chances(layout: Layout, logistic: NDArray[np.int64]) -> _Chances:
    return _chances_of(layout.widths, layout.least, logistic.tobytes())


@lru_cache(maxsize=LAYOUTS_KEPT)
def _chances_of(widths: tuple[int, int, int], least: tuple[int, int, int], logistic: bytes) -> _Chances:
    return _Chances(widths, least, np.frombuffer(logistic, dtype=np.int64))


@cache
def _loop() -> Any:
    """The compiled loop; `loops` has said where what is compiled is kept."""
    loops()
    from matcher.kernels import everybody_loop

    return everybody_loop
