"""What the core asks of the time of day."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day, asked for only at the shell."""

    def now(self) -> datetime:
        """UTC, timezone-aware."""
