"""What is compared, by name and as numbers the loops read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UsageError

ORDERS: Final = ("balanced", "priced", "lexicographic_in_band", "strict_tier", "tie_break", "additive")
"""The two ways a price enters a worker's list, then the modes of a vacancy's order."""
BALANCED, PRICED, IN_BAND, STRICT_TIER, TIE_BREAK, ADDITIVE = range(len(ORDERS))
WEIGHT_ONE: Final = 1000
"""A weight of 1 in permille, as the additive order adds it to the mean bar."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Ranking:
    """How pairs are compared. logistic : 2**14 * p of log-odds 0, 1, 2 ... (of 2**10), int64

    order : position in ORDERS; bands : smallest fit (of 2**42) of band 1, 2 ..., rising; floor : smallest fit listed
    """

    logistic: NDArray[np.int64]
    order: int
    bands: NDArray[np.int64]
    floor: int = 0

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Order and floor, shape (2,), as the loops read them."""
        return np.array([self.order, self.floor], dtype=np.int64)


def order_named(name: str) -> int:
    """Position of an order in ORDERS. Raises UsageError for a name that is none."""
    if name not in ORDERS:
        raise UsageError(f"no order {name!r}", where="order", remedy=f"Use one of: {', '.join(ORDERS)}.")
    return ORDERS.index(name)
