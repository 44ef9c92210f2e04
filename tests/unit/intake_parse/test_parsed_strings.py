"""Head counts, ages, dates, numbers, places: real strings read by hand, both sides of each bound."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import UsageError
from matcher.geography import gazetteer
from matcher.intake.parse import (
    parse_age,
    parse_bool,
    parse_date,
    parse_headcount,
    parse_int,
    parse_line,
    parse_place,
)
from matcher.intake.parse.bounds import bounds

HEADCOUNTS = list(csv.DictReader((Path(__file__).parent / "headcounts.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("row", HEADCOUNTS, ids=[r["text"] for r in HEADCOUNTS])
def test_head_counts(row: dict[str, str]) -> None:
    count = parse_headcount(row["text"])
    low, high = (int(row[k]) if row[k] else None for k in ("low", "high"))
    assert (count.low, count.high) == (low, high)
    assert row["problem"] in (count.problem or "") if row["problem"] else count.problem is None


def test_head_count_bounds_and_empty() -> None:
    most = bounds().headcount.most
    assert parse_headcount(str(most)).low == most
    assert parse_headcount(str(most + 1)).problem is not None
    assert parse_headcount("").problem is not None
    assert parse_headcount(">10人").low == 11
    assert parse_headcount("<10人").high == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18-35", (18, 35)),
        ("18~45周岁", (18, 45)),
        ("18—45周岁", (18, 45)),
        ("18岁至45岁", (18, 45)),
        ("18-45岁之间", (18, 45)),
        ("18-35岁，身体健康", (18, 35)),
        ("年龄18-45岁", (18, 45)),
        ("45岁以下", (None, 45)),
        ("35周岁以内", (None, 35)),
        ("35岁（含）以下", (None, 35)),
        ("45周岁以下（含）", (None, 45)),
        ("40周岁及以下", (None, 40)),
        ("不超过50周岁", (None, 50)),
        ("未满60周岁", (None, 59)),
        ("低于35岁", (None, 34)),
        ("16岁以上", (16, None)),
        ("18周岁（含）以上", (18, None)),
        ("不低于18岁", (18, None)),
        ("超过18岁", (19, None)),
        ("18+", (18, None)),
        ("十八周岁以上", (18, None)),
        ("年满18周岁不超过50周岁", (18, 50)),
        ("18周岁以上，60周岁以下", (18, 60)),
        ("16周岁以上且60周岁以下", (16, 60)),
        ("大于18小于50", (19, 49)),
        ("不限", (None, None)),
        ("年龄不限", (None, None)),
    ],
)
def test_ages(text: str, expected: tuple[int | None, int | None]) -> None:
    age = parse_age(text)
    assert (age.min, age.max, age.problem) == (*expected, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("40-18", "小于下限"),
        ("200", "不像工作年龄"),
        ("6-8岁", "不像工作年龄"),
        ("35", "看不出是下限还是上限"),
        ("25岁左右", "看不出是下限还是上限"),
        ("男18-55，女18-50", "几个年龄范围"),
        ("35岁以下优先", "看不出年龄要求"),
        ("1980年后", "看不出年龄要求"),
        ("", "没有填写"),
    ],
)
def test_ages_that_cannot_be_told(text: str, words: str) -> None:
    age = parse_age(text)
    assert (age.min, age.max) == (None, None)
    assert words in (age.problem or "")


def test_age_bounds() -> None:
    limits = bounds().age
    assert parse_age(f"{limits.least}岁以上").min == limits.least
    assert parse_age(f"{limits.least - 1}岁以上").problem is not None
    assert parse_age(f"{limits.most}岁以下").max == limits.most
    assert parse_age(f"{limits.most + 1}岁以下").problem is not None


@pytest.mark.parametrize(
    "cell",
    [
        "2018.2.8",
        "2018-02-08",
        "2018/2/8",
        "2018/2/8 10:30",
        "2018-02-08 00:00:00",
        "2018-02-08T00:00:00Z",
        "20180208",
        "20180208.0",
        20180208,
        43139,
        43139.5,
        "43139",
        "2018年2月8日",
        "２０１８年２月８号",
        "二〇一八年二月八日",
        date(2018, 2, 8),
        datetime(2018, 2, 8, 3, 0),  # noqa: DTZ001 -- spreadsheet cells carry no zone
    ],
)
def test_days(cell: str | float | date) -> None:
    reading = parse_date(cell)
    assert (reading.value, reading.precision, reading.problem) == (date(2018, 2, 8), "day", None)


@pytest.mark.parametrize("cell", ["2018年2月", "2018年2月份", "201802", 201802, "2018.2", "2018-02", "二〇一八年二月"])
def test_months_stand_for_their_first_day_and_say_so(cell: str | int) -> None:
    reading = parse_date(cell)
    assert (reading.value, reading.precision) == (date(2018, 2, 1), "month")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("18.2.8", "只有两位"),
        ("18-02-08", "只有两位"),
        ("2018-02-30", "不存在"),
        ("20181301", "不存在"),
        ("2018", "只有年份"),
        (2018.1, "丢了末位的0"),
        ("2018-02-08至2018-05-01", "几个日期"),
        ("1899-12-31", "不在1900至2100"),
        ("2101-01-01", "不在1900至2100"),
        ("长期", "不是日期"),
        ("", "没有填写"),
        (None, "没有填写"),
    ],
)
def test_what_is_no_date_says_why(cell: str | float | None, words: str) -> None:
    reading = parse_date(cell)
    assert reading.value is None
    assert words in (reading.problem or "")


@pytest.mark.parametrize("cell", ["1970-01-01", 25569, "1970.1.1"])
def test_the_computers_zero_is_a_birth_date_but_no_deadline(cell: str | int) -> None:
    assert parse_date(cell).value == date(1970, 1, 1)
    deadline = parse_date(cell, deadline=True)
    assert deadline.value is None
    assert "系统默认值" in (deadline.problem or "")
    assert parse_date("1970-01-02", deadline=True).value == date(1970, 1, 2)


@given(st.dates(date(1927, 6, 1), date(2100, 12, 31)))
def test_every_way_of_writing_a_day_agrees(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    written = [
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        serial,
    ]
    assert {parse_date(cell).value for cell in written} == {day}
    assert parse_date(serial + 1).value == day + timedelta(days=1) or day == date(2100, 12, 31)


def test_whole_numbers() -> None:
    values = [parse_int(t).value for t in ("1,200", "１２", "3.0", "三十", "一百零五", "")]
    assert values == [1200, 12, 3, 30, 105, None]
    assert parse_int("").problem is None
    assert all(parse_int(t).problem for t in ("3.5", "abc", "12人", "-3", "三十三百"))


def test_yes_no_and_unknown() -> None:
    assert [parse_bool(t).value for t in ("是", "有", "√", "✓", "Y", "1")] == [True] * 6
    assert [parse_bool(t).value for t in ("否", "无", "N", "0", "没有")] == [False] * 5
    assert [(parse_bool(t).value, parse_bool(t).problem) for t in ("", "未知", "不详")] == [(None, None)] * 3
    assert all(parse_bool(t).problem for t in ("男", "女", "2", "也许"))


def test_place_lines_carry_the_contract_keys() -> None:
    line = parse_line("place", "朝阳区")
    assert list(line) == ["text", "code", "name", "level", "alternatives", "problem"]
    assert {"code": "110105", "name": "北京市朝阳区"} in line["alternatives"]
    assert parse_line("place", "江苏省 - 苏州市") == {
        "text": "江苏省 - 苏州市",
        "code": "320500",
        "name": "江苏省苏州市",
        "level": "city",
        "alternatives": [],
        "problem": None,
    }


def test_place_is_read_near_home_by_the_gazetteer_given() -> None:
    assert parse_place("里团村", "450206", gazetteer=gazetteer()).code == "450206102203"
    assert parse_place("里团村", gazetteer=gazetteer()).code is None


@pytest.mark.parametrize(
    ("kind", "keys"), [("headcount", ["text", "low", "high", "problem"]), ("age", ["text", "min", "max", "problem"])]
)
def test_other_lines_carry_the_contract_keys(kind: str, keys: list[str]) -> None:
    assert list(parse_line(kind, "不限")) == keys


def test_an_unknown_kind_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="wage, place, headcount, age"):
        parse_line("colour", "x")


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    count, age = parse_headcount(text), parse_age(text)
    assert count.problem is None or (count.low, count.high) == (None, None)
    assert age.problem is None or (age.min, age.max) == (None, None)
    assert (parse_date(text).value is None) == (parse_date(text).problem is not None)
    place = parse_line("place", text)
    assert place["code"] is not None or place["problem"]
