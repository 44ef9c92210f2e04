"""What sending somebody somewhere is worth: the fit, ordered inside its band as the county orders people.

Inside one fit band whoever the document puts first is worth more than anybody behind, and never more than somebody of
a better band ("优先" is first among similar fit). So the plan that is worth most passes nobody over: sending the one
in front instead of the one behind would be worth more. Integers of 2**-20 of a certain fit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import scoring
from matcher.kernels.ranking import WEIGHT_ONE
from matcher.pairs import Pairs
from matcher.policy.types import Mode
from matcher.services.ground.many_askers import SUB_TIERS

WORTH_BITS = 20
MONTH_DAYS = 30
MOST_MONTHS = 15
PERMILLE = 1000


class Worth(NamedTuple):
    """Of each pair: what it is worth (from 1), and where the person stands for that post, the larger first."""

    worth: NDArray[np.int64]
    standing: NDArray[np.int64]


def worth_of(pairs: Pairs, modes: NDArray[np.int8], *, band_width_permille: int) -> Worth:
    """Worth and standing of pairs with columns fit, fit_band, tier, sub_tier (weighted where a mode adds weights).

    modes : of each pair the position of its order among `Mode`
    """
    _, behind = np.unique(pairs["tier"].astype(np.int64) * SUB_TIERS + pairs["sub_tier"], return_inverse=True)
    n_steps = int(behind.max(initial=0)) + 1
    before = n_steps - 1 - behind.astype(np.int64)
    bar, band = scoring.mean_bar(pairs["fit"]), pairs["fit_band"].astype(np.int64)
    plain = _cubed(bar)
    told = {
        Mode.LEXICOGRAPHIC_IN_BAND: lambda: _in_band(bar, band, before, n_steps, band_width_permille),
        Mode.STRICT_TIER: lambda: _strict(plain, band, before, n_steps),
        Mode.TIE_BREAK: lambda: Worth(plain, plain),
        Mode.ADDITIVE: lambda: Worth(*(2 * [_cubed(pairs["weighted"].astype(np.int64) // WEIGHT_ONE)])),
    }
    worth, standing = np.zeros((2, len(pairs)), dtype=np.int64)
    for at, mode in enumerate(Mode):
        rows = modes == at
        if rows.any():
            found = told[mode]()
            worth[rows], standing[rows] = found.worth[rows], found.standing[rows]
    return Worth(worth + 1, standing)


def ties(pairs: Pairs, mixed: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What decides between plans of equal worth: whole months waited, then the seeded hash `mixed` of each pair."""
    months = np.minimum(pairs["waiting_days"].astype(np.int64) // MONTH_DAYS, MOST_MONTHS).astype(np.uint64)
    return (months << np.uint64(60)) | (mixed >> np.uint64(4))


def _cubed(bar: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fit of a mean bar (of 2**14), in 2**-20."""
    return bar**3 >> (3 * scoring.P_BITS - WORTH_BITS)


def _in_band(
    bar: NDArray[np.int64], band: NDArray[np.int64], before: NDArray[np.int64], n_steps: int, width_permille: int
) -> Worth:
    """The worths of a band in as many steps as there are tiers, the fit inside each step."""
    low, high = (
        np.minimum(-(-(edge * width_permille * scoring.P_ONE) // PERMILLE), scoring.P_ONE) for edge in (band, band + 1)
    )
    step = (_cubed(high) - _cubed(low)) // n_steps
    inside = np.clip(bar - low, 0, None) * step // np.maximum(1, high - low + 1)
    return Worth(_cubed(low) + before * step + inside, band * n_steps + before)


def _strict(plain: NDArray[np.int64], band: NDArray[np.int64], before: NDArray[np.int64], n_steps: int) -> Worth:
    """Tier before fit, for reserved posts."""
    step = (1 << WORTH_BITS) // n_steps
    n_bands = int(band.max(initial=0)) + 1
    return Worth(before * step + (plain * (step - 1) >> WORTH_BITS), before * n_bands + band)
