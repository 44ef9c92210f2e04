"""A ledger of another office read for comparison: every row is kept, whatever is wrong with it is said.

The columns are found as an import finds them. Who somebody is, is read from the words of the cells, so that a number
with a slip still tells whose it may be; what is compared is read as an import reads it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, Problem, Severity
from matcher.geography import gazetteer
from matcher.intake import ColumnPlan, IntakeContext, Sheet, SheetPlan, Table, Unread, plan_columns, read_table
from matcher.intake.cells import is_blank, plain_text, problem_of
from matcher.intake.drafts import Draft
from matcher.intake.extract import SheetReader
from matcher.intake.fields import field_map
from matcher.linkage import Cells, Entry, Slip, entry_of, looks_like_village, shape_of
from matcher.policy.binding import region_of
from matcher.records import Kind
from matcher.records.id_numbers import IdNumberProblem, check_id_number
from matcher.services.ground.rulebook import Means

KINDS: Final = (Kind.WORKERS, Kind.HOUSEHOLDS, Kind.PLACEMENTS)
"""Tried in turn: what the header of a ledger may be the header of."""
_FIELDS: Final[dict[Kind, dict[str, tuple[str, ...]]]] = {
    Kind.WORKERS: {
        "name": ("name",),
        "number": ("id_number",),
        "born": ("birth_date",),
        "phone": ("phone",),
        "village": ("place.village", "place.name", "place_code", "hukou.name", "hukou_code"),
    },
    Kind.HOUSEHOLDS: {
        "name": ("household.head_name",),
        "number": ("household.head_id",),
        "phone": ("phone",),
        "village": ("place.village", "place.name", "place_code"),
    },
    Kind.PLACEMENTS: {
        "name": ("worker.name",),
        "number": ("worker.id_number",),
        "phone": ("phone",),
        "village": ("place.village", "place.name", "place_code"),
    },
}
_NOT_COMPARED: Final = frozenset({"sex", "birth_date", "ethnicity", "age"})
_NEVER: Final = ("_id", "_code", "consent.", "place.", "hukou.", "household.", "worker.")
_MOST_WORDS: Final = 12
"""A column no import knows is compared if it holds no more different words: a state, not somebody's remarks."""
_MOST_LOOKED_AT: Final = 200
_NEARLY_ALL: Final = 0.8
"""Share of the first rows whose cells must look like another column's before two columns are taken for each other."""
_WORDS: Final = {"name": "姓名", "number": "身份证号", "phone": "电话"}
_TURNED = "“姓名”和“村”两栏的内容填反了，已按内容对调，照常核对；请在原表改正。"
_SWAPPED = "姓名、身份证号、电话、出生日期填到了对方的栏里，已按内容认出，这一行照常核对；请在原表改正。"
_CODE_DIGITS: Final = 12

_Texts = tuple[dict[str, str], Mapping[str, str]]
"""The words of a row by role, and what it states in fields."""


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """One ledger as read. cells : the words as written, by entry; labels : field -> what it is called on paper.

    sha256 : of the file; problems : everything to be said, no row is left out for it
    """

    file: str
    sha256: str
    kind: Kind
    entries: tuple[Entry, ...]
    cells: tuple[Cells, ...]
    labels: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def read_ledger(source: Path | bytes, means: Means, *, on: date, jurisdiction: str, name: str = "") -> Ledger:
    """Every row of a file with somebody in it.

    Raises InvalidInput for a file without a header that names people, and for one that names nobody: as a push it would
    put the whole other ledger on one side and the clock back to a week.
    """
    table = read_table(source, name=name, settings=means.settings)
    plan = _plan(table)
    context = IntakeContext(
        kind=plan.kind,
        on=on,
        region_code=region_of(means.packs, jurisdiction),
        gazetteer=gazetteer(),
        settings=means.settings,
    )
    body = source if isinstance(source, bytes) else source.read_bytes()
    reading = _Reading(table, plan, context)
    entries = tuple(reading.entries())
    if not entries:
        raise InvalidInput(
            "名单里一个人也没有", where=table.file, remedy="请看是不是选错了文件：表头下面要有姓名或身份证号。"
        )
    labels = {field: known.label for field, known in field_map(plan.kind).items()}
    return Ledger(
        file=table.file,
        sha256=hashlib.sha256(body).hexdigest(),
        kind=plan.kind,
        entries=entries,
        cells=tuple(reading.cells),
        labels=labels,
        problems=tuple(reading.problems),
    )


