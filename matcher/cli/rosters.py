"""`matcher import`, `export`, `template`: rosters in, rosters out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.looks import looked
from matcher.cli.options import application_options, by_option, format_option, on_option, today_if_none
from matcher.cli.output import note, tell_error, write_json, write_rows
from matcher.cli.progress import ProgressBar
from matcher.errors import InvalidInput, UsageError
from matcher.intake import write_template
from matcher.records import Channel, Kind, Worker
from matcher.services.reconcile.import_ledger import (
    LEDGER,
    ImportLedger,
    import_ledger,
    ledger_line,
    refused_ledger,
)
from matcher.services.rosters.export_records import export_records
from matcher.services.rosters.import_roster import (
    ImportRoster,
    import_roster,
    problem_lines,
    refused_summary,
    summary_line,
)
from matcher.services.rosters.new_file import new_file
from matcher.services.rosters.undo_import import list_imports, undo_import

KINDS = [kind.value for kind in Kind]
UNDO, LIST = "undo", "list"

# Errors told in words after an import; the summary on stdout holds all of them.
SHOWN_ERRORS = 10


@click.command("import")
@click.argument("kind", type=click.Choice([*KINDS, LEDGER, UNDO, LIST]), metavar="KIND")
@click.argument("file", metavar="FILE", default="")
@click.option("--jurisdiction", default=None, help="Pack or region code of the county that imports.")
@click.option("--channel", type=click.Choice([c.value for c in Channel]), default=None, help="Channel of vacancies.")
@click.option("--dry-run", is_flag=True, help="Read and report, write nothing.")
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Workbook of refused rows."
)
@by_option
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Day from which the file's statements hold; what holds from a later day is not erased.",
)
@format_option
@on_option
@application_options
def import_command(
    app: Application,
    *,
    kind: str,
    file: str,
    jurisdiction: str | None,
    channel: str | None,
    dry_run: bool,
    rejects: Path | None,
    by: str,
    since: datetime | None,
    output_format: str,
    on: date | None,
) -> None:
    """Take a roster in; KIND is households, workers, vacancies, employers, plots, placements or ledger.

    A ledger is another office's list of people: it is held against our own roster and writes no records, the pairs
    somebody has to look at wait under /office/reconcile.

    Prints the summary as JSON; exit 1 when rows were rejected. `matcher import undo BATCH_ID` takes an import back,
    `matcher import list` names the imports so far.

    Example: matcher import workers roster.xlsx --jurisdiction liujiang_2018 --rejects refused.xlsx
    """
    if kind == LIST:
        write_rows(list_imports(app.store), output_format)
        return
    if not file:
        raise UsageError("the file is missing", where=f"import {kind}", remedy=f"Example: matcher import {kind} FILE")
    if kind == UNDO:
        write_json(undo_import(app.store, file, at=app.clock.now(), by=by))
        return
    if kind == LEDGER:
        asked = ImportLedger(
            path=_existing(file),
            on=today_if_none(on, app.settings),
            jurisdiction=jurisdiction or app.settings.jurisdiction,
            by=by,
            dry_run=dry_run,
        )
        _compare(app, asked)
        return
    call = ImportRoster(
        kind=Kind(kind),
        path=_existing(file),
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        channel=Channel(channel) if channel else None,
        dry_run=dry_run,
        rejects=rejects,
        by=by,
        since=since.date() if since else None,
    )
    _take_in(app, call)


def _compare(app: Application, call: ImportLedger) -> None:
    """Hold a ledger against the roster, print the summary; leaves with exit code 1 when it could not be read."""
    try:
        summary = import_ledger(app.store, app.deeds, app.means, call, at=app.clock.now())
    except InvalidInput as error:
        if not error.problems:
            raise
        write_json(refused_ledger(call, error))
        tell_error(error)
        raise click.exceptions.Exit(1) from None
    write_json(summary)
    note(ledger_line(summary))


def _existing(file: str) -> Path:
    path = Path(file)
    if not path.is_file():
        raise UsageError("there is no such file", where=file, remedy="Check the path.")
    return path


def _take_in(app: Application, call: ImportRoster) -> None:
    """Import, print the summary; leaves with exit code 1 when the file or one of its rows was rejected."""
    try:
        with ProgressBar(call.path.name) as progress:
            summary = import_roster(app.store, app.means, call, at=app.clock.now(), progress=progress)
    except InvalidInput as error:
        if not error.problems:
            raise
        write_json(refused_summary(call, error))
        tell_error(error)
        raise click.exceptions.Exit(1) from None
    write_json(summary)
    note(summary_line(call.path.name, summary))
    for line in problem_lines(summary, SHOWN_ERRORS):
        note(line)
    if summary["rejected"]:
        raise click.exceptions.Exit(1)


@click.command("export")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@application_options
def export_command(app: Application, *, kind: str, out: Path) -> None:
    """Write all records of a kind; csv, xlsx or jsonl by the ending of OUT.

    Workers are written with names and numbers; the audit files that under each of them.

    Example: matcher export workers workers.xlsx
    """
    if kind == Kind.WORKERS:
        looked("export", app, (one.worker_id for one in app.store.records(Kind.WORKERS) if isinstance(one, Worker)))
    n_records = export_records(app.store, Kind(kind), out)
    note(f"{n_records} {kind} written to {out}")


@click.command("template")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def template_command(kind: str, out: Path) -> None:
    """Write a blank workbook with drop-downs for a kind of record.

    Example: matcher template workers workers-blank.xlsx
    """
    with new_file(out) as stream:
        write_template(stream, Kind(kind))
    note(f"blank template for {kind} written to {out}")


COMMANDS = (import_command, export_command, template_command)
