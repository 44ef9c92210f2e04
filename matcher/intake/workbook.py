"""Workbooks we write: the same bytes for the same content, texts that stay texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from matcher.errors import InvalidInput

LONGEST_CELL = 32_767
"""Characters a cell can hold (limit of the file format)."""
LONGEST_SHEET_NAME = 31
_LEFT_OUT = "……（太长，后面没有写）"
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no time zone; fixed, so that bytes repeat
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")

Target = Path | IO[bytes]


class Styles:
    """The cell formats of our workbooks; `text` keeps digits of numbers typed into it."""

    def __init__(self, workbook: Workbook) -> None:
        heading = {"bold": True, "border": 1, "text_wrap": True}
        self.header: Format = workbook.add_format({**heading, "bg_color": "#DDEBF7"})
        self.required: Format = workbook.add_format({**heading, "bg_color": "#FCE4D6"})
        self.reason: Format = workbook.add_format({"bold": True, "bg_color": "#F8CBAD", "border": 1})
        self.text: Format = workbook.add_format({"num_format": "@"})
        self.wrapped: Format = workbook.add_format({"text_wrap": True, "valign": "top"})


@contextmanager
def new_workbook(target: Target, *, streaming: bool = False) -> Iterator[tuple[Workbook, Styles]]:
    """A workbook written to a path or stream on leaving; `streaming` writes row by row in little memory."""
    destination = str(target) if isinstance(target, Path) else target
    workbook = xlsxwriter.Workbook(destination, {"constant_memory": streaming, "in_memory": not streaming})
    workbook.set_properties({"created": _CREATED})
    with workbook:
        yield workbook, Styles(workbook)


def sheet_name(wanted: str, taken: set[str], fallback: str = "数据") -> str:
    """A name the format allows and no sheet has yet."""
    base = _BAD_IN_SHEET_NAME.sub(" ", wanted).strip()[:LONGEST_SHEET_NAME] or fallback
    name, number = base, 2
    while name.lower() in taken:
        name = f"{base[: LONGEST_SHEET_NAME - 4]}({number})"
        number += 1
    taken.add(name.lower())
    return name


def fitted(value: Any) -> Any:
    """A value as a cell can hold it: of a longer text the beginning, and that something was left out."""
    if not isinstance(value, str) or len(value) <= LONGEST_CELL:
        return value
    return value[: LONGEST_CELL - len(_LEFT_OUT)] + _LEFT_OUT


def put(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None = None) -> None:
    """Write a cell: numbers as numbers, everything else as text, never as a formula or link.

    Raises InvalidInput for a text longer than a cell can hold.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = str(value)
        if len(text) > LONGEST_CELL:
            raise InvalidInput(
                f"a text of {len(text)} characters does not fit a cell",
                where=f"row {row + 1}",
                remedy="Export to csv or jsonl instead.",
            )
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_number(row, column, value, style)
