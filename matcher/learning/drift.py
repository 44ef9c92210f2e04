"""Has the county changed since a model was trained? Shares of every term's cells, and errors of each stage and group.

PSI = sum((now - before) * ln(now / before)) over the cells of a term; above 0.2 the people or posts are others than
those learnt from. What differs by luck alone is bounded first (PSI of unchanged shares is about chi-squared with
cells - 1 degrees of freedom, times 1/n + 1/m; Yurdakul 2018), so a quiet week in a small county rings no bell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.features import BY_NAME
from matcher.learning.events import EventLog
from matcher.learning.judging import EVERYBODY, GROUP_LABELS, STAGE_LABELS, groups_of, judged
from matcher.learning.limits import limits
from matcher.learning.scored_lines import ScoredLines
from matcher.learning.shapes import codes, shapes
from matcher.learning.training_sets import TrainingSets, training_sets
from matcher.scoring import STAGES, AdditiveModel
from matcher.scoring.model import UNKNOWN

Floats = NDArray[np.float64]
HALF_A_ROW: Final = 0.5
"""What every cell has beside its rows, so that an empty one is rare and not impossible."""


@dataclass(frozen=True, slots=True)
class TermDrift:
    """A term: its PSI, the PSI that luck alone stays below, and the cell that moved most with its two shares."""

    term: str
    psi: float
    by_luck: float
    cell: str
    share_before: float
    share_now: float

    @property
    def alarm(self) -> bool:
        """Whether it moved more than the limit and more than by luck."""
        return self.psi > max(limits().drift.psi, self.by_luck)

    @property
    def sentence(self) -> str:
        """The change in words."""
        return (
            f"名单里“{BY_NAME[self.term].label}”和训练时不同了：“{self._cell_told}”从{self.share_before:.0%}"
            f"变成{self.share_now:.0%}（PSI {self.psi:.2f}）"
        )

    @property
    def _cell_told(self) -> str:
        """The cell as people are told of it; a number by its bounds."""
        known = BY_NAME[self.term].cells or ()
        bounds = "没有说明" if self.cell == UNKNOWN else self.cell.replace("..", "到")
        return next((cell.sentence for cell in known if cell.name == self.cell), bounds)


@dataclass(frozen=True, slots=True)
class StageDrift:
    """Error of a stage for a group ("" everybody): now, at the time of training, and what luck alone stays below."""

    stage: str
    group: str
    n_rows: int
    ece: float
    baseline: float
    by_luck: float

    @property
    def alarm(self) -> bool:
        """Whether probabilities are off by more than the limit allows and by more than luck; never without baseline."""
        if np.isnan(self.baseline):
            return False
        return self.ece > max(limits().drift.ece_times * self.baseline, self.by_luck)

    @property
    def sentence(self) -> str:
        """The error in words."""
        return (
            f"{STAGE_LABELS[self.stage]}的把握不准了（{GROUP_LABELS[self.group]}，{self.n_rows}条）："
            f"误差{self.ece:.3f}，训练时{self.baseline:.3f}"
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """All terms and stages that could be looked at. A group of too few people is not in it."""

    terms: tuple[TermDrift, ...]
    stages: tuple[StageDrift, ...]

    @property
    def alarms(self) -> tuple[str, ...]:
        """What must be looked at, in words; none when all is as it was."""
        terms = [found.sentence for found in self.terms if found.alarm]
        return (*terms, *(found.sentence for found in self.stages if found.alarm))

    def record(self) -> dict[str, Any]:
        """As data, six places."""
        return {
            "alarms": list(self.alarms),
            "terms": [
                {"term": t.term, "psi": round(t.psi, 6), "by_luck": round(t.by_luck, 6), "alarm": t.alarm}
                for t in self.terms
            ],
            "stages": [
                {
                    "stage": s.stage,
                    "group": s.group,
                    "rows": s.n_rows,
                    "ece": round(s.ece, 6),
                    "baseline": None if np.isnan(s.baseline) else round(s.baseline, 6),
                    "by_luck": round(s.by_luck, 6),
                    "alarm": bool(s.alarm),
                }
                for s in self.stages
            ],
        }


def drift(before: EventLog, now: EventLog, model: AdditiveModel, metrics: Mapping[str, Mapping[str, float]]) -> Drift:
    """What changed from the log a model was trained on to a later one.

    metrics : those of the model file, stage -> `ece`, `ece_<group>`; a stage or group without one rings no bell
    """
    trained, seen = training_sets(before), training_sets(now)
    return Drift(term_drift(trained.lines, seen.lines), stage_drift(seen, model, metrics))


def term_drift(before: ScoredLines, now: ScoredLines) -> tuple[TermDrift, ...]:
    """Every term of scored pairs, the one that moved most first; none where either side has too few people."""
    n_before, n_now = (len(np.unique(lines.worker)) for lines in (before, now))
    if min(n_before, n_now) < limits().fewest_people:
        return ()
    told = []
    old, new = codes(before.values), codes(now.values)
    for term, shape in shapes().items():
        shares = [_shares(cells[term], len(shape.cells)) for cells in (old, new)]
        parts = psi_parts(*shares)
        worst = int(parts.argmax())
        told.append(
            TermDrift(
                term=term,
                psi=float(parts.sum()),
                # Lines of one person are no independent rows: the people are what is counted.
                by_luck=_chi_squared(len(shape.cells) - 1, limits().inside) * (1 / n_before + 1 / n_now),
                cell=shape.cells[worst],
                share_before=float(shares[0][worst]),
                share_now=float(shares[1][worst]),
            )
        )
    return tuple(sorted(told, key=lambda found: (-found.psi, found.term)))


def psi_parts(before: Floats, now: Floats) -> Floats:
    """What each cell adds to the PSI of two rows of shares, all above 0; none is negative."""
    return np.asarray((now - before) * np.log(now / before))


def _shares(cells: NDArray[np.int32], n_cells: int) -> Floats:
    counts = np.bincount(cells, minlength=n_cells) + HALF_A_ROW
    return np.asarray(counts / counts.sum())


def _chi_squared(freedom: int, inside: float) -> float:
    """Quantile of chi-squared, by the cube of a normal one (Wilson and Hilferty 1931); 0 for none free."""
    if freedom < 1:
        return 0.0
    width = 2.0 / (9.0 * freedom)
    return float(freedom * (1.0 - width + NormalDist().inv_cdf(inside) * width**0.5) ** 3)


def stage_drift(
    now: TrainingSets, model: AdditiveModel, metrics: Mapping[str, Mapping[str, float]]
) -> tuple[StageDrift, ...]:
    """Errors of each stage for everybody and for each group that has people enough."""
    return tuple(
        StageDrift(
            stage=stage,
            group=group,
            n_rows=len(rows),
            ece=rows.error(),
            baseline=metrics.get(stage, {}).get(f"ece_{group}" if group != EVERYBODY else "ece", float("nan")),
            by_luck=rows.by_luck(),
        )
        for stage in STAGES
        for group, rows in groups_of(judged(model, stage, now)).items()
    )
