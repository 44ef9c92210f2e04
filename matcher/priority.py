"""Who comes first among similar fit: policy tier, household, priority and group factors; explicit and cited.

Factors are integers in 1/64, so that probability x probability x probability x factors is exact in int64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.policy.labels import worker_flags
from matcher.policy.tiers import Tier, TierResult, tier_of
from matcher.policy.types import Vocabulary
from matcher.records import Household, Worker
from matcher.settings import Settings

FACTOR_ONE = 64
# value = p_apply * p_hire * p_keep * three factors is held in int64 at 2**-60: the factors' product stays below 8.
FACTOR_BITS = 18
PRODUCT_LIMIT = 8 * FACTOR_ONE**3


@dataclass(frozen=True, slots=True)
class Priority:
    """Priority of workers as columns, shape (n_workers,); `results` holds each worker's tier with its clause.

    household, priority, group : factors in 1/64; waiting_days : days since registration, 0 if unknown
    """

    tier: NDArray[np.int8]
    sub_tier: NDArray[np.int8]
    household: NDArray[np.int64]
    priority: NDArray[np.int64]
    group: NDArray[np.int64]
    waiting_days: NDArray[np.int32]
    results: tuple[TierResult, ...]

    @property
    def factor(self) -> NDArray[np.int64]:
        """Product of the three factors, in 2**-18."""
        return self.household * self.priority * self.group


def rank_workers(
    workers: Sequence[Worker],
    households: Mapping[str, Household],
    tiers: Sequence[Tier],
    *,
    on: date,
    vocabulary: Vocabulary,
    settings: Settings,
) -> Priority:
    """Tier and factors of each worker on the day, by the tiers of the pack that orders.

    A household counts as having nobody in work only when its record says so: an unknown household lifts nobody.
    """
    flags = [worker_flags(worker, on=on, vocabulary=vocabulary) for worker in workers]
    results = tuple(tier_of(flag, tiers) for flag in flags)
    steps = settings.priority_factor_64ths
    ranked = Priority(
        tier=np.array([result.rank for result in results], dtype=np.int8),
        sub_tier=np.array([result.sub_rank for result in results], dtype=np.int8),
        household=np.array([_household_factor(w, households, settings) for w in workers], dtype=np.int64),
        priority=np.array([steps[min(result.rank, len(steps) - 1)] for result in results], dtype=np.int64),
        group=np.array([_group_factor(flag, settings) for flag in flags], dtype=np.int64),
        waiting_days=np.array(
            [0 if w.waiting_since is None else max(0, (on - w.waiting_since).days) for w in workers], dtype=np.int32
        ),
        results=results,
    )
    if len(workers) and int(ranked.factor.max()) >= PRODUCT_LIMIT:
        raise ValueError("household, priority and group factors multiply to 8 or more; scores would overflow")
    return ranked


def _household_factor(worker: Worker, households: Mapping[str, Household], settings: Settings) -> int:
    household = households.get(worker.household_id or "")
    nobody = household is not None and household.employed_members == 0
    return FACTOR_ONE + (settings.household_factor_64ths if nobody else 0)


def _group_factor(flags: Mapping[str, bool | None], settings: Settings) -> int:
    return max((f for group, f in settings.group_factor_64ths.items() if flags.get(group)), default=FACTOR_ONE)
