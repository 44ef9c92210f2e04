"""Common random numbers: a draw is named by seed, purpose and index, whoever else is drawn."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from training_data.market.draws import GAMMA, Draws, mix, mix_one
from training_data.market.links import LINKS

MASK = (1 << 64) - 1


def test_the_mixer_equals_its_slow_twin():
    words = [0, 1, GAMMA, MASK, 123456789]
    assert mix(np.array(words, dtype=np.uint64)).tolist() == [mix_one(word) for word in words]


def test_a_pair_by_hand():
    draws = Draws.of(7, "county")
    purpose = mix_one(draws.key ^ mix_one(zlib.crc32(b"looks") + GAMMA))
    row = mix_one((purpose + 4 * GAMMA) & MASK)
    word = mix_one((row + (5 + 2) * GAMMA) & MASK)
    assert draws.pairs("looks", np.array([3]), np.array([5]))[0] == (word >> 11) * 2.0**-53


def test_a_pair_does_not_depend_on_who_else_is_drawn():
    draws = Draws.of(1)
    small, large = draws.table("applies", 5, 7), draws.table("applies", 50, 70)
    assert np.array_equal(small, large[:5, :7])
    assert np.array_equal(draws.pairs("applies", np.array([4, 2]), np.array([6, 1])), small[[4, 2], [6, 1]])


@pytest.mark.parametrize("other", [Draws.of(2), Draws.of(1, "a"), Draws.of("1")])
def test_other_seeds_draw_otherwise(other: Draws):
    assert not np.any(Draws.of(1).uniform("x", 100) == other.uniform("x", 100))


def test_purposes_are_independent_and_even():
    draws = Draws.of(3)
    a, b = draws.table("a", 300, 300).ravel(), draws.table("b", 300, 300).ravel()
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.015
    assert np.allclose(np.histogram(a, 10, (0, 1))[0] / a.size, 0.1, atol=0.005)
    # Neighbours in a row and in a column.
    grid = a.reshape(300, 300)
    assert abs(np.corrcoef(grid[:, :-1].ravel(), grid[:, 1:].ravel())[0, 1]) < 0.015
    assert abs(np.corrcoef(grid[:-1].ravel(), grid[1:].ravel())[0, 1]) < 0.015


def test_normal_numbers_are_normal():
    drawn = Draws.of(5).normal("n", 40_000)
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.02
    assert abs((np.abs(drawn) > 1.96).mean() - 0.05) < 0.005


def test_picks_follow_their_weights_by_row():
    weights = np.array([[0.0, 1.0, 0.0], [3.0, 0.0, 1.0]])
    drawn = Draws.of(6).pick("p", np.repeat(weights, 4000, axis=0), 8000)
    assert set(drawn[:4000].tolist()) == {1}
    assert abs((drawn[4000:] == 2).mean() - 0.25) < 0.03


@pytest.mark.parametrize("name", LINKS)
def test_quantile_and_probability_of_a_shock_agree(name: str):
    link, u = LINKS[name], np.linspace(0.01, 0.99, 99)
    # P(x + noise > 0) at x = -noise(u) is the mass above the quantile.
    assert np.allclose(link.above(-link.noise(u)), 1 - u)
    x = np.linspace(-6, 3, 50)
    assert np.all(np.diff(link.above(x)) > 0)


def test_the_shapes_differ():
    x = np.array([-3.0, 3.0])
    told = {name: tuple(np.round(link.above(x), 3)) for name, link in LINKS.items()}
    assert len(set(told.values())) == len(LINKS)
