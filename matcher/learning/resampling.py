"""Intervals by drawing households again (Efron 1979; clusters as in Field and Welsh 2007): members share their luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.learning.limits import limits

Floats = NDArray[np.float64]
Index = NDArray[np.int64]


class Interval(NamedTuple):
    """A figure with the bounds inside which 95 % of the draws lie (`limits.inside`); nan where nothing is known."""

    value: float
    low: float
    high: float

    def record(self) -> dict[str, float | None]:
        """As data, six places; what is not known is null."""
        return {name: None if np.isnan(told) else round(float(told), 6) for name, told in self._asdict().items()}


UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


def home_sums(homes: Index, columns: Floats, n_homes: int) -> Floats:
    """Sums of columns (n_rows, n_columns) by household, shape (n_homes, n_columns)."""
    return np.stack([np.bincount(homes, column, n_homes) for column in columns.T], axis=1)


def redrawn(n_homes: int, *, seed: int, repeats: int | None = None) -> Floats:
    """How often each household is drawn, shape (repeats, n_homes); every row sums to n_homes."""
    repeats = limits().repeats if repeats is None else repeats
    rng = np.random.default_rng(seed)
    return np.stack(
        [np.bincount(rng.integers(0, n_homes, n_homes), minlength=n_homes).astype(np.float64) for _ in range(repeats)]
    )


def interval_of(sums: Floats, statistic: Callable[[Floats], Floats], *, seed: int) -> Interval:
    """The statistic of the totals of household sums (n_homes, n_columns), with its interval.

    statistic : totals (n, n_columns) -> figures (n,)
    """
    if not len(sums):
        return UNKNOWN
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(sums.sum(axis=0, keepdims=True))[0])
        drawn = statistic(redrawn(len(sums), seed=seed) @ sums)
    return bounds(value, drawn)


def bounds(value: float, drawn: Floats) -> Interval:
    """A figure with the quantiles of its draws; draws in which it is undefined are left out."""
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or not known.size:
        return UNKNOWN
    outside = (1.0 - limits().inside) / 2
    low, high = np.quantile(known, (outside, 1.0 - outside))
    return Interval(value, float(low), float(high))
