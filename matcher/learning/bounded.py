"""A bound on what one source may teach: a log in which one hand wrote ten thousand acceptances moves a model a little.

Positive rows of a source (a person, a post, a firm, whoever decided) beyond what sources of its kind usually have share
the weight of that bound, and the source is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FREE: Final = 50.0
"""Positive rows any source may have without being asked."""
TIMES_USUAL: Final = 10.0
"""How many times the median of the other sources of its kind one may have beyond them."""


class Suspicion(NamedTuple):
    """A source whose positive rows were bounded: how many it had, and the weight they keep together."""

    stage: str
    kind: str
    source: str
    n_positive: int
    bound: float

    @property
    def sentence(self) -> str:
        """The finding in words."""
        names = {"worker": "人员", "vacancy": "岗位", "employer": "用人单位", "decided_by": "经手人"}
        what = {"apply": "报名", "hire": "录用", "keep": "稳岗"}[self.stage]
        return (
            f"{names[self.kind]}{self.source}有{self.n_positive}条{what}记录，远多于同类，"
            f"合计只按{self.bound:.0f}条计算；请核实这些记录"
        )


def bounded(
    stage: str,
    weight: NDArray[np.float64],
    label: NDArray[np.bool_],
    sources: Mapping[str, NDArray[np.str_]],
) -> tuple[NDArray[np.float64], list[Suspicion]]:
    """Weights with the positive rows of every outsize source bounded, and those sources; "" names no source."""
    told = weight.copy()
    found: list[Suspicion] = []
    for kind, names in sources.items():
        mine = np.flatnonzero(label & (names != ""))
        known, of, counts = np.unique(names[mine], return_inverse=True, return_counts=True)
        if len(known) < 2:
            continue
        usual = _median_of_others(counts)
        bound = FREE + TIMES_USUAL * usual
        for place in np.flatnonzero(counts > bound).tolist():
            rows = mine[of == place]
            told[rows] *= min(1.0, bound[place] / float(told[rows].sum()))
            found.append(Suspicion(stage, kind, str(known[place]), int(counts[place]), float(bound[place])))
    return told, found


def _median_of_others(counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """The median of all counts but the own one, shape (n,)."""
    ordered = np.sort(counts)
    n = len(counts) - 1
    place = np.searchsorted(ordered, counts)

    def without(rank: int) -> NDArray[np.intp]:
        return ordered[np.where(place <= rank, rank + 1, rank)]

    return (without((n - 1) // 2) + without(n // 2)) / 2.0
