"""Are the probabilities those that come true? Errors by quantile bins, and a level and slope folded into the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.learning.newton import logistic_loss, mode
from matcher.learning.shapes import Tables

Floats = NDArray[np.float64]
BINS: Final = 15
SLOPE_PRECISION: Final = 20.0
"""Rows' worth of belief that the slope is right already (1)."""
LEVEL_PRECISION: Final = 1.0
FIXED: Final = 1e12
SLOPES: Final = (0.25, 2.0)


@dataclass(frozen=True, slots=True)
class Recalibration:
    """True log-odds are `level + slope * log_odds`."""

    level: float = 0.0
    slope: float = 1.0

    def of(self, log_odds: Floats) -> Floats:
        """The log-odds put right."""
        return self.level + self.slope * log_odds

    def folded(self, intercept: float, tables: Tables) -> tuple[float, Tables]:
        """Intercept and tables that say it themselves."""
        return (
            self.level + self.slope * intercept,
            {term: self.slope * table for term, table in tables.items()},
        )


def recalibration(
    log_odds: Floats, label: NDArray[np.bool_], weight: Floats, *, level_alone: bool = False
) -> Recalibration:
    """Level and slope of logistic regression on log-odds made without these rows (Platt 1999), held near 0 and 1.

    level_alone : the slope stays 1; a slope beyond SLOPES is held there and the level fitted to it
    """
    held_at = np.array([0.0, 1.0])
    precision = np.diag([LEVEL_PRECISION, FIXED if level_alone else SLOPE_PRECISION])
    told = np.stack([np.ones(len(label)), log_odds], axis=1)

    def loss(at: Floats) -> float:
        away = at - held_at
        return logistic_loss(told @ at, label, weight) + float(away @ precision @ away) / 2

    def slopes(at: Floats) -> tuple[Floats, Floats]:
        p = probability(told @ at)
        gradient = told.T @ (weight * (p - label)) + precision @ (at - held_at)
        return gradient, (told * (weight * p * (1 - p))[:, None]).T @ told + precision

    at = mode(held_at, loss, slopes)
    slope = float(np.clip(at[1], *SLOPES))
    if slope != at[1] and not level_alone:
        level = recalibration(slope * log_odds, label, weight, level_alone=True).level
        return Recalibration(level, slope)
    return Recalibration(float(at[0]), slope)


def probability(log_odds: Floats) -> Floats:
    """1 / (1 + exp(-log_odds))."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds)))


def calibration_error(p: Floats, label: NDArray[np.bool_], weight: Floats | None = None) -> float:
    """ECE: mean distance of mean p and rate over 15 bins of equally many rows (QUALITY Q7), each by its weight.

    Equal probabilities stay in one bin; nan without rows.
    """
    if not len(p):
        return float("nan")
    given = np.ones(len(p)) if weight is None else weight
    cuts = np.unique(np.quantile(p, np.arange(1, BINS) / BINS))
    bins = np.searchsorted(cuts, p, side="right")
    total = np.bincount(bins, given, len(cuts) + 1)
    gap = np.bincount(bins, given * (p - label), len(cuts) + 1)
    return float(np.abs(gap).sum() / total.sum())


def area_under_curve(p: Floats, label: NDArray[np.bool_], weight: Floats | None = None) -> float:
    """Chance that a yes has a higher p than a no, ties half; nan where there is one class only."""
    given = np.ones(len(p)) if weight is None else weight
    values, of = np.unique(p, return_inverse=True)
    yes, no = (np.bincount(of, given * which, len(values)) for which in (label, ~label))
    if not yes.sum() or not no.sum():
        return float("nan")
    below = np.cumsum(no) - no
    return float((yes * (below + no / 2)).sum() / (yes.sum() * no.sum()))


def log_loss(p: Floats, label: NDArray[np.bool_], weight: Floats | None = None) -> float:
    """Mean surprise in nats; nan without rows."""
    if not len(p):
        return float("nan")
    given = np.ones(len(p)) if weight is None else weight
    sure = np.clip(np.where(label, p, 1 - p), 1e-12, 1.0)
    return float(-(given * np.log(sure)).sum() / given.sum())
