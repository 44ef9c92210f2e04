"""Cells as integers: a verdict and three stage sums side by side in 63 bits, so that one addition adds them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelError

N_STAGES: Final = 3
SUM_BITS: Final = 18
"""Of each stage: log-odds of 256, in parts of 2**10. They lie alike for all models: machine code knows where."""
SUM_MASK: Final = (1 << SUM_BITS) - 1
SHIFTS: Final = (0, SUM_BITS, 2 * SUM_BITS)
"""Lowest bit of each stage."""
UNKNOWN_AT: Final = 55
NO_AT: Final = 59
NO, UNKNOWN, YES = 0, 1, 2
P_ONE: Final = 1 << 14
"""A probability of 1."""
MOST_PARTS: Final = 15
"""Cells that may be added before the counts of unknown and no could run over."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What one relation says of n code pairs, or what n records say by themselves.

    verdict : int8, shape (n,), 0 no, 1 unknown, 2 yes; odds : int32, shape (n, 3), added to the log-odds of each stage
    """

    verdict: NDArray[np.int8]
    odds: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.verdict)


@dataclass(frozen=True, slots=True)
class Layout:
    """What the three sums in a cell stand for. widths : bits of each that are used, SUM_BITS at most

    least : log-odds of each when every cell adds least
    floors : per part of a pair and stage the least it can add, int64, shape (n_parts, 3)
    """

    widths: tuple[int, int, int]
    least: tuple[int, int, int]
    floors: NDArray[np.int64]

    def pack(self, part: int, cells: Cells) -> NDArray[np.int64]:
        """Cells of a part of the pair as int64, shape (n,)."""
        packed = (cells.verdict == UNKNOWN).astype(np.int64) << UNKNOWN_AT
        packed |= (cells.verdict == NO).astype(np.int64) << NO_AT
        above = cells.odds - self.floors[part]
        for stage, shift in enumerate(SHIFTS):
            packed |= above[:, stage] << shift
        return np.asarray(packed)

    def sums(self, packed: NDArray[np.int64]) -> NDArray[np.int64]:
        """The three sums inside added cells, least taken off, shape (n, 3)."""
        return np.stack([(packed >> shift) & SUM_MASK for shift in SHIFTS], 1)

    def joined(self, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        """Inverse of `sums`, without verdicts."""
        joined = np.zeros(len(sums), dtype=np.int64)
        for stage, shift in enumerate(SHIFTS):
            joined |= sums[:, stage] << shift
        return joined


def layout_of(spans: NDArray[np.int64], intercepts: Sequence[int]) -> Layout:
    """The layout for parts that add between spans[part, stage, 0] and spans[part, stage, 1].

    spans : int64, shape (n_parts, 3, 2). Raises ModelError where the sums would need more bits than there are.
    """
    room = (spans[:, :, 1] - spans[:, :, 0]).sum(0)
    apply, hire, keep = (max(1, int(width).bit_length()) for width in room)
    widest = max(apply, hire, keep)
    if widest > SUM_BITS:
        raise ModelError(
            f"the tables of a stage of the model spread over {widest} bits, at most {SUM_BITS} can be indexed",
            where="model",
            remedy="Answers are reckoned without the index; train a model whose entries lie closer together.",
        )
    floors = spans[:, :, 0]
    a, h, k = (int(least) + int(start) for least, start in zip(floors.sum(0), intercepts, strict=True))
    return Layout((apply, hire, keep), (a, h, k), floors)


def chances_of_sums(
    widths: tuple[int, int, int], least: tuple[int, int, int], logistic: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Of each stage the probability (of 2**14) of every sum it can have; see `Layout` and `ranking.Ranking`."""
    told = []
    for width, start in zip(widths, least, strict=True):
        odds = np.arange(1 << width, dtype=np.int64) + start
        positive = logistic[np.minimum(np.abs(odds), len(logistic) - 1)]
        told.append(np.where(odds >= 0, positive, P_ONE - positive))
    return told
