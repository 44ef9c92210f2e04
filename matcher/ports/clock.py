"""What the core asks of the time of day."""

from __future__ import annotations

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
        return datetime.now(UTC).replace(microsecond=0)
