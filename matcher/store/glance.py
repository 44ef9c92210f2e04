"""Whether a SQLite file was written since one looked last, for the price of a look at shared memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar, cast
from urllib.parse import quote

T = TypeVar("T")
MOST_KEPT: Final = 10_000
"""Answers that are kept; beyond it all are forgotten at once."""


class Look(NamedTuple):
    """A cheap query whose row tells whether an answer still holds; `by` are its parameters."""

    sql: str
    by: tuple[str | int, ...] = ()


class _Kept(NamedTuple):
    """An answer, and the number and the row of its look at the moment it was read."""

    seen: int
    row: object
    answer: Any


class Glance:
    """Answers of the database that hold until somebody commits: every page asks what was written last.

    SQLite tells a connection by `PRAGMA data_version` whether any other one has committed; this one never writes.
    """

    def __init__(self, path: str) -> None:
        """path : of the database; empty where there is no such file, and every answer is read anew."""
        self._path: Final = path
        self._lock: Final = Lock()
        self._connection: sqlite3.Connection | None = None
        self._kept: Final[dict[object, _Kept]] = {}

    def unless_written(self, question: object, read: Callable[[], T], look: Look | None = None) -> T:
        """The answer of last time where nothing was committed since, else what `read` says now.

        look : after a commit the answer still holds where this gives the row it gave then; None for any answer that
        somebody's commit may change
        """
        seen = self._seen()
        if seen is None:
            return read()
        kept = self._kept.get(question)
        if kept is not None and kept.seen == seen:
            return cast(T, kept.answer)
        row = None if look is None else self._row(look)
        holds = kept is not None and row is not None and kept.row == row
        answer = cast(T, kept.answer) if kept is not None and holds else read()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[question] = _Kept(seen, row, answer)
        return answer

    def close(self) -> None:
        """Give the connection back; the next question opens another one and remembers nothing."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._kept.clear()

    def _seen(self) -> int | None:
        """A number that is another one after any commit; None where that cannot be told."""
        if not self._path:
            return None
        with self._lock:
            try:
                if self._connection is None:
                    # Read-only: a database that is not there must not come into being by being looked at.
                    address = f"file:{quote(self._path)}?mode=ro"
                    self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
                    self._kept.clear()
                return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error:
                return None

    def _row(self, look: Look) -> object:
        """The row of a look; None where none can be had."""
        with self._lock:
            try:
                return None if self._connection is None else self._connection.execute(look.sql, look.by).fetchone()
            except sqlite3.Error:
                return None
