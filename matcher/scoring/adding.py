"""Sums of table entries over many rows: one compiled pass a term where that is worth its start, else numpy.

Both add the same entries in the same order, so they say the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher import machine_code

E = TypeVar("E", np.int32, np.float64)
Tables = Mapping[str, NDArray[Any]]
Cells = Mapping[str, NDArray[np.int32]]
MANY: Final = 1 << 16
"""Rows from which the compiled pass is quicker, once numba stands in memory."""
MANY_MORE: Final = 1 << 23
"""Rows for which numpy needs as long as numba to start."""


def added(total: NDArray[E], tables: Tables, cells: Cells) -> NDArray[E]:
    """The totals with the entry of each row's cell in every table added to them, table after table.

    total : written, shape (n,); cells : term -> positions in its table, a negative one from its end, shape (n,)
    Raises IndexError where a cell is beyond its table.
    """
    is_worth_it = len(total) >= MANY_MORE or (len(total) >= MANY and machine_code.is_running())
    means = compiled if is_worth_it and machine_code.is_available() else interpreted
    return means(total, tables, cells)


def interpreted(total: NDArray[E], tables: Tables, cells: Cells) -> NDArray[E]:
    """As `added`, by numpy."""
    for term, table in tables.items():
        total += table[cells[term]]
    return total


def compiled(total: NDArray[E], tables: Tables, cells: Cells) -> NDArray[E]:
    """As `added`, by the compiled pass however few rows there are; needs numba."""
    for term, table in tables.items():
        # Numba makes a pass for every kind of array it meets: what may be written and lies close is one kind.
        # Laid twice, a position from either end is the same one step into it.
        twice = np.tile(table.astype(total.dtype, casting="same_kind"), 2)
        if not _pass()(total, twice, np.ascontiguousarray(cells[term], dtype=np.int32)):
            raise IndexError(f"{term}: a cell is beyond its table of {len(table)}")
    return total


@cache
def _pass() -> Any:
    """The compiled module, brought in when it is first used."""
    from matcher.scoring.adding_loop import add

    return add
