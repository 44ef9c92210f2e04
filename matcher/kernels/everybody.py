"""Everybody on a shelf, told of one who asks: verdict and fit of each row, whoever is listed in the end.

`use.fastest` leaves out what cannot be listed; whoever counts how many could go, or turns the pages of a whole order,
asks here. What a pair is worth is said in `spec.pair`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.kernels import twin
from matcher.kernels.askers import Askers
from matcher.kernels.layout import NO, NO_AT, SHIFTS, SUM_MASK, UNKNOWN, UNKNOWN_AT, YES
from matcher.kernels.ranking import TIE_BREAK, Ranking
from matcher.kernels.shelf import Shelf
from matcher.kernels.use import is_ready, loops
from matcher.kernels.views import view_of_ranking


@dataclass(frozen=True, slots=True)
class Everybody:
    """The rows of a shelf in its order. verdict : int8, 0 no, 1 unknown, 2 yes; fit : int64, of 2**42, 0 for a no"""

    verdict: NDArray[np.int8]
    fit: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.verdict)


def everybody(askers: Askers, shelf: Shelf, logistic: NDArray[np.int64]) -> Everybody:
    """Everybody on the shelf as the first who asks would be told: compiled if that is ready, else by numpy."""
    return (compiled if is_ready() else interpreted)(askers, shelf, logistic)


def interpreted(askers: Askers, shelf: Shelf, logistic: NDArray[np.int64]) -> Everybody:
    """Everybody by numpy."""
    rules, packed = view_of_ranking(_by_fit(logistic), shelf), twin.cells_of(askers, shelf, 0)
    at = np.flatnonzero(packed < 1 << NO_AT)
    may = packed[at]
    verdict, fit = np.full(len(packed), NO, dtype=np.int8), np.zeros(len(packed), dtype=np.int64)
    verdict[at] = np.where(may >> UNKNOWN_AT, UNKNOWN, YES)
    apply, hire, keep = ((may >> shift) & SUM_MASK for shift in SHIFTS)
    fit[at] = rules.apply[apply].astype(np.int64) * rules.hire[hire] * rules.keep[keep]
    return Everybody(verdict, fit)


def compiled(askers: Askers, shelf: Shelf, logistic: NDArray[np.int64]) -> Everybody:
    """Everybody by the compiled loop."""
    rules, told = view_of_ranking(_by_fit(logistic), shelf), shelf.rows
    rows = [twin.bundle_row(askers, 0, *bundle) for bundle in zip(shelf.bundles, shelf.parts, strict=True)]
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    found = Everybody(np.empty(len(told), dtype=np.int8), np.empty(len(told), dtype=np.int64))
    _loop().tell(
        np.concatenate(rows), starts[:-1], np.ascontiguousarray(told.codes), told.base, int(askers.own[0]), rules,
        found.verdict, found.fit,
    )  # fmt: skip
    return found


def _by_fit(logistic: NDArray[np.int64]) -> Ranking:
    """Nothing but what a fit is made of: nobody is compared here."""
    return Ranking(logistic, TIE_BREAK, np.zeros(0, dtype=np.int64))


@cache
def _loop() -> Any:
    """The compiled loop; `loops` has said where what is compiled is kept."""
    loops()
    from matcher.kernels import everybody_loop

    return everybody_loop
