"""The half-day a call is promised for: working days and hours, none over the festival, never one that is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.messaging.half_days import is_working_day, next_half_day, promise_words
from matcher.messaging.sending import standard_rules
from matcher.records.replies import HalfDay

RULES = standard_rules()
CHINA = timezone(timedelta(hours=8))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "on", "half", "words"),
    [
        ("2026-01-20T07:00:00", "2026-01-20", HalfDay.MORNING, "今天上午"),
        ("2026-01-20T11:30:00", "2026-01-20", HalfDay.MORNING, "今天上午"),
        ("2026-01-20T11:30:01", "2026-01-20", HalfDay.AFTERNOON, "今天下午"),
        ("2026-01-20T17:30:00", "2026-01-20", HalfDay.AFTERNOON, "今天下午"),
        ("2026-01-20T17:30:01", "2026-01-21", HalfDay.MORNING, "明天上午"),
        ("2026-01-20T23:59:59", "2026-01-21", HalfDay.MORNING, "明天上午"),
        ("2026-01-24T18:00:00", "2026-01-26", HalfDay.MORNING, "后天上午"),  # Saturday evening: Monday
        ("2026-02-14T18:00:00", "2026-02-20", HalfDay.MORNING, "下周五上午"),  # New Year's Day is the 17th
        ("2026-02-16T10:00:00", "2026-02-20", HalfDay.MORNING, "周五上午"),
    ],
)
def test_the_first_half_day_with_enough_of_it_left(moment, on, half, words):
    promise = next_half_day(at(moment), RULES)
    assert (promise.on.isoformat(), promise.half) == (on, half)
    assert promise_words(promise, at(moment), RULES) == words


@given(st.integers(0, 40 * 365 * 24 * 60).map(lambda m: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=m)))
def test_a_promise_lies_ahead_on_a_working_day_and_its_words_fit_their_slot(moment):
    promise = next_half_day(moment, RULES)
    assert promise.due_at >= moment + timedelta(minutes=RULES.calls.lead_minutes)
    assert is_working_day(promise.on, RULES)
    assert promise.due_at <= moment + timedelta(days=9)
    assert 0 < len(promise_words(promise, moment, RULES)) <= 6


def test_no_calls_on_days_of_rest():
    assert not is_working_day(date(2026, 2, 16), RULES)
    assert not is_working_day(date(2026, 2, 19), RULES)
    assert is_working_day(date(2026, 2, 20), RULES)
    assert not is_working_day(date(2026, 1, 25), RULES)
