"""What a household's first job is worth falls with the chance that somebody else of it gets one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.allocation import nobody_else
from matcher.allocation.coverage import SUREST


def told(kept, worker_ix, home):
    return nobody_else(np.array(kept, float), np.array(worker_ix, np.int32), np.array(home, np.intp)).tolist()


def test_a_couple_leaves_each_other_what_the_other_may_miss():
    assert told([0.5, 0.2, 0.4], [0, 0, 1], [0, 0]) == pytest.approx([0.6, 0.4])


def test_who_lives_alone_and_who_has_no_line_stand_as_they_are():
    assert told([0.5, 0.3], [0, 1], [0, 1, 1]) == pytest.approx([1.0, 1.0, 0.7])


def test_a_certain_line_leaves_something():
    assert told([1.0], [0], [0, 0]) == pytest.approx([1.0, 1 - SUREST])


def test_no_lines():
    assert told([], [], [0, 0, 1]) == [1.0, 1.0, 1.0]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), max_size=20),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)  # fmt: skip
def test_equal_to_the_product_over_the_others(lines, home):
    wanted = []
    for worker in range(6):
        others = [k for of, k in lines if of != worker and home[of] == home[worker]]
        wanted.append(float(np.prod([1 - min(k, SUREST) for k in others])))
    assert told([k for _, k in lines], [of for of, _ in lines], home) == pytest.approx(wanted, abs=1e-9)
