"""Bytes become sheets of rows: xlsx and xls through calamine, csv and JSON lines through `textual`.

Cells keep the type the file gave them, so that a number that should have been text is still seen as one.
"""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from matcher import machine_code
from matcher.intake import textual
from matcher.intake.files import Bytes, FileForm, broken, inspect, locked, open_source, refuse, too_wide
from matcher.settings import Settings

Raw = Any
"""One cell as the file holds it: str, int, float, bool, date, datetime, time, timedelta, None; list or dict in JSON."""

BULK_ROWS = 20_000
"""Below it a sheet is read row by row before the compiled loops have been loaded."""
BULK_CELLS = 20_000_000

RawRow = Sequence[Raw] | dict[str, Raw]
"""A row of cells, or one JSON object by field name."""

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged range, 0-based, inclusive."""


class Pieces(Protocol):
    """The rows of a sheet by column; row i of them stands in line `first + i` of the sheet.

    Text columns come as UTF-8 with the bounds of their cells (`matcher.intake.bulk.scan`).
    """

    first: int
    n_rows: int
    n_columns: int

    def below(self, header_row: int) -> Pieces:
        """The rows below a header."""

    def raw(self, row: int) -> Sequence[Raw]:
        """The cells of a row as `Sheet.rows` gives them."""

    def cell(self, row: int, column: int) -> Raw:
        """One cell as `Sheet.rows` gives it; None where the row is too short."""

    def texts(self, column: int) -> Texts:
        """A column as bytes."""

    def codes(self, column: int, out: NDArray[np.int32]) -> list[Raw]:
        """Code of each cell of a column into `out`, by first occurrence; returns the content of each code."""

    def beyond(self, width: int) -> NDArray[np.intp]:
        """Rows that have cells beyond `width` columns, among them all where such a cell holds anything."""

    def others(self) -> NDArray[np.intp]:
        """Rows whose first words may say that they are no record; every row that is none is among them."""

    def filled(self, column: int) -> NDArray[np.bool_]:
        """Whether each cell of a column holds more than space."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One column as bytes: cell i is `body[bounds[i, column] : bounds[i, column + 1] - 1]`, UTF-8.

    foreign : cells that are no text in the file (a number, a date); their bytes are empty
    """

    body: NDArray[np.uint8]
    bounds: NDArray[np.int32]
    column: int
    foreign: NDArray[np.bool_] | None = None


def no_pieces() -> Pieces | None:
    """Of a sheet that is read row by row."""
    return None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows()` yields (row number as a person sees it, row) from the top, anew at every call.

    n_rows : rows to come, for the progress bar (an estimate for text files)
    merged : merged ranges, positions as in the rows; None where the format has none to tell
    objects : rows are JSON objects with field names, not cells under a header
    pieces : the same rows by column, where there are so many that it pays and a form of file that allows it
    """

    name: str
    n_rows: int
    rows: Callable[[], Iterator[tuple[int, RawRow]]]
    merged: Callable[[], Sequence[Merged]]
    hidden: bool = False
    objects: bool = False
    pieces: Callable[[], Pieces | None] = no_pieces


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


def _text_table(source: Path | Bytes, file: str, settings: Settings) -> Table:
    # A large text is read once for all: looked through here, cut into columns below.
    held = _held(source) if machine_code.is_available() else None
    source = source if held is None else held
    with open_source(source) as stream:
        shape = textual.examine(stream, file, body=held)
    if shape.objects:
        sheet = Sheet("", shape.n_lines, lambda: textual.json_rows(source, shape), tuple, objects=True)
        return Table(file, "jsonl", (sheet,))
    if shape.n_columns > settings.import_max_columns:
        raise too_wide(file, shape.n_columns, settings)
    sheet = Sheet(
        "", shape.n_lines, lambda: textual.csv_rows(source, shape, file), tuple, pieces=_csv_pieces(source, shape)
    )
    return Table(file, "csv", (sheet,))


def _held(source: Path | Bytes) -> Bytes | None:
    """A large text in memory, read into an array: of these the system makes large pages, a sixth of the time."""
    n_bytes = source.stat().st_size if isinstance(source, Path) else len(source)
    if n_bytes < textual.LARGE_BYTES:
        return None
    if not isinstance(source, Path):
        return source
    room = np.empty(n_bytes, dtype=np.uint8)
    with source.open("rb") as file:
        room = room[: file.readinto(room.data)]
    return room.data.toreadonly()


def _csv_pieces(source: Path | Bytes, shape: textual.TextShape) -> Callable[[], Pieces | None]:
    if not _pays(shape.n_lines, shape.n_columns):
        return no_pieces

    @cache
    def cut() -> Pieces | None:
        from matcher.intake.bulk.pieces import csv_pieces

        return csv_pieces(source, shape)

    return cut


def _pays(n_rows: int, n_columns: int) -> bool:
    """Whether a sheet is read by column: large, but not so large that its cells fill the memory as objects."""
    return n_rows >= BULK_ROWS and n_rows * n_columns <= BULK_CELLS and machine_code.is_available()


class _Workbook:
    """An open workbook that keeps the sheet read last, so that preview and import load it once."""

    def __init__(self, workbook: CalamineWorkbook, file: str, settings: Settings) -> None:
        self._workbook, self._file, self._settings = workbook, file, settings
        self._name: str | None = None
        self._sheet: CalamineSheet | None = None
        self._rows: list[list[Raw]] | None = None
        self._pieces: Pieces | None = None

    def sheet(self, name: str) -> CalamineSheet:
        if self._sheet is None or self._name != name:
            self._sheet = self._rows = self._pieces = None
            try:
                self._sheet, self._name = self._workbook.get_sheet_by_name(name), name
            except CalamineError:
                raise broken(self._file) from None
        if self._sheet.total_width > self._settings.import_max_columns:
            raise too_wide(self._file, self._sheet.total_width, self._settings)
        return self._sheet

    def rows(self, name: str) -> Iterator[tuple[int, RawRow]]:
        sheet = self.sheet(name)
        return enumerate(sheet.iter_rows() if self._rows is None else self._rows, start=1)

    def pieces(self, name: str) -> Pieces | None:
        sheet = self.sheet(name)
        if not _pays(sheet.total_height, sheet.total_width):
            return None
        if self._rows is None or self._pieces is None:
            from matcher.intake.bulk.pieces import RowPieces

            with collector_paused():
                self._rows = list(sheet.iter_rows())
            self._pieces = RowPieces(self._rows, 1)
        return self._pieces

    def merged(self, name: str) -> Sequence[Merged]:
        sheet = self.sheet(name)
        left = sheet.start[1] if sheet.start else 0
        return [(r1, c1 - left, r2, c2 - left) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or ()]


@contextmanager
def collector_paused() -> Iterator[None]:
    """For making many objects that hold no cycle: looking for one again and again takes as long as making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
            pieces=lambda name=meta.name: workbook.pieces(name),  # type: ignore[misc]
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
