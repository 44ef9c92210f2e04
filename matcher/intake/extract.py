"""Cells become drafts: merged cells filled, each column read by its reader, equal contents read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from matcher.intake.cells import Cell, Reader, error, is_blank, plain_text, warning
from matcher.intake.columns import JOINED_FIELDS, Column, SheetPlan
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft
from matcher.intake.fields import DERIVED_FIELDS, IDENTITY_FIELDS, field_map
from matcher.intake.headers import lowest_level
from matcher.intake.readers import reader_for, sheet_reader_for
from matcher.intake.sheets import Merged, Raw, Sheet
from matcher.intake.textual import BrokenLine
from matcher.intake.values import wording_of
from matcher.intake.workbook import LONGEST_CELL
from matcher.records import Kind

CACHE_ENTRIES = 4096
"""Distinct contents remembered per column; names and numbers overflow it and are simply read again."""

_FILLS_BLANKS = frozenset({"phone", "place.name", "monitored_type", "sex", "employer_name", "start", "end"})
"""Fields for which a second column may stand in where the first is blank; elsewhere it is another person's."""

_PRECEDENCE = {"household_kind": 0, "exit_state": 1}
"""Columns that state flags in passing are read before those that state them outright, which then prevail."""
LONGEST_VALUE = 2000
"""Characters of a cell that is read as a value: far more than any number, place or title has; longer ones would take
the readers, whose time grows with the square of a text, minutes."""
_READ_LAST = 9


class Reading(msgspec.Struct):
    """A column ready to be read: where, by whom, contents read before; `rival` marks a second column of its field."""

    index: int
    header: str
    field: str
    read: Reader
    rival: bool
    cache: dict[Any, Cell]


class SheetReader:
    """Reads one sheet's rows into drafts.

    columns : those that are read, in the order of their reading; headers : field -> header; width : of the header
    record_fields : names of fields of the record; nameless : columns under no header that nobody has seen filled
    """

    def __init__(self, kind: Kind, plan: SheetPlan, context: IntakeContext) -> None:
        self._kind, self._plan, self._context = kind, plan, context
        self.record_fields = frozenset(field_map(kind)).difference(IDENTITY_FIELDS if kind is Kind.WORKERS else ())
        self._identity_fields = frozenset(IDENTITY_FIELDS if kind is Kind.WORKERS else ())
        self._labels = {name: field.label for name, field in field_map(kind).items()}
        self.columns = self._compile(plan.columns)
        self.headers = {column.field: column.header for column in reversed(self.columns)}
        known = {c.index for c in plan.columns} | {u.index for u in plan.unread}
        self.nameless = [n for n, header in enumerate(plan.headers) if not header and n not in known]
        self.width = len(plan.headers)
        self._by_name: dict[str, Reading | None] = {}

    def drafts(self, sheet: Sheet) -> Iterator[Draft]:
        """One draft per row that is not blank."""
        if sheet.objects:
            for number, value in sheet.rows():
                yield self._from_object(number, value)
            return
        passed_over = {row.row for row in self._plan.passed_over}
        for number, row in _filled(sheet, self._plan.header_row):
            if number > self._plan.header_row and number not in passed_over and not all(map(is_blank, row)):
                yield self.draft(number, row)

    def _compile(self, columns: Sequence[Column]) -> list[Reading]:
        ordered = sorted(columns, key=lambda c: (_PRECEDENCE.get(c.field, _READ_LAST), c.rank, c.index))
        readings: list[Reading] = []
        taken: set[str] = set()
        for column in ordered:
            rival = column.field in taken
            if rival and column.field not in _FILLS_BLANKS and column.field not in JOINED_FIELDS:
                continue
            taken.add(column.field)
            read = sheet_reader_for(self._kind, column.field, self._context)
            if read is not None:
                readings.append(Reading(column.index, column.header, column.field, read, rival, {}))
        return readings

    def draft(self, number: int, row: Sequence[Raw]) -> Draft:
        """A row of cells that is not blank, as what it states."""
        draft = Draft(number, row, self.headers)
        filled: dict[str, Cell] = {}
        width = len(row)
        self._say_what_is_left(draft, row)
        for column in self.columns:
            raw = row[column.index] if column.index < width else None
            if raw is None or (isinstance(raw, str) and (not raw or raw.isspace())):
                continue
            cell = read_cell(column, raw)
            if column.field in JOINED_FIELDS:
                self._join(draft, column, cell)
                continue
            if column.rival and column.field in filled:
                _compare(draft, column, filled[column.field], cell, raw)
                continue
            filled[column.field] = cell
            self._apply(draft, column, cell, raw)
        return draft

    def _join(self, draft: Draft, column: Reading, cell: Cell) -> None:
        """Duties are duties; every further column of text comes below them under its own header."""
        for _, text in cell.sets:
            if column.field == "duties" and not column.rival:
                draft.fields["duties"] = text
            else:
                draft.added.append((column.header, f"{lowest_level(column.header)}：{text}"))
        for note in cell.notes:
            draft.say(column.header, note)

    def _say_what_is_left(self, draft: Draft, row: Sequence[Raw]) -> None:
        """Cells under no header are never dropped in silence; beyond the last header they mean a shifted row."""
        beyond = [cell for cell in row[self.width :] if not is_blank(cell)]
        if beyond:
            fix = "这一行比表头多出几格，可能多了逗号，各格已错位；请改正后再导入。"
            draft.say("", error("、".join(map(plain_text, beyond)), f"{self.width} 列", fix))
        for index in self.nameless:
            if index < len(row) and not is_blank(row[index]):
                found = f"第{index + 1}列没有表头"
                draft.say("", warning(found, "每列有表头", "这一列没有读取；需要的话请补上表头。", once=True))

    def _apply(self, draft: Draft, column: Reading, cell: Cell, raw: Raw) -> None:
        field = column.field
        for name, value in cell.sets:
            if name in self.record_fields:
                before = draft.fields.get(name)
                if before is not None and before != value:
                    here = f"“{column.header}”写的是“{plain_text(raw)}”"
                    found = f"{self._labels[name]}：{self._earlier(draft, name)}，{here}"
                    draft.say(field, warning(found, "前后一致的内容", "两列互相矛盾，已按本列登记，请核对。"))
                draft.fields[name] = value
            elif name in self._identity_fields:
                draft.identity[name] = value
            else:
                draft.sources[name] = value
        for note in cell.notes:
            draft.say(field, note)

    def _earlier(self, draft: Draft, name: str) -> str:
        """The column before that states a field, and its words as they were written."""
        value = draft.fields[name]
        for column in self.columns:
            raw = draft.raw[column.index] if column.index < len(draft.raw) else None
            if not is_blank(raw) and (name, value) in read_cell(column, raw).sets:
                return f"“{column.header}”写的是“{plain_text(raw)}”"
        return f"前面写明{_spoken(name, value)}"

    def _from_object(self, number: int, value: Any) -> Draft:
        if isinstance(value, BrokenLine):
            draft = Draft(number, value, {})
            draft.say("", error(value, "一行一个 JSON 对象", "请检查括号、引号和逗号；每个对象写在一行里。"))
            return draft
        stated = list(_flatten(value, self.record_fields | self._identity_fields))
        draft = Draft(number, value, {name: name for name, _ in stated})
        for name, raw in stated:
            column = self._named(name)
            if column is None:
                fix = "没有这个字段；请核对拼写，或删去这个字段。"
                draft.say(name, error(name, "接口约定中的字段", fix))
            elif not is_blank(raw) and name not in DERIVED_FIELDS:
                self._apply(draft, column, read_cell(column, raw), raw)
        return draft

    def _named(self, name: str) -> Reading | None:
        if name not in self._by_name:
            known = name in self.record_fields or name in self._identity_fields
            read = reader_for(self._kind, name, self._context) if known else None
            self._by_name[name] = None if read is None else Reading(0, name, name, read, False, {})
        return self._by_name[name]


