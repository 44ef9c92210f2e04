"""A whole database to a file and back, while others read and write: SQLite's own copy, or PostgreSQL's programs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine.url import URL, make_url

from matcher.errors import StoreError, UsageError

_REMEDY: Final = "Install PostgreSQL's client programs, of the server's version or a later one, on this machine."


def dump(database: str, is_sqlite: bool, out: Path) -> None:
    """Copy a database: `database` is a SQLite file's path, or the URL of a server. Raises StoreError."""
    if is_sqlite:
        _copy(Path(database), out)
    else:
        _run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={out}")


def load(dumped: Path, url: str) -> None:
    """Fill a server's empty database, all or nothing. Raises UsageError if anything stands in it."""
    engine = sa.create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
    if tables:
        raise UsageError(
            f"the database holds {len(tables)} tables already",
            where=make_url(url).render_as_string(hide_password=True),
            remedy="Name an empty database with --database: what stands on a server is never replaced.",
        )
    _run("pg_restore", url, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(dumped))


def _copy(file: Path, out: Path) -> None:
    """SQLite's backup in one step: it sees one revision, and writers go on in the write-ahead file meanwhile."""
    try:
        with (
            closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(out)) as copy,
        ):
            source.backup(copy)
            # The copy must be one file; a write-ahead file beside it would be left behind.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(f"the database cannot be copied: {error}", where=str(file)) from error
    out.chmod(0o600)


def _run(program: str, url: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise StoreError(f"{program} is not installed", where="PostgreSQL", remedy=_REMEDY)
    parsed: URL = make_url(url).set(drivername="postgresql")
    # A password on a command line would be read by everybody on the machine.
    environment = {**os.environ, **({"PGPASSWORD": str(parsed.password)} if parsed.password else {})}
    target = f"--dbname={parsed.set(password=None).render_as_string()}"
    done = subprocess.run([found, target, *arguments], env=environment, capture_output=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise StoreError(
            f"{program} failed: {said[-1] if said else done.returncode}", where="PostgreSQL", remedy=_REMEDY
        )
