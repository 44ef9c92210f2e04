"""Posts that filled up: whom a refusal for want of a seat tells of, and what those who were taken then stand for."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.learning.full_posts import FEWEST, MOST, found_fit, seat_weight


@pytest.mark.parametrize(("full", "share"), [(40, 1.0), (80, 0.5), (20, 1.0), (0, 0.0)])
def test_the_share_found_fit_makes_the_unfit_as_many_as_elsewhere(full, share):
    """Thirty of a hundred are unfit elsewhere; here thirty are, with thirty taken: forty are missing."""
    assert found_fit(30, 30, full, 0.3) == pytest.approx(share)


def test_who_stopped_looking_tells_nothing():
    assert found_fit(30, 70, 500, 0.3) == pytest.approx(0.0)
    assert found_fit(10, 90, 500, 0.3) == 0
    assert found_fit(30, 70, 500, 0.0) == 0


def market(*, looks_at_everybody: bool, seed: int = 0, n_posts: int = 60):
    """Forty apply to each post, seven of ten are fit; half the posts have ten seats, the others enough."""
    rng = np.random.default_rng(seed)
    vacancy, taken, full = [], [], {}
    for ix in range(n_posts):
        seats = 10 if ix % 2 else 99
        for fit in (rng.random(40) < 0.7).tolist():
            if not seats and (fit or not looks_at_everybody):
                full[f"v{ix}"] = full.get(f"v{ix}", 0) + 1
                continue
            seats -= fit
            vacancy.append(f"v{ix}")
            taken.append(fit)
    return vacancy, taken, full


@pytest.mark.parametrize("looks_at_everybody", [True, False])
def test_the_rate_is_right_whether_employers_look_at_everybody_or_stop(looks_at_everybody):
    vacancy, taken, full = market(looks_at_everybody=looks_at_everybody)
    weight = seat_weight(vacancy, taken, full)
    assert np.average(taken, weights=weight) == pytest.approx(0.7, abs=0.03)
    # Without weights the rate of employers who look at everybody is too low, the other one right.
    assert bool(np.mean(taken) < 0.65) is looks_at_everybody
    assert (weight[~np.array(taken)] == 1).all()


def test_nobody_stands_for_more_than_a_few():
    vacancy, taken, full = market(looks_at_everybody=True)
    assert seat_weight(vacancy, taken, {name: n * 100 for name, n in full.items()}).max() <= MOST


@pytest.mark.parametrize(("n", "weighed"), [(FEWEST, True), (FEWEST - 1, False)])
def test_few_decisions_elsewhere_say_nothing(n, weighed):
    vacancy = ["a"] * n + ["b"] * 20
    taken = [ix % 2 == 0 for ix in range(n)] + [ix < 5 for ix in range(20)]
    weight = seat_weight(vacancy, taken, {"b": 10})
    assert bool((weight > 1).any()) is weighed
    assert seat_weight([], [], {}).size == 0
