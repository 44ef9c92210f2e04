"""What a workbook unpacks to, found before anything lays it out.

The reader lays a sheet out as a full rectangle, so two cells far apart would fill the memory and end the process;
a part that is mostly repetition unpacks to a thousand times its size. Both are seen here.
"""

from __future__ import annotations

import re
import zipfile
from typing import Final
from xml.parsers import expat

from matcher import machine_code

_CHUNK: Final = 1 << 20
LARGE_PART: Final = 8 << 20
"""A part that unpacks to this much is looked through by the compiled loops, where they are installed."""
_LONGEST_TAG: Final = 1 << 16
_CELL: Final = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3})([0-9]{1,7})"')
# Every cell must be of the form above, and every `r` its own. Counting is ten times as fast as matching, and mostly
# the two shortest counts settle it.
_SPACES: Final = (b" ", b"\t", b"\n", b"\r")
_CELLS: Final = tuple(mark + end for mark in (b"<c", b":c") for end in (*_SPACES, b">", b"/"))
_PLACES: Final = tuple(before + b"r=" for before in (*_SPACES, b'"', b"'"))
_ROWS: Final = (b'<row r="', b'<x:row r="')
_SPACED_PLACE: Final = re.compile(rb"r\s+=")
_PLACE: Final = re.compile(r"([A-Za-z]{1,7})([0-9]{1,10})")
_LINKS: Final = "xl/_rels/workbook.xml.rels"

# As Apache POI's ZipSecureFile: real sheets unpack to 5-30 times their size, one cell repeated to a thousand times.
MOST_INFLATED: Final = 100
SMALL_BYTES: Final = 32 << 20
"""A part that unpacks to less may be as repetitive as it likes: it is read within two seconds."""


def most_inflated(archive: zipfile.ZipFile) -> int:
    """How many times its size the most repetitive of the large parts unpacks to; 0 without a large part."""
    large = [info for info in archive.infolist() if info.file_size > SMALL_BYTES]
    return max((info.file_size // max(1, info.compress_size) for info in large), default=0)


def spanned(archive: zipfile.ZipFile) -> tuple[int, int]:
    """Rows and columns of the largest areas its sheets span, every part read to its end.

    Raises zipfile.BadZipFile for a part whose checksum or true size differs, ValueError for a sheet that cannot be
    measured: cells in a form no program writes, and no well-formed XML either.
    """
    links = archive.read(_LINKS).lower() if _LINKS in archive.NameToInfo else b""
    areas = [_area(archive, info, measured=_may_be_sheet(info.filename, links)) for info in archive.infolist()]
    return max(rows for rows, _ in areas), max(columns for _, columns in areas)


def _may_be_sheet(name: str, links: bytes) -> bool:
    """Whether a reader could take a part for a sheet: by its ending, or because the workbook refers to it."""
    last = name.lower().rsplit("/", 1)[-1]
    return last.endswith(".xml") or b"&" in links or last.encode() in links


def _area(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, measured: bool) -> tuple[int, int]:
    """Rows and columns a part spans, in the form of cell that programs write; any other form by an XML parser."""
    n_rows = n_columns = 0
    measure = _spanned_fast if info.file_size >= LARGE_PART and machine_code.is_available() else _spanned
    with archive.open(info) as part:
        rest = b""
        while chunk := part.read(_CHUNK):
            if not measured:
                continue
            text = rest + chunk
            end = text.rfind(b"<")
            text, rest = (text[:end], text[end:]) if end >= 0 else (text, b"")
            row, column, is_usual = measure(text)
            if not is_usual or len(rest) > _LONGEST_TAG:
                return _parsed_area(archive, info)
            n_rows, n_columns = max(n_rows, row), max(n_columns, column)
        if not _is_usual(rest, 0):
            return _parsed_area(archive, info)
    return n_rows, n_columns


def _spanned(text: bytes) -> tuple[int, int, bool]:
    """The last row and column a cell of the usual form stands in; whether some text holds cells of no other form."""
    found = _CELL.findall(text)
    n_rows = max((int(row) for row in {row for _, row in found}), default=0)
    n_columns = max((_number(column.decode()) for column in {column for column, _ in found}), default=0)
    return n_rows, n_columns, _is_usual(text, len(found))


def _spanned_fast(text: bytes) -> tuple[int, int, bool]:
    """As `_spanned`, ten times as fast; what the loops are not sure of is counted as there."""
    import numpy as np

    from matcher.intake.bulk import sheet_xml

    body = np.frombuffer(text, dtype=np.uint8)
    n_cells, n_rows, n_columns, n_told = sheet_xml.spanned(body)
    n_marks, n_places, is_odd = sheet_xml.marks(body)
    is_sure = n_cells == n_marks == n_places - n_told and not is_odd
    return n_rows, n_columns, is_sure or _is_usual(text, n_cells)


def _is_usual(text: bytes, n_cells: int) -> bool:
    """Whether the cells found are all there are, and each says once where it is."""
    rows = _counted(text, _ROWS)
    return (
        (n_cells == _counted(text, (b"<c", b":c")) or n_cells == _counted(text, _CELLS))
        and (n_cells == text.count(b"r=") - rows or n_cells == _counted(text, _PLACES) - rows)
        and b"\0" not in text
        and _SPACED_PLACE.search(text) is None
    )


def _counted(text: bytes, marks: tuple[bytes, ...]) -> int:
    return sum(map(text.count, marks))


def _parsed_area(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int]:
    """As `_area` by a strict XML parser: what it refuses is refused, for the reader might take it."""
    at = _At()
    parser = expat.ParserCreate()
    parser.StartElementHandler = at.begin
    parser.EntityDeclHandler = _refuse_entities
    try:
        with archive.open(info) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return at.n_rows, at.n_columns


class _At:
    """Where a reader stands in a sheet: rows and cells that do not say where they are follow the one before."""

    def __init__(self) -> None:
        self.n_rows = self.n_columns = 0
        self._row = self._column = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        local = name.rpartition(":")[2]
        if local == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif local == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            if place:
                self._column, self._row = _number(place[1].upper()), int(place[2])
            else:
                self._column += 1
            self.n_rows = max(self.n_rows, self._row)
            self.n_columns = max(self.n_columns, self._column)


def _refuse_entities(*_: object) -> None:
    raise ValueError("a sheet declares no entities")


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
