"""Rosters out: exports that come back as they were, and templates that are read when filled in."""

from __future__ import annotations

import csv as csv_reader
import io

import openpyxl
import pytest
from command_line import COUNTY, KINDS, ON, VILLAGE, csv, id_number


class TestExport:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
    def test_an_export_comes_back_as_unchanged_and_into_an_empty_office_as_it_was(
        self, readable_county, blank, tmp_path, kind, form
    ):
        path = tmp_path / f"{kind}.{form}"
        readable_county.ok("export", kind, path)
        if kind in ("placements", "vacancies"):  # who works there; how many people an age condition shuts out
            people = tmp_path / "people.jsonl"
            readable_county.ok("export", "workers", people)
            blank.load("workers", people)
        summary = blank.load(kind, path)
        assert summary["accepted"] == summary["rows"] > 0, summary["problems"][:3]
        again = tmp_path / f"again.{form}"
        blank.ok("export", kind, again)
        assert again.read_bytes() == path.read_bytes()
        assert (
            readable_county("import", kind, path, "--dry-run", "--on", ON, "--jurisdiction", COUNTY).json["unchanged"]
            == summary["rows"]
        )

    def test_the_count_goes_to_stderr_and_stdout_stays_empty(self, readable_county, tmp_path):
        answer = readable_county.ok("export", "households", tmp_path / "h.csv")
        assert answer.out == b""
        assert "h.csv" in answer.err

    def test_headers_are_english_and_nested_ones_dotted(self, readable_county, tmp_path):
        readable_county.ok("export", "workers", tmp_path / "w.csv")
        text = (tmp_path / "w.csv").read_text("utf-8-sig")
        header, first, *_ = csv_reader.reader(io.StringIO(text))
        assert {"worker_id", "consent.plot", "consent.sms", "off_farm_hard.value", "off_farm_hard.grounds"} <= {*header}
        assert dict(zip(header, first, strict=True))["skills"] == "缝纫、平车"

    def test_nothing_is_left_of_an_export_that_cannot_be_written(self, readable_county, tmp_path):
        refused = readable_county("export", "workers", tmp_path / "no" / "such" / "folder.csv")
        assert refused.code == 2
        assert "folder.csv" in refused.err
        assert "Traceback" not in refused.err


class TestTemplates:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_blank_template_filled_in_by_hand_is_read(self, blank, tmp_path, kind):
        path = tmp_path / "blank.xlsx"
        blank.ok("template", kind, path)
        book = openpyxl.load_workbook(path)
        sheet = next(sheet for sheet in book if sheet.sheet_state == "visible" and sheet.title != "填写说明")
        assert sheet.data_validations.dataValidation or kind in ("employers", "placements", "plots", "households")
        filled = _by_header(
            sheet,
            {
                "workers": {"姓名": "韦小明", "身份证号": id_number(), "行政村": "基隆村"},
                "households": {"户编号": "h9", "劳动力人数": "2"},
                "employers": {"单位名称": "某某制衣厂"},
                "vacancies": {"岗位名称": "缝纫工", "工作地": "柳州市柳江区"},
                "plots": {"安置点": VILLAGE, "面积": "0.5"},
                "placements": {"身份证号": id_number(), "开始": "2018-03-01"},
            }[kind],
        )
        assert filled, [cell.value for row in sheet.iter_rows(max_row=3) for cell in row]
        book.save(path)
        if kind == "placements":
            blank.load("workers", csv(tmp_path / "w.csv", ["姓名", "身份证号"], ["韦小明", id_number()]))
        summary = blank.load(kind, path)
        assert (summary["rows"], summary["rejected"]) == (1, 0), summary["problems"]


def _by_header(sheet, values):
    """Write values under the headers that begin with their names, below the last filled row; how many were found."""
    for row in sheet.iter_rows(max_row=6):
        columns = {
            name: cell.column
            for cell in row
            for name in values
            if isinstance(cell.value, str) and cell.value.lstrip("*＊ ").startswith(name)
        }
        if len(columns) == len(values):
            below = sheet.max_row + 1
            while below > row[0].row + 1 and not any(c.value for c in sheet[below - 1]):
                below -= 1
            for name, column in columns.items():
                sheet.cell(below, column, values[name])
            return len(columns)
    return 0
