"""When a text may go out: the season around the Chinese new year, the hours of a day, the days of rest.

The first days of the years 1990 to 2100 are a committed table, reckoned from the sky by
`training_data/reference/build_spring_festival.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, NamedTuple

from matcher.errors import NotFound, UsageError
from matcher.messaging.sending import SendingRules


class Purpose(StrEnum):
    """Why a text is written. OFFER: a list; NOTICE: to somebody who has chosen; ANSWER: to a reply just come in."""

    OFFER = "offer"
    NOTICE = "notice"
    ANSWER = "answer"


class NotNow(StrEnum):
    """Why a text may not go out at a moment; the first that holds is told."""

    NIGHT = "night"
    FESTIVAL = "festival"
    OUT_OF_SEASON = "out_of_season"
    OFF_HOURS = "off_hours"

    @property
    def label(self) -> str:
        """As pages say it."""
        return _LABELS[self]


_LABELS: Final = {
    NotNow.NIGHT: "夜里不发短信",
    NotNow.FESTIVAL: "过年这几天不发短信",
    NotNow.OUT_OF_SEASON: "还没到返乡季，或者返乡季已过",
    NotNow.OFF_HOURS: "不在发送时间内",
}


class Ruling(NamedTuple):
    """Whether a text may go out. reason : None if it may; next_at : the next moment it may, None if the table ends."""

    allowed: bool
    reason: NotNow | None
    next_at: datetime | None


class Window(NamedTuple):
    """A season: the year whose first day it surrounds, that day, and the days it begins and ends on, both included."""

    year: int
    festival: date
    opens: date
    closes: date


@cache
def festivals() -> Mapping[int, date]:
    """Year -> first day of the Chinese year that begins in it."""
    table = resources.files("matcher.messaging").joinpath("data/spring_festival.csv")
    rows = csv.DictReader(table.read_text("utf-8").splitlines())
    return MappingProxyType({int(row["year"]): date.fromisoformat(row["first_day"]) for row in rows})


def spring_festival(year: int) -> date:
    """The first day of the Chinese year that begins in `year`; raises NotFound outside the table."""
    try:
        return festivals()[year]
    except KeyError:
        raise NotFound(
            f"the table of Spring Festival days has no {year}",
            where="spring_festival.csv",
            remedy=f"It holds {min(festivals())} to {max(festivals())}; look at the clock of this machine.",
        ) from None


def season_of(on: date, rules: SendingRules) -> Window | None:
    """The season a day lies in, None between two seasons."""
    before, after = rules.season.opens_days_before_festival, rules.season.closes_days_after_festival
    found = (_window(year, before, after) for year in (on.year, on.year + 1) if year in festivals())
    return next((window for window in found if window.opens <= on <= window.closes), None)


@cache
def _window(year: int, before: int, after: int) -> Window:
    day = spring_festival(year)
    return Window(year, day, day - timedelta(days=before), day + timedelta(days=after))


def local(at: datetime, rules: SendingRules) -> datetime:
    """A moment in the civil time of the people written to; raises UsageError for one without a zone."""
    if at.tzinfo is None:
        raise UsageError("a moment without a time zone", where="at", remedy="Give an aware datetime.")
    return at.astimezone(timezone(timedelta(hours=rules.clock.utc_offset_hours)))


def may_send(at: datetime, rules: SendingRules, purpose: Purpose = Purpose.OFFER) -> Ruling:
    """Whether a text of a purpose may go out at a moment; if not, why, and when it next may.

    An answer may go out at any hour: its reader has written the moment before. A notice keeps hours and days of
    rest, an offer the season as well.
    """
    now = local(at, rules)
    reason = None if purpose is Purpose.ANSWER else _obstacle(now, rules, purpose)
    if reason is None:
        return Ruling(True, None, at)
    return Ruling(False, reason, _next(now, rules, purpose))


def _obstacle(now: datetime, rules: SendingRules, purpose: Purpose) -> NotNow | None:
    hours, clock = rules.hours, now.time()
    if not hours.never_before <= clock < hours.never_from:
        return NotNow.NIGHT
    if day_obstacle := _day_obstacle(now.date(), rules, purpose):
        return day_obstacle
    return None if hours.opens <= clock < hours.closes else NotNow.OFF_HOURS


def _day_obstacle(day: date, rules: SendingRules, purpose: Purpose) -> NotNow | None:
    festival = festivals().get(day.year)
    rest = rules.festival
    if festival and rest.rest_from_day <= (day - festival).days <= rest.rest_to_day:
        return NotNow.FESTIVAL
    return NotNow.OUT_OF_SEASON if purpose is Purpose.OFFER and season_of(day, rules) is None else None


def _next(now: datetime, rules: SendingRules, purpose: Purpose) -> datetime | None:
    """The opening of the first day that is open and whose opening is still to come."""
    day = now.date() if now.time() < rules.hours.opens else now.date() + timedelta(days=1)
    last = date(max(festivals()), 12, 1)
    while day <= last:
        if _day_obstacle(day, rules, purpose) is None:
            return datetime.combine(day, rules.hours.opens, now.tzinfo)
        day += timedelta(days=1)
    return None
