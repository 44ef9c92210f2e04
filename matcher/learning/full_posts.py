"""Hire rows of posts that filled up: who is refused for want of a seat is no row, and may have been found fit first.

An employer that looks at everybody refuses who does not suit and tells the rest that the post is full: then the unfit
are all told, the fit only as far as there were seats, and the rate of the rows is too low. One that stops looking when
the post is full tells nothing by it. Which it was shows in the log: by the share of the unfit where nobody was refused
for want of a seat. By that, those who were taken stand for those who would have been (inverse censoring weights, Robins
and Rotnitzky 1992); who was refused for want of a seat stays without a label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST: Final = 100
"""Decisions of posts that never were full, below which nothing is said of those that were."""
MOST: Final = 5.0
"""Most that one person taken stands for."""


def found_fit(unfit: int, taken: int, full: int, unfit_elsewhere: float) -> float:
    """Share of those refused for want of a seat who had been found fit, that makes the unfit as many as elsewhere."""
    if not full or not unfit_elsewhere:
        return 0.0
    return float(np.clip((unfit / unfit_elsewhere - unfit - taken) / full, 0.0, 1.0))


def seat_weight(vacancy: Sequence[str], taken: Sequence[bool], full: Mapping[str, int]) -> Floats:
    """Weight of each decided row, shape (n_rows,): 1 for a refusal, and for who was taken where no seat was short.

    vacancy, taken : of each row; full : vacancy -> how many were refused for want of a seat
    """
    yes = Counter(name for name, was in zip(vacancy, taken, strict=True) if was)
    no = Counter(name for name, was in zip(vacancy, taken, strict=True) if not was)
    there, elsewhere = ([sum(n for name, n in of.items() if (name in full) is short) for of in (no, yes)] for short in (
        True, False
    ))  # fmt: skip
    weight = np.ones(len(vacancy))
    if sum(elsewhere) < FEWEST:
        return weight
    share = found_fit(there[0], there[1], sum(full[name] for name in full), elsewhere[0] / sum(elsewhere))
    for ix, (name, was) in enumerate(zip(vacancy, taken, strict=True)):
        if was and name in full:
            weight[ix] = min(MOST, 1 + share * full[name] / yes[name])
    return weight
