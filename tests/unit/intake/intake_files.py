"""Files made in code for the tests of intake, and what a file read to its end looks like."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from matcher.errors import Problem, Severity
from matcher.intake import ColumnPlan, NothingKnown, RowResult, Table
from matcher.records import RECORD_TYPES, Identity, Kind, Record, Worker
from matcher.records.id_numbers import check_digit

ON = date(2018, 6, 1)
COUNTY = "450206"


def id_number(birth: str = "19730101", *, order: int = 12, sex: str = "female") -> str:
    """A right identity number of a person born on a day (YYYYMMDD)."""
    first = f"450221{birth}{order:02d}{0 if sex == 'female' else 1}"
    return first + check_digit(first)


def xlsx(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
    """A workbook; text is written as text, numbers as numbers, dates as date cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[number] if names else None)
            if sheet.get_name() in hidden:
                sheet.hide()
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(r, c, cell)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return out.getvalue()


def csv_bytes(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    """A csv without quoting; cells hold no commas."""
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


@dataclass(frozen=True)
class Run:
    """A file read to the end."""

    table: Table
    plan: ColumnPlan
    rows: list[RowResult]

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(row.outcome.value for row in self.rows)

    @property
    def problems(self) -> list[Problem]:
        return [problem for row in self.rows for problem in row.problems]

    def fields(self, number: int = 0) -> dict[str, Any]:
        change = self.rows[number].change
        assert change is not None, self.rows[number].problems
        return {**change.fields, **(change.identity or {})}


Read = Callable[..., Run]
"""read(kind, source, **changes of the context), the fixture of these tests."""


def one(read: Read, header: str, *cells: Any, kind: Kind = Kind.WORKERS, **changes: Any) -> Run:
    """One row under a header written with bars, in a workbook."""
    return read(kind, xlsx([header.split("|"), list(cells)]), **changes)


def worker(read: Read, column: str, cell: Any, **changes: Any) -> Run:
    """A worker with a name and one more column."""
    return one(read, f"姓名|{column}", "韦秀英", cell, **changes)


def errors(run: Run) -> list[str]:
    """What is to be done about each error, in order."""
    return [p.fix for p in run.problems if p.severity is Severity.ERROR]


class Stored(NothingKnown):
    """A store that holds what it is given."""

    def __init__(self, *records: Record, identities: Collection[Identity] = ()) -> None:
        self._records = {str(getattr(record, record.__struct_fields__[0])): record for record in records}
        self._identities = {identity.worker_id: identity for identity in identities}

    def holds_none(self, kind: Kind) -> bool:
        return not (self._records or self._identities)

    def workers(self, id_numbers: Collection[str]) -> Mapping[str, str]:
        return {i.id_number: i.worker_id for i in self._identities.values() if i.id_number in set(id_numbers)}

    def records(self, kind: Kind, ids: Collection[str]) -> Mapping[str, Record]:
        return {i: r for i, r in self._records.items() if i in ids and isinstance(r, RECORD_TYPES[kind])}

    def identities(self, worker_ids: Collection[str]) -> Mapping[str, Identity]:
        return {i: identity for i, identity in self._identities.items() if i in worker_ids}


ID = Identity(worker_id="w1", name="韦秀英", id_number=id_number(), phone="13800138000")
W1 = Worker(worker_id="w1", place_code=COUNTY, birth_date=date(1973, 1, 1), sex="female", education="junior")  # type: ignore[arg-type]
"""Somebody a store holds: who she is, and her record."""
