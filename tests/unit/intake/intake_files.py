"""Files made in code for the tests of intake, and what a file read to its end looks like."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from matcher.errors import Problem
from matcher.intake import ColumnPlan, RowResult, Table
from matcher.records.id_numbers import check_digit

ON = date(2018, 6, 1)
COUNTY = "450206"


def id_number(birth: str = "19730101", *, order: int = 12, sex: str = "female") -> str:
    """A right identity number of a person born on a day (YYYYMMDD)."""
    first = f"450221{birth}{order:02d}{0 if sex == 'female' else 1}"
    return first + check_digit(first)


def xlsx(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
    """A workbook; text is written as text, numbers as numbers, dates as date cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[number] if names else None)
            if sheet.get_name() in hidden:
                sheet.hide()
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(r, c, cell)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return out.getvalue()


def csv_bytes(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    """A csv without quoting; cells hold no commas."""
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


@dataclass(frozen=True)
class Run:
    """A file read to the end."""

    table: Table
    plan: ColumnPlan
    rows: list[RowResult]

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(row.outcome.value for row in self.rows)

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    def fields(self, number: int = 0) -> dict[str, Any]:
        change = self.rows[number].change
        assert change is not None, self.rows[number].problems
        return {**change.fields, **(change.identity or {})}
