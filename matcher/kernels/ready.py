"""The compiled loops of one who asks made ready before anybody waits: a server does it behind its start page.

What numba makes at the first call of a loop takes some ten seconds, half a second where its cache has it. Until it is
there `fastest` takes the numpy twin, which says the same. Loops over many who ask, as of a plan, are left out: only a
command runs them, over so many that their start is soon made up.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np

from matcher import machine_code
from matcher.kernels import everybody
from matcher.kernels.askers import Askers, asking_alone, mixed
from matcher.kernels.layout import N_STAGES, layout_of
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Rows, Shelf, shelved
from matcher.kernels.use import NOW_READY, compiled

N_RELATIONS: Final = 3
HALF: Final = 1 << 13


def make_ready(home: Path | None = None) -> bool:
    """Bring search and `everybody` into memory, where numba is there and can keep what it makes; whether they stand.

    home : kept in a folder of it where the user's own cache cannot be written
    """
    if home is not None and not os.environ.get(machine_code.CACHE) and machine_code.kept_in() is None:
        os.environ[machine_code.CACHE] = str(home / "numba")
    if not machine_code.is_available():
        return False
    askers, shelf, logistic = *_smallest(), np.array([HALF], dtype=np.int64)
    compiled(askers, shelf, Ranking(logistic, 0, np.zeros(0, dtype=np.int64)), top=1)
    everybody.compiled(askers, shelf, logistic)
    NOW_READY.set()
    return True


def _smallest() -> tuple[Askers, Shelf]:
    """One who asks of one, with arrays of the kinds that every shelf has: loops are compiled by kind."""
    layout = layout_of(np.zeros((N_RELATIONS, N_STAGES, 2), dtype=np.int64), [0] * N_STAGES)
    none = np.zeros(1, dtype=np.int64)
    key = mixed(np.ones(1, dtype=np.uint64))
    rows = Rows(none, key, none, none, none, none, none, np.zeros((1, N_RELATIONS), dtype=np.int32))
    shelf = shelved(rows, layout, head=(0,), reach=(1,), area_of=np.zeros(1, dtype=np.int32))
    return asking_alone([none] * N_RELATIONS, 0, 1, 1), shelf
