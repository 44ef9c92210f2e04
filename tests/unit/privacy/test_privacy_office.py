"""What the office reads of an identity: officers the name, nobody a whole number."""

from __future__ import annotations

import pytest

from matcher.errors import Severity
from matcher.privacy import cell_for, header_for, identity_for, mask_id_number
from matcher.records.access import Role

NUMBER = "45020619730101002X"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(NUMBER, "****002X"), ("450206730101002", "****1002"), ("45020619730101", "****"), ("", ""), (None, "")],
)
def test_an_identity_number_keeps_its_tail_alone(number, shown):
    assert mask_id_number(number) == shown


@pytest.mark.parametrize("role", Role)
def test_only_those_who_serve_the_person_read_the_name(role):
    told = identity_for(role, name="韦小英", id_number=NUMBER, phone="13800000001")
    assert told["name"] == ("韦小英" if role in {Role.OFFICER, Role.ADMINISTRATOR} else "韦*英")
    assert told["id_tail"] == "****002X"
    assert told["phone"] == "138****0001"


def test_nothing_recorded_is_nothing_told():
    assert identity_for(Role.OFFICER, name=None, id_number=None, phone=None) == {"name": "", "id_tail": "", "phone": ""}


def problem(
    column="出生日期", found=NUMBER, *, expected="日期，如 2018-02-08", fix="“{}”写了几个日期。", severity="error"
):
    return {"row": 2, "column": column, "found": found, "expected": expected, "fix": fix.format(found),
            "severity": Severity(severity)}  # fmt: skip


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize(
    ("written", "end"),
    [
        (NUMBER, NUMBER[-4:]),
        (NUMBER + "9", NUMBER[-3:] + "9"),
        ("450206 19730101 0020", "0020"),
        ("138-0000-0001", "0001"),
        ("1380000001", ""),
        ("1380001", ""),
    ],
)
def test_of_a_number_of_a_cell_whoever_reads_names_sees_the_end_and_audit_nothing(role, written, end):
    told = cell_for(role, problem(found=written), of_people=True)
    shown = f"****{end}" if end and role is not Role.AUDITOR else "（号码略）"
    assert written not in str(told)
    assert told["found"] == shown
    assert told["fix"] == f"“{shown}”写了几个日期。"
    assert told["expected"] == "日期，如 2018-02-08"


def test_a_repair_shows_what_it_changed_by_the_end_of_the_number():
    written = problem(
        "联系电话", "１３８０００００００３", expected="13800000003", fix="全角改成半角。", severity="repaired"
    )
    told = cell_for(Role.OFFICER, written, of_people=True)
    assert (told["found"], told["expected"], told["fix"]) == ("****０００３", "****0003", written["fix"])
    told = cell_for(Role.AUDITOR, written, of_people=True)
    assert (told["found"], told["expected"]) == ("（号码略）", "（号码略）")
    wide = problem(
        "身份证号", "４５０２２２１９９３０１０１２９９Ｘ", expected="45022219930101299X", severity="repaired"
    )
    assert cell_for(Role.AUDITOR, wide, of_people=True)["found"] == "（号码略）"


def test_audit_reads_no_words_of_a_roster_of_people_whatever_the_column():
    written = problem("居住地区划代码", "韦小英", expected="区划代码", fix="区划表里没有“{}”，如 450206102。")
    assert cell_for(Role.OFFICER, written, of_people=True) == written
    told = cell_for(Role.AUDITOR, written, of_people=True)
    assert (told["found"], told["fix"]) == ("（内容略）", "区划表里没有“（内容略）”，如 450206102。")
    assert cell_for(Role.AUDITOR, problem("姓名", "韦小英"), of_people=True)["found"] == "韦*英"
    assert cell_for(Role.AUDITOR, written, of_people=False) == written


@pytest.mark.parametrize("written", ["", "0", "3人", "123456"])
def test_what_is_no_number_of_a_person_stays(written):
    assert cell_for(Role.OFFICER, problem(found=written), of_people=True)["found"] == written


HEADER = f"韦小英 {NUMBER}"


@pytest.mark.parametrize(("role", "shown"), [(Role.OFFICER, "韦小英 （号码略）"), (Role.AUDITOR, "（内容略）")])
def test_the_header_of_a_sheet_without_headers_is_somebody(role, shown):
    assert header_for(role, HEADER, of_people=True) == shown
    unread = (header_for(Role.ADMINISTRATOR, HEADER, of_people=True),)
    found = problem(HEADER, "3行有内容", fix=f"“{HEADER}”这一列没有读取。", severity="warning")
    told = cell_for(role, found, of_people=True, unread=unread)
    assert (told["column"], told["fix"]) == (shown, f"“{shown}”这一列没有读取。")


def test_a_header_that_is_one_stays():
    found = problem("婚姻状况", "3行有内容", fix="“婚姻状况”这一列没有读取。", severity="warning")
    assert cell_for(Role.OFFICER, found, of_people=True, unread=("婚姻状况",)) == found
    assert header_for(Role.AUDITOR, "2018年", of_people=False) == "2018年"
