"""A roster file into the store: every row accepted, repaired, unchanged or rejected, and none is lost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.decisions import digest
from matcher.errors import InvalidInput, Problem, Severity, UsageError
from matcher.geography import gazetteer
from matcher.intake import (
    ColumnPlan,
    IntakeContext,
    Outcome,
    RowResult,
    Table,
    collector_paused,
    plan_columns,
    read_rows,
    read_table,
    survey,
    write_rejects,
)
from matcher.intake.context import Progress
from matcher.policy import publication_rules, working_age
from matcher.policy.binding import region_of
from matcher.ports import Batch, Change, RosterStore
from matcher.privacy import cell_for, header_for
from matcher.records import ID_FIELDS, Channel, Identity, Kind, Record
from matcher.records.access import Role
from matcher.services.ground.rulebook import Means
from matcher.services.rosters.advert_review import reviewed
from matcher.services.rosters.new_file import new_file

FEWEST_DIGITS_OF_A_PHONE: Final = 11


class ImportRoster(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which file, of which kind, for which county, on which day.

    channel : of vacancies that state none, None if nobody said
    since : the day from which the file's statements hold, None for the day it comes in
    """

    kind: Kind
    path: Path
    on: date
    jurisdiction: str
    channel: Channel | None = None
    dry_run: bool = False
    rejects: Path | None = None
    by: str = ""
    since: date | None = None


class _StoreKnows:
    """What the store holds, asked by intake in chunks."""

    def __init__(self, store: RosterStore) -> None:
        self.store = store

    def holds_none(self, kind: Kind) -> bool:
        return self.store.last_change(kind) == 0

    def workers(self, id_numbers: Collection[str]) -> Mapping[str, str]:
        return self.store.workers_by_id_number(id_numbers)

    def records(self, kind: Kind, ids: Collection[str]) -> Mapping[str, Record]:
        found = self.store.records(kind, ids=ids)
        return {str(getattr(record, ID_FIELDS[kind])): record for record in found}

    def identities(self, worker_ids: Collection[str]) -> Mapping[str, Identity]:
        return self.store.identities(worker_ids)


@collector_paused()
def import_roster(
    store: RosterStore, means: Means, call: ImportRoster, *, at: datetime, progress: Progress
) -> dict[str, Any]:
    """Summary of CONTRACT section 6; accepted + repaired + rejected + unchanged = rows.

    Nothing is written on a dry run, and nothing is half-written when the process dies. Raises InvalidInput for a
    file that cannot be read at all, UsageError for statements that are to hold from a day to come.
    """
    if call.since is not None and call.since > at.date():
        remedy = "Import the file when its day has come; a day inside the file may lie ahead."
        raise UsageError(f"the file's statements are to hold from {call.since} on", where="since", remedy=remedy)
    table = read_table(call.path, settings=means.settings)
    plan = _planned(store, table, call.kind)
    context = _context(store, means, call, progress)
    file_hash = _file_hash(call.path)
    batch_id = _batch_id(call.kind, file_hash, store.revision())
    by_column = survey(table, plan, context) if call.dry_run else None
    if by_column is not None:
        _write_rejects(call.rejects, plan, by_column.rejected())
        return _summary(call, plan, by_column.outcomes, by_column.problems, batch_id)
    results = list(read_rows(table, plan, context))
    if call.kind is Kind.VACANCIES:
        results = reviewed(results, store, call.on, means.settings)
    outcomes = Counter(result.outcome for result in results)
    problems = [problem for result in results for problem in result.problems]
    summary = _summary(call, plan, outcomes, problems, batch_id)
    _write_rejects(call.rejects, plan, results)
    if not call.dry_run:
        batch = Batch(
            batch_id=summary["batch_id"],
            kind=call.kind,
            file=call.path.name,
            file_sha256=file_hash,
            imported_at=at,
            by=call.by,
            summary=summary,
        )
        _write(store, batch, plan, results, call.since)
    return summary


def refused_summary(call: ImportRoster, error: InvalidInput) -> dict[str, Any]:
    """The summary of a file that could not be read at all: no batch, no rows, the problems of the file."""
    return {
        "batch_id": None,
        "kind": call.kind.value,
        "rows": 0,
        **{outcome.value: 0 for outcome in Outcome},
        "dry_run": call.dry_run,
        "forms": [],
        "unread_columns": [],
        "problems": [_told(problem) for problem in error.problems],
    }


def _planned(store: RosterStore, table: Table, kind: Kind) -> ColumnPlan:
    """The plan of the columns; a header row read before is read the way it was confirmed."""
    plan = plan_columns(table, kind)
    remembered = {
        sheet.fingerprint: mapping
        for sheet in plan.sheets
        if sheet.fingerprint and (mapping := store.mapping(sheet.fingerprint)) is not None
    }
    return plan_columns(table, kind, remembered=remembered) if remembered else plan


