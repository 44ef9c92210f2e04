"""Wages: strings of job boards with readings written by hand, the period factors, both sides of each bound."""

from __future__ import annotations

import csv
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.parse import parse_line, parse_wage
from matcher.intake.parse.bounds import bounds

ROWS = list(csv.DictReader((Path(__file__).parent / "wages.csv").read_text("utf-8").splitlines()))


def whole(value: str) -> int | None:
    return int(value) if value else None


@pytest.mark.parametrize("row", ROWS, ids=[r["text"][:24] for r in ROWS])
def test_real_strings_are_read_as_a_clerk_reads_them(row: dict[str, str]) -> None:
    wage = parse_wage(row["text"])
    assert (wage.kind, wage.low_yuan_month, wage.high_yuan_month) == (
        row["kind"],
        whole(row["low"]),
        whole(row["high"]),
    )
    if row["basis"]:
        assert wage.basis == row["basis"]
    assert (wage.problem is not None) == (row["kind"] == "problem")
    assert wage.text == row["text"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2000~300", "上限300小于下限2000"),
        ("26-40", "没有写单位"),
        ("6万元及以上", "没有写明按月、按年"),
        ("50-80元/节", "单位“节”"),
        ("按政策执行", "按规定执行"),
        ("五险一金", "福利待遇"),
        ("两班倒薪资8000元/月三班倒薪资6000元/月", "几个数额"),
        ("给予40万元", "看不出是不是这个岗位的工资"),
        ("", "没有填写工资"),
        ("3000-5000-8000", "几个数额"),
        ("20-40万/月", "折合每月200000至400000元"),
    ],
)
def test_each_problem_says_its_reason(text: str, words: str) -> None:
    assert words in (parse_wage(text).problem or "")


@pytest.mark.parametrize(("text", "has_price"), [("计件", False), ("按件计酬", False), ("0.5元/件", True)])
def test_piece_work_is_named_and_not_converted(text: str, has_price: bool) -> None:
    wage = parse_wage(text)
    assert (wage.kind, wage.basis, wage.low_yuan_month) == ("problem", "piece", None)
    assert ("单价不能折算" in (wage.problem or "")) is has_price


def test_spoken_numbers() -> None:
    readings = {
        t: parse_wage(t).low_yuan_month
        for t in ("三千到五千", "八千五", "月薪4千5百元", "一万二", "两千元", "十万元/年")
    }
    assert readings == {
        "三千到五千": 3000,
        "八千五": 8500,
        "月薪4千5百元": 4500,
        "一万二": 12000,
        "两千元": 2000,
        "十万元/年": 8333,
    }


def test_full_width_separators_and_thousands() -> None:
    for text in ("３０００－５０００元", "3,000-5,000元", "3000 — 5000 元", "￥3000~5000", "3000元至5000元"):
        wage = parse_wage(text)
        assert (wage.low_yuan_month, wage.high_yuan_month) == (3000, 5000), text


def test_a_unit_at_one_end_holds_for_the_other_unless_that_is_in_yuan() -> None:
    assert parse_wage("1-1.5万/月").low_yuan_month == 10000
    assert parse_wage("3000-1万/月").low_yuan_month == 3000
    assert parse_wage("6k-8").high_yuan_month == 8000


def test_factors_are_arguments() -> None:
    assert parse_wage("100元/天", days_per_month=22).low_yuan_month == 2200
    assert parse_wage("20元/小时", hours_per_month=174).low_yuan_month == 3480


def test_bounds_hold_on_both_sides() -> None:
    limits = bounds().wage
    assert parse_wage(f"{limits.least_yuan_month}元/月").kind == "range"
    assert parse_wage(f"{limits.least_yuan_month - 1}元/月").kind == "problem"
    assert parse_wage(f"{limits.most_yuan_month}元/月").kind == "range"
    assert parse_wage(f"{limits.most_yuan_month + 1}元/月").kind == "problem"
    assert parse_wage(f"{limits.least_unstated_yuan}").kind == "range"
    assert parse_wage(f"{limits.least_unstated_yuan - 1}").kind == "problem"
    assert parse_wage("4-5万").basis == "month"
    assert parse_wage("4-5.1万").kind == "problem"
    assert parse_wage("9.9-12万").kind == "problem"
    assert parse_wage("10-12万").basis == "year"
    assert parse_wage("120000").kind == "problem"  # in yuan it may be anything


@given(st.integers(300, 200_000), st.integers(0, 50_000))
def test_monthly_ranges_come_back_exactly(low: int, more: int) -> None:
    high = min(low + more, 200_000)
    wage = parse_wage(f"{low}-{high}元/月")
    assert (wage.kind, wage.low_yuan_month, wage.high_yuan_month) == ("range", low, high)


@given(st.integers(1000, 9_999), st.integers(1, 999))
def test_an_upper_end_below_the_lower_is_never_repaired(low: int, high: int) -> None:
    wage = parse_wage(f"{low}~{high}")
    assert (wage.kind, wage.low_yuan_month, wage.high_yuan_month) == ("problem", None, None)


@given(st.integers(3_600, 2_400_000))
def test_years_are_twelfths_rounded_half_up(yuan: int) -> None:
    low = parse_wage(f"{yuan}元/年").low_yuan_month
    assert low is not None
    assert Fraction(-1, 2) < low - Fraction(yuan, 12) <= Fraction(1, 2)


@given(st.text(max_size=40))
def test_any_text_gives_a_whole_answer(text: str) -> None:
    wage = parse_wage(text)
    assert wage.kind in {"range", "from", "upto", "negotiable", "problem"}
    assert (wage.kind == "problem") == (wage.problem is not None)
    assert (wage.kind in {"range", "from"}) == (wage.low_yuan_month is not None)
    assert (wage.kind in {"range", "upto"}) == (wage.high_yuan_month is not None)
    if wage.kind == "range":
        assert wage.low_yuan_month <= wage.high_yuan_month


def test_line_has_exactly_the_contract_keys() -> None:
    keys = ["text", "kind", "low_yuan_month", "high_yuan_month", "basis", "problem"]
    assert list(parse_line("wage", "面议")) == keys
    assert list(parse_line("wage", "1-1.5万/月")) == keys


def test_fifty_thousand_repeated_lines_take_less_than_a_second() -> None:
    texts = [r["text"] for r in ROWS] * (50_000 // len(ROWS))
    started = time.perf_counter()
    for text in texts:
        parse_line("wage", text)
    assert time.perf_counter() - started < 1.0
