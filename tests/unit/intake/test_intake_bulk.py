"""Column by column a sheet comes out as it does row by row: the same plan, outcomes, problems and refused rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from intake_files import ID, Stored, csv_bytes, id_number

from matcher.errors import Severity
from matcher.intake import (
    IntakeContext,
    Outcome,
    Sheet,
    Table,
    plan_columns,
    read_rows,
    read_table,
    sheets,
    survey,
    textual,
    unpacking,
)
from matcher.intake.bulk.pieces import RowPieces, utf8_lines
from matcher.intake.bulk.survey import Survey
from matcher.intake.columns import ColumnPlan
from matcher.intake.leftovers import FIRST_CHARACTERS, what_else
from matcher.records import Kind
from matcher.records.id_numbers import check_id_number
from matcher.settings import Settings

PEOPLE = [id_number("19730101"), id_number("19730101", order=14), id_number("19660229"[:6] + "28", sex="male")]
CHILD = id_number("20100305")
WRONG = [PEOPLE[0][:17] + "9", "45022119731301120X", "450221205001011200", "450221180001011208", PEOPLE[0][:15] + "000"]
ODD = [
    PEOPLE[0].lower(),
    f" {PEOPLE[0]}",
    "450221730101120",
    "4502211973",
    "450221********1204",
    "'-1",
    "没有",
    "１２３",
]
CELLS: dict[str, list[str]] = {
    "姓名": ["韦秀英", "覃兰", "韦 秀英", "", "Wei", "合计", "填表人：韦某", "　", "韦秀英\u200b", "㐂兰"],
    "身份证号": ["", *PEOPLE, CHILD, *WRONG, *ODD],
    "性别": ["女", "男", "", "未知", "f", "半"],
    "年龄": ["", "45", "45岁", "40", "九十", "八岁"],
    "联系电话": [
        "13800138000",
        "1380013800",
        "138001380001",
        "0772-6661234",
        "",
        "86138",
        "无",
        "2661234",
        "+8613800138000",
    ],
    "文化程度": ["初中", "小学", "大猫", "", "初中 "],
    "家庭住址": ["柳江区拉堡镇", "柳江区", "不知道哪里", "", "拉堡镇"],
    "出生日期": ["1973-01-01", "1973.1.1", "", "2050-01-01", "1973-02-10", "昨天"],
    "就业意愿": ["是", "否", "", "看情况"],
    "建档立卡贫困人口": ["是", "否", "", "大概"],
    "备用": ["", "随便", " "],
}
NEEDED = ["姓名", "身份证号"]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A header and some rows, most of them fine."""
    others = draw(st.lists(st.sampled_from([name for name in CELLS if name not in NEEDED]), unique=True, max_size=6))
    header = draw(st.permutations([*NEEDED, *others]))
    cells = [st.one_of(st.just(CELLS[name][:2][-1]), st.sampled_from(CELLS[name])) for name in header]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=12))
    return [list(header), *map(list, rows)]


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "BULK_ROWS", 1)


def same(table: Table, plain: Table, context: IntakeContext) -> Survey:
    """Check a table both ways; what the columns say."""
    plan, by_row = plan_columns(table, Kind.WORKERS), plan_columns(plain, Kind.WORKERS)
    assert plan == by_row
    told = survey(table, plan, context)
    assert told is not None
    rows = list(read_rows(plain, by_row, context))
    assert +told.outcomes == Counter(row.outcome for row in rows)
    assert told.problems == tuple(problem for row in rows for problem in row.problems)
    assert (told.n_rows, told.n_problems) == (len(rows), len(told.problems))
    assert list(told.rejected()) == [row for row in rows if row.outcome is Outcome.REJECTED]
    return told


def in_memory(rows: Sequence[Sequence[Any]], *, by_column: bool) -> Table:
    pieces = (lambda: RowPieces(rows, 1)) if by_column else sheets.no_pieces
    sheet = Sheet("名册", len(rows), lambda: iter(list(enumerate(rows, start=1))), tuple, pieces=pieces)
    return Table("x", "xlsx", (sheet,))


def of_csv(source: bytes, *, by_column: bool) -> Table:
    table = read_table(source, name="x", settings=Settings())
    return table if by_column else Table(table.file, table.form, (replace(table.sheets[0], pieces=sheets.no_pieces),))


