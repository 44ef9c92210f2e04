"""Everybody on a shelf is told what the plain specification says of each pair, compiled and by numpy."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_shelves import as_arrays, market, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.kernels import everybody, shelf, spec

MEANS = {"twin": everybody.interpreted, "compiled": everybody.compiled}
ORDER = 2


@pytest.mark.parametrize("means", MEANS)
@settings(max_examples=25, deadline=None)
@given(seed=seeds, spread=st.sampled_from([2, 900, 15_000]), n_ones=st.sampled_from([0, 1, 40]))
def test_everybody_is_told_what_the_specification_says(means, seed, spread, n_ones):
    drawn = market(seed, order=ORDER, spread=spread, n_ones=n_ones, n_who=1)
    askers, rows, ranking = as_arrays(drawn)
    told = MEANS[means](askers, rows, ranking.logistic)
    by_number = {one.number: one for one in drawn.ones}
    expected = []
    for number in rows.rows.number.tolist():
        verdict, (apply, hire, keep) = spec.pair(drawn.asker(0), by_number[number], drawn.rules)
        expected.append((verdict, apply * hire * keep if verdict else 0))
    assert list(zip(told.verdict.tolist(), told.fit.tolist(), strict=True)) == expected


def test_both_ways_write_the_same_kinds_of_numbers():
    askers, rows, ranking = as_arrays(market(4, order=ORDER, n_ones=500, n_who=1))
    one, two = (way(askers, rows, ranking.logistic) for way in MEANS.values())
    assert len(one) == len(two) == 500
    for name in ("verdict", "fit"):
        assert getattr(one, name).dtype == getattr(two, name).dtype
        assert np.array_equal(getattr(one, name), getattr(two, name))


@given(
    st.integers(0, 4).flatmap(lambda n: st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), max_size=3 * n)),
    st.sampled_from([1, 1 << 20, (1 << 31) // 4]),
)
def test_rows_of_codes_are_told_apart_as_numpy_does(rows, scale):
    codes = np.array(rows, dtype=np.int64).reshape(-1, 3) * scale
    tuples, inverse = shelf._tuples(codes.astype(np.int32))
    expected, positions = np.unique(codes, axis=0, return_inverse=True)
    assert tuples.tolist() == expected.tolist()
    assert inverse.tolist() == positions.reshape(-1).tolist()