def _plan(table: Table) -> ColumnPlan:
    first: InvalidInput | None = None
    for kind in KINDS:
        try:
            plan = plan_columns(table, kind)
        except InvalidInput as refused:
            first = first or refused
        else:
            return plan
    raise first or InvalidInput("没有找到可以核对的表头。", where=table.file, remedy="请补上姓名、身份证号的表头。")


class _Reading:
    """One pass over a file."""

    def __init__(self, table: Table, plan: ColumnPlan, context: IntakeContext) -> None:
        self.table, self.plan, self.context = table, plan, context
        self.cells: list[Cells] = []
        self.problems = [
            problem for problem in plan.problems if problem.severity is not Severity.ERROR or not problem.row
        ]

    def entries(self) -> Iterator[Entry]:
        for sheet, plan in zip(self.table.sheets, self.plan.sheets, strict=True):
            if plan.skipped:
                continue
            for draft, (words, facts) in self._rows(sheet, plan):
                if words.get("name") or words.get("number"):
                    yield self._entry(sheet.name, draft, words, facts)

    def _rows(self, sheet: Sheet, plan: SheetPlan) -> Iterator[tuple[Draft, _Texts]]:
        where, more = self._columns(sheet, plan)
        read_words = set(where.values())
        lean = msgspec.structs.replace(
            plan, columns=tuple(column for column in plan.columns if column.index not in read_words)
        )
        words_of = _object_words(self.plan.kind) if sheet.objects else _cell_words(where)
        for draft in SheetReader(self.plan.kind, lean, self.context).drafts(sheet):
            yield draft, (words_of(draft.raw), self._facts(draft, more))

    def _columns(self, sheet: Sheet, plan: SheetPlan) -> tuple[dict[str, int], dict[str, int]]:
        """Role -> column; and the columns no import knows that hold a few words only, by header."""
        where: dict[str, int] = {}
        for role, fields in _FIELDS[self.plan.kind].items():
            found = [(fields.index(c.field), c.rank, c.index) for c in plan.columns if c.field in fields]
            if found:
                where[role] = min(found)[-1]
        for column in plan.unread:
            role = _looks_like(column)
            if role and role not in where:
                where[role] = column.index
                found_as = f"表头“{column.header}”没有认出，按内容当作{_WORDS[role]}读取"
                self._say(sheet.name, plan.header_row, column.header, found_as, "认得的表头", "不对的话请改正表头。")
        if _villages_under_names(sheet, plan.header_row, where):
            where["name"], where["village"] = where["village"], where["name"]
            self._say(sheet.name, plan.header_row, _WORDS["name"], "姓名栏里是村名", "各栏各归各位", _TURNED)
        rest = {u.header: u.index for u in plan.unread if u.index not in where.values()}
        return where, _few_words(sheet, plan.header_row, rest)

    def _facts(self, draft: Draft, more: Mapping[str, int]) -> dict[str, str]:
        facts = {
            field: plain_text(value)
            for field, value in {**draft.sources, **draft.fields}.items()
            if field not in _NOT_COMPARED and not _is_key(field)
        }
        for header, index in more.items():
            if index < len(draft.raw) and not is_blank(draft.raw[index]):
                facts[header] = plain_text(draft.raw[index]).strip()
        return facts

    def _entry(self, sheet: str, draft: Draft, words: dict[str, str], facts: Mapping[str, str]) -> Entry:
        cells = Cells(**words)
        self.cells.append(cells)
        named = msgspec.structs.replace(cells, village=_village_text(cells.village))
        entry = entry_of(draft.row, named, on=self.context.on, sheet=sheet, facts=facts)
        for slip in entry.slips:
            if slip is Slip.SWAPPED:
                self._say(sheet, draft.row, _WORDS["number"], "各格错位", "各归各栏", _SWAPPED)
            elif problem := check_id_number(cells.number, on=self.context.on).problem:
                self._bad_number(sheet, draft.row, cells.number, problem)
        for field, note in draft.notes:
            told = problem_of(
                note, file=self.table.file, sheet=sheet, row=draft.row, column=draft.headers.get(field, field)
            )
            kept = Severity.REPAIRED if note.severity is Severity.REPAIRED else Severity.WARNING
            self.problems.append(msgspec.structs.replace(told, severity=kept))
        return entry

    def _bad_number(self, sheet: str, row: int, found: str, problem: IdNumberProblem) -> None:
        self._say(sheet, row, _WORDS["number"], found, problem.expected, problem.fix)

    def _say(self, sheet: str, row: int, column: str, found: str, expected: str, fix: str) -> None:
        self.problems.append(
            Problem(
                file=self.table.file, sheet=sheet, row=row, column=column, found=found, expected=expected, fix=fix,
                severity=Severity.WARNING,
            )
        )  # fmt: skip


