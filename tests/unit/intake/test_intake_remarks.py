"""What an officer is told: at the cell it is about, in the words of the cell, once, and true of what was done."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from intake_files import Run, csv_bytes, id_number, xlsx

from matcher.errors import Problem, Severity
from matcher.intake import write_rejects
from matcher.records import Kind

Read = Callable[..., Run]
VILLAGE = "基隆村"


def people(read: Read, header: str, *rows: str) -> Run:
    return read(Kind.WORKERS, csv_bytes(header.split("|"), *(row.split("|") for row in rows)))


def advert(read: Read, **columns: str) -> list[Problem]:
    head = {"岗位名称": "缝纫工", "工作地点": "柳江区", "渠道": "劳务输出", **columns}
    return read(Kind.VACANCIES, xlsx([list(head), list(head.values())])).problems


class TestWhoIsIt:
    def test_a_row_without_name_and_number_is_refused(self, read: Read) -> None:
        run = people(read, "姓名|身份证号|村", f"||{VILLAGE}")
        assert run.outcomes == {"rejected": 1}
        (problem,) = run.problems
        assert problem.column == "整行"
        assert problem.fix.startswith("这一行没有姓名和身份证号，认不出是谁。")

    def test_a_missing_name_and_a_missing_number_are_said_of_each_row(self, read: Read) -> None:
        run = people(read, "姓名|身份证号|村", f"|{id_number()}|{VILLAGE}", f"韦二||{VILLAGE}", f"韦三||{VILLAGE}")
        assert run.outcomes == {"accepted": 3}
        no_number = "没有身份证号，无法查重，也算不出年龄；请补填。"
        assert [(p.row, p.column, p.fix) for p in run.problems] == [
            (2, "姓名", "没有姓名，请补填。"),
            (3, "身份证号", no_number),
            (4, "身份证号", no_number),
        ]

    def test_a_file_without_numbers_is_told_so_once(self, read: Read) -> None:
        run = people(read, "姓名|村|出生日期", f"韦二|{VILLAGE}|1980-01-01", f"韦三|{VILLAGE}|1981-01-01")
        assert [(p.row, p.column, p.fix) for p in run.problems] == [(2, "整行", "没有身份证号，无法查重；请补填。")]

    @pytest.mark.parametrize(
        "source",
        [
            csv_bytes(["worker_id", "name", "id_number", "place_code"], ["w1", "", "", "450206"]),
            b'{"worker_id": "w1", "place_code": "450206"}',
        ],
    )
    def test_objects_and_exports_with_our_ids_need_neither(self, read: Read, source: bytes) -> None:
        run = read(Kind.WORKERS, source)
        assert run.outcomes == {"accepted": 1}
        assert run.problems == []

    def test_a_line_that_is_no_object_is_told_once(self, read: Read) -> None:
        run = read(Kind.WORKERS, b'{"worker_id": "w1"}\nbroken')
        assert [p.expected for p in run.problems if p.severity is Severity.ERROR] == ["一行一个 JSON 对象"]

    def test_a_number_that_cannot_be_read_is_not_called_missing(self, read: Read) -> None:
        run = people(read, "身份证号|村", f"123|{VILLAGE}")
        assert [p.found for p in run.problems] == ["123"]


class TestWhere:
    def test_a_condition_of_the_title_stands_under_the_title(self, read: Read) -> None:
        (problem,) = advert(read, 岗位名称="缝纫工（限女性）", 岗位职责="缝校服")
        assert problem.column == "岗位名称"
        assert problem.fix.startswith("不得发布")

    def test_a_condition_of_the_text_stands_under_the_text(self, read: Read) -> None:
        assert [p.column for p in advert(read, 岗位职责="限女性")] == ["岗位职责"]
        assert [p.column for p in advert(read, 岗位职责="缝校服", 备注="限女性")] == ["备注"]

    def test_a_condition_of_a_column_stands_under_it(self, read: Read) -> None:
        assert [p.column for p in advert(read, 性别要求="女", 岗位职责="缝校服")] == ["性别要求"]
        assert [p.column for p in advert(read, 民族要求="限汉族", 岗位职责="缝校服")] == ["民族要求"]

    def test_a_repetition_of_the_whole_row_stands_under_no_column_of_ours(self, read: Read) -> None:
        rows = [["缝纫工", "柳江区", "劳务输出"]] * 2
        run = read(Kind.VACANCIES, csv_bytes(["岗位名称", "工作地点", "渠道"], *rows))
        assert [p.column for p in run.problems] == ["整行"]
        with_ids = read(
            Kind.VACANCIES, csv_bytes(["岗位编号", "岗位名称", "工作地点"], *[["1", "缝纫工", "柳江区"]] * 2)
        )
        assert [p.column for p in with_ids.problems if p.severity is Severity.ERROR] == ["岗位编号"]


class TestWhatWasDone:
    def test_a_row_that_is_refused_was_not_registered(self, read: Read) -> None:
        row = f"韦一|{id_number('19730101')}|1973-02-10|男|火星"
        run = people(read, "姓名|身份证号|出生日期|性别|家庭住址", row)
        assert run.outcomes == {"rejected": 1}
        fixes = [p.fix for p in run.problems]
        assert sum("改好后将按身份证号登记" in fix for fix in fixes) == 2
        assert not any("已按" in fix for fix in fixes)

    def test_a_row_that_is_taken_was(self, read: Read) -> None:
        run = people(read, "姓名|身份证号|性别", f"韦一|{id_number()}|男")
        assert "已按身份证号登记" in run.problems[0].fix

    def test_a_month_as_a_deadline_is_its_last_day(self, read: Read) -> None:
        head = ["岗位名称", "工作地点", "渠道", "截止日期"]
        run = read(Kind.VACANCIES, csv_bytes(head, ["缝纫工", "柳江区", "劳务输出", "2018年9月"]))
        assert run.fields()["valid_to"] == "2018-09-30"
        assert [(p.fix, p.severity) for p in run.problems] == [("只写到月，按9月30日登记。", Severity.REPAIRED)]
        leap = read(Kind.VACANCIES, csv_bytes(head, ["缝纫工", "柳江区", "劳务输出", "2020-02"]))
        assert leap.fields()["valid_to"] == "2020-02-29"

    @pytest.mark.parametrize(
        ("wage", "fix"),
        [
            ("250元/天", "按每月26天折算为6500元。"),
            ("20元/小时", "按每月208小时折算为4160元。"),
            ("150-200元/天", "按每月26天折算为3900—5200元。"),
            ("3000-4000元/月", None),
        ],
    )
    def test_a_wage_by_another_time_is_shown_by_the_month(self, read: Read, wage: str, fix: str | None) -> None:
        problems = advert(read, 工资=wage)
        assert [p.fix for p in problems if p.severity is Severity.REPAIRED] == ([fix] if fix else [])


class TestWords:
    def test_a_phone_in_words(self, read: Read) -> None:
        run = people(read, "姓名|身份证号|联系电话", f"韦一|{id_number()}|同上")
        assert run.problems[0].fix.startswith("“同上”请写出号码；没有电话的请留空。")

    def test_an_unknown_place_is_told_and_advised_once(self, read: Read) -> None:
        (problem,) = advert(read, 工作地点="火星")
        assert problem.fix == "区划表里没有“火星”。请写“省 市 县（区）乡镇 村”的现用名称，或区划代码。"

    def test_an_ambiguous_wording_is_answered_with_the_words_to_choose_from(self, read: Read) -> None:
        run = people(read, "姓名|身份证号|文化程度", f"韦一|{id_number()}|其他")
        assert "初中" in run.problems[0].expected


class TestMending:
    def test_a_second_round_replaces_the_reasons_and_keeps_the_first_row(self, read: Read) -> None:
        rows: list[list[Any]] = [["韦零", id_number(), VILLAGE], ["韦一", "123", VILLAGE], ["韦二", "456", VILLAGE]]
        first = _rejects(read(Kind.WORKERS, xlsx([["姓名", "身份证号", "村"], *rows])))
        sheet = first.active
        assert [cell.value for cell in sheet[3]][-1] == 4
        sheet["B2"] = id_number(order=14)
        sheet["H1"] = " "  # what a spreadsheet program may leave behind the last column
        out = io.BytesIO()
        first.save(out)
        second = _rejects(read(Kind.WORKERS, out.getvalue())).active
        assert [cell.value for cell in second[1]] == ["姓名", "身份证号", "村", "原因", "如何修改", "原行号"]
        assert second.max_row == 2
        assert [second["A2"].value, second["F2"].value] == ["韦二", 4]


def _rejects(run: Run) -> Any:
    out = io.BytesIO()
    write_rejects(out, run.plan, run.rows)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))
