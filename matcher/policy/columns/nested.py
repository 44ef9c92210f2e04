"""Lists of a row and their items: items of all rows laid end to end, cut by where each row's begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns.kinds import MOST_BITS, Bools, FlatColumn, NotInColumns, Words


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of lists laid end to end: column name -> column, all of one length."""

    columns: Mapping[str, Column]
    n: int

    @property
    def known(self) -> Bools:
        """Rows that hold a value."""
        return np.ones(self.n, dtype=np.bool_)

    def take(self, index: NDArray[Any]) -> Table:
        """The rows at `index`, in that order."""
        return Table({name: column.take(index) for name, column in self.columns.items()}, len(index))

    def only(self, rows: Bools) -> Table:
        """The same with everything outside `rows` unknown."""
        raise NotInColumns("items are never unknown as a whole")

    def at(self, row: int) -> dict[str, Any]:
        """The value of one row as the evaluator holds it, None where unknown."""
        return {name: column.at(row) for name, column in self.columns.items()}


@dataclass(frozen=True)
class Lists:
    """A list a row: the items of row i are items[start[i]:start[i + 1]]; start has n + 1 places, int64.

    keys : where given, the list is shown as an object from these words to the items
    """

    start: NDArray[np.int64]
    items: Column
    known: Bools
    keys: Words | None = None

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many items each row has."""
        return np.diff(self.start)

    @cached_property
    def word_bits(self) -> NDArray[np.uint64] | None:
        """Which words each row holds, as bits in the order of the items' words; None for more than 64 of them."""
        if not isinstance(self.items, Words) or len(self.items.words) > MOST_BITS:
            return None
        held = np.uint64(1) << np.maximum(self.items.code, 0).astype(np.uint64)
        some = self.lengths > 0
        found = np.zeros(len(self.known), dtype=np.uint64)
        if len(held):
            found[some] = np.bitwise_or.reduceat(held, self.start[:-1][some])
        return found

    @property
    def parent(self) -> NDArray[np.int64]:
        """The row each item belongs to."""
        return np.repeat(np.arange(len(self.known)), self.lengths)

    def take(self, index: NDArray[Any]) -> Lists:
        """The rows at `index`, in that order."""
        lengths = self.lengths[index]
        start = np.concatenate([[0], np.cumsum(lengths)])
        inside = np.arange(start[-1]) - np.repeat(start[:-1], lengths) + np.repeat(self.start[:-1][index], lengths)
        keys = None if self.keys is None else self.keys.take(inside)
        return Lists(start, self.items.take(inside), self.known[index], keys)

    def only(self, rows: Bools) -> Lists:
        """The same with everything outside `rows` unknown."""
        return Lists(self.start, self.items, self.known & rows, self.keys)

    def at(self, row: int) -> Any:
        """The value of one row as the evaluator holds it, None where unknown."""
        if not self.known[row]:
            return None
        inside = range(int(self.start[row]), int(self.start[row + 1]))
        values = [self.items.at(item) for item in inside]
        keys = self.keys
        return values if keys is None else dict(zip((keys.at(item) for item in inside), values, strict=True))


Column: TypeAlias = FlatColumn | Table | Lists