def _cell_words(where: Mapping[str, int]) -> Callable[[Sequence[Any]], dict[str, str]]:
    def words(row: Sequence[Any]) -> dict[str, str]:
        return {role: plain_text(row[index]).strip() for role, index in where.items() if index < len(row)}

    return words


def _object_words(kind: Kind) -> Callable[[Any], dict[str, str]]:
    """Words of a JSON object; a line that is none names nobody."""
    roles = _FIELDS[kind]

    def words(row: Any) -> dict[str, str]:
        if not isinstance(row, dict):
            return {}
        stated = {role: next((row[name] for name in names if row.get(name)), "") for role, names in roles.items()}
        return {role: plain_text(value).strip() for role, value in stated.items()}

    return words


def _looks_like(column: Unread) -> str:
    shapes = {shape_of(sample) for sample in column.samples}
    return shapes.pop() if len(shapes) == 1 and len(column.samples) > 1 else ""


def _villages_under_names(sheet: Sheet, header_row: int, where: Mapping[str, int]) -> bool:
    """Whether the column of names holds villages and that of villages does not: a whole sheet filled in the wrong way.

    One row alone is left as it is: people are called 李新村 too.
    """
    if sheet.objects or not {"name", "village"} <= where.keys():
        return False
    n = Counter[str]()
    for number, row in sheet.rows():
        if number > header_row and n["rows"] < _MOST_LOOKED_AT:
            words = _cell_words(where)(row)  # type: ignore[arg-type]
            n["rows"] += any(words.get(role) for role in ("name", "village"))
            n.update(role for role, text in words.items() if looks_like_village(text))
    return n["rows"] > 1 and n["name"] > _NEARLY_ALL * n["rows"] and n["village"] < (1 - _NEARLY_ALL) * n["rows"]


def _few_words(sheet: Sheet, header_row: int, columns: Mapping[str, int]) -> dict[str, int]:
    """Of the columns those whose cells are a few words again and again."""
    if not columns or sheet.objects:
        return {}
    seen: dict[str, set[str]] = {header: set() for header in columns}
    n_rows = 0
    for number, row in sheet.rows():
        if number <= header_row:
            continue
        n_rows += 1
        for header in list(seen):
            index = columns[header]
            if index < len(row) and not is_blank(row[index]):  # type: ignore[index]
                seen[header].add(plain_text(row[index]).strip())  # type: ignore[index]
                if len(seen[header]) > _MOST_WORDS:
                    del seen[header]
    return {header: columns[header] for header, words in seen.items() if words and len(words) * 2 <= n_rows}


def _is_key(field: str) -> bool:
    return field.endswith(_NEVER[:2]) or field.startswith(_NEVER[2:])


def _village_text(text: str) -> str:
    """A code as the name of its village, everything else as written."""
    if len(text) == _CODE_DIGITS and text.isdigit():
        return gazetteer().name(text) or text
    return text
