"""Tables as an office keeps them, and how they become files: xlsx with titles and merged headers, csv in gb18030.

The same table gives the same bytes: no clock is read, the files carry the demo day.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO

import xlsxwriter

Value = str | int | float | date | None
Row = tuple[Value, ...]


class Content(StrEnum):
    """What a column holds, as far as slips of the pen differ by it."""

    TEXT = "text"
    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    DAY = "day"
    COUNT = "count"
    WAGE = "wage"
    HEADCOUNT = "headcount"
    PLACE = "place"
    COUNTY = "county"
    VILLAGE = "village"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Column:
    """A header, what stands below it, and the merged header above it (empty: none)."""

    header: str
    content: Content = Content.TEXT
    above: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: titles above the header, columns, rows of the same width."""

    sheet: str
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def index(self, content: Content) -> list[int]:
        """Positions of the columns of one content."""
        return [i for i, column in enumerate(self.columns) if column.content is content]


def xlsx_bytes(table: Table, on: date) -> bytes:
    """The table as a workbook: title rows, one or two header rows (merged where `above` is set), then the rows."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": table.sheet, "created": datetime(on.year, on.month, on.day)})  # noqa: DTZ001 - the format knows no zone
    sheet = book.add_worksheet(table.sheet)
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
    as_text, as_day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    width = len(table.columns)
    for number, title in enumerate(table.titles):
        sheet.merge_range(number, 0, number, width - 1, title, bold)
    first = _write_header(sheet, table, len(table.titles), bold)
    for number, row in enumerate(table.rows, start=first):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, as_day)
            elif isinstance(value, str):
                sheet.write_string(number, column, value, as_text)
            elif value is not None:
                sheet.write_number(number, column, value)
    book.close()
    return stream.getvalue()


def csv_bytes(table: Table, encoding: str) -> bytes:
    """The table as csv with one header row, no titles; dates as YYYY-MM-DD."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.header for column in table.columns])
    writer.writerows([["" if value is None else str(value) for value in row] for row in table.rows])
    return stream.getvalue().encode(encoding)


def _write_header(sheet: xlsxwriter.worksheet.Worksheet, table: Table, top: int, bold: xlsxwriter.format.Format) -> int:
    """Write the header below row `top` (0-based); returns the row of the first record."""
    columns = table.columns
    if not any(column.above for column in columns):
        for i, column in enumerate(columns):
            sheet.write_string(top, i, column.header, bold)
        return top + 1
    start = 0
    for i, column in enumerate(columns):
        sheet.write_string(top + 1, i, column.header, bold)
        if i + 1 == len(columns) or columns[i + 1].above != column.above:
            if i > start:
                sheet.merge_range(top, start, top, i, column.above, bold)
            else:
                sheet.write_string(top, i, column.above, bold)
            start = i + 1
    return top + 2
