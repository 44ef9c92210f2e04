"""Exact assignment: as good as trying every plan, whatever limits there are, and steady where plans are equal."""

from __future__ import annotations

import builtins

import numpy as np
import pytest
from hypothesis import given, settings
from market_cases import best_by_trying, keeps, made, markets

from matcher.allocation import indivisible
from matcher.allocation.assign import assign, flow
from matcher.allocation.market import NOBODY, Plan, Shared, value_of
from matcher.errors import MissingExtra, UsageError


@settings(max_examples=50, deadline=None)
@given(markets())
def test_nothing_beats_the_plan_under_heads_kept_places_and_shared_limits(market):
    plan = assign(market)
    assert keeps(market, plan.vacancy_of.tolist())
    assert plan.value == value_of(market, plan.vacancy_of) == best_by_trying(market)
    assert plan.bound == plan.value


@settings(max_examples=28, deadline=None)
@given(markets(whole=True))
def test_nothing_beats_the_plan_with_groups_and_land(market):
    plan = assign(market)
    assert keeps(market, plan.vacancy_of.tolist())
    assert plan.value == value_of(market, plan.vacancy_of) == best_by_trying(market)
    assert plan.gap == 0


@settings(max_examples=28, deadline=None)
@given(markets(whole=True))
def test_without_the_integer_model_every_limit_is_kept_and_the_gap_is_told(market):
    with pytest.MonkeyPatch.context() as small:
        small.setattr(indivisible, "LARGEST_MODEL", -1)
        plan = assign(market)
    assert keeps(market, plan.vacancy_of.tolist())
    assert value_of(market, plan.vacancy_of) == plan.value <= best_by_trying(market) <= plan.bound


def test_a_plan_out_of_time_is_sent_anew_around_its_groups():
    """The dive's plan with one place wasted is mended by the flow of those who stand alone."""
    rows = [(0, 0, 9), (1, 0, 9), (2, 0, 5), (3, 1, 4)]
    market = made(rows, [3, 1], together=np.array([0, 0, NOBODY, NOBODY]))
    wasted = np.array([0, 0, NOBODY, 1], dtype=np.int32)
    plan = indivisible._others_anew(market, Plan(wasted, 22, 40, "integer"), flow)
    assert (plan.vacancy_of.tolist(), plan.value, plan.bound) == ([0, 0, 0, 1], 27, 40)


def test_the_first_of_a_household_earns_its_bonus_and_the_second_does_not():
    rows = [(0, 0, 9), (1, 0, 8), (2, 0, 5)]
    together = made(rows, [2], home=np.array([0, 0, 1]), bonus=np.array([4, 4]))
    assert assign(together).vacancy_of.tolist() == [0, NOBODY, 0]
    assert assign(together).value == 9 + 5 + 4 + 4
    nearer = made(rows, [2], home=np.array([0, 0, 1]), bonus=np.array([4, 3]))
    assert assign(nearer).value == 9 + 8 + 4 == 9 + 5 + 4 + 3
    poorer = made(rows, [2], home=np.array([0, 0, 1]), bonus=np.array([4, 2]))
    assert assign(poorer).vacancy_of.tolist() == [0, 0, NOBODY]


def test_a_couple_goes_together_or_not_at_all():
    rows = [(0, 0, 9), (1, 0, 1), (1, 1, 9), (2, 0, 8)]
    couple = np.array([0, 0, NOBODY])
    assert assign(made(rows, [2, 1], together=couple)).vacancy_of.tolist() == [0, 0, NOBODY]
    assert assign(made(rows, [1, 1], together=couple)).vacancy_of.tolist() == [NOBODY, NOBODY, 0]


def test_a_bus_inside_a_convoy_holds_both():
    rows = [(worker, worker % 3, 5 + worker) for worker in range(6)]
    shared = (Shared((0, 1), 3), Shared((1,), 1), Shared((0, 1, 2), 4))
    plan = assign(made(rows, [9, 9, 9], shared=shared))
    assert sorted(np.flatnonzero(plan.vacancy_of == NOBODY).tolist()) == [0, 1]
    assert plan.method == "flow"


def test_limits_that_cross_are_kept_too():
    rows = [(worker, vacancy, 5) for worker in range(4) for vacancy in range(3)]
    plan = assign(made(rows, [9, 9, 9], shared=(Shared((0, 1), 1), Shared((1, 2), 2))))
    assert (plan.value, plan.method, plan.gap) == (15, "integer", 0)