def _flatten(value: Mapping[str, Any], known: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Fields of an object, nested ones by their dotted names; what is no field at all keeps its own name."""
    for name, raw in value.items():
        if name in known or not isinstance(raw, dict):
            yield name, raw
        else:
            for part, nested in raw.items():
                yield f"{name}.{part}", nested
            if not raw and not any(field.startswith(f"{name}.") for field in known):
                yield name, raw


def _spoken(name: str, value: Any) -> str:
    """A value in the words of the lists."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return wording_of(name, name, value) if isinstance(value, str) else str(value)


def read_cell(column: Reading, raw: Raw) -> Cell:
    """What a cell of a column states; equal contents are read once."""
    # True, 1 and 1.0 are one dictionary key; only text is sure to mean one thing.
    key = raw if type(raw) is str else (type(raw), raw)
    try:
        cell = column.cache.get(key)
    except TypeError:  # lists of JSON cannot be remembered
        return _read_anew(column, raw)
    if cell is None:
        cell = _read_anew(column, raw)
        if len(column.cache) >= CACHE_ENTRIES:
            column.cache.clear()
        column.cache[key] = cell
    return cell


def _read_anew(column: Reading, raw: Raw) -> Cell:
    longest = LONGEST_CELL if column.field in JOINED_FIELDS else LONGEST_VALUE
    if type(raw) is str and len(raw) <= longest:
        return column.read(raw)
    if any(isinstance(text, str) and len(text) > longest for text in (raw if isinstance(raw, list) else (raw,))):
        return Cell(notes=(error(raw, f"不超过{longest}个字", "内容太长，像是别的文字贴进了这一格，请核对。"),))
    return column.read(raw)


def _compare(draft: Draft, column: Reading, first: Cell, second: Cell, raw: Raw) -> None:
    """Two columns of one field: said where they differ; what a place's second column adds is no contradiction."""
    if first.sets != second.sets and second.sets and column.field != "place.name":
        before = "、".join(_spoken(name, value) for name, value in first.sets[:1])
        found = f"前一列为“{before}”，“{column.header}”写的是“{plain_text(raw)}”"
        draft.say(column.field, warning(found, "两列内容一致", f"与“{column.header}”不一致，已用前一列，请核对。"))


def _filled(sheet: Sheet, header_row: int) -> Iterator[tuple[int, Sequence[Raw]]]:
    """Rows with merged cells filled: below the header a merged cell means the same for every row it spans."""
    starts: dict[int, list[Merged]] = {}
    for area in sheet.merged():
        if area[0] >= header_row and area[2] > area[0]:
            starts.setdefault(area[0], []).append(area)
    if not starts:
        yield from sheet.rows()  # type: ignore[misc]
        return
    open_areas: list[tuple[Merged, Raw]] = []
    for number, row in sheet.rows():
        cells = list(row)
        index = number - 1
        open_areas = [(area, value) for area, value in open_areas if area[2] >= index]
        if any(not is_blank(cell) for cell in cells):
            for (_, left, _, _), value in open_areas:
                if left < len(cells) and is_blank(cells[left]):
                    cells[left] = value
        open_areas += [(area, cells[area[1]]) for area in starts.get(index, ()) if area[1] < len(cells)]
        yield number, cells
