"""Offers that were sent to somebody by text message and may still be answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

Offers = Callable[[str, date], Sequence[str]]
"""Worker id and day -> vacancies of the live offers, in the order of the message."""


def live_offers(worker_id: str, on: date) -> tuple[str, ...]:
    """Vacancies offered to the worker by a message that still stands on the day; none while nothing sends messages."""
    return ()