def test_land_is_not_given_twice():
    rows = [(0, 0, 9), (1, 0, 5), (2, 0, 5)]
    plan = assign(made(rows, [3], load=np.array([3000, 2000, 2000]), land=np.array([4000])))
    assert plan.vacancy_of.tolist() == [NOBODY, 0, 0]


class TestBadInput:
    def test_nobody_and_nothing(self):
        assert assign(made([], [])).value == 0
        assert assign(made([], [3, 0], n_workers=2)).vacancy_of.tolist() == [NOBODY, NOBODY]

    def test_no_opening_takes_nobody_and_ten_million_take_all(self):
        rows = [(worker, vacancy, 7) for worker in range(3) for vacancy in range(2)]
        assert assign(made(rows, [0, 10_000_000])).vacancy_of.tolist() == [1, 1, 1]

    def test_a_couple_and_ten_million_openings(self):
        rows = [(worker, vacancy, 7) for worker in range(3) for vacancy in range(2)]
        plan = assign(made(rows, [1, 10_000_000], together=np.array([0, 0, NOBODY])))
        assert (plan.vacancy_of.tolist()[:2], plan.value, plan.gap) == ([1, 1], 21, 0)

    def test_a_couple_that_loses_its_common_post_stays_and_others_move_up(self):
        """Candidates that still held yesterday: one of the two may no longer go where the other may."""
        rows = [(0, 0, 9), (1, 0, 9), (1, 1, 9), (2, 0, 2), (3, 1, 2)]
        couple = np.array([0, 0, NOBODY, NOBODY])
        assert assign(made(rows, [2, 1], together=couple)).vacancy_of.tolist() == [0, 0, NOBODY, 1]
        then = assign(made([row for row in rows if row[:2] != (1, 0)], [2, 1], together=couple))
        assert (then.vacancy_of.tolist(), then.gap) == ([NOBODY, NOBODY, 0, 1], 0)
        assert assign(made([], [2, 1], together=couple, n_workers=4)).value == 0

    def test_who_may_go_nowhere_stays_and_disturbs_nobody(self):
        assert assign(made([(0, 0, 3), (2, 0, 3)], [2])).vacancy_of.tolist() == [0, NOBODY, 0]

    def test_where_all_worths_are_tied_the_seed_decides_and_the_order_of_the_rows_does_not(self):
        rng = np.random.default_rng(5)
        rows = [(worker, vacancy, 4) for worker in range(30) for vacancy in range(4)]
        ties = rng.integers(0, 2**63, len(rows)).astype(np.uint64)
        plan = assign(made(rows, [3] * 4, tie=ties))
        shuffled = rng.permutation(len(rows))
        again = assign(made([rows[at] for at in shuffled], [3] * 4, tie=ties[shuffled]))
        other = assign(made(rows, [3] * 4, tie=rng.permutation(ties)))
        assert plan.vacancy_of.tolist() == again.vacancy_of.tolist()
        assert plan.value == other.value == 48
        assert plan.vacancy_of.tolist() != other.vacancy_of.tolist()

    def test_ties_never_outweigh_a_unit_of_worth(self):
        """Everybody's largest tie lies with the plan that is worth one unit less."""
        rows = [(worker, vacancy, 1000) for worker in range(40) for vacancy in range(2)]
        rows[0] = (0, 0, 1001)
        ties = np.array([0 if vacancy == worker % 2 else 2**64 - 1 for worker, vacancy, _ in rows], dtype=np.uint64)
        assert assign(made(rows, [20, 20], tie=ties)).value == 40_001

    def test_the_largest_worth_is_still_exact(self):
        rows = [(0, 0, 2**40), (1, 0, 2**40 - 1)]
        assert assign(made(rows, [1])).value == 2**40

    def test_a_market_whose_columns_do_not_fit_says_everything_that_does_not(self):
        with pytest.raises(UsageError, match=r"a worth is not .*; a pair names nobody .*; a pair stands twice"):
            made([(0, 0, 0), (0, 0, 5), (3, 0, 2)], [1], n_workers=2)

    def test_without_ortools_the_command_that_installs_it_is_named(self, monkeypatch):
        whole = builtins.__import__

        def without(name, *rest, **more):
            if name.startswith("ortools"):
                raise ImportError(name)
            return whole(name, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", without)
        with pytest.raises(MissingExtra, match=r"rural-job-matcher\[plan\]"):
            assign(made([(0, 0, 3)], [1]))
