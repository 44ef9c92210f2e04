"""What a sheet holds besides its records: columns nobody reads, rows of sums and remarks; all of it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from matcher.errors import Problem, Severity
from matcher.intake.cells import is_blank, plain_text, shown
from matcher.intake.sheets import Pieces, Raw, Sheet

_SPACE = re.compile(r"\s+")
# A job title may begin like a remark: 总计划员, 小计时工, 说明书印刷工, 审核人员.
_SUM = re.compile(r"(?:合计|总计|小计|共计|累计)(?![划时算]|员)")
_REMARK = re.compile(
    r"(?:填[表报写])?说明(?:[:：、]|\d|$)|备?注(?:[:：]|$)|注意(?:事项)?[:：]|(?:填表|审核|填报|制表|复核|经办|负责)人(?![员])"
)
FIRST_CHARACTERS = "合总小共累填说备注审制复经负"
"""What `_SUM` and `_REMARK` can begin with."""
_ID_NUMBER = re.compile(r"\d{17}[\dXx]|\d{15}")
WHOLE_ROW = "整行"
"""Column of a problem that is about a row and none of its cells."""


class PassedOver(msgspec.Struct, frozen=True):
    """A row below the header that is no record: its number, its first words, what it is."""

    row: int
    text: str
    what: str

    def problem(self, file: str, sheet: str) -> Problem:
        """The row as it is reported."""
        return Problem(
            file=file,
            sheet=sheet,
            row=self.row,
            column=WHOLE_ROW,
            found=shown(self.text),
            expected="一行一条记录",
            fix=f"第{self.row}行是{self.what}，没有导入。",
            severity=Severity.WARNING,
        )


class Leftovers(msgspec.Struct, frozen=True):
    """Filled cells per column asked for (by index), and the rows that are no records."""

    n_filled: dict[int, int]
    passed_over: tuple[PassedOver, ...]


def leftovers(sheet: Sheet, header_row: int, columns: Sequence[int]) -> Leftovers:
    """One pass over the rows below the header, over its columns where the sheet is large."""
    pieces = sheet.pieces()
    if pieces is not None and pieces.n_columns > max(columns, default=-1):
        return _in_bulk(pieces.below(header_row), columns)
    n_filled = dict.fromkeys(columns, 0)
    passed_over: list[PassedOver] = []
    for number, row in sheet.rows():
        if number <= header_row or isinstance(row, dict):
            continue
        kind = what_else(row)
        if kind:
            passed_over.append(PassedOver(number, _first_words(row), kind))
            continue
        for index in columns:
            if index < len(row) and not is_blank(row[index]):
                n_filled[index] += 1
    return Leftovers(n_filled, tuple(passed_over))


def _in_bulk(pieces: Pieces, columns: Sequence[int]) -> Leftovers:
    passed_over = []
    for row in pieces.others().tolist():
        cells = pieces.raw(row)
        kind = what_else(cells)
        if kind:
            passed_over.append(PassedOver(pieces.first + row, _first_words(cells), kind))
    none = [row.row - pieces.first for row in passed_over]
    n_filled = {}
    for column in columns:
        filled = pieces.filled(column)
        filled[none] = False
        n_filled[column] = int(filled.sum())
    return Leftovers(n_filled, tuple(passed_over))


def what_else(row: Sequence[Raw]) -> str:
    """What a row is that is no record (合计行, 说明文字), by its first words; empty for a record.

    A row with an identity number is somebody, whatever it begins with.
    """
    first = _first_words(row)
    # Every record is asked, so the plain look comes before the patterns.
    if not first or not ("\u4e00" <= first[0] <= "\u9fff"):
        return ""
    kind = "合计行" if _SUM.match(first) else "说明文字" if _REMARK.match(first) else ""
    if kind and any(_ID_NUMBER.fullmatch(_SPACE.sub("", plain_text(cell))) for cell in row if cell is not None):
        return ""
    return kind


def _first_words(row: Sequence[Raw]) -> str:
    cell = next((cell for cell in row if not is_blank(cell)), None)
    return _SPACE.sub("", cell) if isinstance(cell, str) else ""


def unread_notes(columns: Iterable[tuple[str, int]]) -> list[Problem]:
    """A warning for every column that holds something and is not read; (header, filled cells) each."""
    return [
        Problem(
            row=1,
            column=header,
            found=f"{n_filled}行有内容",
            expected="模板里的表头",
            fix=f"“{header}”这一列没有读取（{n_filled}行有内容）。若有用，请把表头改成模板里的写法。",
            severity=Severity.WARNING,
        )
        for header, n_filled in columns
        if n_filled
    ]
