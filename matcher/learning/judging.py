"""What a served model said of a stage's rows and what came of them: the ground of drift alarms and of the release gate.

Rows of `apply` are those of the first place of a list, where every line is read and `p_apply` is defined; further
down silence may say more of the place than of the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.learning.calibration import calibration_error
from matcher.learning.limits import limits
from matcher.learning.scored_lines import ScoredLines
from matcher.learning.training_sets import FIRST_SLOT, TrainingSets
from matcher.scoring import OFFSET_KINDS, P_ONE, AdditiveModel
from matcher.scoring.kernel import probability, stage_log_odds
from matcher.scoring.offsets import positions

Floats = NDArray[np.float64]
Index = NDArray[np.int64]
EVERYBODY = ""
GROUP_LABELS: Mapping[str, str] = {
    EVERYBODY: "全部",
    "from_45": "45岁以上",
    "women": "女性",
    "minority": "少数民族",
    "weak": "体弱",
    "relocated": "搬迁户",
}
STAGE_LABELS: Mapping[str, str] = {"apply": "报名", "hire": "录用", "keep": "做满半年"}


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows of a stage: p : as served; people, homes : as whole numbers; groups : flags of rows."""

    p: Floats
    label: NDArray[np.bool_]
    weight: Floats
    people: Index
    groups: Mapping[str, NDArray[np.bool_]]

    def __len__(self) -> int:
        return len(self.p)

    def take(self, rows: NDArray[np.bool_]) -> Judged:
        """Some of the rows."""
        groups = {name: flags[rows] for name, flags in self.groups.items()}
        return Judged(self.p[rows], self.label[rows], self.weight[rows], self.people[rows], groups)

    @property
    def n_people(self) -> int:
        """Different people in the rows."""
        return len(np.unique(self.people))

    def error(self) -> float:
        """ECE of QUALITY Q7."""
        return calibration_error(self.p, self.label, self.weight)

    def by_luck(self, *, seed: int = 0) -> float:
        """The ECE that a perfectly calibrated model would stay below on these rows in `inside` of all draws."""
        rng = np.random.default_rng(seed)
        drawn = [
            calibration_error(self.p, rng.random(len(self)) < self.p, self.weight) for _ in range(limits().repeats // 4)
        ]
        return float(np.quantile(drawn, limits().inside)) if len(self) else float("nan")


def served_p(model: AdditiveModel, stage: str, lines: ScoredLines, at: Index) -> Floats:
    """Probabilities a model serves for scored lines, the own records of firms, towns and routes with them."""
    names = lines.names(at)
    values = {term: column[at] for term, column in lines.values.items()}
    values |= {kind: positions(model, kind, names[kind].tolist()) for kind in OFFSET_KINDS if kind in model.names}
    return probability(stage_log_odds(model, stage, values)) / P_ONE


def judged(model: AdditiveModel, stage: str, sets: TrainingSets) -> Judged:
    """The rows of a stage with what the model says of them."""
    rows, lines = sets.stages[stage], sets.lines
    mine = rows.slot == FIRST_SLOT if stage == "apply" else np.ones(len(rows), dtype=np.bool_)
    at = rows.line[mine]
    return Judged(
        p=served_p(model, stage, lines, at) if len(at) else np.zeros(0),
        label=rows.label[mine],
        weight=rows.weight[mine],
        people=np.unique(lines.worker[at], return_inverse=True)[1].astype(np.int64),
        groups={name: flags[at] for name, flags in lines.groups.items()},
    )


def groups_of(rows: Judged) -> dict[str, Judged]:
    """Everybody ("") and each group, where there are people enough to say something of them."""
    told = {EVERYBODY: rows, **{name: rows.take(flags) for name, flags in rows.groups.items()}}
    return {name: found for name, found in told.items() if found.n_people >= limits().fewest_people}
