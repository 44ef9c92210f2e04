"""What comes due by itself: reply windows end, promised calls go to the officer, notices are written."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from matcher.services.messages.call_queue import escalate
from matcher.services.messages.desk import Desk
from matcher.services.messages.notices import send_notices
from matcher.services.messages.seat_room import expire_offers


class RanOut(NamedTuple):
    """How many windows and how many promises were over, how many notices were written."""

    n_expired: int
    n_late: int
    n_notices: int = 0


def run_timers(desk: Desk, at: datetime) -> RanOut:
    """End what is over at a moment, write what is due; done again it does nothing more."""
    return RanOut(expire_offers(desk, at), escalate(desk, at), send_notices(desk, at))
