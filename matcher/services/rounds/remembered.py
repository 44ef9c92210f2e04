"""What was worked out of rosters that do not change, kept for the few used last: for a process that answers many calls.

A store that remembers hands out the same list until an import changes it (`ports.Shared`), so a list that is the very
same object has the same records. Whoever builds a list for each call gains nothing and loses nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
N_KEPT: Final = 2
"""Of each thing that of the present lists and that of those before: a call under way may still hold the latter."""


class Remembered:
    """Results by what they were made of: lists by identity, everything else by value. Safe between threads.

    The lists are held as long as the result, so that no other list can take their identity.
    """

    def __init__(self) -> None:
        self._lock: Final = RLock()
        self._shelves: Final[dict[str, _Shelf]] = {}

    def get(
        self,
        what: str,
        lists: tuple[object, ...],
        build: Callable[[], T],
        *,
        by: Hashable = None,
        n_kept: int = N_KEPT,
    ) -> T:
        """The result named `what` of these very lists and of `by`; built by the first who asks, the others wait."""
        with self._lock:
            shelf = self._shelves.setdefault(what, _Shelf(n_kept))
        return cast(T, shelf.get(lists, by, build))


class _Shelf:
    """The last results of one name, each with the lists it was made of."""

    def __init__(self, n_kept: int) -> None:
        self._lock: Final = RLock()
        self._n_kept: Final = n_kept
        self._kept: Final[OrderedDict[Hashable, tuple[tuple[object, ...], Any]]] = OrderedDict()

    def get(self, lists: tuple[object, ...], by: Hashable, build: Callable[[], Any]) -> Any:
        """The result, made now if it is not kept; the one used longest ago gives way."""
        key = (tuple(map(id, lists)), by)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (lists, build())
            self._kept.move_to_end(key)
            while len(self._kept) > self._n_kept:
                self._kept.popitem(last=False)
            return self._kept[key][1]
