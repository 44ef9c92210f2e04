"""A bound on what one source may teach: a log in which one hand wrote ten thousand acceptances moves a model a little.

A source (a person, a post, a firm, whoever decided) with far more positive rows than others of its kind is named, and
its rows together weigh no more than those of an ordinary source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FREE: Final = 50.0
"""Positive rows any source may have without being asked, whatever others have."""
NO_NAME: Final = frozenset({"broker", "employer", "worker", "capacity"})
"""What `decided_by` says of the part somebody played, not who it was: it is compared with, and never bounded."""
TIMES_USUAL: Final = 5.0
"""How many times the median of the other sources of its kind one may have beyond that without being named."""


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
    times: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], list[Suspicion]]:
    """Weights with the positive rows of every outsize source bounded, and those sources; "" names no source.

    times : how often each row was told by different events; a row told a thousand times is one row, and a thousand of
    its source
    """
    often = np.ones(len(label), dtype=np.int64) if times is None else times
    told = weight.copy()
    found: list[Suspicion] = []
    for kind, names in sources.items():
        mine = np.flatnonzero(label & (names != ""))
        known, of = np.unique(names[mine], return_inverse=True)
        if len(known) < 2:
            continue
        counts = np.bincount(of, often[mine], len(known)).astype(np.int64)
        usual = _median_of_others(counts)
        ordinary = FREE + usual
        named = ~np.isin(known, sorted(NO_NAME))
        for place in np.flatnonzero(named & (counts > FREE + TIMES_USUAL * usual)).tolist():
            rows = mine[of == place]
            told[rows] *= ordinary[place] / counts[place]
            found.append(Suspicion(stage, kind, str(known[place]), int(counts[place]), float(ordinary[place])))
    return told, found


def outsize(names: Iterable[str]) -> frozenset[str]:
    """The names that stand far more often than the others; "" and a mere part (NO_NAME) are none."""
    known, counts = np.unique(np.array([name for name in names if name], dtype=np.str_), return_counts=True)
    if len(known) < 2:
        return frozenset()
    bound = FREE + TIMES_USUAL * _median_of_others(counts.astype(np.int64))
    return frozenset(str(name) for name in known[counts > bound]) - NO_NAME


def unfounded(stage: str, names: Iterable[str], founded: Iterable[str]) -> list[Suspicion]:
    """Sources most of whose words have nothing behind them: no list, or the same thing told again.

    names : source of each word; founded : that of each word that counts
    """
    said, counted = Counter(names), Counter(founded)
    return [
        Suspicion(stage, "decided_by", name, n, float(counted[name]))
        for name, n in sorted(said.items())
        if n - counted[name] > FREE + counted[name]
    ]


def _median_of_others(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The median of all counts but the own one, shape (n,)."""
    ordered = np.sort(counts)
    n = len(counts) - 1
    place = np.searchsorted(ordered, counts)

    def without(rank: int) -> NDArray[np.int64]:
        return ordered[np.where(place <= rank, rank + 1, rank)]

    return np.asarray((without((n - 1) // 2) + without(n // 2)) / 2.0)
