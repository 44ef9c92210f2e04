"""Seeded draws: one stream per stage, so that a longer vacancy list leaves every person as they were."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Index = NDArray[np.int64]


class Draws:
    """Random columns of one stage; the same seed and stage give the same columns.

    Everything is made from uniform numbers through cumulative shares, so a column depends on nothing but
    its order within the stage.
    """

    def __init__(self, seed: int, *stage: str) -> None:
        self._generator = np.random.default_rng([seed, zlib.crc32("/".join(stage).encode())])

    def uniform(self, n: int) -> Floats:
        """(n,) numbers in [0, 1)."""
        return self._generator.random(n)

    def grid(self, n: int, width: int) -> Floats:
        """(n, width) numbers in [0, 1), a row per record."""
        return self._generator.random((n, width))

    def flag(self, chance: float | Floats, n: int) -> Flags:
        """(n,) true with the chance given, one for all or one each."""
        return self._generator.random(n) < chance

    def spread(self, low: float | Floats, high: float | Floats, n: int) -> Floats:
        """(n,) numbers spread evenly over [low, high)."""
        drawn: Floats = low + self._generator.random(n) * (high - low)
        return drawn

    def between(self, low: int, high: int, n: int) -> Index:
        """(n,) whole numbers from low to high, both included."""
        return low + (self._generator.random(n) * (high - low + 1)).astype(np.int64)

    def pick(self, weights: Sequence[float] | Floats, n: int) -> Index:
        """(n,) indices drawn by weight."""
        steps = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.minimum(np.searchsorted(steps / steps[-1], self._generator.random(n), side="right"), steps.size - 1)

    def pick_rows(self, weights: Floats, row: Index) -> Index:
        """One index for each element of `row`, drawn by the weights (n_rows, k) of that row."""
        steps = np.cumsum(weights, axis=1)
        steps /= steps[:, -1:]
        drawn: Index = (self._generator.random(row.size)[:, None] >= steps[row]).sum(axis=1)
        chosen: Index = np.minimum(drawn, weights.shape[1] - 1)
        return chosen
