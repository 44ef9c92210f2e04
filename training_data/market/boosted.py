"""Boosting without restrictions as a policy: any tree over the same terms, interactions and all, one list for each.

The comparison that shows what the additive tables give away. It is fitted on the product's own training rows and never
served: a test of the product's shape, not a part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.scoring import P_ONE
from matcher.scoring.model import STAGES
from training_data.market.desk import with_probabilities
from training_data.market.draws import Floats
from training_data.market.policies import Maker, open_desk
from training_data.market.season import Lists, Policy, View
from training_data.market.world import World

Values = Mapping[str, NDArray[np.int32]]
LEAST_ROWS = 50
"""With fewer rows of a stage its share is told instead of a model."""


class Classifier(Protocol):
    """What is fitted for a stage."""

    def predict_proba(self, rows: Floats) -> Floats:
        """Chances of no and yes of each row, shape (n_rows, 2)."""


@dataclass(frozen=True, slots=True)
class Boosted:
    """Stage -> classifier, or the share of yes where there was too little to fit; terms in the order of the columns."""

    terms: tuple[str, ...]
    stages: Mapping[str, Classifier | float]

    def probabilities(self, values: Values, row: NDArray[np.int64]) -> dict[str, Floats]:
        """Chances of each stage, of the rows of the term values; each distinct row is asked once."""
        rows = _columns(self.terms, values)[row]
        distinct, back = np.unique(rows, axis=0, return_inverse=True)
        back = np.asarray(back).reshape(-1)
        told = {}
        for stage, fitted in self.stages.items():
            if isinstance(fitted, float):
                told[stage] = np.full(len(row), fitted)
            else:
                told[stage] = fitted.predict_proba(distinct)[:, 1][back]
        return told


def _columns(terms: tuple[str, ...], values: Values) -> Floats:
    return np.stack([values[name] for name in terms], axis=1).astype(np.float64)


def fit_boosted(events: Path, *, seed: int = 0) -> Boosted:
    """Boosting of the three stages on the rows the product would train with; the place in the list is a column too."""
    # Loaded here: the market itself runs without scikit-learn.
    from sklearn.ensemble import HistGradientBoostingClassifier

    from matcher.learning.events import read_events
    from matcher.learning.training_sets import training_sets

    sets = training_sets(read_events(events))
    terms = tuple(sorted(sets.lines.values))
    table = _columns(terms, sets.lines.values)
    stages: dict[str, Classifier | float] = {}
    for stage in STAGES:
        rows = sets.stages[stage]
        # A line nobody read says nothing of the post: the first place is always read, the others where something
        # was done with them.
        use = rows.read | (rows.slot == 1)
        label, weight = rows.label[use], rows.weight[use]
        if label.size < LEAST_ROWS or label.all() or not label.any():
            stages[stage] = float((label.sum() + 1) / (label.size + 2))
            continue
        fitted = HistGradientBoostingClassifier(
            max_iter=200, learning_rate=0.06, max_leaf_nodes=15, l2_regularization=2.0, early_stopping=True,
            validation_fraction=0.15, random_state=seed,
        )  # fmt: skip
        stages[stage] = fitted.fit(table[rows.line[use]], label, sample_weight=weight)
    return Boosted(terms, stages)


def boosted(model: Boosted) -> Maker:
    """Lists by the product of the three chances, without prices."""

    def maker(world: World) -> Policy:
        desk = open_desk(world)

        def policy(view: View) -> Lists:
            solved = desk.round(view, priced=False)
            chances = model.probabilities(solved.values, solved.pairs["row"])
            p = {
                stage: np.clip(np.rint(told * P_ONE), 1, P_ONE - 1).astype(np.int64) for stage, told in chances.items()
            }
            return desk.lists(view, with_probabilities(solved, p))

        return policy

    return maker


def _whole(probability: Floats) -> NDArray[np.int64]:
    """Probabilities as the product keeps them: of 2**14, never 0 and never 1."""
    return np.clip(np.rint(probability * P_ONE), 1, P_ONE - 1).astype(np.int64)
