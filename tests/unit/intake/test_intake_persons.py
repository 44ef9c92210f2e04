"""Who a row is: identity numbers, days of birth, sex, age and telephone."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from intake_files import Read, errors, id_number, one, worker

from matcher.errors import Severity
from matcher.records import Kind


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (450206197301011234.0, "末几位已丢失"),
        ("4.50206E+17", "末几位已丢失"),
        ("450206197301011000", "末几位已丢失"),
        ("45020619730101123X"[:10] + "****" + "1234", "遮盖"),
        ("45020619730101XXXX", "遮盖"),
        (id_number()[:17] + ("1" if id_number()[17] != "1" else "2"), "校验"),
        (id_number()[:-1], "位数"),
        (id_number("20300101"), "未来"),
        (id_number("18730101"), "过早"),
        ("450221197302301234", "出生日期不存在"),
        ("abc", "位数"),
    ],
)
def test_a_wrong_identity_number_rejects_the_row_and_is_never_repaired(read: Read, number: Any, words: str) -> None:
    run = worker(read, "身份证号", number)
    assert run.outcomes == {"rejected": 1}
    assert run.rows[0].change is None
    assert words in errors(run)[0]
    assert run.problems[0].column == "身份证号"


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        (id_number(), "accepted"),
        (f" {id_number()} ", "repaired"),
        ("".join(chr(ord(c) + 0xFEE0) for c in id_number()), "repaired"),
        (id_number()[:6] + " " + id_number()[6:], "repaired"),
        ("450221730101122", "repaired"),
        (450221730101122.0, "repaired"),
    ],
)
def test_a_right_number_is_brought_to_one_form_and_the_change_is_shown(read: Read, written: Any, outcome: str) -> None:
    run = worker(read, "证件号码", written)
    assert run.outcomes == {outcome: 1}
    assert run.fields()["birth_date"] == "1973-01-01"
    if outcome == "repaired":
        assert run.problems[0].expected == run.fields()["id_number"]


def test_the_number_itself_cannot_be_read_off_the_derived_id(read: Read) -> None:
    first = worker(read, "身份证号", id_number()).rows[0].change
    other_key = worker(read, "身份证号", id_number(), key=b"another county").rows[0].change
    assert first is not None
    assert other_key is not None
    assert re.fullmatch("w-[0-9a-f]{16}", first.record_id)
    assert first.record_id != other_key.record_id


@pytest.mark.parametrize(
    ("born", "outcome", "registered"),
    [
        ("1973-01-01", "accepted", "1973-01-01"),
        ("1973.1.1", "accepted", "1973-01-01"),
        ("1973年1月1日", "accepted", "1973-01-01"),
        (date(1973, 1, 1), "accepted", "1973-01-01"),
        (26665, "accepted", "1973-01-01"),
        ("1972-12-01", "accepted", "1973-01-01"),
        ("1983-01-01", "rejected", None),
    ],
)
def test_a_birth_date_is_held_against_the_number(read: Read, born: Any, outcome: str, registered: str | None) -> None:
    run = one(read, "姓名|身份证号|出生日期", "韦秀英", id_number(), born)
    assert run.outcomes == {outcome: 1}
    if registered:
        assert run.fields()["birth_date"] == registered
    if born == "1972-12-01":
        assert "1972-12-01" in run.problems[0].found
        assert "1973-01-01" in run.problems[0].found


@pytest.mark.parametrize(("born", "words"), [("2018-06-02", "未来"), ("1890-01-01", ""), ("1973-02-30", "不存在")])
def test_an_impossible_birth_date_rejects_the_row(read: Read, born: str, words: str) -> None:
    run = worker(read, "出生日期", born)
    assert run.outcomes == {"rejected": 1}
    assert words in errors(run)[0]


def test_born_today_is_possible(read: Read) -> None:
    assert worker(read, "出生日期", "2018-06-01").outcomes == {"accepted": 1}


def test_a_sex_that_contradicts_the_number_is_shown(read: Read) -> None:
    run = one(read, "姓名|身份证号|性别", "韦秀英", id_number(), "男")
    assert run.outcomes == {"accepted": 1}
    assert run.fields()["sex"] == "female"
    assert "性别男" in run.problems[0].found


@pytest.mark.parametrize(("age", "said"), [("45", False), ("46", False), ("47", True), ("60岁", True)])
def test_an_age_two_years_off_is_shown(read: Read, age: str, said: bool) -> None:
    run = one(read, "姓名|身份证号|年龄", "韦秀英", id_number(), age)
    assert any("年龄" in p.found for p in run.problems) == said
    assert run.outcomes == {"accepted": 1}


@pytest.mark.parametrize(("born", "said"), [("20020602", True), ("20020601", False)])
def test_somebody_of_15_is_kept_as_a_member_and_said(read: Read, born: str, said: bool) -> None:
    run = worker(read, "身份证号", id_number(born))
    assert run.outcomes == {"accepted": 1}
    assert any("不会为其推荐" in p.fix for p in run.problems) == said


@pytest.mark.parametrize(
    ("phone", "kept", "severity"),
    [
        ("13800138000", "13800138000", None),
        (13800138000.0, "13800138000", Severity.REPAIRED),
        ("138-0013-8000", "13800138000", Severity.REPAIRED),
        ("+86 13800138000", "13800138000", Severity.REPAIRED),
        ("１３８００１３８０００", "13800138000", Severity.REPAIRED),
        ("13800138000/13900139000", "13800138000", Severity.WARNING),
        ("0772-7212345", "07727212345", Severity.WARNING),
        ("7212345", "7212345", Severity.WARNING),
    ],
)
def test_a_phone_is_kept_as_digits(read: Read, phone: Any, kept: str, severity: Severity | None) -> None:
    run = worker(read, "联系电话", phone)
    assert run.fields()["phone"] == kept
    if isinstance(phone, float):
        severity = None  # a number cell of eleven digits has lost nothing
    assert {p.severity for p in run.problems if p.column == "联系电话"} == ({severity} if severity else set())


@pytest.mark.parametrize("phone", ["12800138000", "1380013800", "138001380001", "1.38E+10", "138****8000", "没有"])
def test_a_number_that_is_no_phone_is_left_out_and_said(read: Read, phone: str) -> None:
    run = worker(read, "联系电话", phone)
    assert run.outcomes == {"accepted": 1}
    assert "phone" not in run.fields()
    (problem,) = [p for p in run.problems if p.column == "联系电话"]
    assert (problem.found, problem.severity) == (phone, Severity.WARNING)
    assert problem.fix.endswith("这一格没有登记，其余照常。")


def test_an_object_whose_phone_is_none_is_refused(read: Read) -> None:
    assert read(Kind.WORKERS, b'{"worker_id": "w1", "phone": "1380013800"}').outcomes == {"rejected": 1}
