"""Tables while data are thin: logistic regression on cells with a Gaussian prior around the tables in use.

The posterior mode by Newton steps. Each entry is drawn to the prior's with precision `tau`, neighbours of an order to
the same departure from it with `smooth`; a cell nobody was seen in keeps the prior's entry. Orders that policy demands
are mended afterwards by pooling neighbours (isotonic regression).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.learning.calibration import probability
from matcher.learning.newton import logistic_loss, mode
from matcher.learning.shapes import Codes, Shape, Tables, table_log_odds

Floats = NDArray[np.float64]
INTERCEPT_PRECISION: Final = 0.25
"""The level of a stage is known best of all from few rows: it is hardly held."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Where the tables begin, how firmly they are held there (tau), and how firmly neighbours together (smooth)."""

    intercept: float
    tables: Tables
    tau: float = 10.0
    smooth: float = 10.0


def thin(
    stage: str,
    cells: Codes,
    label: NDArray[np.bool_],
    weight: Floats,
    prior: Prior,
    shapes: Mapping[str, Shape],
) -> tuple[float, Tables]:
    """Intercept and tables of a stage; with no row at all they are the prior's."""
    starts, n = _places(shapes)
    base = table_log_odds(prior.intercept, prior.tables, cells)
    precision = _precision(shapes, starts, n, prior)
    places = np.stack([np.full(len(label), 0), *(cells[term] + starts[term] for term in shapes)], axis=1)

    def loss(departure: Floats) -> float:
        log_odds = base + departure[places].sum(axis=1)
        return logistic_loss(log_odds, label, weight) + float(departure @ precision @ departure) / 2

    def slopes(departure: Floats) -> tuple[Floats, Floats]:
        p = probability(base + departure[places].sum(axis=1))
        gradient = np.bincount(places.ravel(), np.repeat(weight * (p - label), places.shape[1]), n)
        return gradient + precision @ departure, _crossed(places, weight * p * (1 - p), n) + precision

    departure = mode(np.zeros(n), loss, slopes)
    seen: Floats = np.bincount(places.ravel(), np.repeat(weight, places.shape[1]), n).astype(np.float64)
    tables = {
        term: _in_order(
            prior.tables[term] + departure[starts[term] : starts[term] + len(shape.cells)],
            seen[starts[term] : starts[term] + len(shape.cells)] + prior.tau,
            shape,
            shape.direction(stage),
        )
        for term, shape in shapes.items()
    }
    return prior.intercept + float(departure[0]), tables


def _places(shapes: Mapping[str, Shape]) -> tuple[dict[str, int], int]:
    """Where the cells of each term begin among all coefficients, the intercept first; how many there are."""
    starts, at = {}, 1
    for term, shape in shapes.items():
        starts[term] = at
        at += len(shape.cells)
    return starts, at


def _crossed(places: NDArray[np.int64], weight: Floats, n: int) -> Floats:
    """X'WX of the rows whose coefficients stand at `places`, shape (n, n)."""
    width = places.shape[1]
    crossed = np.zeros(n * n)
    for column in range(width):
        for other in range(column, width):
            crossed += np.bincount(places[:, column] * n + places[:, other], weight, n * n)
    upper = crossed.reshape(n, n)
    return np.asarray(upper + upper.T - np.diag(np.diag(upper)))


def _precision(shapes: Mapping[str, Shape], starts: Mapping[str, int], n: int, prior: Prior) -> Floats:
    told = np.full((n, n), 0.0)
    told[np.arange(n), np.arange(n)] = prior.tau
    told[0, 0] = INTERCEPT_PRECISION
    for term, shape in shapes.items():
        for left, right in pairwise(shape.order):
            a, b = starts[term] + left, starts[term] + right
            told[a, a] += prior.smooth
            told[b, b] += prior.smooth
            told[a, b] -= prior.smooth
            told[b, a] -= prior.smooth
    return told


def _in_order(table: Floats, seen: Floats, shape: Shape, direction: int) -> Floats:
    """The table with its ordered cells pooled where they go against the direction."""
    if not direction or len(shape.order) < 2:
        return table
    order = list(shape.order)
    pooled: list[list[float]] = []
    for value, weight in zip(direction * table[order], seen[order], strict=True):
        pooled.append([float(value), float(weight), 1])
        while len(pooled) > 1 and pooled[-2][0] > pooled[-1][0]:
            last, before = pooled.pop(), pooled.pop()
            weight_of_both = last[1] + before[1]
            mean = (last[0] * last[1] + before[0] * before[1]) / weight_of_both
            pooled.append([mean, weight_of_both, last[2] + before[2]])
    told = table.copy()
    told[order] = direction * np.repeat([part[0] for part in pooled], [int(part[2]) for part in pooled])
    return told
