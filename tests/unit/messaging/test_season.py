"""The table of Spring Festival days, the season around it, and the moments a text may go out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidInput, NotFound, UsageError
from matcher.messaging.season import NotNow, Purpose, festivals, may_send, season_of, spring_festival
from matcher.messaging.sending import county_rules, read_rules, standard_rules

CHINA = timezone(timedelta(hours=8))
RULES = standard_rules()
# Widely published days, written down by hand and not taken from the table.
KNOWN = ["1990-01-27", "1991-02-15", "1995-01-31", "2000-02-05", "2007-02-18", "2008-02-07", "2012-01-23", "2013-02-10",
         "2014-01-31", "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12",
         "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
         "2029-02-13", "2030-02-03", "2033-01-31", "2034-02-19"]  # fmt: skip
# Every second of 108 years.
MOMENTS = st.integers(0, 108 * 365 * 86400).map(lambda s: datetime(1991, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize("day", KNOWN)
def test_the_table_holds_the_known_days(day):
    assert spring_festival(int(day[:4])).isoformat() == day


def test_the_table_is_whole_and_of_whole_months():
    assert list(festivals()) == list(range(1990, 2101))
    days = list(festivals().values())
    years = {(later - earlier).days for earlier, later in pairwise(days)}
    assert years <= {353, 354, 355, 383, 384, 385}
    assert all(date(day.year, 1, 21) <= day <= date(day.year, 2, 21) for day in days)


@pytest.mark.parametrize("year", [1989, 2101])
def test_years_outside_the_table_are_refused(year):
    with pytest.raises(NotFound, match=str(year)):
        spring_festival(year)


def test_the_season_has_two_ends():
    first, last = date(2025, 12, 19), date(2026, 3, 19)
    assert season_of(first - timedelta(1), RULES) is None
    assert season_of(last + timedelta(1), RULES) is None
    window = season_of(first, RULES)
    assert window == season_of(last, RULES)
    assert window == (2026, date(2026, 2, 17), first, last)


@pytest.mark.parametrize(
    ("moment", "reason", "then"),
    [
        ("2026-01-20T09:00", None, "2026-01-20T09:00"),
        ("2026-01-20T08:59:59", NotNow.OFF_HOURS, "2026-01-20T09:00"),
        ("2026-01-20T07:59:59", NotNow.NIGHT, "2026-01-20T09:00"),
        ("2026-01-20T19:29:59", None, "2026-01-20T19:29:59"),
        ("2026-01-20T19:30", NotNow.OFF_HOURS, "2026-01-21T09:00"),
        ("2026-01-20T20:59:59", NotNow.OFF_HOURS, "2026-01-21T09:00"),
        ("2026-01-20T21:00", NotNow.NIGHT, "2026-01-21T09:00"),
        ("2026-01-20T00:00", NotNow.NIGHT, "2026-01-20T09:00"),
        ("2026-02-15T12:00", None, "2026-02-15T12:00"),
        ("2026-02-15T19:30", NotNow.OFF_HOURS, "2026-02-20T09:00"),
        ("2026-02-16T12:00", NotNow.FESTIVAL, "2026-02-20T09:00"),
        ("2026-02-19T12:00", NotNow.FESTIVAL, "2026-02-20T09:00"),
        ("2026-02-20T09:00", None, "2026-02-20T09:00"),
        ("2026-03-19T20:00", NotNow.OFF_HOURS, "2026-12-08T09:00"),
        ("2026-06-01T12:00", NotNow.OUT_OF_SEASON, "2026-12-08T09:00"),
    ],
)
def test_moments_on_both_sides_of_each_bound(moment, reason, then):
    ruling = may_send(at(moment), RULES)
    assert (ruling.allowed, ruling.reason, ruling.next_at) == (reason is None, reason, at(then))


def test_a_notice_keeps_hours_and_rest_but_no_season():
    assert may_send(at("2026-06-01T12:00"), RULES, Purpose.NOTICE).allowed
    assert may_send(at("2026-06-01T22:00"), RULES, Purpose.NOTICE).reason is NotNow.NIGHT
    assert may_send(at("2026-02-17T12:00"), RULES, Purpose.NOTICE).reason is NotNow.FESTIVAL


def test_an_answer_goes_out_at_once():
    assert may_send(at("2026-02-17T02:00"), RULES, Purpose.ANSWER).allowed


def test_the_hour_is_theirs_whatever_the_zone_of_the_clock():
    moment = at("2026-01-20T20:59")
    assert may_send(moment.astimezone(UTC), RULES).reason is NotNow.OFF_HOURS
    # A clock of a country with summer time shows the same moment before and after it changes.
    assert may_send(moment.astimezone(timezone(timedelta(hours=-5))), RULES).reason is NotNow.OFF_HOURS
    with pytest.raises(UsageError, match="time zone"):
        may_send(moment.replace(tzinfo=None), RULES)


def test_beyond_the_table_there_is_no_next_moment():
    assert may_send(at("2100-06-01T12:00"), RULES).next_at is None


@given(MOMENTS, st.sampled_from(list(Purpose)))
def test_the_next_moment_is_allowed_and_not_before(moment, purpose):
    ruling = may_send(moment, RULES, purpose)
    assert ruling.next_at is not None
    assert ruling.next_at >= moment
    assert may_send(ruling.next_at, RULES, purpose).allowed
    assert ruling.allowed == (ruling.next_at == moment)


@given(MOMENTS)
def test_nothing_but_an_answer_goes_out_at_night_or_over_new_year(moment):
    here = moment.astimezone(CHINA)
    days = (here.date() - spring_festival(here.year)).days
    if here.time() >= time(21) or here.time() < time(8) or -1 <= days <= 2:
        assert not may_send(here, RULES).allowed
        assert not may_send(here, RULES, Purpose.NOTICE).allowed


COMMITTED = resources.files("matcher.messaging").joinpath("data/sending.toml").read_text("utf-8")


def overlay(opens: str, closes: str, eve: int = -1) -> str:
    return f"[hours]\nopens = {opens}\ncloses = {closes}\n[festival]\nrest_from_day = {eve}\n"


def test_hours_may_be_set_up_to_the_hard_stop_and_no_further():
    widest = read_rules(COMMITTED, overlay("08:00:00", "21:00:00"))
    assert may_send(at("2026-01-20T20:59:59"), widest).allowed
    for opens, closes in (("07:59:00", "20:00:00"), ("09:00:00", "21:01:00"), ("12:00:00", "12:00:00")):
        with pytest.raises(InvalidInput, match="do not lie inside"):
            read_rules(COMMITTED, overlay(opens, closes))
    with pytest.raises(InvalidInput, match="rest ends"):
        read_rules(COMMITTED, overlay("09:00:00", "19:00:00", 3))
    with pytest.raises(InvalidInput, match="opens"):
        read_rules(COMMITTED, overlay("'x'", "19:00:00"))
    with pytest.raises(InvalidInput, match="do not fit"):
        read_rules("[clock")


@pytest.mark.parametrize(
    "line",
    [
        "[hours]\nnever_from = 23:00:00\ncloses = 22:00:00\n",
        "[hours]\nnever_before = 06:00:00\nopens = 07:00:00\n",
        "[festival]\nrest_from_day = 0\n",
        "[festival]\nrest_to_day = 1\n",
    ],
)
def test_no_county_shortens_the_night_or_the_festival(line):
    with pytest.raises(InvalidInput, match="nobody is written to"):
        county_rules(line)


def test_a_county_may_rest_longer():
    own = county_rules("[hours]\nnever_from = 20:00:00\n[festival]\nrest_from_day = -2\nrest_to_day = 6\n")
    assert (own.festival.rest_to_day, own.hours.closes) == (6, RULES.hours.closes)


def test_a_number_pattern_that_is_none_is_refused():
    with pytest.raises(InvalidInput, match="mobile is no regular expression"):
        county_rules("[phone]\nmobile = '(['\n")


def test_a_countys_lines_take_the_place_of_the_committed_ones_and_a_mistyped_one_is_refused():
    assert read_rules(COMMITTED) == RULES
    own = read_rules(COMMITTED, "[contact]\nphone = '07721234567'\n")
    assert (own.contact.phone, own.contact.caller) == ("07721234567", RULES.contact.caller)
    assert own.hours == RULES.hours
    for text in ("[contact]\nphones = ''\n", "[holidays]\n", "phone = ''\n", "contact = 1\n"):
        with pytest.raises(InvalidInput, match="do not fit"):
            read_rules(COMMITTED, text)
