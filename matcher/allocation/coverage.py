"""Household coverage: a first job in a household is worth more than a second, and less where another may get one.

The bonus of a worker in a household with nobody in work is multiplied by the chance that no other member ends up with
a kept job from the lists as they stand: v * (1 + bonus * prod of the others' (1 - s)), reckoned anew for each pass.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SUREST = 0.95
"""No line counts as surer than this: a certain one would leave the others of a household nothing for good."""


def nobody_else(kept: Floats, worker_ix: NDArray[np.int32], home: NDArray[np.intp]) -> Floats:
    """Chance of each worker that nobody else of the household keeps a job, shape (n_workers,).

    kept : chance that a pair is listed, ends in a start and lasts, shape (n_pairs,); worker_ix : of each pair
    home : household of each worker, any numbers from 0; who has none stands alone in a number of their own
    """
    none_of_line = np.log1p(-np.minimum(kept, SUREST))
    own = np.bincount(worker_ix, weights=none_of_line, minlength=len(home))
    of_home = np.bincount(home, weights=own)
    return np.asarray(np.exp(np.minimum(0.0, of_home[home] - own)))
