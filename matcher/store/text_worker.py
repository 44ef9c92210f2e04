"""One worker at a time per database, held by a lock that ends with the process and asks no clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, NoReturn

from matcher.errors import Conflict, StoreError
from matcher.store.database import Database

# Any number will do, as long as every version of the program uses the same one.
_WORKER_LOCK: Final = 7_301_122


@contextmanager
def working(database: Database) -> Iterator[None]:
    """Be the one worker of a database meanwhile; Conflict if another process is.

    PostgreSQL has locks of a session. SQLite has none, so an empty file beside the database is locked by SQLite's own
    means, which hold on every system: whoever is killed lets go.
    """
    if database.is_sqlite:
        with _beside_sqlite(database):
            yield
        return
    with database.engine.connect() as connection:
        taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_WORKER_LOCK})").scalar()
        connection.commit()
        if not taken:
            _refuse()
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_WORKER_LOCK})")
            connection.commit()


@contextmanager
def _beside_sqlite(database: Database) -> Iterator[None]:
    path = f"{database.engine.url.database}-worker"
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError("the worker's lock cannot be made", where=path, remedy="Check the folder's rights.") from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            _refuse()
        yield


def _refuse() -> NoReturn:
    raise Conflict(
        "another worker sends the texts of this database",
        where="matcher work",
        remedy="One is enough; stop the other one first, or let it work.",
    )
