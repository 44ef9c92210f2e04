"""What was worked out of rosters that do not change, kept for the few used last: for a process that answers many calls.

A store that remembers hands out the same list until an import changes it (`ports.Shared`), so a list that is the very
same object has the same records. Whoever builds a list for each call gains nothing and loses nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, Final, TypeVar

from matcher.ports import Shared

T = TypeVar("T")
_Key = tuple[Hashable, ...]
"""By what, and the identities of the lists."""
N_KEPT: Final = 2
"""Of each thing that of the present lists and that of those before: a call under way may still hold the latter."""


class Remembered:
    """Results by what they were made of: lists by identity, everything else by value. Safe between threads.

    The lists are held as long as the result, so that no other list can take their identity.
    """

    def __init__(self) -> None:
        self._lock: Final = Lock()
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
        """The result named `what` of these very lists and of `by`.

        Built by the first who asks; whoever asks for the same meanwhile waits, for another one does not. A build that
        raises leaves nothing behind.
        """
        shelf = self._shelves.get(what)
        if shelf is None:
            with self._lock:
                shelf = self._shelves.setdefault(what, _Shelf(n_kept))
        key = (by, *map(id, lists))
        # A process is asked the same again and again: that costs half of what the shelf's order does.
        last, result = shelf.latest
        found: T = result.value if last == key else shelf.get(key, lists, build)
        return found

    def known(self, what: str, by: Hashable = None) -> list[tuple[tuple[Any, ...], Any]]:
        """Lists and result of everything kept under that name with the same `by`, what was used last first."""
        with self._lock:
            shelf = self._shelves.get(what)
        return [] if shelf is None else shelf.known(by)

    def of_shared(
        self,
        what: str,
        lists: tuple[object, ...],
        build: Callable[[], T],
        *,
        by: Hashable = None,
        n_kept: int = N_KEPT,
    ) -> T:
        """As `get` where the store shares all of these lists; built anew each time where it does not."""
        if not all(isinstance(one, Shared) for one in lists):
            return build()
        return self.get(what, lists, build, by=by, n_kept=n_kept)


class _Shelf:
    """The last results of one name; the one used longest ago gives way."""

    def __init__(self, n_kept: int) -> None:
        self._lock: Final = Lock()
        self._n_kept: Final = n_kept
        self._kept: Final[OrderedDict[_Key, _Result]] = OrderedDict()
        self.latest: tuple[_Key | None, _Result] = (None, _Result(()))
        """What was asked for last and is made. Its lists are held with it, so no other list has their identity."""

    def get(self, key: _Key, lists: tuple[object, ...], build: Callable[[], Any]) -> Any:
        with self._lock:
            result = self._kept.get(key)
            if result is None:
                result = self._kept[key] = _Result(lists)
                while len(self._kept) > self._n_kept:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
        try:
            value = result.value if result.made else result.of(build)
        except BaseException:
            with self._lock:
                if self._kept.get(key) is result and not result.made:
                    del self._kept[key]
            raise
        self.latest = key, result
        return value

    def known(self, by: Hashable) -> list[tuple[tuple[Any, ...], Any]]:
        with self._lock:
            found = [result for (of, *_), result in reversed(self._kept.items()) if of == by and result.made]
        return [(result.lists, result.value) for result in found]


class _Result:
    """One result, made at most once, and the lists it is made of."""

    def __init__(self, lists: tuple[object, ...]) -> None:
        self._lock: Final = RLock()
        self.lists: Final = lists
        self.value: Any = None
        self.made = False

    def of(self, build: Callable[[], Any]) -> Any:
        with self._lock:
            if not self.made:
                self.value = build()
                self.made = True
            return self.value
