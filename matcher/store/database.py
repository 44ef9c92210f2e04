"""One engine per store: short read snapshots, one writer at a time, and refusals in plain words."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.engine.url import URL

from matcher.errors import MissingExtra, StoreError, UsageError
from matcher.store import schema
from matcher.store.columns import POSTGRESQL, SQLITE
from matcher.store.driver_errors import refusal

BUSY_TIMEOUT_S: Final = 30.0
TURN_S: Final = 0.0003
N_TURNS: Final = 300
LATER_S: Final = 0.01
"""How long the writer of an answer rests between asking for its turn: so often the one, after that the other."""
N_PAGES: Final = 4_000
"""Pages of its write-ahead file (16 MiB) after which the writer of answers brings them into the database itself."""
_PRIMARY_CODE: Final = 0xFF
_IMMEDIATE: Final = {"matcher_begin": "BEGIN IMMEDIATE"}
_SNAPSHOT: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# Any number will do, as long as every version of the program uses the same one.
_MIGRATION_LOCK: Final = 7_301_120


class Database:
    """Transactions on one URL.

    `reading` sees one revision from beginning to end; `writing` waits for the other writer up to
    `busy_timeout_s` and leaves all or nothing. Both raise StoreError with a remedy.
    """

    def __init__(self, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._url = _readable(url)
        self._where: Final = self._url.render_as_string(hide_password=True)
        self._busy_timeout_s = busy_timeout_s
        self._current = False
        self._plain: sqlite3.Connection | None = None
        self._plain_lock: Final = Lock()
        self.engine: Engine = _engine(self._url, busy_timeout_s)

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded engine."""
        return self._url.get_backend_name() == SQLITE

    @property
    def file(self) -> str:
        """Path of the embedded engine's file, "" for a server."""
        return (self._url.database or "") if self.is_sqlite else ""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only snapshot."""
        self._require_current()
        options: dict[str, Any] = {} if self.is_sqlite else _SNAPSHOT
        with self._transaction(options) as connection:
            yield connection

    @contextmanager
    def writing(self, *, roster: bool = False) -> Iterator[Connection]:
        """A transaction that commits at the end or leaves nothing; `roster` makes it the only roster writer.

        PostgreSQL's READ COMMITTED is meant: each statement sees what the writer before it left.
        """
        self._require_current()
        with self._transaction(_IMMEDIATE if self.is_sqlite else {}) as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(self._busy_timeout_s * 1000)}")
                if roster:
                    connection.exec_driver_sql("LOCK TABLE event IN EXCLUSIVE MODE")
            yield connection

    @contextmanager
    def writing_plainly(self) -> Iterator[sqlite3.Connection]:
        """As `writing`, of SQLite alone and to the driver itself: what every answer waits for.

        The connection is kept from one transaction to the next, of which there is one at a time.
        """
        self._require_current()
        with refusal(self._where), self._plain_lock:
            if self._plain is None:
                self._plain = self._opened_plainly()
            raw = self._plain
            self._take_turn(raw)
            try:
                yield raw
                raw.execute("COMMIT")
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")

    def _opened_plainly(self) -> sqlite3.Connection:
        """A connection that no pool takes back and that waits for nobody by itself."""
        pooled = self.engine.raw_connection()
        raw: Any = pooled.dbapi_connection
        pooled.detach()
        raw.execute("PRAGMA busy_timeout = 0")
        raw.execute(f"PRAGMA wal_autocheckpoint = {N_PAGES}")
        return cast("sqlite3.Connection", raw)

    def _take_turn(self, raw: sqlite3.Connection) -> None:
        """Begin to write; where another process is writing, ask again and again, soon and then more seldom.

        SQLite's own waits grow to a tenth of a second, in which two processes that answer many calls leave their
        processors idle: a commit of theirs takes a hundredth of that.
        """
        end = time.monotonic() + self._busy_timeout_s
        for n in count():
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                    raise
                time.sleep(TURN_S if n < N_TURNS else LATER_S)
            else:
                return

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """The one transaction in which the schema may change; a second migration waits for it.

        SQLite rebuilds tables to alter them, so foreign keys rest meanwhile and are checked at the end.
        """
        if self.is_sqlite:
            self._create_file()
            with refusal(self._where), self.engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                raw.execute("PRAGMA journal_mode = WAL")
                raw.execute("PRAGMA foreign_keys = OFF")
                connection.detach()
                connection.execution_options(**_IMMEDIATE)
                with connection.begin():
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise StoreError(f"a migration would break {len(broken)} references", where=self._where)
        else:
            with self._transaction({}) as connection:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
                yield connection
        self._current = False

    def version(self, connection: Connection) -> str | None:
        """The migration the database stands at; None before the first."""
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return None if found is None else str(found)

    def refuse_newer(self, version: str | None) -> None:
        """StoreError if a newer program wrote this database."""
        if version is not None and (not version.isdigit() or int(version) > int(schema.HEAD)):
            raise StoreError(
                f"the database has schema {version}, this program knows schemas up to {schema.HEAD}",
                where=self._where,
                remedy="Install the version of the program that wrote it, or restore an older backup.",
            )

    def forget_deleted_pages(self, connection: Connection) -> None:
        """From here on SQLite overwrites what it deletes; PostgreSQL's pages are left to VACUUM."""
        if self.is_sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")

    def checkpoint(self) -> None:
        """Empty SQLite's write-ahead file, so that nothing erased lingers there."""
        if self.is_sqlite:
            with refusal(self._where), self.engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Give the connections back."""
        with self._plain_lock:
            if self._plain is not None:
                self._plain.close()
                self._plain = None
        self.engine.dispose()

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[Connection]:
        with refusal(self._where), self.engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    def _require_current(self) -> None:
        if self._current:
            return
        if self.is_sqlite and not Path(self._url.database or "").is_file():
            raise self._not_made()
        with self._transaction({}) as connection:
            version = self.version(connection)
        if version is None:
            raise self._not_made()
        self.refuse_newer(version)
        if version != schema.HEAD:
            raise StoreError(
                f"the database has schema {version}, this program needs {schema.HEAD}",
                where=self._where,
                remedy="Run `matcher init`; it migrates and keeps the data.",
            )
        self._current = True

    def _not_made(self) -> StoreError:
        return StoreError("there is no database yet", where=self._where, remedy="Run `matcher init` first.")

    def _create_file(self) -> None:
        """Make the file readable by its owner alone; SQLite gives its side files the same rights."""
        path = Path(self._url.database or "")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreError(
                f"the database file cannot be written: {error.strerror}",
                where=self._where,
                remedy="Choose another folder with --home, or ask for write permission.",
            ) from error


def _readable(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise UsageError("the database URL cannot be read", remedy="Example: sqlite:///var/matcher.db") from None
    backend = parsed.get_backend_name()
    if backend == SQLITE and parsed.database and parsed.database != ":memory:":
        return parsed
    if backend in {POSTGRESQL, "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise UsageError(
        "only SQLite files and PostgreSQL are supported",
        where=parsed.render_as_string(hide_password=True),
        remedy="Examples: sqlite:///var/matcher.db, postgresql://user@host/matcher",
    )


def _engine(url: URL, busy_timeout_s: float) -> Engine:
    if url.get_backend_name() == SQLITE:
        engine = sa.create_engine(url, connect_args={"timeout": busy_timeout_s})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise MissingExtra(
            "PostgreSQL needs an optional part", remedy="Run: pip install 'rural-job-matcher[postgres]'"
        ) from None


def _prepare_sqlite(raw: Any, _record: object) -> None:
    # The driver's own transaction handling begins late and deferred; ours begins where `begin` says.
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys = ON")
    # FULL, because a county's machine loses power: what an import reported as done must be there afterwards.
    raw.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("matcher_begin", "BEGIN"))
