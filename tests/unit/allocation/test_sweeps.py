"""The compiled loops over many pairs say what their numpy twins say, to the byte, and what the log domain says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import machine_code
from matcher.allocation import balanced, solve_balanced, solve_priced, sweeps
from matcher.pairs import Pairs


def market(n_workers, n_vacancies, seed, *, tied=False):
    rng = np.random.default_rng(seed)
    worker, vacancy = np.nonzero(rng.random((n_workers, n_vacancies)) < 0.6)
    pairs = Pairs(worker.astype(np.int32), vacancy.astype(np.int32))
    value = np.full(len(pairs), 0.3) if tied else rng.uniform(0.05, 0.5, len(pairs))
    return pairs, value, rng.integers(1, 4, n_vacancies)


@pytest.fixture
def every_size_is_many(monkeypatch):
    monkeypatch.setattr(sweeps, "MANY", 1)


@pytest.mark.usefixtures("every_size_is_many")
class TestCompiled:
    @pytest.mark.parametrize("tied", [False, True])
    @pytest.mark.parametrize(
        ("n_workers", "n_vacancies", "top"), [(1, 1, 1), (3, 9, 3), (40, 7, 3), (50, 9, 2), (50, 9, 4), (61, 30, 20)]
    )
    def test_equal_to_the_twin_to_the_byte(self, monkeypatch, n_workers, n_vacancies, top, tied):
        pairs, value, room = market(n_workers, n_vacancies, 7, tied=tied)
        use = np.random.default_rng(1).choice([0.0, 0.25, 0.5, 1.0], len(pairs))

        def both():
            balanced = solve_balanced(pairs, value, room, epsilon=0.01, iterations=60, overfull=1e-3)
            priced = solve_priced(pairs, use, value, room.astype(float), top=top, taken=0.57, iterations=20)
            return balanced.tobytes(), priced.prices.tobytes(), priced.lines.tobytes(), priced.gap

        compiled = both()
        monkeypatch.setattr(sweeps, "is_compiled", lambda _n: False)
        assert compiled == both()
        for n_cores in (1, 3):
            monkeypatch.setattr(machine_code, "usable_cores", lambda n_cores=n_cores: n_cores)
            assert compiled == both()


def missed(pairs, value, room, prices, epsilon=0.01):
    """What the prices cost beyond the least (the dual), and by what part a post is too full, or too empty for one."""
    used = np.unique(pairs.vacancy_ix)
    room = room * max(1.0, len(np.unique(pairs.worker_ix)) / room[used].sum())
    net = np.full((pairs.worker_ix.max() + 1, len(room)), -np.inf)
    net[pairs.worker_ix, pairs.vacancy_ix] = (value - prices[pairs.vacancy_ix]) / epsilon
    total = np.logaddexp(0, np.logaddexp.reduce(net, axis=1))
    over = np.exp(net - total[:, None]).sum(axis=0)[used] / room[used] - 1
    return total.sum() + (room * prices)[used].sum() / epsilon, np.where(prices[used] > 0, abs(over), over).max()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_products_end_where_logarithms_do(n_workers, n_vacancies, seed):
    """As good prices in a tenth of the rounds; prices themselves may shift together where that costs nothing."""
    pairs, value, room = market(n_workers, n_vacancies, seed)
    if not len(pairs):
        return
    slow = solve_balanced(pairs, value, room, epsilon=0.01, iterations=2000)
    quick = solve_balanced(pairs, value, room, epsilon=0.01, iterations=200, overfull=1e-5)
    (least, _), (cost, over) = missed(pairs, value, room, slow), missed(pairs, value, room, quick)
    assert cost <= least + 1e-5 * n_workers
    assert over < 1e-3


def test_a_post_everybody_wants_is_priced_in_few_rounds(monkeypatch):
    """A thousand people with one post and no other: plain rounds raise its price by one step after the other."""
    pairs = Pairs(np.arange(1000, dtype=np.int32), np.repeat(np.arange(2, dtype=np.int32), 500))
    rounds = []
    monkeypatch.setattr(balanced, "loads", lambda *told: rounds.append(1) or sweeps.loads(*told))
    room = np.array([400, 2000])
    prices = solve_balanced(pairs, np.full(1000, 1.5), room, epsilon=0.01, iterations=500, overfull=1e-4)
    assert missed(pairs, np.full(1000, 1.5), room, prices)[1] < 1e-3
    assert len(rounds) < 40


@pytest.mark.usefixtures("every_size_is_many")
def test_a_warm_start_needs_fewer_rounds(monkeypatch):
    pairs, value, room = market(200, 30, 3)
    rounds = []
    monkeypatch.setattr(balanced, "loads", lambda *told: rounds.append(1) or sweeps.loads(*told))
    cold = solve_balanced(pairs, value, room, epsilon=0.01, iterations=3000, overfull=1e-3)
    n_cold = len(rounds)
    solve_balanced(pairs, value * 1.001, room, epsilon=0.01, iterations=3000, start=cold, overfull=1e-3)
    assert len(rounds) - n_cold < n_cold / 2


class TestStart:
    """What earlier prices decide: how soon it ends, and where it stops short of the end."""

    HIGH = np.full(30, 0.3)

    @pytest.fixture
    def ends(self):
        def ends(seed, *, openings, **stopped):
            pairs, value, room = market(60, 30, seed)
            told = [
                solve_balanced(pairs, value, room * openings, epsilon=0.01, start=start, **stopped)
                for start in (None, self.HIGH)
            ]
            return np.abs(told[0] - told[1]).max(), [missed(pairs, value, room * openings, one)[1] for one in told]

        return ends

    @pytest.mark.parametrize("seed", range(4))
    def test_with_openings_enough_every_start_draws_near_the_same_prices(self, ends, seed):
        near, over = ends(seed, openings=2, iterations=20_000)
        assert near < 1e-4
        assert max(over) < 1e-3

    @pytest.mark.parametrize("stopped", [{"iterations": 500, "overfull": 1e-2}, {"iterations": 5}])
    def test_stopped_short_it_ends_where_the_start_leaves_it(self, ends, stopped):
        near, over = ends(0, openings=2, **stopped)
        assert near > 1e-4
        assert max(over) < 2e-2 or "overfull" not in stopped

    def test_with_fewer_openings_prices_may_stand_higher_together(self, ends):
        near, over = ends(4, openings=1, iterations=20_000)
        assert near > 0.1
        assert max(over) < 1e-3


def test_powers_beyond_a_double_stay_logarithms(monkeypatch):
    monkeypatch.setattr(balanced, "loads", lambda *_: pytest.fail("products would leave the doubles"))
    pairs, value, room = market(20, 5, 3)
    assert np.isfinite(solve_balanced(pairs, value * 8, room, epsilon=0.01, iterations=50, overfull=1e-3)).all()
