"""Struct of arrays for (worker, vacancy): the one bulk type that crosses rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Any integer width: a verdict is int8, a score int64.
Column: TypeAlias = NDArray[np.signedinteger[Any]]
Index: TypeAlias = NDArray[np.bool_] | NDArray[np.intp]
# What stands in a column where a record says nothing.
UNSTATED = -1


def flag_column(values: Sequence[bool | None]) -> NDArray[np.int8]:
    """Flags as int8: 0 no, 1 yes, -1 unstated."""
    return np.array([UNSTATED if value is None else int(value) for value in values], dtype=np.int8)


def number_column(values: Sequence[int | None], dtype: type[np.signedinteger]) -> NDArray[np.signedinteger]:
    """Numbers, none of them negative, as integers of `dtype`; -1 is unstated."""
    return np.array([UNSTATED if value is None else value for value in values], dtype=dtype)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs as two index columns and any number of named columns of the same length.

    worker_ix, vacancy_ix : int32, shape (n_pairs,), positions in the rosters the pairs were made from
    columns : name -> array, first axis n_pairs
    """

    worker_ix: NDArray[np.int32]
    vacancy_ix: NDArray[np.int32]
    columns: Mapping[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column) != len(self.worker_ix):
                raise ValueError(f"column {name} has {len(column)} rows, the pairs have {len(self.worker_ix)}")

    def __len__(self) -> int:
        return len(self.worker_ix)

    def __getitem__(self, name: str) -> Column:
        """The named column; KeyError if no room has written it yet."""
        return self.columns[name]

    def with_columns(self, **columns: Column) -> Pairs:
        """The same pairs with columns added or replaced."""
        return Pairs(self.worker_ix, self.vacancy_ix, {**self.columns, **columns})

    def take(self, index: Index) -> Pairs:
        """The pairs at `index` (a mask or positions), in that order."""
        return Pairs(
            self.worker_ix[index],
            self.vacancy_ix[index],
            {name: column[index] for name, column in self.columns.items()},
        )


def every_pair(n_workers: int, n_vacancies: int) -> Pairs:
    """All pairs, worker by worker; for rosters small enough to look at in full."""
    worker_ix = np.repeat(np.arange(n_workers, dtype=np.int32), n_vacancies)
    vacancy_ix = np.tile(np.arange(n_vacancies, dtype=np.int32), n_workers)
    return Pairs(worker_ix, vacancy_ix)
