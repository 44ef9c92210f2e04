"""Scores of pairs: integer log-odds, probabilities from one committed table, fit and fit band."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from matcher.pairs import Pairs
from matcher.scoring.adding import Cells, added
from matcher.scoring.model import STAGES, AdditiveModel, cells_of_numbers

# Probabilities are multiples of 2**-14; fit is a product of three, so a multiple of 2**-42, exact in int64.
P_BITS = 14
P_ONE = 1 << P_BITS
FIT_BITS = 3 * P_BITS


@cache
def logistic_table() -> NDArray[np.int64]:
    """2**14 / (1 + exp(-x / 1024)) for x = 0, 1, 2 ..., rounded half to even, at most 2**14 - 1."""
    text = files("matcher.scoring").joinpath("logistic.txt").read_text(encoding="ascii")
    table = np.array(text.split(), dtype=np.int64)
    table.setflags(write=False)
    return table


def probability(log_odds: NDArray[np.int32]) -> NDArray[np.int64]:
    """Integer probabilities (of 2**14) of integer log-odds (of 2**10); never 0 and never 1."""
    table = logistic_table()
    positive = table[np.minimum(np.abs(log_odds), len(table) - 1)]
    return np.where(log_odds >= 0, positive, P_ONE - positive)


def cell_index(model: AdditiveModel, term: str, values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Table positions of a term's values; -1 of a numeric term is its last cell, unknown."""
    cuts = model.breaks.get(term)
    return values if cuts is None else cells_of_numbers(cuts, values).astype(np.int32)


def term_cells(model: AdditiveModel, values: Mapping[str, NDArray[np.int32]]) -> Cells:
    """Table positions of every term, each shape (n_pairs,); `values` as `features.term_values` gives them."""
    return {term: cell_index(model, term, column) for term, column in values.items()}


def stage_log_odds(model: AdditiveModel, stage: str, values: Mapping[str, NDArray[np.int32]]) -> NDArray[np.int32]:
    """Integer log-odds of a stage, shape (n_pairs,); `values` as `features.term_values` gives them."""
    return _log_odds(model, stage, term_cells(model, values))


def _log_odds(model: AdditiveModel, stage: str, cells: Cells) -> NDArray[np.int32]:
    tables = model.stages[stage]
    total = np.full(len(next(iter(cells.values()))), tables.intercept, dtype=np.int32)
    return added(total, tables.tables, cells)


@cache
def band_thresholds(width_permille: int) -> NDArray[np.int64]:
    """Smallest fit (of 2**42) of bands 1, 2, ...: fit >= (k * width)**3 means g = fit**(1/3) >= k * width."""
    steps = range(1, 1000 // width_permille + 1)
    return np.array([_cube(k * width_permille) for k in steps], dtype=np.int64)


def _cube(permille: int) -> int:
    return -(-(permille**3 << FIT_BITS) // 1000**3)


def fit_floor(permille: int) -> int:
    """Smallest fit (of 2**42) whose mean bar g reaches the floor."""
    return _cube(permille)


def mean_bar(fit: NDArray[np.int64]) -> NDArray[np.int64]:
    """The mean bar g = fit**(1/3) of fits (of 2**42), as whole multiples of 2**-14 that do not exceed it."""
    # fit is below 2**42, so the float root is off by less than one; the cubes of its neighbours settle it exactly.
    root = np.rint(np.cbrt(fit.astype(np.float64))).astype(np.int64)
    root -= root**3 > fit
    root += (root + 1) ** 3 <= fit
    return root


def score(
    pairs: Pairs, model: AdditiveModel, values: Mapping[str, NDArray[np.int32]], *, band_width_permille: int
) -> Pairs:
    """The pairs with columns p_apply, p_hire, p_keep (of 2**14), fit (of 2**42) and fit_band (whole widths in g)."""
    cells = term_cells(model, values)
    p = {stage: probability(_log_odds(model, stage, cells)) for stage in STAGES}
    fit = p["apply"] * p["hire"] * p["keep"]
    band = bands_of(fit, band_width_permille)
    return pairs.with_columns(p_apply=p["apply"], p_hire=p["hire"], p_keep=p["keep"], fit=fit, fit_band=band)


def bands_of(fit: NDArray[np.int64], width_permille: int) -> NDArray[np.int16]:
    """The band of each fit (of 2**42): how many whole widths its mean bar reaches."""
    return np.searchsorted(band_thresholds(width_permille), fit, side="right").astype(np.int16)
