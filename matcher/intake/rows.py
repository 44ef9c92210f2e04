"""Rows become patches of records or problems: read cell by cell, settled by kind, compared with file and store."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from matcher.errors import Problem, Severity
from matcher.intake import adverts, people, work
from matcher.intake.cells import problem_of
from matcher.intake.columns import ColumnPlan, SheetPlan
from matcher.intake.compare import drop_unchanged, duplicate, fits_record, same_person, seen_keys
from matcher.intake.context import IntakeContext
from matcher.intake.drafts import Draft, content_id, employer_id, row_content
from matcher.intake.extract import SheetReader
from matcher.intake.leftovers import WHOLE_ROW
from matcher.intake.sheets import Sheet, Table
from matcher.ports import Change
from matcher.records import ID_FIELDS, Kind

_FINISH: dict[Kind, Callable[[Draft, IntakeContext], None]] = {
    Kind.WORKERS: people.finish_worker,
    Kind.HOUSEHOLDS: people.finish_household,
    Kind.VACANCIES: adverts.finish_vacancy,
    Kind.EMPLOYERS: work.finish_employer,
    Kind.PLOTS: work.finish_plot,
    Kind.PLACEMENTS: work.finish_placement,
}
_COLUMN_OF = {"birth_date": "id_number", "sex": "id_number", "age": "birth_date", "employer_id": "employer_name"}
"""Where a remark on a derived field stands when the file has no column of its own for it."""
PROMISE = re.compile("已(?=按|作为|用前)")
"""A row that is refused has not been registered in any way yet."""
_PLACE_COLUMNS = ("place.name", "place.village", "place.township", "place.county", "place_code")


class Outcome(StrEnum):
    """What became of a row; every row read has exactly one."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class RowResult(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it came out.

    change : the patch of an accepted or repaired row; problems : everything to be said, errors only if rejected
    raw : the cells of a rejected row, to be written back
    """

    sheet: str
    row: int
    outcome: Outcome
    change: Change | None = None
    problems: tuple[Problem, ...] = ()
    raw: Any = None


def read_rows(table: Table, plan: ColumnPlan, context: IntakeContext) -> Iterator[RowResult]:
    """Every row of every planned sheet in file order, each with its outcome; blank rows are no rows.

    Total over any content: bad data becomes problems. Rows are taken in chunks, and the store is asked once a chunk.
    """
    run = Run(table, plan, context)
    for sheet, sheet_plan in zip(table.sheets, plan.sheets, strict=True):
        if not sheet_plan.skipped:
            yield from run.sheet(sheet, sheet_plan)


class Run:
    """One pass over a file: what was seen so far decides about repetitions."""

    def __init__(self, table: Table, plan: ColumnPlan, context: IntakeContext) -> None:
        self.file, self.context, self.kind = table.file, context, plan.kind
        self.n_done = 0
        self.n_rows = sum(max(p.n_rows - p.header_row, 0) for p in plan.sheets if not p.skipped)
        self.seen: dict[str, tuple[str, Draft]] = {}
        self.said_once: set[tuple[str, str, str]] = set()
        self.finish = _FINISH[plan.kind]

    def sheet(self, sheet: Sheet, plan: SheetPlan) -> Iterator[RowResult]:
        """Every row of a sheet in its order."""
        chunk: list[Draft] = []
        reader = SheetReader(self.kind, plan, self.context)
        for draft in reader.drafts(sheet):
            chunk.append(draft)
            if len(chunk) >= self.context.chunk_rows:
                yield from self.results(chunk, plan.sheet)
                chunk = []
        yield from self.results(chunk, plan.sheet)

    def results(self, chunk: list[Draft], sheet: str) -> Iterator[RowResult]:
        """The outcomes of some rows, which come after all that were asked for before."""
        self._identify(chunk)
        for draft in chunk:
            self.finish(draft, self.context)
            draft.fields.pop(ID_FIELDS[self.kind], None)
            yield self._result(draft, sheet)
        self.n_done += len(chunk)
        self.context.progress(self.n_done, max(self.n_rows, self.n_done))

    def _identify(self, chunk: Sequence[Draft]) -> None:
        """Give every draft its id and, where it is known, the stored record."""
        known = self.context.known
        numbers = {number for draft in chunk if (number := _id_number(draft))}
        workers = known.workers(numbers) if numbers else {}
        for draft in chunk:
            draft.record_id = self._record_id(draft, workers)
        stored = known.records(self.kind, {draft.record_id for draft in chunk})
        for draft in chunk:
            draft.current = stored.get(draft.record_id)
        if self.kind is Kind.WORKERS and stored:
            identities = known.identities(stored.keys())
            for draft in chunk:
                same_person(draft, identities.get(draft.record_id), self.context)

    def _record_id(self, draft: Draft, workers: Mapping[str, str]) -> str:
        if self.kind is Kind.WORKERS:
            return people.worker_id(draft, workers, self.context.key)
        if self.kind is Kind.PLACEMENTS:
            return work.placement_id(draft, workers, self.context.key)
        if self.kind is Kind.HOUSEHOLDS:
            return people.own_household_id(draft, self.context.key)
        stated = draft.fields.get(ID_FIELDS[self.kind])
        if stated:
            return str(stated)
        if self.kind is Kind.EMPLOYERS and "name" in draft.fields:
            return employer_id(draft.fields["name"], self.context.key)
        return content_id(self.kind, row_content(draft), self.context.key)

    def _result(self, draft: Draft, sheet: str) -> RowResult:
        fits_record(draft, self.kind)
        repeats = duplicate(draft, self.seen, sheet, self.kind, self.context)
        rejected = draft.rejected
        raw = draft.raw if rejected else None
        draft.raw = None  # every row is remembered, its cells need not be
        if not rejected and not repeats:
            self.seen.update((key, (sheet, draft)) for key in seen_keys(draft))
        changed = not rejected and not repeats and drop_unchanged(draft)
        outcome = _outcome(draft, rejected=rejected, changed=changed)
        return RowResult(
            sheet=sheet,
            row=draft.row,
            outcome=outcome,
            change=_change(draft, sheet) if changed else None,
            problems=self._problems(draft, sheet),
            raw=raw,
        )

    def _problems(self, draft: Draft, sheet: str) -> tuple[Problem, ...]:
        if not draft.notes:
            return ()
        problems = []
        for name, note in draft.notes:
            if note.once:
                mark = (name, note.found, note.expected)
                if mark in self.said_once:
                    continue
                self.said_once.add(mark)
            column = column_of(name, draft.headers)
            problem = problem_of(note, file=self.file, sheet=sheet, row=draft.row, column=column)
            if draft.rejected and note.severity is not Severity.ERROR:
                problem = msgspec.structs.replace(problem, fix=PROMISE.sub("改好后将", note.fix))
            problems.append(problem)
        return tuple(problems)


def _id_number(draft: Draft) -> str | None:
    return draft.identity.get("id_number") or draft.sources.get("worker.id_number")


def column_of(name: str, headers: Mapping[str, str]) -> str:
    """The header under which a remark on a field stands."""
    if name.startswith("place."):
        return next((headers[place] for place in (name, *_PLACE_COLUMNS) if place in headers), WHOLE_ROW)
    while name not in headers and name in _COLUMN_OF:
        name = _COLUMN_OF[name]
    return headers.get(name, name)


def _outcome(draft: Draft, *, rejected: bool, changed: bool) -> Outcome:
    if rejected:
        return Outcome.REJECTED
    if not changed:
        return Outcome.UNCHANGED
    return Outcome.REPAIRED if draft.mended else Outcome.ACCEPTED


def _change(draft: Draft, sheet: str) -> Change:
    return Change(
        record_id=draft.record_id,
        sheet=sheet,
        row=draft.row,
        fields=draft.fields,
        identity=draft.identity or None,
    )
