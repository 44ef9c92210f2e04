"""Rejected rows as a workbook: the officer's own columns, and beside them what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from xlsxwriter.worksheet import Worksheet

from matcher.errors import Severity
from matcher.intake.cells import lost_digits, plain_text
from matcher.intake.columns import REASON_HEADERS, ColumnPlan, SheetPlan
from matcher.intake.rows import Outcome, RowResult
from matcher.intake.workbook import LONGEST_CELL, Styles, Target, new_workbook, put, sheet_name

_NUMBER_LIKE = frozenset({"id_number", "phone", "household.head_id", "worker.id_number", "place_code", "credit_code"})
"""Columns formatted as text, so that what is typed in while mending keeps its digits."""
_WIDTH = 14
_REASON_WIDTHS = (48, 48, 8)


def write_rejects(target: Target, plan: ColumnPlan, results: Iterable[RowResult]) -> int:
    """Write the rejected rows among `results`; returns how many. Mended and imported again they come in like any file.

    One sheet per sheet of the original; a number cell stays a number, dates become text, nothing is a formula.
    """
    by_sheet: dict[str, list[RowResult]] = {}
    for result in results:
        if result.outcome is Outcome.REJECTED:
            by_sheet.setdefault(result.sheet, []).append(result)
    taken: set[str] = set()
    with new_workbook(target) as (workbook, styles):
        for sheet_plan in plan.sheets:
            if rows := by_sheet.get(sheet_plan.sheet):
                sheet = workbook.add_worksheet(sheet_name(sheet_plan.sheet, taken))
                _write_sheet(sheet, styles, sheet_plan, rows)
        if not by_sheet:
            workbook.add_worksheet("没有错误行")
    return sum(map(len, by_sheet.values()))


def _write_sheet(sheet: Worksheet, styles: Styles, plan: SheetPlan, rows: Sequence[RowResult]) -> None:
    own = _own_columns(plan)
    headers = [plan.headers[index] for index in own] if plan.headers else _names(rows)
    numbers = {c.header for c in plan.columns if c.field in _NUMBER_LIKE or c.field.endswith("_id")}
    as_text = {index for index, header in enumerate(headers) if header in numbers}
    sheet.freeze_panes(1, 0)
    for index, header in enumerate(headers):
        sheet.set_column(index, index, _WIDTH, styles.text if index in as_text else None)
        put(sheet, 0, index, header, styles.header)
    for index, (header, width) in enumerate(zip(REASON_HEADERS, _REASON_WIDTHS, strict=True), start=len(headers)):
        sheet.set_column(index, index, width, styles.wrapped)
        put(sheet, 0, index, header, styles.reason)
    for number, result in enumerate(rows, start=1):
        for index, cell in enumerate(_cells(result.raw, headers, own)):
            if cell not in ("", None):
                put(sheet, number, index, _value(cell), styles.text if index in as_text else None)
        for index, cell in enumerate((*_reason(result), _first_row(result, plan)), start=len(headers)):
            put(sheet, number, index, cell, styles.wrapped)


def _own_columns(plan: SheetPlan) -> list[int]:
    """The officer's own columns; the reasons of an earlier round give way to those of this one.

    Whoever mends a workbook may move its columns or leave empty ones behind the last.
    """
    ours = REASON_HEADERS if set(REASON_HEADERS) <= set(plan.headers) else ()
    own = [index for index, header in enumerate(plan.headers) if header not in ours]
    while ours and own and not plan.headers[own[-1]]:
        own.pop()
    return own


def _first_row(result: RowResult, plan: SheetPlan) -> Any:
    """The row in the file the officer began with, carried through every round of mending."""
    if set(REASON_HEADERS) <= set(plan.headers) and not isinstance(result.raw, dict | str):
        index = plan.headers.index(REASON_HEADERS[-1])
        told = result.raw[index] if index < len(result.raw) else None
        if told not in ("", None):
            return _value(told)
    return result.row


def _names(rows: Sequence[RowResult]) -> list[str]:
    """Of JSON objects every field name that occurs; a column for lines that are no objects."""
    names: dict[str, None] = {}
    for result in rows:
        names.update(dict.fromkeys(_dotted(result.raw) if isinstance(result.raw, dict) else ("",)))
    return sorted(names, key=bool)


def _dotted(value: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            flat.update({f"{name}.{part}": nested for part, nested in inner.items()})
        else:
            flat[name] = inner
    return flat


def _cells(raw: Any, headers: Sequence[str], own: Sequence[int]) -> Sequence[Any]:
    if isinstance(raw, dict):
        flat = _dotted(raw)
        return [flat.get(header) for header in headers]
    if isinstance(raw, str):
        return [raw]
    return [raw[index] if index < len(raw) else None for index in own]


def _value(cell: Any) -> Any:
    """A number stays a number unless its digits are lost anyway; everything else is text."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return plain_text(cell) if lost_digits(cell) or abs(cell) >= 2**63 else cell
    if isinstance(cell, date | datetime | time | timedelta | bool | str):
        return plain_text(cell)[:LONGEST_CELL]
    return msgspec.json.encode(cell).decode()[:LONGEST_CELL]


def _reason(result: RowResult) -> tuple[str, str]:
    """What is wrong and how to mend it: the errors, then what would be left out although the row were taken."""
    told = [p for wanted in (Severity.ERROR, Severity.WARNING) for p in result.problems if p.severity is wanted]
    reasons = [f"{p.column}：{p.found or '空白'}" + (f"（应为：{p.expected}）" if p.expected else "") for p in told]
    return "\n".join(reasons)[:LONGEST_CELL], "\n".join(p.fix for p in told)[:LONGEST_CELL]
