"""Whether a table can be checked column by column; the compiled loops are only loaded where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.intake.columns import ColumnPlan
from matcher.intake.context import IntakeContext
from matcher.intake.extract import SheetReader
from matcher.intake.rows import Run
from matcher.intake.sheets import Sheet, Table
from matcher.records import Kind

if TYPE_CHECKING:
    from matcher.intake.bulk.survey import Survey

NEEDED = frozenset({"name", "id_number"})
"""Columns by which the people of a sheet are told apart."""


def survey(table: Table, plan: ColumnPlan, context: IntakeContext) -> Survey | None:
    """The rows of a table checked by column, or None where they have to be read row by row.

    By column goes: one sheet of workers that offers its `pieces`, with a name and an identity number, without ids of
    its own, merged cells, two columns of one field or columns under no header, while the store holds no worker.
    """
    pairs = zip(table.sheets, plan.sheets, strict=True)
    planned = [(sheet, sheet_plan) for sheet, sheet_plan in pairs if not sheet_plan.skipped]
    if plan.kind is not Kind.WORKERS or len(planned) != 1 or not context.known.holds_none(Kind.WORKERS):
        return None
    ((sheet, sheet_plan),) = planned
    reader = SheetReader(plan.kind, sheet_plan, context)
    pieces = sheet.pieces() if _is_plain(sheet, sheet_plan.header_row, reader) else None
    if pieces is None or pieces.n_columns < reader.width:
        return None
    from matcher.intake.bulk.survey import Survey

    return Survey(Run(table, plan, context), sheet_plan, reader, pieces.below(sheet_plan.header_row))


def _is_plain(sheet: Sheet, header_row: int, reader: SheetReader) -> bool:
    fields = {column.field for column in reader.columns}
    is_merged = any(area[2] > area[0] >= header_row for area in sheet.merged())
    has_rivals = any(column.rival for column in reader.columns)
    return not (is_merged or has_rivals or reader.nameless) and fields >= NEEDED and "worker_id" not in fields