def _context(store: RosterStore, means: Means, call: ImportRoster, progress: Progress) -> IntakeContext:
    return IntakeContext(
        kind=call.kind,
        on=call.on,
        region_code=region_of(means.packs, call.jurisdiction),
        gazetteer=gazetteer(),
        settings=means.settings,
        channel=call.channel,
        publication_rules=publication_rules(means.packs, call.on),
        working_age=working_age(means.packs, call.on).minimum,
        known=_StoreKnows(store),
        key=store.row_key(),
        progress=progress,
    )


def _batch_id(kind: Kind, file_hash: str, revision: int) -> str:
    """Hash of file, kind and the store's state: a second import of the same file is a batch of its own."""
    return "b-" + digest(f"{kind}:{file_hash}:{revision}".encode())[:24]


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_rejects(path: Path | None, plan: ColumnPlan, results: Iterable[RowResult]) -> None:
    if path is not None:
        with new_file(path) as stream:
            write_rejects(stream, plan, results)


def _summary(
    call: ImportRoster, plan: ColumnPlan, outcomes: Counter[Outcome], problems: Iterable[Problem], batch_id: str
) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "kind": call.kind.value,
        "rows": outcomes.total(),
        **{outcome.value: outcomes[outcome] for outcome in Outcome},
        "dry_run": call.dry_run,
        "forms": sorted({sheet.form for sheet in plan.sheets if sheet.form}),
        # Kept with the batch, in the clear: of a sheet without headers they are somebody's data.
        "unread_columns": [
            header_for(Role.ADMINISTRATOR, column.header, of_people=True)
            for sheet in plan.sheets
            for column in sheet.unread
        ],
        "problems": [_told(problem) for problem in (*plan.problems, *problems)],
    }


def _told(problem: Problem) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(problem)
    told.pop("file")
    return told


def _write(store: RosterStore, batch: Batch, plan: ColumnPlan, results: list[RowResult], since: date | None) -> None:
    problems = [problem for result in results for problem in result.problems]
    store.write_batch(batch, _changes(results, since), problems)
    for sheet in plan.sheets:
        if sheet.fingerprint and not sheet.skipped:
            # A column nobody mapped is no decision: a later version that knows its header reads it.
            store.save_mapping(sheet.fingerprint, {column.header: column.field for column in sheet.columns})


def _changes(results: list[RowResult], since: date | None) -> Iterator[Change]:
    changes = (result.change for result in results if result.change is not None)
    return changes if since is None else (msgspec.structs.replace(change, since=since) for change in changes)


def summary_line(name: str, summary: Mapping[str, Any]) -> str:
    """An import in one Chinese line: what became of the rows, and how much there is to look at."""
    severities = Counter(problem["severity"] for problem in summary["problems"])
    parts = [
        f"{name}：读取{summary['rows']}行，接受{summary['accepted']}、修正{summary['repaired']}、"
        f"未变{summary['unchanged']}、退回{summary['rejected']}"
    ]
    if severities[Severity.WARNING]:
        parts.append(f"提示{severities[Severity.WARNING]}处")
    if summary["unread_columns"]:
        parts.append(f"没有读取的列：{'、'.join(summary['unread_columns'])}")
    if summary["dry_run"]:
        parts.append("试运行，没有写入")
    return "；".join(parts)


def problem_lines(summary: Mapping[str, Any], most: int) -> list[str]:
    """The errors of an import in Chinese, one a line, at most `most` of them, and how many more there are."""
    errors = [problem for problem in summary["problems"] if problem["severity"] == Severity.ERROR]
    shown = [
        problem if _is_count(summary["kind"], problem) else cell_for(Role.ADMINISTRATOR, problem, of_people=True)
        for problem in errors[:most]
    ]
    lines = [f"  {_where(p)}{p['column']}：{p['found']}。{p['fix']}" for p in shown]
    return lines if len(errors) <= most else [*lines, f"  ……另有{len(errors) - most}处，见汇总或退回表"]


def _is_count(kind: str, problem: Mapping[str, Any]) -> bool:
    """Whether the cell of a post holds digits alone, too few for anybody's phone: what is wrong with it is its size."""
    found = problem["found"]
    return kind == Kind.VACANCIES.value and found.isdecimal() and len(found) < FEWEST_DIGITS_OF_A_PHONE


def _where(problem: Mapping[str, Any]) -> str:
    return f"第{problem['row']}行 " if problem["row"] else ""
