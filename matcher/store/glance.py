"""Whether a SQLite file was written since one looked last, for the price of a look at shared memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar
from urllib.parse import quote

T = TypeVar("T")


class Glance:
    """Answers of the database that hold until somebody commits: a page asks some fifteen times what changed last.

    SQLite tells a connection by `PRAGMA data_version` whether any other one has committed; this one never writes.
    """

    def __init__(self, path: str) -> None:
        """path : of the database; empty where there is no such file, and every answer is read anew."""
        self._path: Final = path
        self._lock: Final = Lock()
        self._connection: sqlite3.Connection | None = None
        self._kept: Final[dict[object, tuple[int, object]]] = {}

    def unless_written(self, question: object, read: Callable[[], T]) -> T:
        """The answer of last time where nothing was committed since, else what `read` says now."""
        seen = self._seen()
        kept = self._kept.get(question)
        if seen is not None and kept is not None and kept[0] == seen:
            return kept[1]  # type: ignore[return-value]  # what `read` of the same question gave
        answer = read()
        if seen is not None:
            self._kept[question] = (seen, answer)
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
