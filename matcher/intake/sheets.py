"""Bytes become sheets of rows: xlsx and xls through calamine, csv and JSON lines through `textual`.

Cells keep the type the file gave them, so that a number that should have been text is still seen as one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from matcher.intake import textual
from matcher.intake.files import FileForm, broken, inspect, locked, open_source, refuse, too_wide
from matcher.settings import Settings

Raw = Any
"""One cell as the file holds it: str, int, float, bool, date, datetime, time, timedelta, None; list or dict in JSON."""

RawRow = Sequence[Raw] | dict[str, Raw]
"""A row of cells, or one JSON object by field name."""

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged range, 0-based, inclusive."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows()` yields (row number as a person sees it, row) from the top, anew at every call.

    n_rows : rows to come, for the progress bar (an estimate for text files)
    merged : merged ranges, positions as in the rows; None where the format has none to tell
    objects : rows are JSON objects with field names, not cells under a header
    """

    name: str
    n_rows: int
    rows: Callable[[], Iterator[tuple[int, RawRow]]]
    merged: Callable[[], Sequence[Merged]]
    hidden: bool = False
    objects: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A file as its sheets, in the order of the file; `form` is what it proved to be."""

    file: str
    form: str
    sheets: tuple[Sheet, ...]

    @property
    def n_rows(self) -> int:
        """Rows of all sheets together, for the progress bar."""
        return sum(sheet.n_rows for sheet in self.sheets)


def read_table(source: Path | bytes, *, name: str = "", settings: Settings) -> Table:
    """The sheets of a file, known by content and not by its name.

    Raises InvalidInput with one Problem of row 0 for an empty, locked, broken, oversized or too wide file and for
    anything that is no table.
    """
    file = name or (source.name if isinstance(source, Path) else "")
    with open_source(source) as stream:
        form = inspect(stream, file, settings)
    if form is FileForm.TEXT:
        return _text_table(source, file, settings)
    return _workbook_table(source, file, form, settings)


def _text_table(source: Path | bytes, file: str, settings: Settings) -> Table:
    with open_source(source) as stream:
        shape = textual.examine(stream, file)
    if shape.objects:
        sheet = Sheet("", shape.n_lines, lambda: textual.json_rows(source, shape), tuple, objects=True)
        return Table(file, "jsonl", (sheet,))
    if shape.n_columns > settings.import_max_columns:
        raise too_wide(file, shape.n_columns, settings)
    sheet = Sheet("", shape.n_lines, lambda: textual.csv_rows(source, shape, file), tuple)
    return Table(file, "csv", (sheet,))


class _Workbook:
    """An open workbook that keeps the sheet read last, so that preview and import load it once."""

    def __init__(self, workbook: CalamineWorkbook, file: str, settings: Settings) -> None:
        self._workbook, self._file, self._settings = workbook, file, settings
        self._name: str | None = None
        self._sheet: CalamineSheet | None = None

    def sheet(self, name: str) -> CalamineSheet:
        if self._sheet is None or self._name != name:
            self._sheet = None
            try:
                self._sheet, self._name = self._workbook.get_sheet_by_name(name), name
            except CalamineError:
                raise broken(self._file) from None
        if self._sheet.total_width > self._settings.import_max_columns:
            raise too_wide(self._file, self._sheet.total_width, self._settings)
        return self._sheet

    def rows(self, name: str) -> Iterator[tuple[int, RawRow]]:
        return enumerate(self.sheet(name).iter_rows(), start=1)

    def merged(self, name: str) -> Sequence[Merged]:
        sheet = self.sheet(name)
        left = sheet.start[1] if sheet.start else 0
        return [(r1, c1 - left, r2, c2 - left) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]


def _workbook_table(source: Path | bytes, file: str, form: FileForm, settings: Settings) -> Table:
    # From memory: opened by path, calamine would go by the file's ending.
    body = source if isinstance(source, bytes) else source.read_bytes()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    except PasswordError:
        raise locked(file) from None
    except CalamineError:
        raise broken(file) from None
    workbook = _Workbook(book, file, settings)
    sheets = tuple(
        Sheet(
            meta.name,
            _height(workbook, meta.name),
            lambda name=meta.name: workbook.rows(name),  # type: ignore[misc]
            lambda name=meta.name: workbook.merged(name),  # type: ignore[misc]
            hidden=meta.visible is not SheetVisibleEnum.Visible,
        )
        for meta in reversed(book.sheets_metadata)
        if meta.typ is SheetTypeEnum.WorkSheet
    )
    if not any(sheet.n_rows for sheet in sheets):
        raise refuse(file, "表格里没有任何内容", "至少有表头和一行数据", "请确认选对了文件，或下载空白模板填写。")
    return Table(file, form.value, sheets[::-1])


def _height(workbook: _Workbook, name: str) -> int:
    sheet = workbook.sheet(name)
    return sheet.end[0] + 1 if sheet.end is not None else 0
