"""`matcher arrears`: lists of employers that owe wages; no order is opened for one that stands on a list."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option, format_option, on_option, today_if_none
from matcher.cli.output import note, write_json, write_rows
from matcher.services.rosters.arrears import ImportArrears, import_arrears


@click.group("arrears")
def arrears_group() -> None:
    """Employers that owe wages.

    Example: matcher arrears import list.xlsx --source 样例市人社局
    """


@arrears_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Who published the list, where no column of it says so.")
@click.option("--whole", is_flag=True, help="The file is the source's whole list: what it lacks was taken off.")
@by_option
@on_option
@application_options
def import_command(app: Application, *, file: Path, source: str, whole: bool, by: str, on: date | None) -> None:
    """Take a list in (csv, xlsx, xls); exit 1 when rows were refused.

    Columns: name of the employer, credit code, day listed, day removed, source. An entry counts from the day it was
    listed to the eve of its removal.

    Example: matcher arrears import list.xlsx --source 样例市人社局 --whole
    """
    call = ImportArrears(
        path=file, file=file.name, source=source, author=by, on=today_if_none(on, app.settings), whole=whole
    )
    summary = import_arrears(app.orders, app.settings, call)
    write_json(summary)
    note(
        f"{file.name}: {summary['accepted']} entries, {summary['changed']} new or changed, "
        f"{summary['removed']} taken off, {summary['rejected']} rows refused"
    )
    if summary["rejected"]:
        raise click.exceptions.Exit(1)


@arrears_group.command("list")
@format_option
@on_option
@application_options
def list_command(app: Application, *, output_format: str, on: date | None) -> None:
    """All entries, and whether each stands on the day.

    Example: matcher arrears list --format table
    """
    day = today_if_none(on, app.settings)
    rows = [{**msgspec.to_builtins(arrear), "stands": arrear.stands_on(day)} for arrear in app.orders.arrears()]
    write_rows(rows, output_format)


COMMANDS = (arrears_group,)
