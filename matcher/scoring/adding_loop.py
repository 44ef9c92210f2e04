"""The compiled pass of `adding`. This module imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.machine_code import compiled

Array = Any


@compiled
def add(total: Array, twice: Array, cells: Array) -> bool:
    """Add the entry of each row's cell to its total; whether every cell was one of the table.

    twice : the table laid twice, so that cell -1 is the end of the first and cell 0 the start of the second
    """
    size, half, all_known = np.uint32(twice.size), np.int32(twice.size // 2), True
    for row in range(total.size):
        at = np.uint32(np.int32(cells[row] + half))
        if at < size:
            total[row] += twice[at]
        else:
            all_known = False
    return all_known
