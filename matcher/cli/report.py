"""`matcher report`: a report on its date as a workbook."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option, on_option, today_if_none
from matcher.cli.output import note, write_json
from matcher.errors import UsageError
from matcher.office.reports.forms import forms, period_on
from matcher.services.reports.calendar import frozen_row
from matcher.services.reports.due import due_of
from matcher.services.reports.redo import AskAgain, ask_again
from matcher.services.reports.snapshot import Freeze, compare, freeze, freezings, public_workbook
from matcher.services.rosters.new_file import new_file

KINDS = tuple(form.kind for form in forms().report)


@click.command("report")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The workbook, .xlsx.")
@click.option("--period", default="", help="2018-Q1 or 2018; default: the quarter that ended last, or this year.")
@click.option(
    "--again", default="", help="Why a frozen report is to be made anew; another officer signs it on its page."
)
@click.option("--public", is_flag=True, help="Public figures alone, cells of fewer than five hidden, nobody listed.")
@by_option
@on_option
@application_options
def report_command(
    app: Application, *, kind: str, out: Path, period: str, again: str, public: bool, by: str, on: date | None
) -> None:
    """Freeze a report, or take the frozen one, and write its workbook: the same bytes each time.

    What came in behind the freezing is told, cell by cell, and not mixed in.

    Example: matcher report quarterly --period 2018-Q1 --out q1.xlsx
    """
    if out.suffix != ".xlsx":
        raise UsageError("the workbook is an xlsx file", where=str(out), remedy="Let its name end in .xlsx.")
    day = today_if_none(on, app.settings)
    period = period or period_on(forms().of(kind), day).name
    call = Freeze(kind=kind, period=period, on=day, at=app.clock.now(), by=by, jurisdiction=app.settings.jurisdiction)
    store, deeds, means = app.remembering_store, app.deeds, app.means
    was = freezings(deeds, kind, period)
    frozen = freeze(store, deeds, means, call)
    if again and was:
        # At the machine one hand could give both names: the second signature is given on the page alone.
        asking = AskAgain(kind=kind, period=period, seq=frozen.seq, why=again, by=by, at=call.at, on=day)
        ask_again(deeds, asking)
        note(f"asked; another officer signs it at /office/reports/{kind}/{period}")
    with new_file(out) as stream:
        stream.write(public_workbook(deeds, frozen) if public else deeds.file(frozen.workbook))
    behind = compare(store, deeds, means, frozen) if was else []
    told = [{"figure": one.figure, "town": one.town, "came": one.came, "went": one.went} for one in behind]
    write_json({**frozen_row(frozen), "due": due_of(means, kind, period), "new": frozen not in was, "behind": told})
    if behind:
        note(
            f"{len(behind)} cells would differ now: facts of these days came in behind the freezing; they are not in it"
        )


COMMANDS = (report_command,)
