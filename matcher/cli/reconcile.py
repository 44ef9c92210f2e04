"""`matcher reconcile`: two offices' ledgers beside each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option
from matcher.cli.options import application_options, format_option, on_option, today_if_none
from matcher.cli.output import note, write_json, write_rows
from matcher.services.reconcile.command import Reconcile, reconcile, summary_line


@click.command("reconcile")
@click.argument("left", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="LEFT")
@click.argument("right", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RIGHT")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the results.")
@jurisdiction_option
@on_option
@format_option
@application_options
def reconcile_command(
    app: Application, *, left: Path, right: Path, out: Path, jurisdiction: str | None, on: date | None,
    output_format: str,
) -> None:  # fmt: skip
    """Two offices' ledgers: who is in both, what differs, who is in one only. No row is left out.

    Writes matches.xlsx, matches.json, differences.json (what somebody has to look at, worst first), left_only.json,
    right_only.json and doubles.json; prints the counts. Exit 1 when somebody has to look at a pair.

    Example: matcher reconcile ours.xlsx theirs.csv --out weekly
    """
    call = Reconcile(
        left=left,
        right=right,
        out=out,
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
    )
    summary = reconcile(app.means, call)
    if output_format == "json":
        write_json(summary)
    else:
        write_rows([summary], output_format)
    note(summary_line(summary))
    if summary["to_decide"]:
        raise click.exceptions.Exit(1)


COMMANDS = (reconcile_command,)
