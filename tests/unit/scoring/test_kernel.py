"""Integer scores: the kernel equals the slow twin, probabilities equal the logistic curve, bands their definition."""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from unit_model import BODY, VOCABULARY

from matcher.pairs import Pairs
from matcher.scoring import FIT_BITS, P_ONE, STAGES, contributions, fit_floor, load_model, reference, score
from matcher.scoring.kernel import band_thresholds, logistic_table, probability
from matcher.scoring.reference import pair_score

MODEL = load_model(BODY, VOCABULARY)


def test_the_committed_table_is_the_logistic_curve():
    getcontext().prec = 30
    table = logistic_table()
    for x in [0, 1, 2, 511, 1024, 4096, len(table) - 1]:
        exact = Decimal(P_ONE) / (1 + (-Decimal(x) / 1024).exp())
        assert abs(Decimal(int(table[x])) - min(exact, Decimal(P_ONE - 1))) <= Decimal("0.5")
    assert np.all(np.diff(table) >= 0)
    assert int(table[-1]) == P_ONE - 1


@given(st.integers(-40_000, 40_000))
def test_probabilities_are_symmetric_and_never_certain(log_odds):
    up, down = probability(np.array([log_odds, -log_odds], dtype=np.int32)).tolist()
    assert 0 < up < P_ONE
    assert up + down == P_ONE


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 6000)), min_size=1, max_size=20))
def test_the_kernel_equals_the_slow_twin(rows):
    values = {
        "distance": np.array([row[0] for row in rows], dtype=np.int32),
        "wage": np.array([row[1] for row in rows], dtype=np.int32),
    }
    n = len(rows)
    pairs = score(Pairs(np.zeros(n, np.int32), np.arange(n, dtype=np.int32)), MODEL, values, band_width_permille=100)
    for ix, row in enumerate(rows):
        told = pair_score(MODEL, {"distance": row[0], "wage": row[1]})
        assert [int(pairs[f"p_{stage}"][ix]) for stage in STAGES] == [told[stage] for stage in STAGES]
        assert int(pairs["fit"][ix]) == told["fit"]
        assert pairs["fit_band"][ix] == exact_band(told["fit"])


def exact_band(fit: int) -> int:
    """floor(10 g) with g**3 = fit, by whole numbers: the largest k with (k / 10)**3 <= fit / 2**42."""
    return max(k for k in range(11) if k**3 * 2**FIT_BITS <= fit * 1000)


@given(st.integers(0, 2**FIT_BITS))
def test_bands_follow_their_definition(fit):
    assert int(np.searchsorted(band_thresholds(100), fit, side="right")) == exact_band(fit)


def test_the_floor_is_the_cube_of_the_mean_bar():
    assert (fit_floor(350) - 1) / 2**FIT_BITS < 0.35**3 <= fit_floor(350) / 2**FIT_BITS


def test_a_value_on_a_break_belongs_to_the_upper_cell():
    assert contributions(MODEL, "apply", {"distance": 0, "wage": 1999})["wage"] == -512
    assert contributions(MODEL, "apply", {"distance": 0, "wage": 2000})["wage"] == 0
    assert contributions(MODEL, "apply", {"distance": 0, "wage": -1})["wage"] == 3


@given(st.sampled_from(STAGES), st.integers(0, 2), st.integers(-1, 9000))
def test_shares_are_those_of_the_reference(stage, distance, wage):
    values = {"distance": distance, "wage": wage}
    assert contributions(MODEL, stage, values) == reference.contributions(MODEL, stage, values)
