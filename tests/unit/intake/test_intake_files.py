"""A file is known by its bytes; what is no readable table is refused with one problem in plain Chinese."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from intake_files import csv_bytes, xlsx
from msgspec.structs import replace
from msoffcrypto.format.ooxml import OOXMLFile

from matcher.errors import InvalidInput, Problem
from matcher.intake import read_table
from matcher.intake.files import refuse
from matcher.settings import Settings

S = Settings()
SMALL = xlsx([["姓名", "年龄"], ["韦秀英", 45]])


def refusal(source: bytes | Path, settings: Settings = S) -> Problem:
    with pytest.raises(InvalidInput) as caught:
        read_table(source, name="名单.xlsx", settings=settings)
    (problem,) = caught.value.problems
    assert problem.row == 0
    assert problem.file == "名单.xlsx"
    assert problem.fix
    return problem


def encrypted() -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(SMALL)).encrypt("secret", out)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def stray_cells(row: int, column: int) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "姓名")
        sheet.write(row, column, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "空"),
        (b"\xef\xbb\xbf\r\n", "空"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0 jpeg", "图片"),
        (b"\x89PNG\r\n", "图片"),
        (b"<html><table><tr><td>", "网页"),
        (b"PK\x05\x06" + bytes(18), "压缩包"),
        (zipped("word/document.xml"), "Word"),
        (zipped("readme.txt"), "压缩包"),
        (encrypted(), "密码"),
        (SMALL[: len(SMALL) // 2], "不完整"),
        (SMALL[:-30], "不完整"),
        (b"\x00\x01\x02\x03" * 10, "认不出"),
        (b"\x80\xff\xfe\xfd", "编码"),
        (xlsx([[f"c{n}" for n in range(300)]]), "300 列"),
        (",".join(f"c{n}" for n in range(300)).encode(), "300 列"),
        (stray_cells(1_048_575, 200), "第 1048576 行"),
        (xlsx([]), "没有任何内容"),
    ],
)
def test_what_is_no_readable_table_is_refused_with_its_reason(source: bytes, words: str) -> None:
    assert words in refusal(source).found


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    problem = refusal(big)
    assert "200 MB" in problem.found
    assert "拆" in problem.fix


def test_the_limit_itself_is_still_read() -> None:
    source = csv_bytes(["姓名"], ["韦秀英"])
    assert read_table(source, settings=replace(S, import_max_bytes=len(source))).n_rows == 2
    assert "MB" in refusal(source, replace(S, import_max_bytes=len(source) - 1)).found


def test_as_many_columns_as_allowed_are_read() -> None:
    header = [f"c{n}" for n in range(256)]
    assert read_table(xlsx([header, header]), settings=S).n_rows == 2
    assert "257 列" in refusal(xlsx([[*header, "more"]])).found


def test_a_workbook_that_unpacks_to_more_than_allowed_is_refused() -> None:
    bomb = xlsx([["姓名"], ["零" * 30_000]])
    assert "解压" in refusal(bomb, replace(S, import_max_unpacked_bytes=50_000)).found


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    """The declared size of the sheet is cut to one byte: the checksum no longer fits."""
    source = bytearray(SMALL)
    with zipfile.ZipFile(io.BytesIO(SMALL)) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    source = source.replace(true_size.to_bytes(4, "little"), (1).to_bytes(4, "little"))
    assert "不完整" in refusal(bytes(source)).found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encodings_offices_use(encoding: str) -> None:
    table = read_table(csv_bytes(["姓名", "民族"], ["韦秀英", "壮族"], encoding=encoding), settings=S)
    assert table.form == "csv"
    assert list(table.sheets[0].rows()) == [(1, ["姓名", "民族"]), (2, ["韦秀英", "壮族"])]


@pytest.mark.parametrize("mark", [",", "\t", ";", "，"])
def test_the_delimiter_is_seen(mark: str) -> None:
    table = read_table(f"姓名{mark}民族\n韦秀英{mark}壮族".encode(), settings=S)
    assert [row for _, row in table.sheets[0].rows()][1] == ["韦秀英", "壮族"]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    table = read_table(b'a,b\n\n"two\nlines",x\ny,z', settings=S)
    assert [number for number, _ in table.sheets[0].rows()] == [1, 2, 3, 4]


def test_an_old_workbook_is_read_with_its_dates_and_merges() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    sheet.write_merge(0, 0, 0, 1, "2018年名单")
    sheet.write(1, 0, "姓名")
    sheet.write(2, 1, date(2018, 2, 8), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue(), settings=S)
    assert table.form == "xls"
    assert dict(table.sheets[0].rows())[3][1] == date(2018, 2, 8)
    assert table.sheets[0].merged() == [(0, 0, 0, 1)]


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "really_a_workbook.csv"
    path.write_bytes(SMALL)
    assert read_table(path, settings=S).form == "xlsx"


def test_sheets_come_in_order_and_hidden_ones_are_marked() -> None:
    rows = [["姓名"], ["韦秀英"]]
    table = read_table(xlsx(rows, rows, rows, names=["甲", "乙", "丙"], hidden=["乙"]), settings=S)
    assert [(sheet.name, sheet.hidden, sheet.n_rows) for sheet in table.sheets] == [
        ("甲", False, 2),
        ("乙", True, 2),
        ("丙", False, 2),
    ]


def test_json_lines_keep_their_types_and_broken_lines_their_place() -> None:
    table = read_table(b'{"worker_id": "w1", "registered_poor": true}\n\n{broken\n[1]\n', settings=S)
    assert table.form == "jsonl"
    rows = list(table.sheets[0].rows())
    assert rows[0] == (1, {"worker_id": "w1", "registered_poor": True})
    assert [number for number, _ in rows] == [1, 3, 4]
    assert isinstance(rows[1][1], str)


def test_a_refusal_is_one_problem_of_row_zero() -> None:
    error = refuse("a.xlsx", "found", "expected", "fix")
    assert error.problems == (Problem(file="a.xlsx", row=0, found="found", expected="expected", fix="fix"),)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL_FORMS = {
    "the usual form": '<row r="900000"><c r="A900000"/><c r="IV900000"/></row>',
    "another order": '<row r="900000"><c s="0" r="IV900000"/></row>',
    "single quotes": "<row r='900000'><c r='IV900000'/></row>",
    "spaces": '<row r="900000"><c  r = "IV900000"/></row>',
    "a new line": '<row r="900000"><c\nr="IV900000"/></row>',
    "small letters": '<row r="900000"><c r="iv900000"/></row>',
    "a mark inside quotes": '<row r="900000"><c s=">" r="IV900000"/></row>',
    "a prefix": f'<q:row xmlns:q="{MAIN}" r="900000"><q:c r="IV900000"/></q:row>',
    "counted": '<row r="900000">' + "<c/>" * 256 + "</row>",
    "two places": '<row r="900000"><c r="A1" r="IV900000"/></row>',
    "an entity": '<row r="900000"><c r="&#73;V900000"/></row>',
}


def with_sheet(text: bytes, **others: bytes) -> bytes:
    """A workbook whose sheet has these bytes, and further parts by name."""
    book = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SMALL)) as small, zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in small.infolist():
            is_sheet = info.filename == "xl/worksheets/sheet1.xml"
            archive.writestr(info.filename, text if is_sheet else small.read(info))
        for name, body in others.items():
            archive.writestr(name, body)
    return book.getvalue()


def sheet(rows: str) -> bytes:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize("far", CELL_FORMS.values(), ids=CELL_FORMS)
def test_a_cell_far_away_is_refused_however_it_is_written(far: str) -> None:
    """The reader would lay out 230 million cells and take the process down with it."""
    problem = refusal(with_sheet(sheet('<row r="1"><c r="A1"/></row>' + far)))
    assert "第 900000 行" in problem.found or "损坏" in problem.found


def test_cells_in_an_unusual_form_are_read() -> None:
    rows = "<row><c t='inlineStr'><is><t>姓名</t></is></c></row><row><c t='inlineStr'><is><t>韦秀英</t></is></c></row>"
    table = read_table(with_sheet(sheet(rows)), settings=S)
    assert [row for _, row in table.sheets[0].rows()] == [["姓名"], ["韦秀英"]]


def test_what_only_looks_like_cells_in_a_picture_is_none() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    book = with_sheet(sheet(rows), **{"xl/media/image1.png": b"\x89PNG<c r=<c/\0\xff" * 99})
    assert read_table(book, settings=S).n_rows == 1


def test_a_sheet_under_another_name_is_measured_too() -> None:
    far = sheet(CELL_FORMS["single quotes"])
    assert "第 900000 行" in refusal(with_sheet(sheet(""), **{"xl/elsewhere.xml": far})).found


def test_a_sheet_of_repetition_is_refused_before_it_is_unpacked() -> None:
    rows = b'<row r="1"><c r="A1"/></row>' * (33 << 20 >> 5)
    assert "倍" in refusal(with_sheet(b"<x>" + rows * 2 + b"</x>")).found
    small = with_sheet(sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>' + " " * (8 << 20)))
    assert read_table(small, settings=S).n_rows == 1
