"""What the core asks of the time of day."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, asked for only at the shell."""

    def now(self) -> datetime:
        """UTC, timezone-aware."""


class SystemClock:
    """The machine's clock in UTC: what a shell asks that is given no other."""

    def now(self) -> datetime:
        """UTC, timezone-aware, whole seconds: decisions are logged by the second."""
        # `datetime.now` and a `replace` cost twice as much; a call over HTTP asks four times.
        return datetime.fromtimestamp(int(time.time()), UTC)
