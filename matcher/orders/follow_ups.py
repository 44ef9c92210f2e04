"""Questions to those who left: is the work kept after a week, a month, a quarter."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Final

from matcher.records.orders import FollowUp, LabourOrder, SeatState

DAYS: Final = (7, 30, 90)
STATUSES: Final = {
    "kept": "还在做",
    "moved": "换了单位",
    "returned": "回来了",
    "unreachable": "联系不上",
}
"""What the answer may be (QUALITY section 6), and how a button says it. Whoever cannot be reached has not left."""


def placement_id(order_id: str, worker_id: str) -> str:
    """The id of the placement that an order made of a worker: the same each time."""
    return "pl-" + _hash(order_id, worker_id)


def follow_up_id(order_id: str, worker_id: str, day: int) -> str:
    """The id of a question: the same each time."""
    return "fu-" + _hash(order_id, worker_id, str(day))


def follow_ups_of(order: LabourOrder, start: date) -> list[FollowUp]:
    """The questions to everybody who was on the bus, open."""
    return [
        FollowUp(
            follow_up_id=follow_up_id(order.order_id, seat.worker_id, day),
            order_id=order.order_id,
            worker_id=seat.worker_id,
            vacancy_id=order.vacancy_id,
            day=day,
            due_on=start + timedelta(days=day),
        )
        for seat in order.people
        if seat.state is SeatState.CHECKED_IN
        for day in DAYS
    ]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
