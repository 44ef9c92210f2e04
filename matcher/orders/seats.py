"""Lines of an order's book and what holds of all of them: units of two, holds that end by themselves, who is next.

Two that go along (`Seat.partner`) are one unit: both have a seat or neither has. A hold ends by itself: `as_of` says
how the book stands at a moment, and every deed begins there, so no clockwork is needed to free a seat.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import NotFound
from matcher.records.orders import CallOutcome, LabourOrder, OrderState, Seat, SeatState

ON_MANIFEST: Final = frozenset({SeatState.CONFIRMED, SeatState.CHECKED_IN, SeatState.NO_SHOW})
"""Who was promised a seat: a signature under the manifest stands for these."""
STAYS: Final = frozenset({SeatState.LISTED, SeatState.HELD, SeatState.WAITING})
"""Who can still become anything."""
AFTER_DEPARTURE: Final = timedelta(hours=12)
"""A bus leaves late more often than not: so long after its hour the next one waiting is still called."""


class Rule(NamedTuple):
    """When a deed is done, and how long a seat is kept for an answer."""

    at: datetime
    hold: timedelta


def seat_of(order: LabourOrder, worker_id: str) -> Seat:
    """The line of a person; NotFound if the order does not list the worker."""
    for seat in order.people:
        if seat.worker_id == worker_id:
            return seat
    raise NotFound("这个人不在这个单子里", where="worker", remedy="请从呼叫单重新点进来。")


def unit_of(order: LabourOrder, worker_id: str) -> tuple[Seat, ...]:
    """The person, and whoever goes along or not at all."""
    seat = seat_of(order, worker_id)
    return (seat, seat_of(order, seat.partner)) if seat.partner else (seat,)


def n_free(order: LabourOrder) -> int:
    """Seats nobody has; never below 0."""
    return max(0, order.n_seats - order.n_taken)


def waiting(order: LabourOrder) -> list[Seat]:
    """The waiting list, the next one first."""
    return sorted((seat for seat in order.people if seat.state is SeatState.WAITING), key=lambda seat: seat.place)


def said_yes(seat: Seat) -> bool:
    """Whether the last thing the person said was yes; a call nobody answered changes nothing."""
    said = [call.outcome for call in seat.calls if call.outcome is not CallOutcome.NO_ANSWER]
    return said[-1:] == [CallOutcome.GO]


def as_of(order: LabourOrder, rule: Rule) -> LabourOrder:
    """The book at a moment: holds that ended free their seats, each at its time, for the next on the waiting list."""
    while order.state is OrderState.OPEN:
        ends = [seat.held_until for seat in order.people if seat.state is SeatState.HELD and seat.held_until]
        due = min(ends, default=None)
        if due is None or due > rule.at:
            return order
        lapsed = {s.worker_id for s in order.people if s.state is SeatState.HELD and s.held_until == due}
        order = uncoupled(order, lapsed, due)
        lapsed |= {seat.worker_id for one in tuple(lapsed) for seat in unit_of(order, one)}
        order = filled(put(order, lapsed, state=SeatState.LISTED, held_until=None, at=due), Rule(due, rule.hold))
    return order


def filled(order: LabourOrder, rule: Rule) -> LabourOrder:
    """Free seats offered to those waiting, in their order; a couple is passed over while there is one seat only."""
    if order.departs_at is not None and rule.at >= order.departs_at + AFTER_DEPARTURE:
        return order
    for seat in waiting(order):
        if seat_of(order, seat.worker_id).state is not SeatState.WAITING:
            continue
        unit = unit_of(order, seat.worker_id)
        if len(unit) <= n_free(order):
            order = put(order, ids(unit), state=SeatState.HELD, held_until=until(order, rule), at=rule.at)
    return order


def uncoupled(order: LabourOrder, worker_ids: Iterable[str], at: datetime) -> LabourOrder:
    """The order in which nobody of these is bound to somebody who is on the bus, or out, already."""
    for worker_id in worker_ids:
        unit = unit_of(order, worker_id)
        if any(seat.state not in STAYS | {SeatState.CONFIRMED} for seat in unit):
            order = put(order, ids(unit), partner="", at=at)
    return order


def until(order: LabourOrder, rule: Rule) -> datetime:
    """The end of a hold that begins now: never after the bus has left."""
    end = rule.at + rule.hold
    departs = order.departs_at
    return min(end, departs) if departs is not None and departs > rule.at else end


def last_waiting(order: LabourOrder) -> int:
    """The place of the last one waiting; 0 if nobody does."""
    return max((seat.place for seat in order.people if seat.state is SeatState.WAITING), default=0)


def ids(seats: Iterable[Seat]) -> set[str]:
    """Whose lines these are."""
    return {seat.worker_id for seat in seats}


def put(order: LabourOrder, worker_ids: set[str], *, at: datetime, **changes: Any) -> LabourOrder:
    """The order with the lines of some people changed; a line that stays as it was keeps its time."""

    def changed(seat: Seat) -> Seat:
        differs = any(getattr(seat, name) != value for name, value in changes.items())
        return msgspec.structs.replace(seat, **changes, changed_at=at) if differs else seat

    people = tuple(changed(seat) if seat.worker_id in worker_ids else seat for seat in order.people)
    return msgspec.structs.replace(order, people=people)
