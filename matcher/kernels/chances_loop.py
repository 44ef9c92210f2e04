"""The compiled loop of `chances`: the cells of each pair added up, whichever is next. This module imports numba."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.kernels.loop_parts import SUMS
from matcher.kernels.views import CELLS_AT, N_CODES, OWN, VALUES_AT, AskersView, Codes, RankingView, ShelfView
from matcher.machine_code import compiled


@compiled
def reckon(
    askers: AskersView, shelf: ShelfView, rules: RankingView, who: Codes, at: Codes, lo: int, hi: int, told: Any
) -> None:
    """Write the three probabilities of the pairs from `lo` to `hi`."""
    chances, layout = rules.chances, rules.layout
    cells, values, parts, relations = askers.cells, askers.values, shelf.parts, askers.relations
    n_bundles = shelf.relations_at.size - 1
    for pair in range(lo, hi):
        asker, row = who[pair], at[pair]
        cell = shelf.base[row] + askers.ones[asker, OWN]
        for bundle in range(n_bundles):
            first, end = shelf.relations_at[bundle], shelf.relations_at[bundle + 1]
            part = shelf.parts_at[bundle] + shelf.codes[row, bundle] * (end - first)
            for ix in range(first, end):
                relation = shelf.relations[ix]
                start = relations[relation, CELLS_AT] + relations[relation, N_CODES] * askers.codes[asker, relation]
                cell += values[relations[relation, VALUES_AT] + cells[start + parts[part]]]
                part += 1
        cell &= SUMS
        for stage in range(3):
            sums = np.int64(cell >> layout[stage]) & layout[3 + stage]
            told[stage, pair] = chances[layout[6 + stage] + sums]
