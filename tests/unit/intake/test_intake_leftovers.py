"""Nothing of a sheet goes missing in silence: columns nobody reads, rows of sums and remarks, words of an advert."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from intake_files import Run, csv_bytes, id_number, xlsx

from matcher.errors import Severity
from matcher.intake import Outcome
from matcher.intake.headers import match_header
from matcher.intake.leftovers import what_else
from matcher.records import Channel, Kind

Read = Callable[..., Run]


def advert(read: Read, **columns: str) -> Run:
    head = {"岗位名称": "缝纫工", "工作地点": "柳江区", "渠道": "劳务输出", **columns}
    return read(Kind.VACANCIES, xlsx([list(head), list(head.values())]))


class TestHeaders:
    @pytest.mark.parametrize(
        ("header", "field"),
        [
            ("就业信息:期望工资(元)", "wage_floor"),
            ("就业信息:期望工资（元）", "wage_floor"),
            ("基本情况(必填):身份证号", "id_number"),
            ("一:二:文化程度", "education"),
        ],
    )
    def test_the_lowest_level_is_read_like_a_header_of_its_own(self, header: str, field: str) -> None:
        match = match_header(Kind.WORKERS, header)
        assert match is not None
        assert match.field == field

    def test_a_whole_header_prevails_over_its_lowest_level(self) -> None:
        whole = match_header(Kind.HOUSEHOLDS, "户主:姓名")
        alone = match_header(Kind.HOUSEHOLDS, "户主姓名")
        assert whole is not None
        assert alone is not None
        assert whole.field == alone.field == "household.head_name"


class TestColumns:
    def test_each_column_nobody_reads_is_said_once_with_its_filled_rows(self, read: Read) -> None:
        rows = [
            ["韦一", id_number(), "鱼", ""],
            ["韦二", id_number(order=14), "", ""],
            ["韦三", id_number(order=16), "虾", ""],
        ]
        run = read(Kind.WORKERS, csv_bytes(["姓名", "身份证号", "最喜欢的菜", "空列"], *rows))
        (problem,) = run.plan.problems
        assert (problem.row, problem.column, problem.severity) == (1, "最喜欢的菜", Severity.WARNING)
        assert problem.fix == "“最喜欢的菜”这一列没有读取（2行有内容）。若有用，请把表头改成模板里的写法。"

    def test_running_numbers_are_left_without_a_word(self, read: Read) -> None:
        run = read(Kind.WORKERS, csv_bytes(["序号", "姓名", "身份证号"], ["1", "韦一", id_number()]))
        assert run.plan.problems == ()

    @pytest.mark.parametrize(("word", "channel"), [("帮扶车间", "workshop"), ("公益性岗位", "welfare_post")])
    def test_a_column_of_categories_is_the_channel_where_it_holds_channels(
        self, read: Read, word: str, channel: str
    ) -> None:
        head = ["岗位名称", "工作地点", "岗位类别"]
        run = read(Kind.VACANCIES, csv_bytes(head, ["缝纫工", "柳江区", word]))
        assert run.fields()["channel"] == channel
        assert run.plan.problems == ()

    def test_a_column_of_other_categories_is_said_to_be_left(self, read: Read) -> None:
        head = ["岗位名称", "工作地点", "岗位类别"]
        run = read(Kind.VACANCIES, csv_bytes(head, ["缝纫工", "柳江区", "生产制造"]))
        assert run.fields()["channel"] == "other_labour_export"
        assert [p.column for p in run.plan.problems] == ["岗位类别"]

    def test_a_channel_nobody_stated_is_said_once_a_file(self, read: Read) -> None:
        rows = [["缝纫工", "柳江区"], ["电焊工", "柳江区"]]
        run = read(Kind.VACANCIES, csv_bytes(["岗位名称", "工作地点"], *rows))
        assert [p.fix for p in run.problems] == ["没有写明渠道，按“劳务输出”登记，请核对。"]
        assert not advert(read).problems

    @pytest.mark.parametrize("header", ["", "渠道"])
    def test_a_channel_the_importer_stated_needs_no_word(self, read: Read, header: str) -> None:
        head, row = ["岗位名称", "工作地点", header], ["缝纫工", "柳江区", ""]
        run = read(Kind.VACANCIES, csv_bytes(head, row), channel=Channel.WORKSHOP)
        assert run.fields()["channel"] == "workshop"
        assert run.problems == []

    def test_skills_that_are_not_said_to_be_needed_are_preferred(self, read: Read) -> None:
        run = advert(read, 技能="平车、锁边")
        assert run.fields()["skills_preferred"] == ["平车", "锁边"]
        assert "必备技能" in run.plan.problems[0].fix
        assert advert(read, 技能要求="平车").fields()["skills_required"] == ["平车"]


class TestAdverts:
    @pytest.mark.parametrize(
        ("words", "board", "lodging"),
        [
            ("包吃住", True, True),
            ("提供食宿", True, True),
            ("包吃不包住", True, False),
            ("包住不包吃", False, True),
            ("不包", False, False),
            ("包午餐", True, None),
            ("√", True, True),
            ("看情况", None, None),
        ],
    )
    def test_board_and_lodging_of_one_column(
        self, read: Read, words: str, board: bool | None, lodging: bool | None
    ) -> None:
        run = advert(read, 食宿情况=words)
        assert (run.fields().get("board"), run.fields().get("lodging")) == (board, lodging)
        assert len(run.problems) == (words == "看情况")

    @pytest.mark.parametrize(
        ("words", "night"), [("两班倒", True), ("三班倒", True), ("夜班", True), ("白班", False), ("长白班", False)]
    )
    def test_shifts(self, read: Read, words: str, night: bool) -> None:
        assert advert(read, 班次=words).fields()["night_shift"] is night

    def test_every_text_joins_the_duties_under_its_header(self, read: Read) -> None:
        run = advert(read, 岗位职责="缝校服", 任职要求="会平车", 福利待遇="五险", 备注="月底发工资")
        assert run.fields()["duties"] == "缝校服\n任职要求：会平车\n福利待遇：五险\n备注：月底发工资"
        assert run.plan.problems == ()

    def test_the_law_is_applied_to_what_joined_the_duties(self, read: Read) -> None:
        fields: dict[str, Any] = advert(read, 备注="限女性").fields()
        assert [bar["code"] for bar in fields["publish_bars"]] == ["sex"]


class TestRowsThatAreNoRecords:
    @pytest.mark.parametrize(
        ("first", "kind"),
        [
            ("合计", "合计行"),
            ("合  计", "合计行"),
            ("总计：12人", "合计行"),
            ("小计", "合计行"),
            ("注：本表由村委会填报", "说明文字"),
            ("注:见附件", "说明文字"),
            ("说明：以下略", "说明文字"),
            ("填表说明：如实填写", "说明文字"),
            ("填表人：韦一", "说明文字"),
            ("审核人:覃二", "说明文字"),
            ("备注：无", "说明文字"),
            ("总计划员", ""),
            ("小计时工", ""),
            ("说明书印刷工", ""),
            ("审核人员", ""),
            ("韦一", ""),
            ("1", ""),
        ],
    )
    def test_what_a_row_is_by_its_first_words(self, first: str, kind: str) -> None:
        assert what_else(["", None, first, 3]) == kind

    def test_a_row_with_an_identity_number_is_somebody(self) -> None:
        assert what_else(["合计", id_number()]) == ""
        assert what_else([None, ""]) == ""

    def test_they_are_no_rows_and_are_said(self, read: Read) -> None:
        rows = [["1", "韦一", id_number()], ["合计", "1人", ""], ["注：按户口本填写", "", ""]]
        run = read(Kind.WORKERS, xlsx([["序号", "姓名", "身份证号"], *rows]))
        assert [(row.row, row.outcome) for row in run.rows] == [(2, Outcome.ACCEPTED)]
        assert [(p.row, p.column, p.fix, p.severity) for p in run.plan.problems] == [
            (3, "整行", "第3行是合计行，没有导入。", Severity.WARNING),
            (4, "整行", "第4行是说明文字，没有导入。", Severity.WARNING),
        ]
