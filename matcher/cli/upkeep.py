"""`matcher verify`, `backup`, `restore`: whether nothing was altered, and copies of everything."""

from __future__ import annotations

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option
from matcher.cli.output import note, write_rows
from matcher.errors import StoreError


@click.command("verify")
@click.option("--head", default="", help="NUMBER:HASH that an earlier run told; it must still stand in the chain.")
@format_option
@application_options
def verify_command(app: Application, *, head: str, output_format: str) -> None:
    """Read audit, decisions, deeds and records through; print each altered row: table, row, what.

    Exit 1 if one was. The newest entry of the audit is told at the end: note it elsewhere, and `--head` sees later
    whether entries were cut off behind it.

    Example: matcher verify
    """
    found = app.upkeep.soundness(head)
    write_rows(({"table": one.table, "row": one.row, "what": one.what} for one in found.altered), output_format)
    note(f"read {sum(found.rows.values())} rows of {len(found.rows)} tables; audit head {found.audit_head}")
    if found.altered:
        n_altered = len(found.altered)
        raise StoreError(
            f"{n_altered} altered {'row' if n_altered == 1 else 'rows'}; the first: "
            f"{found.altered[0].table} {found.altered[0].row}: {found.altered[0].what}",
            remedy="Compare with a backup from before, and ask who could write to the database file.",
        )


COMMANDS = (verify_command,)
