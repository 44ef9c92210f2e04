"""The token bucket: both sides of its bound, and that it forgets nobody who is still busy."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.auth.limits import MOST_BUCKETS, Allowance


def test_a_minute_s_calls_may_come_at_once_and_then_evenly():
    allowance = Allowance(6)
    assert [allowance.wait_s("a", 0.0) for _ in range(7)] == [0] * 6 + [10]
    assert allowance.wait_s("a", 9.9) > 0
    assert allowance.wait_s("a", 10.0) == 0
    assert allowance.wait_s("a", 10.0) == 10


def test_one_asker_takes_nothing_from_another():
    allowance = Allowance(1)
    assert (allowance.wait_s("a", 0.0), allowance.wait_s("a", 0.0), allowance.wait_s("b", 0.0)) == (0, 60, 0)


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing():
    allowance = Allowance(2)
    assert allowance.wait_s("a", 100.0) == 0
    assert allowance.wait_s("a", 0.0) == 0
    assert allowance.wait_s("a", 0.0) > 0


@given(st.integers(1, 50), st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_never_more_than_a_minute_s_calls_and_what_flowed_in(per_minute, pauses):
    allowance, at, n_let = Allowance(per_minute), 0.0, 0
    for pause in pauses:
        at += pause
        n_let += allowance.wait_s("a", at) == 0
        assert n_let <= per_minute + at * per_minute / 60 + 1e-6


@given(st.integers(1, 50), st.integers(0, 60))
def test_after_the_time_that_is_told_the_next_call_is_let_through(per_minute, spent_at):
    allowance = Allowance(per_minute)
    while (wait := allowance.wait_s("a", float(spent_at))) == 0:
        pass
    assert allowance.wait_s("a", float(spent_at + wait)) == 0


def test_a_crowd_of_addresses_is_forgotten_but_not_who_is_busy():
    allowance = Allowance(1)
    for number in range(MOST_BUCKETS):
        allowance.wait_s(number, 0.0)
    allowance.wait_s("busy", 59.0)
    allowance.wait_s("late", 61.0)
    assert len(allowance._buckets) == 2
    assert allowance.wait_s("busy", 61.0) > 0
