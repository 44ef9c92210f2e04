"""Worth of sending somebody: rises with the county's order at every post, and never lifts anybody over a band."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.pairs import Pairs
from matcher.policy.types import Mode
from matcher.scoring import FIT_BITS
from matcher.scoring.kernel import band_thresholds
from matcher.services.assignment.worth import WORTH_BITS, ties, worth_of

MODES = list(Mode)


def people(rows, width=100):
    """Pairs of rows (fit as a share, tier, sub-tier)."""
    fit = np.array([int(share * (1 << FIT_BITS)) for share, *_ in rows], dtype=np.int64)
    return Pairs(
        np.arange(len(rows), dtype=np.int32),
        np.zeros(len(rows), dtype=np.int32),
        {
            "fit": fit,
            "fit_band": np.searchsorted(band_thresholds(width), fit, side="right").astype(np.int16),
            "tier": np.array([row[1] for row in rows], dtype=np.int8),
            "sub_tier": np.array([row[2] for row in rows], dtype=np.int8),
            "weighted": fit >> 20,
        },
    )


def found(rows, mode, width=100):
    modes = np.full(len(rows), MODES.index(mode), dtype=np.int8)
    return worth_of(people(rows, width), modes, band_width_permille=width)


ROWS = st.lists(st.tuples(st.floats(0.001, 1.0), st.integers(0, 4), st.integers(0, 2)), min_size=2, max_size=8)


@settings(max_examples=80, deadline=None)
@given(ROWS, st.sampled_from(MODES), st.sampled_from([20, 50, 100, 250]))
def test_whoever_stands_before_is_worth_more(rows, mode, width):
    told = found(rows, mode, width)
    order = np.argsort(told.standing, kind="stable")
    rises = np.diff(told.standing[order]) > 0
    assert (np.diff(told.worth[order])[rises] > 0).all()
    assert (told.worth >= 1).all()
    assert (told.worth <= (1 << WORTH_BITS) + 1).all()


def test_tier_decides_inside_a_band_and_not_beyond_it():
    same = found([(0.40, 0, 0), (0.42, 2, 0)], Mode.LEXICOGRAPHIC_IN_BAND).worth
    assert same[0] > same[1]
    other = found([(0.40, 0, 0), (0.60, 2, 0)], Mode.LEXICOGRAPHIC_IN_BAND).worth
    assert other[0] < other[1]
    strict = found([(0.40, 0, 0), (0.60, 2, 0)], Mode.STRICT_TIER).worth
    assert strict[0] > strict[1]


@pytest.mark.parametrize("mode", MODES)
def test_of_one_tier_and_band_the_fitter_is_worth_more(mode):
    told = found([(0.41, 1, 0), (0.42, 1, 0)], mode).worth
    assert told[0] < told[1]


def test_ties_fall_by_months_waited_before_the_hash():
    pairs = people([(0.4, 0, 0)] * 3).with_columns(waiting_days=np.array([29, 30, 4000], dtype=np.int32))
    told = ties(pairs, np.array([2**64 - 1, 0, 0], dtype=np.uint64))
    assert told[0] < told[1] < told[2]
