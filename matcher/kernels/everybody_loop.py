"""The compiled loop of `everybody`: one look at each row. This module imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.kernels.layout import SUM_MASK
from matcher.kernels.loop_parts import HIRE_AT, KEEP_AT, NO_ONE, UNKNOWNS
from matcher.kernels.views import Codes, Ints, RankingView
from matcher.machine_code import compiled


@compiled
def tell(
    cells: Ints,
    starts: Ints,
    codes: Codes,
    base: Ints,
    own: int,
    rules: RankingView,
    verdict: Any,
    fit: Ints,
) -> None:
    """Write verdict and fit of every row. cells : of who asks and each tuple of each bundle, these begin at `starts`"""
    apply, hire, keep = rules.apply, rules.hire, rules.keep
    for row in range(base.size):
        cell = base[row] + own
        for bundle in range(starts.size):
            cell += cells[starts[bundle] + codes[row, bundle]]
            if cell >= NO_ONE:
                break
        if cell >= NO_ONE:
            verdict[row], fit[row] = 0, 0
            continue
        verdict[row] = 1 if cell & UNKNOWNS else 2
        q = np.int64(apply[cell & SUM_MASK]) * hire[(cell >> HIRE_AT) & SUM_MASK]
        fit[row] = q * keep[(cell >> KEEP_AT) & SUM_MASK]
