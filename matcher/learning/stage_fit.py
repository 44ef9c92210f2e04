"""One stage from its rows: the prior alone, its level, thin tables or boosted ones, made honest on rows left out.

Which it is depends on how much is known (QUALITY sections 6 and 8): without both classes the prior stays; few
placements move no more than the level of the last stage; with many impressions trees replace the regression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.learning.boosting import boosted
from matcher.learning.calibration import (
    area_under_curve,
    calibration_error,
    log_loss,
    probability,
    recalibration,
)
from matcher.learning.compiling import centred, compiled
from matcher.learning.shapes import Codes, Shape, Tables, table_log_odds
from matcher.learning.shrinkage import of_many, offset_of, offsets
from matcher.learning.thin import Prior, thin

Floats = NDArray[np.float64]
FOLDS: Final = 3
FEWEST_POSTS: Final = 60
GROUP: Final = "channel"
"""Kinds of posts are calibrated one by one; people are audited by groups, never scored by them."""
GROUP_PSEUDO_COUNT: Final = 50.0
FEWEST_OF_A_GROUP: Final = 20
PRIOR, LEVEL, THIN, BOOSTED = "prior", "level", "thin", "boosted"
METHODS: Final = (PRIOR, LEVEL, THIN, BOOSTED)
OFFSETS: Final[Mapping[str, tuple[str, ...]]] = {
    "apply": ("employer", "town", "route"),
    "hire": ("employer",),
    "keep": ("employer", "town"),
}
"""Stage -> whose own record counts beside the tables; each is learnt beside those before it."""


@dataclass(frozen=True, slots=True)
class StageData:
    """The rows of a stage as columns. names : `employer`, `town`, `route` of each row; groups : for the audit alone."""

    stage: str
    cells: Codes
    label: NDArray[np.bool_]
    weight: Floats
    homes: NDArray[np.int64]
    names: Mapping[str, NDArray[np.str_]]
    groups: Mapping[str, NDArray[np.bool_]]
    posts: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.label)

    def take(self, rows: NDArray[np.bool_]) -> StageData:
        """Some of the rows."""
        return StageData(
            self.stage,
            {term: column[rows] for term, column in self.cells.items()},
            self.label[rows],
            self.weight[rows],
            self.homes[rows],
            {kind: names[rows] for kind, names in self.names.items()},
            {name: flags[rows] for name, flags in self.groups.items()},
            None if self.posts is None else self.posts[rows],
        )

    def folds(self) -> NDArray[np.int64]:
        """The part of the rows each is left out with: posts that came at one time, people where there are few posts.

        What is served is asked about posts nobody knows yet: rows of one post in both parts would hide what was learnt
        of that post by heart.
        """
        if self.posts is None or len(seen := np.unique(self.posts)) < FEWEST_POSTS:
            return self.homes % FOLDS
        return np.asarray(np.searchsorted(seen, self.posts) * FOLDS // len(seen))

    @property
    def both_classes(self) -> bool:
        """Whether there is a yes and a no."""
        return bool(self.label.any() and not self.label.all())


@dataclass(frozen=True, slots=True)
class FittedStage:
    """Tables of a stage, how they were made, offsets by kind and name, and what they are worth on rows left out."""

    intercept: float
    tables: Tables
    method: str
    offsets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


def fit_stage(data: StageData, prior: Prior, method: str, shapes: Mapping[str, Shape], *, seed: int = 0) -> FittedStage:
    """The stage by a method of METHODS; with one class only (or no row) it is the prior whatever the method."""
    if method == PRIOR or not data.both_classes:
        return FittedStage(prior.intercept, prior.tables, PRIOR, metrics=_counts(data))
    make = _maker(data.stage, prior, method, shapes, seed)
    left_out = np.zeros(len(data))
    fold = data.folds()
    for number in range(FOLDS):
        inside = data.take(fold != number)
        outside = fold == number
        if outside.any():
            model = make(inside) if inside.both_classes else (prior.intercept, prior.tables)
            left_out[outside] = table_log_odds(*model, data.take(outside).cells)
    # Where the tables stay, their level is the whole of what is learnt.
    right = recalibration(left_out, data.label, data.weight, level_alone=method == LEVEL)
    honest = right.of(left_out)
    shift = np.zeros(len(shapes[GROUP].cells)) if method == LEVEL else _group_levels(data, honest, shapes)
    honest = honest + shift[data.cells[GROUP]]
    known = _records(data, honest)
    intercept, tables = right.folded(*make(data))
    tables = {**tables, GROUP: tables[GROUP] + shift}
    intercept, tables = centred(intercept, tables, data.cells, data.weight)
    return FittedStage(intercept, tables, method, known, _metrics(data, left_out, honest, prior))


def _records(data: StageData, log_odds: Floats) -> dict[str, dict[str, float]]:
    """What is left of firms, towns and routes, each beside those before it: a route is not its one large firm."""
    known: dict[str, dict[str, float]] = {}
    for kind in OFFSETS[data.stage]:
        names = of_many(data.names[kind], data.homes)
        known[kind] = offsets(names, log_odds, data.label, data.weight, cluster=data.posts)
        log_odds = log_odds + offset_of(data.names[kind], known[kind])
    return known


def _group_levels(data: StageData, log_odds: Floats, shapes: Mapping[str, Shape]) -> Floats:
    """What the level of each kind of post is off by on rows left out, drawn to nought: one entry per cell."""
    cells = shapes[GROUP].cells
    names = np.array(cells, dtype=np.str_)[data.cells[GROUP]]
    known = offsets(names, log_odds, data.label, data.weight, pseudo=GROUP_PSEUDO_COUNT, cluster=data.posts)
    return offset_of(np.array(cells, dtype=np.str_), known)


def _maker(
    stage: str, prior: Prior, method: str, shapes: Mapping[str, Shape], seed: int
) -> Callable[[StageData], tuple[float, Tables]]:
    """How tables are made of rows of both classes."""
    if method == BOOSTED:

        def make(data: StageData) -> tuple[float, Tables]:
            model, columns = boosted(stage, data.cells, data.label, data.weight, shapes, seed=seed)
            return compiled(model, columns, data.cells)

        return make
    if method == THIN:
        return lambda data: thin(stage, data.cells, data.label, data.weight, prior, shapes)
    return lambda _: (prior.intercept, prior.tables)


def _counts(data: StageData) -> dict[str, float]:
    rate = float(np.average(data.label, weights=data.weight)) if len(data) else float("nan")
    return {"rows": float(len(data)), "rate": rate}


def _metrics(data: StageData, raw: Floats, honest: Floats, prior: Prior) -> dict[str, float]:
    """What the tables are worth on rows left out; `prior_` is the model in use on the same rows."""
    p, before = probability(honest), probability(table_log_odds(prior.intercept, prior.tables, data.cells))
    told = _counts(data) | {
        "auc": area_under_curve(p, data.label, data.weight),
        "log_loss": log_loss(p, data.label, data.weight),
        "ece": calibration_error(p, data.label, data.weight),
        "ece_uncalibrated": calibration_error(probability(raw), data.label, data.weight),
        "prior_auc": area_under_curve(before, data.label, data.weight),
        "prior_log_loss": log_loss(before, data.label, data.weight),
        "prior_ece": calibration_error(before, data.label, data.weight),
    }
    for group, mine in data.groups.items():
        if mine.sum() >= FEWEST_OF_A_GROUP:
            told[f"ece_{group}"] = calibration_error(p[mine], data.label[mine], data.weight[mine])
            told[f"gap_{group}"] = float(np.average(p[mine] - data.label[mine], weights=data.weight[mine]))
    return told
