"""Half-days of work on which somebody is called back, as they are promised and as a text says them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from matcher.messaging.season import festivals, local
from matcher.messaging.sending import WEEK, SendingRules, Span
from matcher.records.local_time import WEEKDAYS
from matcher.records.replies import HalfDay

N_DAYS: Final = 31
"""Further ahead no promise is looked for: rules with a working day have one long before."""
_NEXT: Final = ("今天", "明天", "后天")


class Promise(NamedTuple):
    """On which half-day, and when it is over."""

    on: date
    half: HalfDay
    due_at: datetime


def next_half_day(at: datetime, rules: SendingRules) -> Promise:
    """The first half-day of work with enough of it left to call; the festival's days of rest are none."""
    now = local(at, rules)
    latest = now + timedelta(minutes=rules.calls.lead_minutes)
    for ahead in range(N_DAYS):
        day = now.date() + timedelta(days=ahead)
        if not is_working_day(day, rules):
            continue
        for half, span in _spans(rules):
            ends = datetime.combine(day, span.closes, now.tzinfo)
            if latest <= ends:
                return Promise(day, half, ends)
    day = now.date() + timedelta(days=N_DAYS)
    return Promise(day, HalfDay.MORNING, datetime.combine(day, rules.calls.morning.closes, now.tzinfo))


def is_working_day(day: date, rules: SendingRules) -> bool:
    """Whether people are called on a day."""
    festival = festivals().get(day.year)
    rest = rules.festival
    if festival and rest.rest_from_day <= (day - festival).days <= rest.rest_to_day:
        return False
    return day.isoweekday() in rules.calls.working_days


def _spans(rules: SendingRules) -> tuple[tuple[HalfDay, Span], ...]:
    return (HalfDay.MORNING, rules.calls.morning), (HalfDay.AFTERNOON, rules.calls.afternoon)


def promise_words(promise: Promise, at: datetime, rules: SendingRules) -> str:
    """今天下午, 后天上午, 周五上午, 下周五上午: at most six characters; later than that 过几天."""
    today = local(at, rules).date()
    ahead = (promise.on - today).days
    if ahead < len(_NEXT):
        return f"{_NEXT[ahead]}{promise.half.label}"
    if ahead >= 2 * WEEK:
        return "过几天"
    name = f"周{WEEKDAYS[promise.on.weekday()]}{promise.half.label}"
    same_week = promise.on.isocalendar()[:2] == today.isocalendar()[:2]
    next_week = (promise.on - timedelta(days=WEEK)).isocalendar()[:2] == today.isocalendar()[:2]
    return name if same_week else f"下{name}" if next_week else "过几天"
