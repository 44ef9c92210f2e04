"""How likely a line is read at all, by its place in the list: what silence says of the person, and what of the place.

A line is applied for if it is read and wanted: P(apply) = e(slot) * p, with e = 1 at the first place, which is where
`p_apply` is defined (CONTRACT section 3). Estimated together with p by expectation and maximisation (position-based
model; Wang et al. 2018, position bias estimation in personal search). A reaction other than an application shows that a
line was read; how often readers leave one is seen at the first place, where all are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.learning.training_sets import FIRST_SLOT, StageRows

Floats = NDArray[np.float64]
USUAL: Final = (1.0, 0.8, 0.62, 0.5, 0.42)
"""Chances by place until the log says otherwise; places beyond the last have the last one's."""
PSEUDO_COUNT: Final = 20.0
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Examination:
    """Channel -> chance that the line at places 1, 2, ... is read, the first 1; and that a reader leaves a trace."""

    chance: Mapping[str, tuple[float, ...]]
    trace: Mapping[str, float]

    @property
    def seen(self) -> bool:
        """Whether every reader of every channel leaves a trace, so that no trace is no reader."""
        return all(trace >= 1.0 for trace in self.trace.values())

    def of(self, rows: StageRows) -> tuple[Floats, Floats]:
        """Chance of being read and of leaving a trace, of each row."""
        read, left = np.ones(len(rows)), np.zeros(len(rows))
        for channel, chances in self.chance.items():
            mine = rows.shown_in == channel
            read[mine] = np.array(chances)[_place(rows.slot[mine])]
            left[mine] = self.trace[channel]
        return read, left


def _place(slot: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.minimum(slot - FIRST_SLOT, len(USUAL) - 1))


def start(rows: StageRows) -> Examination:
    """The usual chances, and the traces of the first place."""
    channels = sorted(set(rows.shown_in.tolist()))
    trace = {}
    for channel in channels:
        first = (rows.shown_in == channel) & (rows.slot == FIRST_SLOT) & ~rows.label
        trace[channel] = float(rows.read[first].mean()) if first.any() else 0.0
    return Examination(dict.fromkeys(channels, USUAL), trace)


def read_weight(rows: StageRows, p: Floats, known: Examination) -> Floats:
    """Chance that each line was read, given what came of it and the chance p that a reader applies."""
    read, trace = known.of(rows)
    silent = read * (1 - p) * (1 - trace)
    unread = 1 - read
    chance = np.divide(silent, silent + unread, out=np.zeros(len(rows)), where=silent + unread > 0)
    return np.where(rows.label | rows.read | (rows.slot == FIRST_SLOT), 1.0, chance)


def improved(rows: StageRows, weight: Floats, known: Examination) -> Examination:
    """The chances by place from the chances of the lines; few lines are drawn to the usual."""
    told = {}
    for channel in known.chance:
        mine = rows.shown_in == channel
        place = _place(rows.slot[mine])
        n = np.bincount(place, minlength=len(USUAL))
        seen = np.bincount(place, weight[mine], len(USUAL))
        chance = (seen + PSEUDO_COUNT * np.array(USUAL)) / (n + PSEUDO_COUNT)
        told[channel] = (1.0, *(float(value) for value in chance[1:]))
    return Examination(told, known.trace)
