"""One transaction for what callers of one moment write: whoever comes while a commit is under way shares the next one.

Nobody is told before what they gave is durable, so nothing that was answered is lost; order is the order of coming.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Final, Generic, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")


class GroupCommit(Generic[T, R]):
    """Writes of several threads, a batch at a time; `write` is one transaction and tells one answer for each.

    is_of_all : whether an error says nothing of any one item, so that it is told to all and nobody is tried alone
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Sequence[R]],
        *,
        is_of_all: Callable[[BaseException], bool] = lambda _: False,
    ) -> None:
        self._write: Final = write
        self._is_of_all: Final = is_of_all
        self._turn: Final = Lock()
        self._waiting: list[_Slip[T, R]] = []
        self._queue: Final = Lock()

    def put(self, item: T) -> R:
        """Write an item, with those of others who wait; raises what the transaction raised that it stood in alone.

        The thread whose turn it is writes for all who wait: nobody hands over to another thread, and a caller who is
        alone waits for nothing but the commit.
        """
        slip: _Slip[T, R] = _Slip(item)
        with self._queue:
            self._waiting.append(slip)
        with self._turn:
            if not slip.is_done:
                self._write_waiting(slip)
        return slip.told()

    def _write_waiting(self, own: _Slip[T, R]) -> None:
        with self._queue:
            slips, self._waiting = self._waiting, []
        try:
            self._write_together(slips)
        except BaseException:
            # This thread alone was interrupted: what the others gave waits for one of theirs.
            with self._queue:
                self._waiting[:0] = [slip for slip in slips if slip is not own and not slip.is_done]
            raise

    def _write_together(self, slips: Sequence[_Slip[T, R]]) -> None:
        try:
            answers = self._write([slip.item for slip in slips])
        except Exception as error:
            if len(slips) == 1 or self._is_of_all(error):
                for slip in slips:
                    slip.fail(error)
                return
            # Nothing of the batch was kept. Each is tried alone, so that nobody bears the fault of another.
            for slip in slips:
                self._write_together([slip])
        else:
            for slip, answer in zip(slips, answers, strict=True):
                slip.finish(answer)


class _Slip(Generic[T, R]):
    """What one caller gave, and how it ended."""

    def __init__(self, item: T) -> None:
        self.item: Final = item
        self.is_done = False
        self._answer: R | None = None
        self._error: BaseException | None = None

    def finish(self, answer: R) -> None:
        """It is durable."""
        self._answer, self.is_done = answer, True

    def fail(self, error: BaseException) -> None:
        """It was not kept."""
        self._error, self.is_done = error, True

    def told(self) -> R:
        """The answer, or the error raised."""
        if self._error is not None:
            raise self._error
        return cast(R, self._answer)
