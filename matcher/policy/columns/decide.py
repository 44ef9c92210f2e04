"""Steps in order over n rows: in each, the first step with a failing (or unknown) requirement decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns.kinds import FALSE_LEVEL, UNKNOWN_LEVEL, NotInColumns
from matcher.policy.columns.world import World
from matcher.policy.rule_types import Condition, Step, StopOn

MOST_REASONS = 64


@dataclass(frozen=True, slots=True)
class Decided:
    """Outcome of each row as a code into `outcomes`; reasons as bits in the order of `reasons` (sorted)."""

    outcome: NDArray[np.int32]
    outcomes: tuple[str, ...]
    bits: NDArray[np.uint64]
    reasons: tuple[str, ...]


def walk(world: World, steps: Iterable[Step], otherwise: str) -> Decided:
    """Twin of `decide.walk`; a row that misses a figure on the way stops there and is remembered by the world.

    Raises NotInColumns for more reasons than a mask has bits.
    """
    steps = tuple(steps)
    outcomes = tuple(dict.fromkeys((*(step.outcome for step in steps), otherwise)))
    reasons = tuple(sorted({part.reason for step in steps if not step.silent for part in step.requires}))
    if len(reasons) > MOST_REASONS:
        raise NotInColumns(f"more than {MOST_REASONS} reasons")
    outcome = np.full(world.n, outcomes.index(otherwise), dtype=np.int32)
    bits = np.zeros(world.n, dtype=np.uint64)
    open_ = np.ones(world.n, dtype=np.bool_)
    for step in steps:
        wanted = UNKNOWN_LEVEL if step.stop_on is StopOn.UNKNOWN else FALSE_LEVEL
        before, stepped = world.missing, np.zeros(world.n, dtype=np.bool_)
        hits = []
        for condition in step.requires:
            hit = world.level(_bare(condition)) == wanted
            stepped |= hit
            hits.append(hit)
        world.restrict(open_, before)
        fresh = open_ & stepped & world.live()
        outcome[fresh] = outcomes.index(step.outcome)
        for condition, hit in zip(step.requires, () if step.silent else hits, strict=False):
            bit = np.uint64(1) << np.uint64(reasons.index(condition.reason))
            np.bitwise_or(bits, bit, out=bits, where=fresh & hit)
        open_ &= ~stepped & world.live()
    return Decided(outcome, outcomes, bits, reasons)


def _bare(condition: Condition) -> Condition:
    """The condition without its reason, so that the same question under another reason is asked once."""
    return msgspec.structs.replace(condition, reason="") if condition.reason else condition
