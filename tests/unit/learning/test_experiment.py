"""The split is balanced and steady, finds a planted effect, and is not fooled by places won from the other side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.learning.experiment import Arm, Leak, Outcome, analyse, detectable_points, leaks, people_needed, plan

HOMES = [f"h{ix}" for ix in range(1000)]
POSTS = {f"v{ix}": 1 + ix % 7 for ix in range(200)}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_both_sides_have_their_share_of_households_and_openings(share):
    split = plan(HOMES, POSTS, share=share, seed=1)
    n = sum(side is Arm.NEW for side in split.households.values())
    assert abs(n - 1000 * share) < 4 * np.sqrt(1000 * share * (1 - share))
    openings = sum(POSTS.values())
    assert sum(seats[Arm.NEW] for seats in split.openings.values()) == pytest.approx(share * openings, abs=30)


@given(st.dictionaries(st.text(min_size=1, max_size=6), st.integers(0, 40), max_size=12), st.floats(0.05, 0.95))
def test_every_opening_is_on_one_side_and_no_vacancy_is_off_by_one(posts, share):
    for name, seats in plan([], posts, share=share, seed=2).openings.items():
        assert seats[Arm.NEW] + seats[Arm.USUAL] == posts[name]
        assert abs(seats[Arm.NEW] - posts[name] * share) < 1
        assert min(seats.values()) >= 0


def test_the_plan_does_not_mind_order_nor_who_comes_later():
    split = plan(HOMES[:500], POSTS, seed=3)
    assert split == plan(reversed(HOMES[:500]), dict(reversed(POSTS.items())), seed=3)
    later = plan(HOMES, {**POSTS, "more": 9}, seed=3)
    assert all(later.households[home] is side for home, side in split.households.items())
    assert all(later.openings[name] == seats for name, seats in split.openings.items())
    assert split.side_of("h900") is later.households["h900"]
    assert split.households != plan(HOMES[:500], POSTS, seed=4).households


def test_a_plan_can_be_kept_as_a_file():
    told = plan(["b", "a"], {"v": 4}, seed=1).record()
    assert list(told["households"]) == ["a", "b"]
    assert sum(told["openings"]["v"].values()) == 4
    assert "名额" in told["why"]


@pytest.mark.parametrize(("share", "posts"), [(0.0, {}), (1.0, {}), (0.5, {"v": -1})])
def test_a_plan_that_cannot_be_is_refused(share, posts):
    with pytest.raises(InvalidInput):
        plan(HOMES, posts, share=share)


def outcomes(split, effect: float, *, base: float = 0.3, seed: int = 0, n: int = 3000) -> list[Outcome]:
    rng = np.random.default_rng(seed)
    told = []
    for ix in range(n):
        home = f"h{ix // 2}"
        rate = base + (effect if split.side_of(home) is Arm.NEW else 0.0)
        told.append(Outcome(f"w{ix}", home, bool(rng.random() < rate)))
    return told


def test_a_planted_effect_is_found():
    split = plan([f"h{ix}" for ix in range(1500)], POSTS, seed=6)
    found = analyse(split, outcomes(split, 0.08))
    assert found.effect_points.low < 8 < found.effect_points.high
    assert found.conclusive
    assert found.effect_points.value == pytest.approx(100 * (found.rate[Arm.NEW] - found.rate[Arm.USUAL]))
    assert "百分点" in found.sentence
    assert found == analyse(split, outcomes(split, 0.08))


def test_no_effect_is_mostly_not_found():
    wrong = 0
    for seed in range(20):
        split = plan([f"h{ix}" for ix in range(300)], POSTS, seed=seed)
        found = analyse(split, outcomes(split, 0.0, seed=seed, n=600), seed=seed)
        wrong += found.conclusive
    assert wrong <= 4
    assert "还说不上" in found.sentence or found.conclusive


def test_who_is_not_known_of_is_no_failure():
    split = plan(HOMES, POSTS, seed=7)
    told = outcomes(split, 0.0, n=400)
    unknown = [Outcome(f"x{ix}", row.household_id, None) for ix, row in enumerate(told)]
    found, alone = analyse(split, [*told, *unknown]), analyse(split, told)
    assert found.rate == alone.rate
    assert sum(found.unknown.values()) == 400


def test_too_few_people_say_nothing():
    split = plan(HOMES, POSTS, seed=8)
    with pytest.raises(InvalidInput, match="too few"):
        analyse(split, outcomes(split, 0.0, n=30))


def test_what_a_county_season_can_show_is_what_the_trials_measured():
    assert detectable_points(3000) == pytest.approx(4, abs=0.3)
    assert detectable_points(3000, n_runs=4) == pytest.approx(2, abs=0.15)
    assert detectable_points(3000, share=0.1) > detectable_points(3000)
    assert detectable_points(people_needed(1.5)) == pytest.approx(1.5, abs=0.01)


def test_places_taken_from_the_other_side_are_named():
    split = plan(["a", "b"], {"v": 4}, seed=9)
    side = split.side_of("a")
    had = split.openings["v"][side]
    assert leaks(split, [("a", "v")] * had) == ()
    assert leaks(split, [("a", "v")] * (had + 1)) == (Leak("v", side, had + 1, had),)


def season(rng, new: np.ndarray, seats: list[tuple[int, np.ndarray]]) -> np.ndarray:
    """Who has a place: in each pool the eligible with the strongest claims; better lists strengthen a claim only."""
    claim = rng.random(len(new)) + np.where(new, 0.25, 0.0)
    placed = np.zeros(len(new), dtype=bool)
    for n, eligible in seats:
        people = np.flatnonzero(eligible)
        placed[people[np.argsort(-claim[people])][:n]] = True
    return placed


def test_a_comparison_by_worker_counts_places_twice_and_the_split_does_not():
    # Openings are filled whoever has the better lists: the true effect on the market is nothing.
    n, openings = 2000, 800
    split = plan([f"h{ix}" for ix in range(n)], {f"v{ix}": 4 for ix in range(openings // 4)}, seed=10)
    new = np.array([split.side_of(f"h{ix}") is Arm.NEW for ix in range(n)])
    mine = sum(seats[Arm.NEW] for seats in split.openings.values())
    rng = np.random.default_rng(0)
    shared = season(rng, new, [(openings, np.ones(n, dtype=bool))])
    apart = season(rng, new, [(mine, new), (openings - mine, ~new)])
    effects = [
        analyse(split, [Outcome(f"w{ix}", f"h{ix}", bool(kept)) for ix, kept in enumerate(placed)]).effect_points
        for placed in (shared, apart)
    ]
    assert effects[0].low > 15
    assert effects[1].low < 0 < effects[1].high
