"""Balanced prices: no price where nobody crowds, a price where many want few places, the plan's own conditions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation import solve_balanced
from matcher.pairs import Pairs, every_pair

EPSILON = 0.01


def prices(value: np.ndarray, places: list[int], pairs: Pairs | None = None) -> np.ndarray:
    pairs = every_pair(*value.shape) if pairs is None else pairs
    flat = value[pairs.worker_ix, pairs.vacancy_ix]
    return solve_balanced(pairs, flat, np.array(places, dtype=np.int64), epsilon=EPSILON, iterations=2000)


def loads(value: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Expected number sent to each vacancy, from the definition: exp((value - price) / epsilon) beside keeping out."""
    weight = np.exp((value - price[None]) / EPSILON)
    return (weight / (1 + weight.sum(axis=1, keepdims=True))).sum(axis=0)


def test_one_worker_pays_no_price():
    assert prices(np.array([[0.3, 0.2, 0.1]]), [1, 100, 5]).tolist() == [0, 0, 0]


def test_a_crowded_post_has_a_price_and_a_quiet_one_has_none():
    value = np.tile([0.4, 0.2], (10, 1))
    told = prices(value, [2, 100])
    assert told[0] == pytest.approx(0.2 + EPSILON * np.log(4), abs=1e-4)
    assert told[1] == 0


def test_shortage_scales_openings_and_still_spreads():
    value = np.tile([0.4, 0.2], (100, 1))
    told = prices(value, [10, 10])
    assert loads(value, told) == pytest.approx([50, 50], rel=1e-2)


def test_everybody_wants_one_post_nobody_else_has():
    told = prices(np.full((5, 1), 0.3), [1])
    assert told[0] >= 0
    assert np.isfinite(told[0])


def test_no_pairs_no_prices():
    empty = Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32))
    assert solve_balanced(empty, np.zeros(0), np.array([1, 2]), epsilon=EPSILON, iterations=5).tolist() == [0, 0]


def test_a_vacancy_without_a_pair_has_no_price():
    pairs = Pairs(np.array([0, 1], np.int32), np.array([1, 1], np.int32))
    told = prices(np.array([[0.1, 0.3], [0.1, 0.3]]), [1, 1], pairs)
    assert told[0] == 0


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 6), st.integers(1, 5),
    st.lists(st.integers(1, 8), min_size=5, max_size=5), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_the_plan_keeps_within_its_room(n_workers, n_vacancies, places, seed):
    value = np.random.default_rng(seed).uniform(0, 0.5, (n_workers, n_vacancies))
    places = places[:n_vacancies]
    told = prices(value, places)
    room = np.array(places) * max(1.0, n_workers / sum(places))
    assert np.all(told >= 0)
    assert np.all(loads(value, told) <= room * 1.01 + 1e-6)


def test_same_input_same_bytes():
    value = np.random.default_rng(3).uniform(0, 0.5, (40, 12))
    first, second = prices(value, [3] * 12), prices(value, [3] * 12)
    assert first.tobytes() == second.tobytes()
