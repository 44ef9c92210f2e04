"""Trees into tables: what an additive ensemble says, cell by cell, equal to it before anything is rounded.

Without interactions the ensemble is F(x) = F(base) + sum over terms of (F(base with the term at its cell) - F(base)),
so asking it once for each cell is the whole of it; no private part of scikit-learn is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError
from matcher.learning.boosting import Columns
from matcher.learning.shapes import Codes, Tables, table_log_odds
from matcher.scoring.model import SCALE

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

CHECKED: Final = 4_000
"""Rows that both are asked for; trees that interact differ on most rows."""
TOLERANCE: Final = 1e-9
"""Most by which a table may differ from the trees (log-odds)."""


def compiled(model: HistGradientBoostingClassifier, columns: Columns, check: Codes) -> tuple[float, Tables]:
    """Intercept and tables of an additive ensemble.

    check : rows on which both must agree, of many every so many-th. Raises ModelError if they do not: then the
    trees are not additive.
    """
    sizes = {term: len(shape.cells) for term, shape in columns.shapes.items()}
    n_probes = 1 + sum(sizes.values())
    probes = {term: np.zeros(n_probes, dtype=np.int32) for term in sizes}
    at = 1
    for term, size in sizes.items():
        probes[term][at : at + size] = np.arange(size)
        at += size
    said = model.decision_function(columns.matrix(probes))
    tables, at = {}, 1
    for term, size in sizes.items():
        tables[term] = said[at : at + size] - said[0]
        at += size
    intercept = float(said[0])
    every = -(-len(next(iter(check.values()))) // CHECKED) or 1
    check = {term: column[::every] for term, column in check.items()}
    off = np.abs(table_log_odds(intercept, tables, check) - model.decision_function(columns.matrix(check)))
    if off.size and float(off.max()) > TOLERANCE:
        raise ModelError(f"tables and trees differ by {off.max():.2g}: the ensemble is not additive")
    return intercept, tables


def centred(intercept: float, tables: Tables, cells: Codes, weight: NDArray[np.float64]) -> tuple[float, Tables]:
    """The same sums with the mean of each table moved to the intercept: an entry speaks against the average row."""
    told: Tables = {}
    for term, table in tables.items():
        mean = float(np.average(table[cells[term]], weights=weight)) if len(weight) else 0.0
        told[term] = table - mean
        intercept += mean
    return intercept, told


def served(log_odds: float) -> int:
    """Log-odds as the integer that is served, of 2**-10."""
    return int(np.rint(log_odds * SCALE))
