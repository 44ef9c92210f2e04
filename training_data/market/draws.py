"""Common random numbers: a draw depends on seed, purpose, worker and vacancy, and on nothing that was drawn before.

Counter-based (SplitMix64: a Weyl sequence through a bijective mixer, Steele, Lea and Flood 2014), so two policies that
meet the same pair meet the same luck, and more vacancies leave the draws of the others as they were.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Index = NDArray[np.int64]
Words = NDArray[np.uint64]

GAMMA = 0x9E3779B97F4A7C15
_MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_MASK = (1 << 64) - 1


def mix(word: Words) -> Words:
    """The finaliser of SplitMix64 over unsigned 64-bit words; they wrap round."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(_MULTIPLIERS[0])
    word = (word ^ (word >> np.uint64(27))) * np.uint64(_MULTIPLIERS[1])
    return np.asarray(word ^ (word >> np.uint64(31)))


def mix_one(word: int) -> int:
    """`mix` of one word in plain integers: the slow twin."""
    word = ((word ^ (word >> 30)) * _MULTIPLIERS[0]) & _MASK
    word = ((word ^ (word >> 27)) * _MULTIPLIERS[1]) & _MASK
    return word ^ (word >> 31)


@dataclass(frozen=True, slots=True)
class Draws:
    """Uniform numbers in [0, 1) by purpose and index. `key` is a 64-bit word."""

    key: int

    @classmethod
    def of(cls, *parts: int | str) -> Draws:
        """Draws of a seed and names: county, season."""
        key = 0
        for part in parts:
            key = mix_one((key + GAMMA + (part if isinstance(part, int) else zlib.crc32(part.encode()))) & _MASK)
        return cls(key)

    def _purpose(self, purpose: str) -> int:
        return mix_one(self.key ^ mix_one(zlib.crc32(purpose.encode()) + GAMMA))

    def _rows(self, purpose: str, index: Index) -> Words:
        steps = (index.astype(np.uint64) + np.uint64(1)) * np.uint64(GAMMA)
        return mix(np.uint64(self._purpose(purpose)) + steps)

    def uniform(self, purpose: str, index: Index | int) -> Floats:
        """A number for each index (or 0 .. n - 1 of a count)."""
        at = np.arange(index) if isinstance(index, int) else index
        return _unit(mix(self._rows(purpose, at) + np.uint64(GAMMA)))

    def pairs(self, purpose: str, rows: Index, columns: Index) -> Floats:
        """A number for each pair of two indices that broadcast: of (n, 1) and (m,) a table of (n, m)."""
        steps = (columns.astype(np.uint64) + np.uint64(2)) * np.uint64(GAMMA)
        return _unit(mix(self._rows(purpose, rows) + steps))

    def table(self, purpose: str, n_rows: int, n_columns: int) -> Floats:
        """`pairs` of every row and column, shape (n_rows, n_columns)."""
        return self.pairs(purpose, np.arange(n_rows)[:, None], np.arange(n_columns))

    def flag(self, purpose: str, chance: float | Floats, n: int) -> Flags:
        """(n,) true with the chance given."""
        return np.asarray(self.uniform(purpose, n) < chance)

    def pick(self, purpose: str, weights: Floats, n: int) -> Index:
        """(n,) positions drawn by weight; a row of weights each if they are (n, k)."""
        steps = np.cumsum(np.broadcast_to(weights, (n, weights.shape[-1])), axis=1)
        drawn = (self.uniform(purpose, n)[:, None] * steps[:, -1:] >= steps).sum(axis=1)
        return np.asarray(np.minimum(drawn, weights.shape[-1] - 1), dtype=np.int64)

    def normal(self, purpose: str, n: int) -> Floats:
        """(n,) standard normal numbers."""
        return _normal(self.uniform(purpose, n), self.uniform(purpose + "/angle", n))

    def normals(self, purpose: str, n_rows: int, n_columns: int) -> Floats:
        """(n_rows, n_columns) standard normal numbers."""
        return _normal(self.table(purpose, n_rows, n_columns), self.table(purpose + "/angle", n_rows, n_columns))


def _unit(word: Words) -> Floats:
    """The upper 53 bits as a number in [0, 1)."""
    return np.asarray((word >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _normal(radius: Floats, angle: Floats) -> Floats:
    """Box and Muller 1958."""
    return np.asarray(np.sqrt(-2.0 * np.log1p(-radius)) * np.cos(2.0 * np.pi * angle))
