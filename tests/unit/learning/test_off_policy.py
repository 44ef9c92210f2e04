"""Estimates against a truth that is known: people who apply by a chance of their own, lists drawn by a known order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.learning import off_policy
from matcher.learning.off_policy import Choices, Comparison, Estimate, Refusal, compare, conditional_chance, estimate

READ = np.array([0.0, 1.0, 0.8, 0.62, 0.5, 0.42])
N_CANDIDATES, LENGTH = 12, 4


@dataclass
class Town:
    """A log, with the order it was drawn by, other orders, and what each really brings per list."""

    choices: Choices
    chance: np.ndarray
    orders: dict[str, np.ndarray]
    rng: np.random.Generator

    def truth(self, name: str, draws: int = 30) -> float:
        total = 0.0
        for _ in range(draws):
            _, listed = drawn(self.orders[name], self.rng)
            total += (self.chance[np.arange(len(listed))[:, None], listed] * READ[1 : LENGTH + 1]).sum()
        return total / draws / len(self.chance)


def drawn(logits, rng):
    keys = logits.reshape(-1, N_CANDIDATES) + rng.gumbel(size=(len(logits) // N_CANDIDATES, N_CANDIDATES))
    order = np.argsort(-keys, axis=1)
    return keys, order[:, :LENGTH]


def town(seed: int, *, n_lists: int = 1200, error: float = 0.4) -> Town:
    rng = np.random.default_rng(seed)
    wish = rng.normal(0, 1, (n_lists, N_CANDIDATES)) + rng.normal(0, 0.5, (n_lists // 2, 1)).repeat(2, axis=0)
    chance = 1 / (1 + np.exp(1.2 - wish))
    believed = wish + rng.normal(0, error, wish.shape)
    orders = {
        "logged": (0.5 * believed).ravel(),
        "sharp": (1.5 * believed).ravel(),
        "random": np.zeros(wish.size),
        "turned": (-0.5 * believed).ravel(),
    }
    _, listed = drawn(orders["logged"], rng)
    slot = np.zeros((n_lists, N_CANDIDATES), dtype=np.int64)
    slot[np.arange(n_lists)[:, None], listed] = np.arange(1, LENGTH + 1)
    read = rng.random(slot.shape) < READ[slot]
    choices = Choices(
        list_ix=np.repeat(np.arange(n_lists), N_CANDIDATES),
        slot=slot.ravel(),
        propensity=np.ones(wish.size),
        applied=((slot > 0) & read & (rng.random(slot.shape) < chance)).ravel(),
        q=(1 / (1 + np.exp(0.6 - 0.8 * believed))).ravel(),
        homes=np.arange(n_lists) // 2,
    )
    shown = choices.slot > 0
    propensity = np.where(shown, conditional_chance(choices, orders["logged"]), 1.0)
    return Town(replace(choices, propensity=propensity), chance, orders, rng)


@pytest.fixture(scope="module")
def city() -> Town:
    return town(7, n_lists=6000)


@pytest.mark.parametrize("name", ["logged", "sharp", "random", "turned"])
def test_dr_is_within_a_fortieth_of_the_truth(city, name):
    place = city
    found = estimate("applications", place.choices, place.orders[name])
    assert isinstance(found, Estimate)
    assert found.dr.value == pytest.approx(place.truth(name), rel=0.025)
    assert found.dr.low < found.dr.value < found.dr.high


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = []
    for seed in range(20):
        place = town(seed, n_lists=300)
        found = estimate("applications", place.choices, place.orders["random"], seed=seed)
        held.append(found.dr.low <= place.truth("random", 20) <= found.dr.high)
    assert sum(held) >= 17


def test_all_agree_on_the_order_the_log_was_drawn_by():
    place = town(3)
    found = estimate("applications", place.choices, place.orders["logged"])
    seen = place.choices.applied.sum() / place.choices.n_lists
    assert found.effective_share == pytest.approx(1.0)
    assert found.snips.value == pytest.approx(seen)
    assert found.cascade.value == pytest.approx(seen)
    assert found.dr.value == pytest.approx(seen, rel=0.02)


def test_a_model_that_is_off_misleads_dm_more_than_dr():
    place = town(5, n_lists=4000)
    flat = replace(place.choices, q=0.2 + 0.3 * place.choices.q)
    found, truth = estimate("applications", flat, place.orders["sharp"]), place.truth("sharp")
    assert abs(found.dm.value / truth - 1) > 0.08
    assert abs(found.dr.value - truth) < 0.6 * abs(found.dm.value - truth)


def test_a_far_order_has_less_of_the_log_in_effect():
    place = town(4)
    shares = [estimate("applications", place.choices, place.orders[name]).effective_share for name in place.orders]
    assert shares[0] > shares[1]
    assert shares[0] > shares[3]


@pytest.mark.parametrize("outcome", ["placements", "retention"])
def test_what_depends_on_others_lists_is_refused(outcome):
    place = town(1, n_lists=100)
    for found in (
        estimate(outcome, place.choices, place.orders["logged"]),
        compare(outcome, place.choices, place.orders["sharp"], place.orders["logged"]),
    ):
        assert isinstance(found, Refusal)
        assert found.outcome == outcome
        assert "别人的名单" in found.reason
        assert "试验" in found.reason


def test_lists_that_were_not_drawn_are_refused():
    place = town(1, n_lists=100)
    fixed = replace(place.choices, propensity=np.ones(len(place.choices.q)))
    assert estimate("applications", fixed, place.orders["logged"]).reason == off_policy.NOT_DRAWN
    nothing = replace(place.choices, slot=np.zeros_like(place.choices.slot))
    assert estimate("applications", nothing, place.orders["logged"]).reason == off_policy.NOT_DRAWN


@pytest.mark.parametrize(("n_lists", "kind"), [(38, Refusal), (40, Estimate)])
def test_fewer_than_twenty_households_are_refused(n_lists, kind):
    place = town(1, n_lists=n_lists)
    assert isinstance(estimate("applications", place.choices, place.orders["logged"]), kind)


def test_an_order_that_never_lists_what_was_shown_is_refused():
    place = town(1, n_lists=100)
    never = np.where(place.choices.slot > 0, -np.inf, 0.0)
    found = estimate("applications", place.choices, never)
    assert isinstance(found, Refusal)
    assert "0.0%" in found.reason


def test_the_better_order_is_told_from_the_worse():
    place = town(9, n_lists=1500)
    found = compare("applications", place.choices, place.orders["sharp"], place.orders["turned"])
    assert isinstance(found, Comparison)
    assert found.difference.low > 0
    assert found.difference.value == pytest.approx(found.new.dr.value - found.served.dr.value)
    same = compare("applications", place.choices, place.orders["sharp"], place.orders["sharp"])
    assert same.difference == (0.0, 0.0, 0.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_chances_of_lines_are_those_of_drawing_one_after_the_other(seed, shift):
    place = town(seed, n_lists=4)
    logits = place.orders["sharp"] + shift
    told = conditional_chance(place.choices, logits)
    for at in range(4):
        rows = slice(at * N_CANDIDATES, (at + 1) * N_CANDIDATES)
        mine, slots = np.exp(logits[rows]), place.choices.slot[rows]
        for ix, slot in enumerate(slots):
            left = mine[(slots == 0) | (slots >= slot)].sum()
            assert told[rows][ix] == pytest.approx(mine[ix] / left if slot else 0.0)


def test_the_same_log_and_seed_give_the_same_figures():
    place = town(2, n_lists=200)
    first, again = (estimate("applications", place.choices, place.orders["sharp"], seed=3) for _ in range(2))
    assert first == again
