"""`matcher verify`, `tidy`, `backup`, `restore`: whether nothing was altered, what is kept no longer, copies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option, format_option
from matcher.cli.output import note, write_json, write_rows
from matcher.errors import StoreError
from matcher.office.keeping.terms import FileKind
from matcher.services.access.copies import make_backup, put_back
from matcher.services.tidy import drop_old_files, terms_told, tidy


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


@click.command("backup")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--keys-apart", type=click.Path(path_type=Path), default=None, help="Write the keys to this file instead."
)
@by_option
@application_options
def backup_command(app: Application, *, out: Path, keys_apart: Path | None, by: str) -> None:
    """Copy home folder and database to the file OUT, or into the folder OUT, while the server goes on.

    The keys are in the copy, so that it alone is enough; who has it can open every name in it. With --keys-apart they
    go to another file: keep the two in different places, neither opens anything without the other.

    Example: matcher backup /mnt/disk --keys-apart /mnt/stick/keys.json
    """
    made = make_backup(app.upkeep, app.access, out, at=app.clock.now(), by=by, keys_apart=keys_apart)
    write_json(made)
    note("the keys are in it: keep it as safe as the office itself" if keys_apart is None else "keep the keys apart")


@click.command("restore")
@click.argument("file", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Keys that were kept apart.")
@click.option("--replace", is_flag=True, help="Move aside what stands in the home. Stop the server first.")
@by_option
@application_options
def restore_command(app: Application, *, file: Path, keys: Path | None, replace: bool, by: str) -> None:
    """Put the backup IN into the home folder, after all of it was held against its list of digests.

    A damaged copy, one of a newer program, and a home that is not empty are refused; nothing has changed then.

    Example: matcher restore matcher-20180601-040000.backup --home var
    """
    at = app.clock.now()
    told = put_back(app.upkeep, lambda: app.access, file, at=at, by=by, keys=keys, replace=replace)
    write_json(told)
    if told["moved_aside"]:
        note(f"what stood there is in {told['moved_aside']}; delete it when it is no longer needed")


@click.command("tidy")
@click.option("--terms", "show_terms", is_flag=True, help="Only tell what is kept how long, by which law or reading.")
@by_option
@format_option
@application_options
def tidy_command(app: Application, *, show_terms: bool, by: str, output_format: str) -> None:
    """Delete what is kept for a while only and is past its while; one line a kind of file: title, term, how many went.

    The server does the same every hour. Ledgers of two offices and their queues go by a short term, payment files and
    banks' replies by the law on accounts; each drop is a deed that leaves the file's digest, so that `matcher verify`
    still holds.

    Example: matcher tidy --terms --format table
    """
    gone: Mapping[FileKind, int] = {}
    if not show_terms:
        at = app.clock.now()
        tidy(app.access, app.store, app.settings, now=at)
        gone = drop_old_files(app.deeds, by=by, on=app.today(), at=at)
    write_rows(terms_told(gone), output_format)


COMMANDS = (verify_command, tidy_command, backup_command, restore_command)
