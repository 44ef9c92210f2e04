"""Where the header stands and what each column means: the preview an officer confirms before anything is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import msgspec

from matcher.errors import InvalidInput, Problem, Severity
from matcher.intake.fields import DERIVED_FIELDS
from matcher.intake.header_rows import HEADER_ROWS, LEVELS, Header, find_header
from matcher.intake.headers import IGNORED, Form, fingerprint, match_header, readable_fields, recognise
from matcher.intake.leftovers import PassedOver, leftovers, unread_notes
from matcher.intake.sheets import Raw, Sheet, Table
from matcher.intake.values import value_key, value_list
from matcher.records import ID_FIELDS, Kind

N_SAMPLES = 3
REASON_HEADERS = ("原因", "如何修改", "原行号")
"""Columns that a workbook of rejected rows carries besides its own; they are passed over when it comes back."""
JOINED_FIELDS = frozenset({"duties", "duties.more"})
"""Fields whose columns are all read, one below the other: nothing an advert says is lost, and the law sees it all."""
_ONLY_WORDS_OF = {"channel.words": "channel"}
"""Fields whose columns mean different things in different offices: read only if a first value is a word of the list."""
OWN_SHEETS = frozenset({"填写说明", "_选项"})
"""Sheets of our own templates that hold no data."""

_REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.WORKERS: (("worker_id", "id_number", "name"),),
    Kind.HOUSEHOLDS: (("household_id", "household.head_id", "household.head_name"),),
    Kind.VACANCIES: (("title", "vacancy_id"),),
    Kind.EMPLOYERS: (("name", "employer_id"),),
    Kind.PLOTS: (("plot_id", "site_code"),),
    Kind.PLACEMENTS: (("placement_id", "worker_id", "worker.id_number"), ("placement_id", "start")),
}
"""Of each group at least one column must be there, or the rows cannot be told apart."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that is read: position, header as written, field; `similar` is the known header it nearly equals."""

    index: int
    header: str
    field: str
    rank: int = 0
    similar: str = ""
    note: str = ""


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A column that is not read, with its first values, so that nothing goes missing unseen."""

    index: int
    header: str
    samples: tuple[str, ...] = ()


class SheetPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How one sheet will be read; `skipped` says why it will not be.

    header_row : 1-based row of the last header line (0: rows are JSON objects); fingerprint : of the header row
    samples : field -> first values, as they stand in the file
    passed_over : rows below the header that are no records (sums, remarks)
    """

    sheet: str
    header_row: int = 0
    headers: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    unread: tuple[Unread, ...] = ()
    samples: Mapping[str, tuple[str, ...]] = {}
    form: str = ""
    fingerprint: str = ""
    skipped: str = ""
    n_rows: int = 0
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """Header -> field ("-" for columns not read): what `save_mapping` keeps."""
        return {c.header: c.field for c in self.columns} | {u.header: IGNORED for u in self.unread}


class ColumnPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The preview of a file: one plan per sheet and everything worth confirming, as problems of row 0 or the header."""

    kind: Kind
    file: str
    sheets: tuple[SheetPlan, ...]
    problems: tuple[Problem, ...] = ()


def plan_columns(table: Table, kind: Kind, *, remembered: Mapping[str, Mapping[str, str]] | None = None) -> ColumnPlan:
    """Find each sheet's header and map its columns; a remembered mapping (by fingerprint) wins over the table.

    Raises InvalidInput when no sheet has a header that identifies its rows.
    """
    plans, problems = [], []
    for sheet in table.sheets:
        plan, found = _plan_sheet(sheet, kind, table.file, remembered or {})
        plans.append(plan)
        problems.extend(found)
    usable = [plan for plan in plans if not plan.skipped]
    if not usable:
        raise _no_header(table, kind, plans)
    problems.extend(
        Problem(
            file=table.file,
            sheet=plan.sheet,
            found=plan.skipped,
            expected="有表头和数据的工作表",
            fix="如需导入，请补上表头后单独导入；不需要则不必处理。",
            severity=Severity.WARNING,
        )
        for plan in plans
        if plan.skipped and plan.n_rows > 1 and plan.sheet not in OWN_SHEETS
    )
    return ColumnPlan(kind=kind, file=table.file, sheets=tuple(plans), problems=tuple(problems))


def _plan_sheet(
    sheet: Sheet, kind: Kind, file: str, remembered: Mapping[str, Mapping[str, str]]
) -> tuple[SheetPlan, list[Problem]]:
    if sheet.objects:
        return SheetPlan(sheet=sheet.name, n_rows=sheet.n_rows), []
    if sheet.hidden or sheet.name in OWN_SHEETS:
        return SheetPlan(sheet=sheet.name, skipped="隐藏或说明用的工作表，没有读取", n_rows=sheet.n_rows), []
    top = [list(row) for _, row in islice(sheet.rows(), HEADER_ROWS + LEVELS + N_SAMPLES)]
    header = find_header(top, sheet.merged(), kind, remembered)
    if header is None:
        return SheetPlan(sheet=sheet.name, skipped="没有认出表头，没有读取", n_rows=sheet.n_rows), []
    mark = fingerprint(kind, header.headers)
    samples = _samples(top[header.row :], len(header.headers))
    columns, unread, problems = _map_columns(header, kind, remembered.get(mark, {}), samples)
    form = recognise(header.headers)
    problems.extend(_form_problem(form, kind))
    left = leftovers(sheet, header.row, [u.index for u in unread])
    unknown = [(u.header, left.n_filled[u.index]) for u in unread if not _meant_to_be_left(kind, u.header)]
    problems.extend(unread_notes(unknown))
    skipped = "" if _identifies(kind, columns) else "缺少能认出每一行的列（如姓名、编号、名称），没有读取"
    plan = SheetPlan(
        sheet=sheet.name,
        header_row=header.row,
        headers=header.headers,
        columns=tuple(columns),
        unread=tuple(unread),
        samples={column.field: samples[column.index] for column in columns},
        form=form.name if form else "",
        fingerprint=mark,
        skipped=skipped,
        n_rows=sheet.n_rows,
        passed_over=left.passed_over,
    )
    placed = [msgspec.structs.replace(p, file=file, sheet=sheet.name, row=p.row and header.row) for p in problems]
    placed += [row.problem(file, sheet.name) for row in left.passed_over]
    return plan, [] if skipped else placed


def _meant_to_be_left(kind: Kind, header: str) -> bool:
    """Is a column known, and left unread on purpose (running numbers, what an import works out itself)?"""
    match = match_header(kind, header)
    return match is not None and (match.field == IGNORED or match.field in DERIVED_FIELDS)


def _samples(rows: Sequence[Sequence[Raw]], width: int) -> list[tuple[str, ...]]:
    columns: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        for column, cell in zip(columns, row, strict=False):
            if cell not in ("", None) and len(column) < N_SAMPLES:
                column.append(str(cell))
    return [tuple(column) for column in columns]


def _map_columns(
    header: Header, kind: Kind, remembered: Mapping[str, str], samples: Sequence[tuple[str, ...]]
) -> tuple[list[Column], list[Unread], list[Problem]]:
    columns: list[Column] = []
    unread: list[Unread] = []
    problems: list[Problem] = []
    for index, text in enumerate(header.headers):
        if not text and not samples[index]:
            continue
        column = _map_column(index, text, kind, remembered, samples[index])
        if column is None:
            if text not in REASON_HEADERS:
                unread.append(Unread(index=index, header=text or f"第{index + 1}列", samples=samples[index]))
            continue
        columns.append(column)
        if column.similar:
            problems.append(
                _note(text, f"表头“{text}”按“{column.similar}”读取", "请核对；不对的话请改正表头后再导入。")
            )
        if column.note and samples[index]:
            problems.append(_note(text, text, column.note))
    problems.extend(_conflicts(columns))
    return columns, unread, problems


def _map_column(
    index: int, text: str, kind: Kind, remembered: Mapping[str, str], samples: tuple[str, ...]
) -> Column | None:
    field = remembered.get(text, "")
    if field == IGNORED:
        return None
    match = match_header(kind, text) if text else None
    if field in readable_fields(kind):
        same = match is not None and match.field == field
        rank, note = (match.rank, match.note) if match is not None and same else (0, "")
        return Column(index=index, header=text, field=field, rank=rank, note=note)
    if match is None or match.field == IGNORED or match.field in DERIVED_FIELDS:
        return None
    words = value_list(_ONLY_WORDS_OF.get(match.field, ""))
    if words and not any(value_key(sample) in words for sample in samples):
        return None
    return Column(index=index, header=text, field=match.field, rank=match.rank, similar=match.similar, note=match.note)


def _conflicts(columns: Sequence[Column]) -> list[Problem]:
    by_field: dict[str, list[Column]] = {}
    for column in columns:
        by_field.setdefault(column.field, []).append(column)
    notes = []
    for field, rivals in by_field.items():
        if len(rivals) > 1 and field not in JOINED_FIELDS:
            first, *others = sorted(rivals, key=lambda column: (column.rank, column.index))
            names = "、".join(f"“{column.header}”" for column in others)
            notes.append(
                _note(
                    first.header,
                    f"“{first.header}”与{names}是同一项内容",
                    f"先用“{first.header}”，空白时才用{names}；两者不一致的行会提示。",
                )
            )
    return notes


def _note(column: str, found: str, fix: str) -> Problem:
    return Problem(row=1, column=column, found=found, expected="每项内容一列", fix=fix, severity=Severity.WARNING)


def _form_problem(form: Form | None, kind: Kind) -> list[Problem]:
    if form is None or form.kind == kind:
        return []
    fix = (
        f"如果没有选错文件，可改用 matcher import {form.kind} 导入。"
        if form.kind
        else "这种表目前只读取其中能对应的列，其余不导入。"
    )
    return [
        Problem(found=f"认出这是“{form.name}”", expected=f"{kind.value} 的表格", fix=fix, severity=Severity.WARNING)
    ]


def _identifies(kind: Kind, columns: Sequence[Column]) -> bool:
    present = {column.field for column in columns}
    return all(present.intersection(group) for group in _REQUIRED[kind])


def _no_header(table: Table, kind: Kind, plans: Sequence[SheetPlan]) -> InvalidInput:
    expected = f"前{HEADER_ROWS}行内有表头，至少包含 {ID_FIELDS[kind]} 或能认出每一行的列"
    fix = f"请在数据上方补上表头，或用 matcher template {kind.value} 下载空白模板，把数据粘贴进去。"
    problems = tuple(
        Problem(file=table.file, sheet=plan.sheet, row=0, found=plan.skipped, expected=expected, fix=fix)
        for plan in plans
    )
    return InvalidInput("没有找到可以导入的表头。", problems, where=table.file, remedy=fix)
