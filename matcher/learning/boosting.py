"""Additive boosting: scikit-learn's histogram gradient boosting without interactions, monotone where it must be.

Each term is one feature, the place of its cell in the order, missing for a special cell; a term with several special
cells has a second feature that tells them apart. Every tree uses one feature (Lou, Caruana & Gehrke 2012: intelligible
models), so the whole is a sum of tables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from matcher.learning.shapes import Codes, Shape

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

Floats = NDArray[np.float64]
LARGE: Final = 20_000
"""Rows from which more trees are grown and leaves may be larger."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which features stand for which term: of each term its own, and that of its special cells, -1 without one."""

    shapes: Mapping[str, Shape]
    own: Mapping[str, int]
    special: Mapping[str, int]
    n: int

    @classmethod
    def of(cls, shapes: Mapping[str, Shape]) -> Columns:
        """Features in the order of the terms."""
        own, special, n = {}, {}, 0
        for term, shape in shapes.items():
            own[term], n = n, n + 1
            apart = len(shape.specials) > 1
            special[term], n = (n, n + 1) if apart else (-1, n)
        return cls(shapes, own, special, n)

    def matrix(self, cells: Codes) -> Floats:
        """Features of rows, shape (n_rows, n)."""
        n_rows = len(next(iter(cells.values())))
        told = np.zeros((n_rows, self.n))
        for term, shape in self.shapes.items():
            of_cell, apart = _positions(shape)
            told[:, self.own[term]] = of_cell[cells[term]]
            if self.special[term] >= 0:
                told[:, self.special[term]] = apart[cells[term]]
        return told

    def directions(self, stage: str) -> list[int]:
        """Of each feature 1 if the stage may only rise with it, -1 fall, 0 either."""
        told = [0] * self.n
        for term, shape in self.shapes.items():
            told[self.own[term]] = shape.direction(stage)
        return told


def _positions(shape: Shape) -> tuple[Floats, Floats]:
    """Of each cell its place in the order (missing for a special cell; that of the table where none is declared), and
    which special cell it is, 0 for none."""
    ordered = shape.order or tuple(range(len(shape.cells)))
    place = np.full(len(shape.cells), np.nan)
    place[list(ordered)] = np.arange(len(ordered))
    apart = np.zeros(len(shape.cells))
    specials = [ix for ix in range(len(shape.cells)) if ix not in ordered]
    apart[specials] = np.arange(1, len(specials) + 1)
    return place, apart


def boosted(
    stage: str,
    cells: Codes,
    label: NDArray[np.bool_],
    weight: Floats,
    shapes: Mapping[str, Shape],
    *,
    seed: int = 0,
) -> tuple[HistGradientBoostingClassifier, Columns]:
    """The fitted trees of a stage. Both classes must be there; the same rows and seed give the same trees."""
    # Read when OpenMP is loaded: on a machine that others use as well, more threads make a fit ten times slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from sklearn.ensemble import HistGradientBoostingClassifier

    columns = Columns.of(shapes)
    n = len(label)
    model = HistGradientBoostingClassifier(
        max_iter=150 if n >= LARGE else 80,
        learning_rate=0.15,
        max_leaf_nodes=6,
        max_bins=64,
        min_samples_leaf=max(15, min(80, n // 400)),
        l2_regularization=2.0,
        interaction_cst="no_interactions",
        monotonic_cst=columns.directions(stage),
        early_stopping=n > LARGE // 4,
        validation_fraction=0.12,
        n_iter_no_change=15,
        random_state=seed,
    )
    told = columns.matrix(cells)
    # A term of which every row has a special cell says nothing; scikit-learn cannot bin a column without a number.
    told[:, np.isnan(told).all(axis=0)] = 0.0
    model.fit(told, label, sample_weight=weight)
    return model, columns
