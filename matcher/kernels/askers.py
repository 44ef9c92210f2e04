"""Those who ask: what every relation says of their codes and each code on the shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CELLS_AT, N_CODES, VALUES_AT = range(3)
"""Columns of `relations`."""


@dataclass(frozen=True, slots=True)
class Askers:
    """n who ask of one shelf, with the answers of every relation laid end to end.

    codes : int32, shape (n, n_relations); own : cells of their own facts, int64, shape (n,)
    factor : of 2**18, 2**18 for a vacancy; key : uint64, `mixed` already where the shelf holds workers
    cells : int32, position in `values` for each (asker's code, code on the shelf), relation after relation
    relations : of each its start in cells, its codes on the shelf, its start in values, int64, shape (n_relations, 3)
    values : the different cells of each relation, int64
    """

    codes: NDArray[np.int32]
    own: NDArray[np.int64]
    factor: NDArray[np.int64]
    key: NDArray[np.uint64]
    cells: NDArray[np.int32]
    relations: NDArray[np.int64]
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.own)

    def row(self, asker: int, relation: int) -> NDArray[np.int64]:
        """Cells of one who asks and every code of a relation on the shelf, shape (n_codes,)."""
        cells_at, n, values_at = self.relations[relation]
        start = cells_at + n * self.codes[asker, relation]
        return np.asarray(self.values[values_at + self.cells[start : start + n]])

    def told(self, rows: Mapping[int, NDArray[np.int64]]) -> Askers:
        """The one who asks alone, told other cells of some relations. rows : as of `row`, by relation"""
        values = self.values.copy()
        for relation, row in rows.items():
            start = self.relations[relation, VALUES_AT]
            values[start : start + len(row)] = row
        return replace(self, values=values)


def asking_alone(rows: Sequence[NDArray[np.int64]], own: int, factor: int, key: int) -> Askers:
    """One who asks, by the packed cells of each relation with every code on the shelf.

    rows : int64 of shape (n_codes,) for each relation, in the order of the shelf; own, factor, key : see `Askers`
    """
    codes, relations, cells = _alone(tuple(map(len, rows)))
    return Askers(
        codes=codes,
        own=np.array([own], dtype=np.int64),
        factor=np.array([factor], dtype=np.int64),
        key=np.array([key], dtype=np.uint64),
        cells=cells,
        relations=relations,
        values=np.concatenate(rows),
    )


# Of the shelves of a server, each for whoever asks of it.
@lru_cache(maxsize=16)
def _alone(lengths: tuple[int, ...]) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """codes, relations and cells of one who asks alone, which only the shelf determines."""
    n_codes = np.array(lengths, dtype=np.int64)
    starts = _starts(n_codes)
    cells = np.concatenate([np.arange(n, dtype=np.int32) for n in lengths])
    return np.zeros((1, len(lengths)), dtype=np.int32), np.stack([starts, n_codes, starts], 1), cells


def asking(
    codes: NDArray[np.int32],
    own: NDArray[np.int64],
    factor: NDArray[np.int64],
    key: NDArray[np.uint64],
    tables: Sequence[NDArray[np.int64]],
) -> Askers:
    """Many who ask, by one table of packed cells a relation, shape (codes of who asks, codes on the shelf)."""
    told = [np.unique(table, return_inverse=True) for table in tables]
    sizes = np.array([table.size for table in tables], dtype=np.int64)
    n_codes = np.array([table.shape[1] for table in tables], dtype=np.int64)
    n_values = np.array([len(values) for values, _ in told], dtype=np.int64)
    return Askers(
        codes=np.ascontiguousarray(codes, dtype=np.int32),
        own=own,
        factor=factor,
        key=key,
        cells=np.concatenate([inverse.reshape(-1).astype(np.int32) for _, inverse in told]),
        relations=np.stack([_starts(sizes), n_codes, _starts(n_values)], 1),
        values=np.concatenate([values for values, _ in told]),
    )


def _starts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of some runs begins."""
    return np.cumsum(sizes) - sizes


def mixed(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Keys of vacancies as `shortlist.pair_ties` multiplies them before both keys of a pair meet."""
    return np.asarray(key * np.uint64(0x9E3779B97F4A7C15))
