"""The compiled loop of `everybody`: one look at each row. This module imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.kernels.loop_parts import NO_ONE, UNKNOWNS
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
    chances, layout = rules.chances, rules.layout
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
        apply = chances[layout[6] + ((cell >> layout[0]) & layout[3])]
        hire = chances[layout[7] + ((cell >> layout[1]) & layout[4])]
        keep = chances[layout[8] + ((cell >> layout[2]) & layout[5])]
        fit[row] = np.int64(apply) * hire * keep
