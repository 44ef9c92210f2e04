"""Look-ahead: how many people are still to come in a season, read from when they came in an earlier one.

A plan that gives every opening to whoever stands here today leaves nothing for those who register next month. The
calendar is a dated count of people by week; only willing people are counted, and they are scaled by how many came
so far this season, so that nobody is waited for who will not come (QUALITY section 12).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import MINYEAR, date, timedelta

N_DAYS = 7
WEEK = timedelta(days=N_DAYS)
ONE_DAY = timedelta(days=1)
FEWEST = 20
"""People on whom a share is reckoned; a season is not told from its first three visitors."""


def weekly(days: Iterable[date]) -> dict[date, int]:
    """The calendar of people who registered on these days: Monday of each week -> people, in order."""
    counted = Counter(day - timedelta(days=day.weekday()) for day in days)
    return dict(sorted(counted.items()))


def still_to_come(calendar: Mapping[date, int], *, first: date, on: date, last: date, arrived: int) -> float:
    """People to be expected after a day `on` until `last`, the days of a season that began on `first`.

    calendar : first day of a week -> people who registered in it, of any earlier seasons; a season's weeks are those
    of the same days of the year before. Of several years in it, the last one that has any is read.
    arrived : people who registered between `first` and `on`; the calendar tells shares, and they the size. Where
    nobody registered so far, or too few had by then in the calendar, its own numbers are all there is.
    """
    for years in range(1, 1 + _years_back(calendar, first)):
        begun, at, ended = (_years_before(day, years) for day in (first, on, last))
        before = sum(_inside(week, begun, at) * people for week, people in calendar.items())
        after = sum(_inside(week, at + timedelta(days=1), ended) * people for week, people in calendar.items())
        if before or after:
            return after * arrived / before if arrived and before >= FEWEST else after
    return 0.0


def _years_back(calendar: Mapping[date, int], first: date) -> int:
    """How many years before the season the calendar begins, at least 0 and never before there are years."""
    return max(0, min(first.year - min(calendar, default=first).year + 1, first.year - MINYEAR))


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; the day before for a 29 February that it does not have."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return (day - ONE_DAY).replace(year=day.year - years)


def _inside(week: date, first: date, last: date) -> float:
    """Share of the week's seven days that lie between two days, both inclusive."""
    days = (min(week + WEEK - ONE_DAY, last) - max(week, first)).days + 1
    return min(N_DAYS, max(0, days)) / N_DAYS