FIXED = [
    NEEDED,
    ["韦秀英", PEOPLE[0]],
    ["覃兰", ""],
    ["覃兰", WRONG[0]],
    ["韦秀英", PEOPLE[0]],
    ["合计", ""],
    ["", ""],
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@example(rows=FIXED, encoding="utf-8")
def test_a_csv_by_column_is_the_csv_by_row(
    bulk: None, context: IntakeContext, rows: list[list[str]], encoding: str
) -> None:
    source = csv_bytes(*rows, encoding=encoding)
    same(of_csv(source, by_column=True), of_csv(source, by_column=False), context)


FOREIGN = st.sampled_from([None, 45.0, 3.5, True, date(1973, 1, 1), 13800138000.0, 4.5e17, float("nan"), "两\n行"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables(), data=st.data())
def test_a_workbook_by_column_is_the_workbook_by_row(
    context: IntakeContext, rows: list[list[Any]], data: st.DataObject
) -> None:
    for row in rows[1:]:
        for at in data.draw(st.lists(st.integers(0, len(row) - 1), max_size=2)):
            row[at] = data.draw(FOREIGN)
    same(in_memory(rows, by_column=True), in_memory(rows, by_column=False), context)


def test_rows_longer_and_shorter_than_the_header(bulk: None, context: IntakeContext) -> None:
    rows = [
        [*NEEDED, "文化程度"],
        ["韦秀英", PEOPLE[0]],
        ["覃兰", PEOPLE[1], "初中", "多"],
        ["覃兰"],
        [],
        ["莫兰", CHILD, "", ""],
    ]
    source = csv_bytes(*rows)
    same(of_csv(source, by_column=True), of_csv(source, by_column=False), context)


def test_a_large_sheet_is_cut_by_several_threads(bulk: None, context: IntakeContext) -> None:
    numbers = [f"45022119730101{n % 1000:03d}{n % 10}" for n in range(40_000)]
    source = csv_bytes(NEEDED, *(["韦秀英", number] for number in numbers))
    table = of_csv(source, by_column=True)
    told = survey(table, plan_columns(table, Kind.WORKERS), context)
    assert told is not None
    right = {number for number in numbers if check_id_number(number, on=context.on).problem is None}
    assert told.outcomes[Outcome.ACCEPTED] == len(right)
    assert [problem.row for problem in told.problems if problem.severity is Severity.ERROR] == [
        2 + n for n, number in enumerate(numbers) if number not in right or numbers.index(number) < n
    ]


def _planned(rows: list[list[str]], context: IntakeContext) -> tuple[Table, ColumnPlan]:
    table = of_csv(csv_bytes(*rows), by_column=True)
    return table, plan_columns(table, Kind.WORKERS)


@pytest.mark.parametrize(
    "header",
    [
        ["姓名", "联系电话"],
        ["姓名", "身份证号", "人员编号"],
        ["姓名", "身份证号", "联系电话", "手机号"],
    ],
)
def test_what_cannot_be_judged_by_column_is_left_to_the_rows(
    bulk: None, context: IntakeContext, header: list[str]
) -> None:
    assert survey(*_planned([header, ["韦秀英"] * len(header)], context), context) is None


def test_quotes_and_a_store_with_people_are_left_to_the_rows(bulk: None, context: IntakeContext) -> None:
    rows = [NEEDED, ["韦秀英", PEOPLE[0]]]
    assert survey(*_planned(rows, context), context) is not None
    assert survey(*_planned([NEEDED, ['"韦秀英"', PEOPLE[0]]], context), context) is None
    holding = replace(context, known=Stored(identities=[ID]))
    assert survey(*_planned(rows, holding), holding) is None


def test_a_row_that_is_no_record_begins_with_a_character_that_is_looked_for() -> None:
    known = [chr(code) for code in range(0x4E00, 0xA000)]
    words = ["合计", "说明：", "注意：", "注:", "人", "表说明1", "核人"]
    found = {char for char in known for word in words if what_else([char + word[1:]]) or what_else([char + word])}
    assert found <= set(FIRST_CHARACTERS)
    assert all(any(what_else([first + rest]) for rest in REST) for first in FIRST_CHARACTERS)


REST = ["计", "表说明：", "明：", "注：", ":", "意：", "核人", "表人", "办人", "责人", "报人"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=12) | st.text(max_size=8).map(str.encode))
@example(b"\xed\xa0\x80")
@example(b"\xf4\x90\x80\x80")
@example(b"\xe0\x9f\xbf")
def test_the_loops_know_utf8_as_the_decoder_does(text: bytes) -> None:
    try:
        expected: int | None = text.decode().count("\n")
    except UnicodeDecodeError:
        expected = None
    assert utf8_lines(text) == expected


def test_a_large_text_is_judged_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(textual, "LARGE_BYTES", 10)
    path = tmp_path / "x.csv"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path.write_bytes(csv_bytes(NEEDED, ["韦秀英", PEOPLE[0]], encoding=encoding))
        (sheet,) = read_table(path, settings=Settings()).sheets
        assert (list(sheet.rows())[1], sheet.n_rows) == ((2, ["韦秀英", PEOPLE[0]]), 2)


PLACES = st.from_regex(
    r'(<(x:)?c r="[A-Z]{0,4}[0-9]{0,8}"?( t="s")?>?|<c|<x:c r=|<(x:)?row r="7">|<row r=|r\t=|r =|\0| |<v>1r</v>){0,7}',
    fullmatch=True,
)


@settings(max_examples=200, deadline=None)
@given(PLACES)
@example('<c r="XFD1048576"/><x:c r="B7"><c r="AAAA1"><c r="A12345678">')
@example('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>')
@example('<row r="1"><c r="A1"><v>1</v></c><c r="B1" r ="C1"><v>2</v></c></row>')
@example('<c r="A1"><v>1</v></c>\0')
def test_the_loops_measure_a_sheet_as_the_pattern_does(text: str) -> None:
    assert unpacking._spanned_fast(text.encode()) == unpacking._spanned(text.encode())
