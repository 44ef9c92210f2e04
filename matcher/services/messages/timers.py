"""What runs out by itself: reply windows, whose seats go to the next, and promised calls, which go to the officer."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from matcher.services.messages.call_queue import escalate
from matcher.services.messages.desk import Desk
from matcher.services.messages.seat_room import expire_offers


class RanOut(NamedTuple):
    """How many windows and how many promises were over."""

    n_expired: int
    n_late: int


def run_timers(desk: Desk, at: datetime) -> RanOut:
    """End what is over at a moment; done again it does nothing more."""
    return RanOut(expire_offers(desk, at), escalate(desk, at))
