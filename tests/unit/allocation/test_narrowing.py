"""Candidates: the best net of rough prices, some of every channel, and prices as good as over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation import narrowed, narrowing, rough_prices, solve_priced
from matcher.allocation.narrowing import PER_CHANNEL
from matcher.pairs import every_pair

TAKEN, TOP, CHANNELS = 0.57, 5, 5


def market(n_workers: int, n_vacancies: int, seed: int):
    rng = np.random.default_rng(seed)
    popular = rng.normal(size=n_vacancies)
    q = (0.6 / (1 + np.exp(1.5 - popular - rng.normal(size=(n_workers, n_vacancies))))).ravel()
    v = (1 / (1 + np.exp(-0.5 * popular - rng.normal(size=(n_workers, n_vacancies))))).ravel()
    openings = np.maximum(1, rng.poisson(0.6 * n_workers / n_vacancies, n_vacancies)).astype(np.float64)
    tie = rng.integers(0, 2**63, q.size).astype(np.uint64)
    return (
        every_pair(n_workers, n_vacancies),
        q,
        v,
        openings,
        rng.integers(0, CHANNELS, n_vacancies).astype(np.int8),
        tie,
    )


def worth(pairs, q, v, openings, prices):
    """What the lists at these prices are worth over all pairs: one step from them judges and moves nothing."""
    return solve_priced(pairs, q, v, openings, top=TOP, taken=TAKEN, iterations=1, start=prices).value


def kept_by(pairs, q, v, openings, channel, tie, width, *, with_prices=True):
    net = q * v
    if with_prices:
        net = q * (v - rough_prices(pairs, q, v, openings, top=TOP, taken=TAKEN)[pairs.vacancy_ix])
    return narrowed(pairs, net, channel=channel, tie=tie, width=width)


def test_prices_over_forty_candidates_are_as_good_as_over_all_pairs():
    pairs, q, v, openings, channel, tie = market(400, 160, 1)
    whole = solve_priced(pairs, q, v, openings, top=TOP, taken=TAKEN, iterations=60)
    at = kept_by(pairs, q, v, openings, channel, tie, 40)
    part = solve_priced(pairs.take(at), q[at], v[at], openings, top=TOP, taken=TAKEN, iterations=60)
    assert len(at) < 0.45 * len(pairs)
    assert part.value >= 0.995 * whole.value
    assert worth(pairs, q, v, openings, part.prices) >= 0.99 * whole.value
    listed = whole.lines > 0.5
    assert np.isin(np.flatnonzero(listed), at).mean() >= 0.99


def test_the_best_by_score_alone_crowd_the_same_posts():
    """Twelve candidates chosen with capacity in mind fill more than twelve by score, whose best are the same."""
    pairs, q, v, openings, channel, tie = market(400, 160, 2)
    value = []
    for with_prices in (False, True):
        at = kept_by(pairs, q, v, openings, np.zeros_like(channel), tie, 12, with_prices=with_prices)
        value.append(solve_priced(pairs.take(at), q[at], v[at], openings, top=TOP, taken=TAKEN, iterations=60).value)
    assert value[1] >= 1.1 * value[0]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 40), st.integers(1, 12), st.booleans(), st.integers(0, 2**32 - 1))
def test_equal_to_sorting_each_worker_by_hand(n_workers, n_vacancies, width, tied, seed):
    pairs, q, v, _, channel, tie = market(n_workers, n_vacancies, seed)
    net = np.zeros_like(q) if tied else q * (v - 0.5)
    wanted: set[int] = set()
    for worker in range(n_workers):
        own = sorted(np.flatnonzero(pairs.worker_ix == worker).tolist(), key=lambda at: (-net[at], tie[at]))
        wanted |= set(own[:width])
        for kind in range(CHANNELS):
            wanted |= set([at for at in own if channel[pairs.vacancy_ix[at]] == kind][:PER_CHANNEL])
    assert narrowed(pairs, net, channel=channel, tie=tie, width=width).tolist() == sorted(wanted)


def test_all_tied_does_not_keep_the_same_for_everybody():
    pairs, _, _, _, channel, tie = market(60, 200, 3)
    at = narrowed(pairs, np.zeros(len(pairs)), channel=np.zeros_like(channel), tie=tie, width=40)
    load = np.bincount(pairs.vacancy_ix[at], minlength=200)
    assert load.min() >= 1
    assert load.max() <= 30


def test_nothing_from_nothing():
    pairs, q, _, _, channel, tie = market(3, 2, 0)
    none = np.zeros(len(pairs), dtype=np.bool_)
    assert narrowed(pairs.take(none), q[none], channel=channel, tie=tie[none], width=5).tolist() == []


@pytest.mark.parametrize("width", [40, 64])
def test_each_channel_is_there(width):
    pairs, q, v, openings, channel, tie = market(50, 150, 4)
    at = kept_by(pairs, q, v, openings, channel, tie, width)
    for worker in range(50):
        own = channel[pairs.vacancy_ix[at[pairs.worker_ix[at] == worker]]]
        assert set(own.tolist()) == set(channel.tolist())
        assert len(own) >= width


def test_rough_prices_of_a_tenth_of_the_people_choose_nearly_as_well(monkeypatch):
    monkeypatch.setattr(narrowing, "SAMPLE_PAIRS", 6400)
    pairs, q, v, openings, channel, tie = market(400, 160, 5)
    whole = solve_priced(pairs, q, v, openings, top=TOP, taken=TAKEN, iterations=60)
    at = kept_by(pairs, q, v, openings, channel, tie, 40)
    part = solve_priced(pairs.take(at), q[at], v[at], openings, top=TOP, taken=TAKEN, iterations=60)
    assert part.value >= 0.98 * whole.value
