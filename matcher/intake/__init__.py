"""Files in, records or problems out: bytes -> sheets -> header -> columns -> rows; and records back into files.

`read_table` opens a file, `plan_columns` says how each column will be read (the preview), `read_rows` gives every row
with its outcome; `survey` says the same of a large sheet, column by column. Nothing is lost silently: a row is
accepted, repaired, unchanged or rejected with all its problems.
"""

from matcher.intake.checking import survey
from matcher.intake.columns import Column, ColumnPlan, SheetPlan, Unread, plan_columns
from matcher.intake.context import IntakeContext, Known, NothingKnown
from matcher.intake.drafts import employer_id, household_id
from matcher.intake.export import ExportForm, export_form, write_export
from matcher.intake.files import inspect
from matcher.intake.headers import fingerprint
from matcher.intake.rejects import write_rejects
from matcher.intake.rows import Outcome, RowResult, read_rows
from matcher.intake.sheets import Sheet, Table, collector_paused, read_table
from matcher.intake.templates import write_template

__all__ = [
    "Column",
    "ColumnPlan",
    "ExportForm",
    "IntakeContext",
    "Known",
    "NothingKnown",
    "Outcome",
    "RowResult",
    "Sheet",
    "SheetPlan",
    "Table",
    "Unread",
    "collector_paused",
    "employer_id",
    "export_form",
    "fingerprint",
    "household_id",
    "inspect",
    "plan_columns",
    "read_rows",
    "read_table",
    "survey",
    "write_export",
    "write_rejects",
    "write_template",
]
