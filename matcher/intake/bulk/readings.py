"""What the columns of a sheet state, each read by its own reader, but once per distinct content.

Numbers of people, phones and names are mostly distinct: their bytes are judged by the loops of `scan`, and only what
these do not know is read. What a loop says of a cell, and what its reader says of one exemplar of the kind, is the same
but for the words found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.intake.bulk import scan
from matcher.intake.bulk.faults import Faults
from matcher.intake.bulk.pieces import in_parts
from matcher.intake.cells import Cell, Note, is_blank
from matcher.intake.compare import nested
from matcher.intake.extract import Reading, SheetReader, read_cell
from matcher.intake.rows import column_of
from matcher.intake.sheets import Pieces, Raw, Texts
from matcher.records import Worker
from matcher.records.id_numbers import MAX_AGE

NUMBERS: Final = ("id_number", "household.head_id")
NAMES: Final = ("name", "household.head_name")
NOTES_OF_A_CELL: Final = 16
"""Places in the order of remarks that are kept for one cell; more remarks make the row one to be read alone."""

Rows = NDArray[np.intp]


class Judged(msgspec.Struct):
    """A column whose bytes were judged. classes : of each cell, as `scan` names them

    of right identity numbers: key : first 17 digits; born : birth date YYYYMMDD, 0 else; sex : 1 female, 2 male, 0 else
    """

    classes: NDArray[np.uint8]
    key: NDArray[np.int64]
    born: NDArray[np.int32]
    sex: NDArray[np.int8]
    faults: list[Faults]


class Coded(msgspec.Struct):
    """A column by distinct content. cells : of each code, None where it is blank; odd : rows to be read alone"""

    codes: NDArray[np.int32]
    cells: list[Cell | None]
    odd: NDArray[np.bool_]
    faults: list[Faults]

    def values(
        self, name: str, default: Any, dtype: Any, of: Callable[[Any], Any] = lambda value: value
    ) -> NDArray[Any]:
        """By code what the column states of a field, `default` where nothing."""
        values = [next((of(v) for n, v in cell.sets if n == name), default) if cell else default for cell in self.cells]
        return np.array([*values, default], dtype=dtype)

    def told(self, name: str, default: Any, dtype: Any, of: Callable[[Any], Any] = lambda value: value) -> NDArray[Any]:
        """The same by row."""
        return np.asarray(self.values(name, default, dtype, of)[self.codes])

    def told_of(self, name: str, rows: Rows, default: Any, dtype: Any) -> NDArray[Any]:
        """The same of some rows."""
        return np.asarray(self.values(name, default, dtype)[self.codes[rows]])


def judged(reader: SheetReader, column: Reading, place: int, pieces: Pieces, on: date) -> Judged:
    """A column of identity numbers, phones or names."""
    texts, n = pieces.texts(column.index), pieces.n_rows
    classes = np.empty(n, dtype=np.uint8)
    n_numbers = n if column.field in NUMBERS else 0
    told = np.empty(n_numbers, np.int64), np.empty(n_numbers, np.int32), np.empty(n_numbers, np.int8)
    body, bounds, at = texts.body, texts.bounds, texts.column
    if column.field in NUMBERS:
        today = on.year * 10000 + on.month * 100 + on.day
        dates = (today, MAX_AGE)
        in_parts(lambda lo, hi: scan.id_classes(body, bounds, at, dates, lo, hi, classes, told), n)
    else:
        loop = scan.name_classes if column.field in NAMES else scan.phone_classes
        in_parts(lambda lo, hi: loop(body, bounds, at, lo, hi, classes), n)
    if texts.foreign is not None:
        classes[texts.foreign] = scan.ODD
        blank = np.flatnonzero(texts.foreign)
        classes[[row for row in blank.tolist() if is_blank(pieces.cell(row, column.index))]] = scan.BLANK
    header = column_of(column.field, reader.headers)
    faults = []
    faulty = np.flatnonzero((classes > scan.PLAIN) & (classes < scan.ODD))
    kinds = classes[faulty]
    for kind in np.flatnonzero(np.bincount(kinds)).tolist():
        rows = faulty[kinds == kind]
        (note,) = read_cell(column, pieces.cell(int(rows[0]), column.index)).notes
        faults.append(Faults.alike(rows, place, header, note, _found(texts, rows)))
    return Judged(classes, *told, faults)


def _found(texts: Texts, rows: Rows) -> Callable[[], list[str]]:
    """The words of some cells of ASCII, when they are asked for."""

    def words() -> list[str]:
        body = texts.body.tobytes()
        starts = texts.bounds[rows, texts.column].tolist()
        ends = (texts.bounds[rows, texts.column + 1] - 1).tolist()
        return [body[start:end].decode() for start, end in zip(starts, ends, strict=True)]

    return words


def coded(
    reader: SheetReader,
    column: Reading,
    place: int,
    codes: NDArray[np.int32],
    contents: Sequence[Raw],
    judged_rows: Callable[[], NDArray[np.bool_]],
) -> Coded:
    """Any other column of workers, by the code of each row: each distinct content read by the column's reader.

    judged_rows : tells those not read alone as yet; where a remark is due once, the first of them is `odd` for it
    """
    cells = [None if is_blank(raw) else read_cell(column, raw) for raw in contents]
    odd = np.array([cell is not None and not _is_simple(cell, reader) for cell in cells], dtype=np.bool_)
    header = column_of(column.field, reader.headers)
    faults, once = _remarks(codes, cells, odd, place, header)
    odd_rows = odd[codes] if odd.any() else np.zeros(len(codes), dtype=np.bool_)
    for alike in once:
        told = np.zeros(len(cells), dtype=np.bool_)
        told[alike] = True
        odd_rows[np.flatnonzero(told[codes] & judged_rows())[:1]] = True
    return Coded(codes, cells, odd_rows, faults)


def rows_of(codes: NDArray[np.int32], wanted: NDArray[np.bool_]) -> Rows:
    """The rows whose code is wanted; wanted : by code."""
    out = np.empty(len(codes) + 1, dtype=np.int32)
    return out[: scan.rows_of(codes, wanted, out)].astype(np.intp)


def _remarks(
    codes: NDArray[np.int32], cells: list[Cell | None], odd: NDArray[np.bool_], place: int, header: str
) -> tuple[list[Faults], list[list[int]]]:
    """The remarks on cells, and the codes that make the same remark once."""
    noted: dict[int, list[list[Note]]] = {}
    marks: dict[tuple[str, str], list[int]] = {}
    for code, cell in enumerate(cells):
        for nth, note in enumerate(cell.notes if cell and not odd[code] else ()):
            if note.once:
                marks.setdefault((note.found, note.expected), []).append(code)
            else:
                noted.setdefault(nth, [[] for _ in cells])[code].append(note)
    faults = []
    for nth, by_code in noted.items():
        notes = [note for told in by_code for note in told]
        which = np.full(len(cells), -1, dtype=np.int32)
        which[[code for code, told in enumerate(by_code) if told]] = np.arange(len(notes))
        rows = rows_of(codes, which >= 0)
        faults.append(Faults(rows, place + nth, header, which[codes[rows]], notes))
    return faults, list(marks.values())


def _is_simple(cell: Cell, reader: SheetReader) -> bool:
    """Whether what a cell states makes a record whatever the other cells say."""
    if len(cell.notes) > NOTES_OF_A_CELL:
        return False
    stated = {name: value for name, value in cell.sets if name in reader.record_fields}
    record = {"place_code": "", **nested(stated), "worker_id": "w"}
    try:
        msgspec.convert(record, Worker)
    except msgspec.ValidationError:
        return False
    return True
