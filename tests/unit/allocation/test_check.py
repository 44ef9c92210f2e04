"""The check of a finished plan: silent about every best plan, and each broken promise named, by ids alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market_cases import keeps, made, markets

from matcher.allocation.assign import assign
from matcher.allocation.check import Facts, check
from matcher.allocation.market import NOBODY, Plan, Shared, value_of
from matcher.errors import Severity
from matcher.explanation import Verdict


def facts(market, *, verdict=None, consent=None, standing=None):
    judged = market.pairs.with_columns(
        verdict=np.full(len(market.pairs), Verdict.YES, dtype=np.int8) if verdict is None else np.array(verdict)
    )
    return Facts(
        worker_ids=[f"w{n}" for n in range(market.n_workers)],
        vacancy_ids=[f"v{n}" for n in range(market.n_vacancies)],
        judged=judged,
        consent=np.ones(market.n_workers, dtype=np.bool_) if consent is None else np.array(consent),
        standing=market.worth if standing is None else np.array(standing),
    )


def plan_of(market, *place, bound=None):
    vacancy_of = np.array(place, dtype=np.int32)
    value = value_of(market, vacancy_of)
    return Plan(vacancy_of, value, value if bound is None else bound, "flow")


def told(market, plan, **more):
    return [(problem.column, problem.found) for problem in check(market, plan, facts(market, **more))]


@settings(max_examples=25, deadline=None)
@given(markets(whole=True))
def test_the_best_plan_breaks_nothing(market):
    plan = assign(market)
    assert check(market, plan, facts(market), again=lambda: assign(market)) == ()


def some_plan(market):
    """The market with any plan at all, pairs that do not exist among it."""
    where = st.integers(NOBODY, market.n_vacancies - 1)
    return st.tuples(st.just(market), st.lists(where, min_size=market.n_workers, max_size=market.n_workers))


@settings(max_examples=40, deadline=None)
@given(markets(whole=True).flatmap(some_plan))
def test_a_plan_that_breaks_a_limit_is_never_let_through(case):
    market, place = case
    limits = {"eligibility", "room", "kept_free", "land", "shared", "together"}
    found = {what for what, _ in told(market, plan_of(market, *place))}
    assert bool(found & limits) == (not keeps(market, place))


class TestEachPromise:
    rows = ((0, 0, 9), (1, 0, 5), (1, 1, 4))

    def test_a_pair_with_an_open_question_is_not_eligible(self):
        market = made(self.rows, [1, 1])
        plan = plan_of(market, 0, 1)
        assert told(market, plan) == []
        assert told(market, plan, verdict=[2, 2, 1]) == [("eligibility", "w1 分到 v1")]

    def test_nobody_goes_without_consent(self):
        market = made(self.rows, [1, 1])
        assert told(market, plan_of(market, 0, 1), consent=[True, False]) == [("consent", "w1 没有本人同意")]

    def test_room_kept_places_and_shared_seats(self):
        market = made(self.rows, [1, 1], kept_free=np.array([1, 0]), shared=(Shared((0, 1), 1),))
        assert [what for what, _ in told(market, plan_of(market, 0, 0))] == ["room", "kept_free", "shared"]

    def test_a_group_that_is_split(self):
        market = made(self.rows, [2, 1], together=np.array([0, 0]))
        assert told(market, plan_of(market, 0, 1)) == [("together", "w1 和同行的人分开了")]

    def test_another_answer_the_second_time(self):
        market = made(self.rows, [1, 1])
        again = plan_of(market, NOBODY, 0)
        found = check(market, plan_of(market, 0, 1), facts(market), again=lambda: again)
        assert [problem.column for problem in found] == ["repeat"]


class TestPassedOver:
    def test_whoever_goes_before_may_not_stay_while_one_behind_goes(self):
        market = made([(0, 0, 9), (1, 0, 5)], [1])
        assert told(market, plan_of(market, 0, NOBODY)) == []
        assert told(market, plan_of(market, NOBODY, 0)) == [("passed_over", "w0 没有安排，v0 名额给了排在后面的 w1")]
        assert told(market, plan_of(market, NOBODY, 0), standing=[5, 5]) == []

    def test_an_empty_place_is_not_left_while_somebody_stays(self):
        market = made([(0, 0, 9), (1, 0, 5)], [2])
        assert told(market, plan_of(market, 0, NOBODY)) == [("passed_over", "w1 没有安排，v0 还有空位")]

    def test_the_only_one_in_work_of_a_household_keeps_the_place(self):
        homes = {"home": np.array([0, 1, 0]), "bonus": np.array([6, 6])}
        market = made([(0, 0, 9), (1, 0, 5), (2, 1, 3)], [1, 1], **homes)
        assert told(market, plan_of(market, NOBODY, 0, 1)) == []
        assert told(market, plan_of(market, NOBODY, 0, NOBODY))[1][1].startswith("w0 没有安排")

    def test_a_kept_place_is_not_owed_to_others(self):
        market = made([(0, 0, 9), (1, 0, 5)], [1], kept_free=np.array([1]), of_group=np.array([False, True]))
        assert told(market, plan_of(market, NOBODY, 0)) == []

    def test_a_plan_not_proven_best_warns(self):
        market = made([(0, 0, 9), (1, 0, 5)], [1])
        (found,) = check(market, plan_of(market, NOBODY, 0, bound=9), facts(market))
        assert found.severity is Severity.WARNING


def test_messages_name_ids_and_say_how_to_mend():
    market = made([(0, 0, 9)], [1])
    found = check(market, plan_of(market, 0), facts(market, verdict=[1], consent=[False]))
    assert [problem.column for problem in found] == ["eligibility", "consent"]
    assert all(problem.fix and problem.expected and "w0" in problem.found for problem in found)


@pytest.mark.parametrize("n", [0, 10_000_000])
def test_no_opening_and_ten_million(n):
    market = made([(0, 0, 9), (1, 0, 5)], [n])
    assert check(market, assign(market), facts(market)) == ()
