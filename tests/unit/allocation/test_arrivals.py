"""The arrival calendar: who is still to come, in shares of last year and the size of this one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.allocation.arrivals import FEWEST, still_to_come, weekly

FIRST, LAST = date(2018, 2, 5), date(2018, 7, 29)
# Mondays of 2017 whose whole weeks lie in the season of the year before.
CALENDAR = {date(2017, 2, 6): 100, date(2017, 3, 6): 60, date(2017, 6, 5): 40}


def to_come(on: date, arrived: int, calendar: dict[date, int] | None = None) -> float:
    return still_to_come(CALENDAR if calendar is None else calendar, first=FIRST, on=on, last=LAST, arrived=arrived)


def test_days_are_counted_by_the_week_they_lie_in():
    days = [date(2017, 2, 6), date(2017, 2, 12), date(2017, 2, 13)]
    assert weekly(days) == {date(2017, 2, 6): 2, date(2017, 2, 13): 1}
    assert weekly([]) == {}


@pytest.mark.parametrize(("on", "last_year"), [
    (date(2018, 2, 12), 100), (date(2018, 3, 12), 40), (date(2018, 6, 11), 0), (date(2018, 7, 29), 0),
])  # fmt: skip
def test_as_many_as_last_year_leaves_what_last_year_left(on: date, last_year: int):
    gone = 200 - last_year
    assert to_come(on, gone) == pytest.approx(last_year)


def test_half_as_many_so_far_are_half_as_many_to_come():
    assert to_come(date(2018, 3, 12), 80) == pytest.approx(20)


def test_a_week_counts_by_the_days_that_are_left_of_it():
    assert to_come(date(2018, 6, 7), 200) == pytest.approx(40 * 4 / 7 * 200 / (160 + 40 * 3 / 7))


def test_nobody_registered_yet_leaves_last_years_numbers():
    assert to_come(date(2018, 3, 12), 0) == pytest.approx(40)


@pytest.mark.parametrize(("had_come", "told"), [(FEWEST - 1, 50), (FEWEST, 250)])
def test_no_share_is_reckoned_on_too_few(had_come: int, told: float):
    calendar = {date(2017, 2, 6): had_come, date(2017, 4, 3): 50}
    assert to_come(date(2018, 3, 12), 5 * FEWEST, calendar) == pytest.approx(told)


def test_no_calendar_no_waiting():
    assert to_come(date(2018, 3, 12), 500, {}) == 0


def test_this_seasons_own_registrations_are_no_calendar():
    assert to_come(date(2018, 3, 12), 500, {date(2018, 4, 2): 90}) == 0


def test_the_last_year_that_has_any_is_read():
    calendar = {date(2015, 4, 6): 70, date(2016, 4, 4): 30}
    assert to_come(date(2018, 3, 12), 0, calendar) == pytest.approx(30)


def test_a_season_over_the_end_of_a_leap_february():
    calendar = {date(2019, 3, 4): 30}
    assert still_to_come(
        calendar, first=date(2020, 2, 1), on=date(2020, 2, 29), last=date(2020, 7, 31), arrived=0
    ) == pytest.approx(30)


@pytest.mark.parametrize("day", [date.min, date(2, 2, 28), date.max])
def test_a_season_at_either_end_of_all_days_is_reckoned(day: date):
    assert still_to_come({date.min: 30}, first=day, on=day, last=day, arrived=0) >= 0


@given(
    st.dictionaries(st.integers(0, 120), st.integers(0, 500), max_size=20),
    st.integers(0, 173), st.integers(0, 173), st.integers(0, 5000),
)  # fmt: skip
def test_fewer_are_to_come_the_later_it_is(weeks: dict[int, int], one: int, other: int, arrived: int):
    calendar = {date(2016, 1, 4) + timedelta(weeks=week): people for week, people in weeks.items()}
    early, late = (to_come(FIRST + timedelta(days=days), arrived, calendar) for days in sorted((one, other)))
    if arrived == 0:
        assert early >= late - 1e-9
    assert late >= 0
