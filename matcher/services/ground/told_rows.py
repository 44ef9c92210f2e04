"""What an asker was told, kept for the next of the same key: so many bytes and no more, whatever the keys are."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Any, Final

from numpy.typing import NDArray

MOST_BYTES: Final = 64 << 20
"""What one index may keep: a row has eight bytes for every code of its relation, a hundred or some thousand codes."""


class ToldRows:
    """Arrays by key, safe between threads; where there is no room for another the one that came first gives way."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._lock: Final = Lock()
        self._most: Final = most_bytes
        self._rows: Final[dict[Hashable, NDArray[Any]]] = {}
        self._n_bytes = 0

    @property
    def n_bytes(self) -> int:
        """Bytes of the arrays that are kept."""
        return self._n_bytes

    def get(self, key: Hashable) -> NDArray[Any] | None:
        """The array of a key, if it is kept."""
        return self._rows.get(key)

    def keep(self, key: Hashable, row: NDArray[Any]) -> None:
        """Keep an array; of two threads that worked out the same the first is kept. One beyond all room is not."""
        with self._lock:
            if key in self._rows or row.nbytes > self._most:
                return
            while self._n_bytes + row.nbytes > self._most:
                self._n_bytes -= self._rows.pop(next(iter(self._rows))).nbytes
            self._rows[key] = row
            self._n_bytes += row.nbytes
