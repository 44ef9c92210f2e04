"""How many of those who said yes came to the bus in a broker's departed orders, and what that suggests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from matcher.records.orders import LabourOrder, OrderState, SeatState

LEAST_PEOPLE: Final = 20
"""Fewer people with a seat than this say nothing of the next bus."""


class Turnout(NamedTuple):
    """n_orders departed with a check-in, n_promised people had a seat, n_missing of them did not come.

    most_missing : in one order
    """

    n_orders: int = 0
    n_promised: int = 0
    n_missing: int = 0
    most_missing: int = 0


def turnout(orders: Iterable[LabourOrder]) -> Turnout:
    """What departed orders say; those without a single check-in say nothing."""
    told = Turnout()
    for order in orders:
        states = [seat.state for seat in order.people]
        came, missing = states.count(SeatState.CHECKED_IN), states.count(SeatState.NO_SHOW)
        if order.state is OrderState.DEPARTED and came:
            told = Turnout(
                told.n_orders + 1,
                told.n_promised + came + missing,
                told.n_missing + missing,
                max(told.most_missing, missing),
            )
    return told


def standby(history: Turnout, n_seats: int) -> int | None:
    """How many to keep waiting beyond the seats, so that as many as wanted come; None where too little is known.

    Of n promised, n x (1 - rate) come: that is `n_seats` for n = n_seats / (1 - rate). Rounded up; a suggestion only.
    """
    if history.n_promised < LEAST_PEOPLE or history.n_missing >= history.n_promised:
        return None
    came = history.n_promised - history.n_missing
    return -(-n_seats * history.n_missing // came)
