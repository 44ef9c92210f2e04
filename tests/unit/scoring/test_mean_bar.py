"""The mean bar is the exact integer cube root: the largest multiple of 2**-14 whose cube does not exceed the fit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.scoring import FIT_BITS, P_ONE, mean_bar


@given(st.lists(st.integers(0, 1 << FIT_BITS), min_size=1, max_size=50))
def test_the_mean_bar_is_the_floor_of_the_cube_root(fits):
    for fit, bar in zip(fits, mean_bar(np.array(fits, dtype=np.int64)).tolist(), strict=True):
        assert bar**3 <= fit < (bar + 1) ** 3


def test_both_sides_of_each_cube():
    roots = np.arange(1, P_ONE + 1, dtype=np.int64)
    assert mean_bar(roots**3).tolist() == roots.tolist()
    assert mean_bar(roots**3 - 1).tolist() == (roots - 1).tolist()
