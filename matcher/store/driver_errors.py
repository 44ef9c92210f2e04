"""What a database driver refuses, said as a StoreError with a remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from matcher.errors import InvalidInput, StoreError

_BUSY: Final = (
    "the database is busy: another write did not end in time",
    "Wait for the other import or plan to end, then repeat; nothing of this call was kept.",
)
_FULL: Final = (
    "the disk is full or refuses to grow the database file",
    "Free some space and repeat; nothing of this call was kept.",
)
_READ_ONLY: Final = ("the database may not be written", "Check the owner and the rights of the file and its folder.")
_DAMAGED: Final = ("the file is damaged or is no database", "Restore the last backup with `matcher restore`.")
_MISSING: Final = ("the database lacks a table this program needs", "Run `matcher init`.")
_UNREACHABLE: Final = ("the database server does not answer", "Check the URL and that the server is running.")
_DUPLICATE: Final = ("a row that must be unique stands there already", "Report this; nothing of this call was kept.")
_UNKNOWN: Final = ("the database refused", "Report this with the log; nothing of this call was kept.")

_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    # A file-size limit or a failing disk comes back as an I/O error.
    sqlite3.SQLITE_IOERR: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: _DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: _DUPLICATE,
}
_POSTGRESQL: Final = {
    "53100": _FULL,
    "55P03": _BUSY,
    "40001": _BUSY,
    "40P01": _BUSY,
    "57014": _BUSY,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "42P01": _MISSING,
    "23505": _DUPLICATE,
}


def is_busy(error: BaseException) -> bool:
    """Whether an error of `refusal` says that another write did not end in time."""
    return isinstance(error, StoreError) and error.remedy == _BUSY[1]


@contextmanager
def refusal(where: str) -> Iterator[None]:
    """Turn what the driver raises inside into StoreError, or InvalidInput if a value is to blame; the rest passes."""
    try:
        yield
    except sa.exc.DataError as error:
        raise InvalidInput(f"a value cannot be stored: {_first_line(error)}", where=where) from error
    except sa.exc.DBAPIError as error:
        what, remedy = _reason(error)
        raise StoreError(f"{what} ({_first_line(error)})", where=where, remedy=remedy) from error
    except sqlite3.Error as error:
        what, remedy = _sqlite_reason(error)
        raise StoreError(f"{what} ({error})", where=where, remedy=remedy) from error
    except sa.exc.StatementError as error:
        raise InvalidInput(f"a value cannot be stored: {_first_line(error)}", where=where) from error
    except OverflowError as error:
        raise InvalidInput(f"a number is too large to be stored: {error}", where=where) from error


def _reason(error: sa.exc.DBAPIError) -> tuple[str, str]:
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        return _sqlite_reason(origin)
    state = getattr(origin, "sqlstate", None)
    if state is None or state.startswith("08"):
        return _UNREACHABLE if isinstance(error, sa.exc.OperationalError) else _UNKNOWN
    return _POSTGRESQL.get(state, _UNKNOWN)


def _sqlite_reason(error: sqlite3.Error) -> tuple[str, str]:
    if "no such table" in str(error):
        return _MISSING
    # The low byte is the primary code; of I/O errors the rest tells more than anybody can act on.
    code = getattr(error, "sqlite_errorcode", 0)
    return _SQLITE.get(code, _SQLITE.get(code & 0xFF, _UNKNOWN))


def _first_line(error: sa.exc.StatementError) -> str:
    """The driver's own words without the statement and its values, which may be personal."""
    return (str(error.orig).splitlines() or [""])[0]
