"""The noise in decisions: quantiles to draw it, survival functions to know its probability. All have median near 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from training_data.market.draws import Floats

LEAST = 1e-12
EULER = 0.5772156649015329
# Student's t with two degrees of freedom against the logistic: equal at the quartiles.
HEAVY_SCALE = 1.3454


class Link(NamedTuple):
    """noise(u) is the u-quantile; above(x) is the probability that x + noise is positive."""

    noise: Callable[[Floats], Floats]
    above: Callable[[Floats], Floats]


def _logistic_noise(u: Floats) -> Floats:
    u = np.clip(u, LEAST, 1 - LEAST)
    return np.asarray(np.log(u / (1 - u)))


def _logistic_above(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


def _gumbel_noise(u: Floats) -> Floats:
    """Gumbel shifted to mean 0."""
    return np.asarray(-np.log(-np.log(np.clip(u, LEAST, 1 - LEAST))) - EULER)


def _gumbel_above(x: Floats) -> Floats:
    return np.asarray(-np.expm1(-np.exp(x - EULER)))


def _heavy_noise(u: Floats) -> Floats:
    u = np.clip(u, LEAST, 1 - LEAST)
    return np.asarray(HEAVY_SCALE * (2 * u - 1) / np.sqrt(2 * u * (1 - u)))


def _heavy_above(x: Floats) -> Floats:
    t = x / HEAVY_SCALE
    return np.asarray(0.5 + t / (2 * np.sqrt(2 + t * t)))


LINKS: Mapping[str, Link] = {
    "logistic": Link(_logistic_noise, _logistic_above),
    "gumbel": Link(_gumbel_noise, _gumbel_above),
    "heavy": Link(_heavy_noise, _heavy_above),
}
