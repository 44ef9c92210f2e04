"""A progress bar on stderr with an estimate of what is left; silent when nobody watches."""

from __future__ import annotations

import sys
import time
from types import TracebackType

WIDTH = 30
EVERY_S = 0.2


class ProgressBar:
    """Called with rows done and rows to come; draws at most five times a second."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.started = time.monotonic()
        self.drawn = 0.0
        self.watched = sys.stderr.isatty()

    def __enter__(self) -> ProgressBar:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        now = time.monotonic()
        if not self.watched or (now - self.drawn < EVERY_S and done < total):
            return
        self.drawn = now
        share = done / total if total else 1.0
        left_s = (now - self.started) * (1 - share) / share if share else 0.0
        bar = "#" * round(WIDTH * share)
        sys.stderr.write(f"\r{self.label} [{bar:<{WIDTH}}] {done}/{total}, about {left_s:.0f} s left ")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.watched and self.drawn:
            sys.stderr.write("\n")
