"""`matcher reconcile`: two offices' ledgers beside each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option
from matcher.cli.options import application_options, format_option, on_option, today_if_none
from matcher.cli.output import note, write_json, write_rows
from matcher.errors import UsageError
from matcher.services.reconcile.check_signed import check_signed
from matcher.services.reconcile.command import Reconcile, reconcile, summary_line

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("reconcile")
@click.argument("left", type=_FILE, required=False, metavar="LEFT")
@click.argument("right", type=_FILE, required=False, metavar="RIGHT")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the results.")
@click.option("--check", "signed", type=_FILE, help="Hold a signed result of /office/reconcile against its seals.")
@jurisdiction_option
@on_option
@format_option
@application_options
def reconcile_command(
    app: Application, *, left: Path | None, right: Path | None, out: Path | None, signed: Path | None,
    jurisdiction: str | None, on: date | None, output_format: str,
) -> None:  # fmt: skip
    """Two offices' ledgers: who is in both, what differs, who is in one only. No row is left out.

    Writes matches.xlsx, matches.json, differences.json (what somebody has to look at, worst first), left_only.json,
    right_only.json and doubles.json; prints the counts. Exit 1 when somebody has to look at a pair.

    --check takes the workbook both offices signed instead and prints each row that was changed, added or left out
    since it was downloaded (sheet, row, what; exit 1 if one was). The seals are this county's: no other home can check
    them, and nobody without its keys can make them.

    Example: matcher reconcile ours.xlsx theirs.csv --out weekly
    """
    if signed is not None:
        _check(app, signed, output_format)
        return
    if left is None or right is None or out is None:
        raise UsageError(
            "two files and --out are needed", where="reconcile", remedy="Example: matcher reconcile A B --out DIR"
        )
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


def _check(app: Application, signed: Path, output_format: str) -> None:
    """Print what no longer fits; leaves with exit code 1 when something does not."""
    found = check_signed(signed, app.settings, key=app.store.row_key())
    write_rows((msgspec.to_builtins(one) for one in found.altered), output_format)
    told = f"{len(found.altered)}处对不上封印" if found.altered else "都对得上封印"
    note(f"核对编号{found.run_id}，{found.n_rows}对：{told}")
    if found.altered:
        raise click.exceptions.Exit(1)


COMMANDS = (reconcile_command,)
