"""Priced lists: near the exact programme, equal to the plain reading, and sane wherever openings run out or abound."""

from __future__ import annotations

from math import fsum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from matcher.allocation import PricedPlan, solve_priced
from matcher.allocation.priced import FIRST_STEP, GROW, SHRINK, WHOLE_STEP_AT
from matcher.pairs import Pairs, every_pair
from matcher.settings import Settings

TAKEN = 0.57


def market(n_workers: int, n_vacancies: int, seed: int, per_worker: float) -> tuple[Pairs, np.ndarray, ...]:
    """Correlated tastes, posts of different popularity, and about that many openings per worker."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n_workers, 4)) @ rng.normal(size=(n_vacancies, 4)).T * 0.5 + rng.normal(size=n_vacancies)
    q = 0.7 / (1 + np.exp(1.8 - taste - rng.normal(size=taste.shape) * 0.5))
    v = 1 / (1 + np.exp(-taste * 0.5 - rng.normal(size=taste.shape) * 0.7))
    openings = np.maximum(1, rng.poisson(n_workers * per_worker / n_vacancies, n_vacancies)).astype(np.float64)
    return every_pair(n_workers, n_vacancies), q.ravel(), v.ravel(), openings


STEPS = Settings().price_steps
"""Of a plan as it is made."""


def solved(made: tuple, top: int = 5, iterations: int = STEPS, **more) -> PricedPlan:
    return solve_priced(*made, top=top, taken=TAKEN, iterations=iterations, **more)


def optimum(pairs: Pairs, q: np.ndarray, v: np.ndarray, openings: np.ndarray, top: int) -> float:
    """The programme solved exactly by HiGHS."""
    n_workers, each = int(pairs.worker_ix.max()) + 1, np.arange(len(pairs))
    lists = coo_array((np.ones(len(pairs)), (pairs.worker_ix, each)), shape=(n_workers, len(pairs)))
    rooms = coo_array((q * TAKEN, (pairs.vacancy_ix, each)), shape=(len(openings), len(pairs)))
    limits = np.concatenate([np.full(n_workers, top), openings])
    found = linprog(-q * v * TAKEN, A_ub=vstack([lists, rooms]).tocsr(), b_ub=limits, bounds=(0, 1), method="highs")
    return -float(found.fun)


@pytest.mark.parametrize(("n_workers", "n_vacancies", "seed", "per_worker"), [
    (60, 8, 0, 0.3), (200, 20, 1, 0.8), (200, 20, 2, 0.4), (400, 40, 3, 0.8), (120, 10, 4, 2.0),
])  # fmt: skip
def test_lists_are_within_seven_permille_of_the_exact_programme(n_workers, n_vacancies, seed, per_worker):
    made = market(n_workers, n_vacancies, seed, per_worker)
    plan, best = solved(made), optimum(*made, top=5)
    assert best * 0.993 <= plan.value <= best * (1 + 1e-9)
    assert best * (1 - 1e-9) <= plan.bound <= best * 1.001
    assert plan.gap < 0.008


def plainly(made: tuple, top: int, iterations: int) -> list[float]:
    """The same walk in plain Python, one worker and one vacancy after the other."""
    pairs, q, v, openings = made
    use, rows = q * TAKEN, {}
    for at, worker in enumerate(pairs.worker_ix.tolist()):
        rows.setdefault(worker, []).append(at)
    post = pairs.vacancy_ix.tolist()
    most = [
        max([float(v[at]) for at in range(len(post)) if post[at] == ix], default=0.0) for ix in range(len(openings))
    ]
    prices = [0.0 if openings[ix] > 0 else most[ix] for ix in range(len(openings))]
    longest = FIRST_STEP * max(most)
    steps, before = [longest] * len(openings), [0.0] * len(openings)
    best, least = prices, float("inf")
    for _ in range(iterations):
        used, won, net_of = [0.0] * len(openings), [0.0] * len(openings), [0.0] * len(openings)
        for row in rows.values():
            net = {at: float(use[at] * (v[at] - prices[post[at]])) for at in row}
            ranked = sorted(net.values(), reverse=True)
            last = ranked[min(top, len(ranked)) - 1]
            above, tied = [at for at in row if net[at] > last], [at for at in row if net[at] == last]
            for at in sorted(above + tied):
                if net[at] <= 0:
                    continue
                line = 1.0 if net[at] > last else (min(top, len(ranked)) - len(above)) / len(tied)
                used[post[at]] += float(use[at]) * line
                won[post[at]] += float(use[at]) * line * float(v[at])
                net_of[post[at]] += net[at] * line
        value = fsum(w * min(1.0, room / u if u > 0 else 1.0) for w, room, u in zip(won, openings, used, strict=True))
        bound = fsum(p * c for p, c in zip(prices, openings, strict=True)) + fsum(net_of)
        if bound - value < least:
            best, least = prices, bound - value
        if least <= 0:
            break
        moved = []
        for ix, room in enumerate(openings):
            excess = (used[ix] - room) / room if room > 0 else 0.0
            excess = 0.0 if prices[ix] <= 0 and excess < 0 else excess
            sides = before[ix] * excess
            steps[ix] = min(steps[ix] * (SHRINK if sides < 0 else GROW if sides > 0 else 1.0), longest)
            step = steps[ix] * min(1.0, max(-1.0, excess / WHOLE_STEP_AT))
            moved.append(min(most[ix], max(0.0, prices[ix] + step)))
            before[ix] = excess
        prices = moved
    return best


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**32 - 1), st.booleans())
def test_equal_to_the_plain_reading(n_workers, n_vacancies, top, seed, tied):
    pairs, q, v, openings = market(n_workers, n_vacancies, seed, 0.4)
    if tied:
        q, v = np.full_like(q, 0.25), np.full_like(v, 0.5)
    keep = np.random.default_rng(seed).random(len(pairs)) < 0.8
    made = pairs.take(keep), q[keep], v[keep], openings
    if not keep.any():
        return
    assert solved(made, top=top, iterations=25).prices.tolist() == pytest.approx(plainly(made, top, 25), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 20), st.integers(1, 6), st.integers(1, 6),
    st.lists(st.sampled_from([0, 1, 3, 10_000_000]), min_size=6, max_size=6), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_whatever_the_openings(n_workers, n_vacancies, top, openings, seed):
    pairs, q, v, _ = market(n_workers, n_vacancies, seed, 1.0)
    room = np.array(openings[:n_vacancies], dtype=np.float64)
    plan = solve_priced(pairs, q, v, room, top=top, taken=TAKEN, iterations=60)
    assert np.all((plan.prices >= 0) & (plan.prices <= v.max()))
    assert np.all((plan.lines >= 0) & (plan.lines <= 1))
    assert np.bincount(pairs.worker_ix, weights=plan.lines).max() <= top + 1e-9
    assert plan.value <= plan.bound + 1e-9
    assert not plan.lines[room[pairs.vacancy_ix] == 0].any()
    assert np.all(plan.prices[room == 10_000_000] == 0)


def test_a_price_only_where_the_openings_are_used():
    """Complementary slackness: who costs something is nearly full, who is not nearly full costs next to nothing."""
    pairs, q, v, openings = market(300, 20, 7, 0.5)
    plan = solve_priced(pairs, q, v, openings, top=5, taken=TAKEN, iterations=300)
    used = np.bincount(pairs.vacancy_ix, weights=plan.lines * q * TAKEN, minlength=20)
    assert (plan.prices > 0.01).any()
    assert np.all(used[plan.prices > 0.01] >= 0.9 * openings[plan.prices > 0.01])
    assert np.all(used <= 1.1 * openings)


def test_all_tied_and_scarce_costs_what_it_is_worth():
    """Ten people whose two lines are worth the same: half of what they would use is there, so nothing is won."""
    pairs, openings = every_pair(10, 2), np.array([1.0, 1.0])
    plan = solve_priced(pairs, np.full(20, 0.5), np.full(20, 0.4), openings, top=1, taken=0.8, iterations=60)
    assert plan.bound == pytest.approx(2 * 0.4, rel=0.01)
    assert plan.value == pytest.approx(2 * 0.4, rel=0.01)
    assert plan.prices[0] == plan.prices[1]


def test_one_vacancy_and_room_for_everybody_costs_nothing():
    plan = solve_priced(
        every_pair(9, 1), np.full(9, 0.5), np.full(9, 0.4), np.array([9.0]), top=3, taken=1, iterations=9
    )
    assert plan.prices.tolist() == [0]
    assert plan.lines.tolist() == [1] * 9
    assert plan.gap == pytest.approx(0, abs=1e-12)


def test_no_pairs_no_prices():
    empty = Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32))
    nothing = np.zeros(0)
    plan = solve_priced(empty, nothing, nothing, np.array([1.0, 0.0]), top=3, taken=TAKEN, iterations=5)
    assert plan.prices.tolist() == [0, 0]
    assert plan.gap == 0


def test_a_warm_start_needs_fewer_steps():
    """After one more opening or two, ten steps from the prices of before leave less than half the gap of ten from 0."""
    pairs, q, v, openings = market(200, 20, 5, 0.6)
    before = solved((pairs, q, v, openings), iterations=120).prices
    openings[3] += 2
    warm = solved((pairs, q, v, openings), iterations=10, start=before)
    assert warm.gap <= 0.5 * solved((pairs, q, v, openings), iterations=10).gap


def test_same_input_same_bytes():
    made = market(80, 12, 3, 0.5)
    assert solved(made).prices.tobytes() == solved(made).prices.tobytes()
