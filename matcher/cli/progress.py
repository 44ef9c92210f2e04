"""A progress bar on stderr with an estimate of what is left; silent when nobody watches."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, NamedTuple

WIDTH: Final = 30
EVERY_S: Final = 0.2
NEWEST: Final = 0.5
"""How much the pace of the last step counts beside that of all before it."""


class _Mark(NamedTuple):
    at: float
    done: int


class ProgressBar:
    """Called with steps done and steps to come; draws at most five times a second.

    The estimate follows the pace of the latest steps: parts that a stopped run had finished are there at once, and
    say nothing of those that are still to be done.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self._called = self._drawn = _Mark(time.monotonic(), 0)
        self._pace_s = 0.0
        self._is_drawn = False
        self.watched = sys.stderr.isatty()

    def __enter__(self) -> ProgressBar:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        if not self.watched:
            return
        now, before = _Mark(time.monotonic(), done), self._called
        self._called = now
        if self._is_drawn and now.at - self._drawn.at < EVERY_S and done < total:
            return
        # Of rows by the hundred the time since the last drawing tells, of parts by the minute that since the last part.
        since = before if now.at - before.at >= EVERY_S else self._drawn
        self._learn(now.at - since.at, done - since.done)
        self._drawn, self._is_drawn = now, True
        share = done / total if total else 1.0
        bar, left_s = "#" * round(WIDTH * share), self._pace_s * (total - done)
        sys.stderr.write(f"\r{self.label} [{bar:<{WIDTH}}] {done}/{total}，约还要{left_s:.0f}秒 ")
        sys.stderr.flush()

    def _learn(self, seconds: float, steps: int) -> None:
        """Seconds a step, so many steps later."""
        if steps > 0:
            pace_s = seconds / steps
            self._pace_s = NEWEST * pace_s + (1 - NEWEST) * self._pace_s if self._is_drawn else pace_s

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.watched and self._is_drawn:
            sys.stderr.write("\n")
