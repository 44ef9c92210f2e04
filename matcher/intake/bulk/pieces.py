"""A sheet as columns of cells: the bytes of a csv as they lie in the file, or the rows of a workbook turned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.intake.bulk import lines, scan
from matcher.intake.cells import is_blank
from matcher.intake.files import Bytes
from matcher.intake.leftovers import FIRST_CHARACTERS, what_else
from matcher.intake.sheets import Raw, Texts
from matcher.intake.textual import TextShape, unguarded
from matcher.machine_code import usable_cores

_LINE_END: Final = 10
_RETURN: Final = 13
_LINE: Final = 1 << 12
"""Bytes in which a line's end is looked for at once."""
_MOST_CODES: Final = 1 << 12
_MOST_BYTES: Final = 2**31 - 1
"""Bounds are int32."""
_MAY_BEGIN: Final = frozenset({*FIRST_CHARACTERS, ""})
_BOM: Final = b"\xef\xbb\xbf"


def in_parts(loop: Callable[[int, int], None], n: int) -> None:
    """`loop(lo, hi)` over 0..n in as many parts as there are processors; the loops hold no lock."""
    n_parts = min(usable_cores(), max(1, n >> 14))
    if n_parts == 1:
        loop(0, n)
        return
    ends = [n * part // n_parts for part in range(n_parts + 1)]
    with ThreadPoolExecutor(n_parts) as pool:
        list(pool.map(loop, ends[:-1], ends[1:]))


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines cut into cells. bounds : of the cells of each, as `scan` takes them; width : how many cells it has

    other : whether it may be no record
    """

    bounds: NDArray[np.int32]
    width: NDArray[np.int32]
    other: NDArray[np.bool_]

    def since(self, row: int) -> Cut:
        """The lines from one on."""
        return Cut(self.bounds[row:], self.width[row:], self.other[row:])


class CsvPieces:
    """A csv without quotes, as its bytes."""

    def __init__(self, body: NDArray[np.uint8], delimiter: int, cut: Cut, first: int) -> None:
        self._body, self._delimiter, self._cut, self.first = body, delimiter, cut, first
        self.n_rows, self.n_columns = len(cut.bounds), cut.bounds.shape[1] - 1
        self._below: dict[int, CsvPieces] = {}

    def below(self, header_row: int) -> CsvPieces:
        """The rows below a header."""
        if header_row not in self._below:
            cut = self._cut.since(header_row + 1 - self.first)
            self._below[header_row] = CsvPieces(self._body, self._delimiter, cut, header_row + 1)
        return self._below[header_row]

    def raw(self, row: int) -> Sequence[Raw]:
        """The cells of a row as `Sheet.rows` gives them."""
        start = int(self._cut.bounds[row, 0])
        end = int(self._cut.bounds[row + 1, 0]) if row + 1 < self.n_rows else self._body.size
        line = self._body[start : end - 1].tobytes().removesuffix(b"\r").decode()
        return [_plain(cell) for cell in line.split(chr(self._delimiter))] if line else []

    def cell(self, row: int, column: int) -> Raw:
        """One cell as `Sheet.rows` gives it; None where the row is too short."""
        start, end = self._cut.bounds[row, column : column + 2].tolist()
        return _plain(self._body[start : end - 1].tobytes().decode()) if column < self._cut.width[row] else None

    def texts(self, column: int) -> Texts:
        """A column as bytes."""
        return Texts(self._body, self._cut.bounds, column)

    def codes(self, column: int, out: NDArray[np.int32]) -> list[Raw]:
        """Code of each cell of a column into `out`, by first occurrence; returns the content of each code."""
        most = _MOST_CODES
        while True:
            known = (*np.empty((2, most), dtype=np.int32), np.empty(most, dtype=np.uint64))
            table = np.full(4 * most, -1, dtype=np.int32)
            n_codes = scan.coded(self._body, self._cut.bounds, column, out, table, known)
            if n_codes >= 0:
                return [self.cell(row, column) for row in known[0][:n_codes].tolist()]
            most *= 8

    def beyond(self, width: int) -> NDArray[np.intp]:
        """Rows that may hold something beyond `width` columns."""
        return np.flatnonzero(self._cut.width > width)

    def others(self) -> NDArray[np.intp]:
        """Rows that may be no records, by their first words."""
        return np.flatnonzero(self._cut.other)

    def filled(self, column: int) -> NDArray[np.bool_]:
        """Whether each cell of a column holds more than space."""
        out = np.empty(self.n_rows, dtype=np.uint8)
        bounds = self._cut.bounds
        in_parts(lambda lo, hi: scan.filled(self._body, bounds, column, lo, hi, out), self.n_rows)
        told: NDArray[np.bool_] = out == scan.PLAIN
        for row in np.flatnonzero(out == scan.ODD).tolist():
            told[row] = not is_blank(self.cell(row, column))
        return told


def _plain(cell: str) -> str:
    return unguarded(cell) if cell.startswith("'") else cell


def csv_pieces(source: Path | Bytes, shape: TextShape) -> CsvPieces | None:
    """A csv by its bytes from its first line on; None for one that needs the csv module: quotes, odd line ends."""
    if len(shape.delimiter) != 1 or not shape.delimiter.isascii():
        return None
    text = source.read_bytes() if isinstance(source, Path) else source
    if shape.encoding not in ("utf-8", "utf-8-sig"):
        text = str(text, shape.encoding).encode()
    body = _bytes(text)
    body = body[len(_BOM) :] if shape.encoding == "utf-8-sig" and body[:3].tobytes() == _BOM else body
    if body[-1:].tobytes() != b"\n":
        body = _bytes(body.tobytes() + b"\n")
    if body.size >= _MOST_BYTES:
        return None
    cut = _cut(body, ord(shape.delimiter), shape.n_columns)
    return None if cut is None else CsvPieces(body, ord(shape.delimiter), cut, 1)


def _cut(body: NDArray[np.uint8], delimiter: int, n_columns: int) -> Cut | None:
    """The lines of a text that ends with one; None where a quote stands in it, or a carriage return within a line."""
    begins = np.zeros(1 << 16, dtype=np.bool_)
    begins[[ord(char) for char in FIRST_CHARACTERS]] = True
    n_parts = min(usable_cores(), max(1, body.size >> 20))
    ends = [0, *(_line_end(body, body.size * part // n_parts - 1) for part in range(1, n_parts + 1))]
    parts = list(pairwise(ends))
    with ThreadPoolExecutor(n_parts) as pool:
        n_ends, n_returns, n_quotes = zip(
            *pool.map(lambda part: lines.count_ends(body[slice(*part)]), parts), strict=True
        )
        if sum(n_quotes):
            return None
        firsts = np.cumsum([0, *n_ends]).tolist()
        bounds = np.empty((firsts[-1], n_columns + 1), dtype=np.int32)
        told = np.empty(firsts[-1], dtype=np.int32), np.empty(firsts[-1], dtype=np.bool_)
        text = body if body.size >= lines.BLOCK else _bytes(body.tobytes().ljust(lines.BLOCK, b"\0"))
        list(pool.map(lambda p, row: lines.cut(text, delimiter, (*p, row), begins, bounds, told), parts, firsts[:-1]))
    before = np.maximum(np.flatnonzero(body == _LINE_END) - 1, 0) if any(n_returns) else bounds[:0, 0]
    return Cut(bounds, *told) if sum(n_returns) == np.count_nonzero(body[before] == _RETURN) else None


def _bytes(text: Bytes) -> NDArray[np.uint8]:
    """Bytes as an array nobody writes to: of one that may be written to the loops would be compiled once more."""
    return np.frombuffer(memoryview(text).toreadonly(), dtype=np.uint8)


def _line_end(body: NDArray[np.uint8], at: int) -> int:
    """Where the line that holds a byte has ended."""
    while True:
        ends = np.flatnonzero(body[at : at + _LINE] == _LINE_END)
        if len(ends):
            return at + int(ends[0]) + 1
        at += _LINE


class RowPieces:
    """The rows of a workbook, turned into columns as they are asked for."""

    def __init__(self, rows: Sequence[Sequence[Raw]], first: int) -> None:
        self._rows, self.first, self.n_rows = rows, first, len(rows)
        self.n_columns = len(rows[0]) if rows else 0
        self._below: dict[int, RowPieces] = {}

    def below(self, header_row: int) -> RowPieces:
        """The rows below a header."""
        if header_row not in self._below:
            self._below[header_row] = RowPieces(self._rows[header_row + 1 - self.first :], header_row + 1)
        return self._below[header_row]

    @cached_property
    def _columns(self) -> list[list[Raw]]:
        # The reader gives a full rectangle.
        return [[row[column] for row in self._rows] for column in range(self.n_columns)]

    def raw(self, row: int) -> Sequence[Raw]:
        """The cells of a row as `Sheet.rows` gives them."""
        return self._rows[row]

    def cell(self, row: int, column: int) -> Raw:
        """One cell as `Sheet.rows` gives it; None where the row is too short."""
        return self._rows[row][column] if column < len(self._rows[row]) else None

    def texts(self, column: int) -> Texts:
        """A column as bytes."""
        cells = self._columns[column]
        foreign = np.fromiter((type(cell) is not str for cell in cells), dtype=np.bool_, count=self.n_rows)
        if foreign.any():
            cells = [cell if type(cell) is str else "" for cell in cells]
        coded = "\n".join(cells).encode() + b"\n"
        body = np.frombuffer(coded, dtype=np.uint8)
        ends = np.flatnonzero(body == _LINE_END)
        if len(ends) != self.n_rows:  # a cell of several lines
            ends = np.cumsum([len(cell.encode()) + 1 for cell in cells]) - 1
        bounds = np.empty((self.n_rows, 2), dtype=np.int32)
        bounds[:, 1] = ends + 1
        bounds[:1, 0], bounds[1:, 0] = 0, ends[:-1] + 1
        return Texts(body, bounds, 0, foreign)

    def codes(self, column: int, out: NDArray[np.int32]) -> list[Raw]:
        """Code of each cell of a column into `out`, by first occurrence; returns the content of each code."""
        # True, 1 and 1.0 are one dictionary key; only text is sure to mean one thing.
        known: dict[Any, int] = {}
        keys = (cell if type(cell) is str else (type(cell), cell) for cell in self._columns[column])
        out[:] = np.fromiter((known.setdefault(key, len(known)) for key in keys), dtype=np.int32, count=self.n_rows)
        return [key if type(key) is str else key[1] for key in known]

    def beyond(self, width: int) -> NDArray[np.intp]:
        """Rows that may hold something beyond `width` columns."""
        if not self.n_rows or len(self._columns) <= width:
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero(np.any([self.filled(c) for c in range(width, len(self._columns))], axis=0))

    def others(self) -> NDArray[np.intp]:
        """Rows that may be no records, by their first words."""
        if not self._rows or not self.n_columns:
            return np.zeros(0, dtype=np.intp)
        begins = (cell[:1] if type(cell) is str else "" if cell is None else "0" for cell in self._columns[0])
        unsure = [row for row, first in enumerate(begins) if first in _MAY_BEGIN or first.isspace()]
        return np.array([row for row in unsure if what_else(self._rows[row])], dtype=np.intp)

    def filled(self, column: int) -> NDArray[np.bool_]:
        """Whether each cell of a column holds more than space."""
        cells = self._columns[column]
        return np.fromiter((not is_blank(cell) for cell in cells), dtype=np.bool_, count=self.n_rows)


def utf8_lines(text: Bytes) -> int | None:
    """How many line ends some bytes hold, None if they are not strict UTF-8; judged by several threads."""
    body = np.frombuffer(text, dtype=np.uint8)
    n_parts = min(usable_cores(), max(1, body.size >> 20))
    ends = [3, *(body.size * part // n_parts for part in range(1, n_parts + 1))]
    # What stands before the first bytes, and what must not be missing after the last.
    edges = [b"\n\n\n" + bytes(text[:3]), (b"\n\n\n" + bytes(text[-3:]))[-3:] + b" "]
    pieces = [body[start - 3 : end] for start, end in pairwise(ends)]
    pieces += [np.frombuffer(edge, dtype=np.uint8) for edge in edges]
    with ThreadPoolExecutor(n_parts) as pool:
        counts = list(pool.map(lines.utf8_lines, pieces))
    return None if min(counts) < 0 else sum(counts)
