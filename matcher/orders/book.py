"""What a broker does to an order's book by phone: lists people, notes what they said, gives and takes seats back.

Functions from an order to the order after; whoever calls them begins with `as_of`.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from matcher.errors import Conflict
from matcher.orders.seats import (
    ON_MANIFEST,
    STAYS,
    Rule,
    filled,
    ids,
    last_waiting,
    n_free,
    put,
    said_yes,
    seat_of,
    uncoupled,
    unit_of,
    until,
)
from matcher.records.orders import Call, CallOutcome, LabourOrder, OrderState, Seat, SeatState


def listed(order: LabourOrder, worker_ids: Iterable[str], *, list_id: str, rule: Rule) -> LabourOrder:
    """People added to the end of the call list in their order; who is in it already stays as he is."""
    known = {seat.worker_id for seat in order.people}
    fresh = [worker_id for worker_id in dict.fromkeys(worker_ids) if worker_id not in known]
    last = max((seat.place for seat in order.people), default=0)
    seats = tuple(
        Seat(worker_id=worker_id, place=last + n, changed_at=rule.at, list_id=list_id)
        for n, worker_id in enumerate(fresh, 1)
    )
    return msgspec.structs.replace(order, people=order.people + seats)


def paired(order: LabourOrder, first: str, second: str, rule: Rule) -> LabourOrder:
    """Two who go together or not at all; Conflict unless both are on the call list only and alone so far."""
    if first == second:
        raise Conflict("一起走的要是两个人", remedy="请选另外一个人。")
    for seat in (seat_of(order, first), seat_of(order, second)):
        if seat.state is not SeatState.LISTED or seat.partner:
            raise Conflict("这两个人里有人已经答复，或者已经和别人一起走", remedy="请先看座位表，再打电话问清。")
    order = put(order, {first}, partner=second, at=rule.at)
    return put(order, {second}, partner=first, at=rule.at)


def parted(order: LabourOrder, worker_id: str, rule: Rule) -> LabourOrder:
    """Each of a couple goes alone from here on; seats stay as they are, and one that waits takes a single free one."""
    return filled(put(order, ids(unit_of(order, worker_id)), partner="", at=rule.at), rule)


def answered(order: LabourOrder, worker_id: str, call: Call, rule: Rule) -> LabourOrder:
    """A call with what came of it.

    go : a seat if there is one, else the waiting list; of a couple the seats are held until both have said so
    later : the seat is held; no, away, wrong_number : out of this order; no_answer : as before
    Conflict for somebody who has left this order, or is on the bus.
    """
    seat = seat_of(order, worker_id)
    if seat.state not in STAYS | {SeatState.CONFIRMED}:
        raise Conflict("这个人在这个单子里已经有结果了，不再打", remedy="请回呼叫单，打下一个。")
    order = put(order, {worker_id}, calls=(*seat.calls, call), at=rule.at)
    match call.outcome:
        case CallOutcome.GO:
            return _gone_in(order, worker_id, rule)
        case CallOutcome.LATER:
            return _held(order, worker_id, rule)
        case CallOutcome.NO_ANSWER:
            return order
        case CallOutcome.NO:
            return _given_back(order, worker_id, SeatState.DECLINED, "", rule)
        case outcome:
            return _given_back(order, worker_id, SeatState.RELEASED, outcome.value, rule)


def left(order: LabourOrder, worker_id: str, why: str, rule: Rule) -> LabourOrder:
    """Somebody (and whoever goes along) gives the seat or the place back; the next one waiting is asked at once."""
    if seat_of(order, worker_id).state not in STAYS | {SeatState.CONFIRMED}:
        raise Conflict("这个人没有座位可退", remedy="请重新打开座位表再看。")
    return _given_back(order, worker_id, SeatState.RELEASED, why, rule)


def called_up(order: LabourOrder, worker_id: str, rule: Rule) -> LabourOrder:
    """Somebody of the waiting list is offered a seat out of turn; Conflict if there is none for the whole unit."""
    unit = unit_of(order, worker_id)
    if any(seat.state is not SeatState.WAITING for seat in unit):
        raise Conflict("这个人不在候补里", remedy="请重新打开座位表再看。")
    if len(unit) > n_free(order):
        raise Conflict("座位刚刚满了", remedy="等有人退座，系统会叫候补的下一位。")
    return put(order, ids(unit), state=SeatState.HELD, held_until=until(order, rule), at=rule.at)


def signature_kept(before: LabourOrder, after: LabourOrder) -> LabourOrder:
    """The order after a deed; whoever signed for another manifest than the one it makes has not signed this one."""

    def named(order: LabourOrder) -> set[str]:
        return {seat.worker_id for seat in order.people if seat.state in ON_MANIFEST}

    if named(before) == named(after) or after.state is OrderState.DEPARTED:
        return after
    return msgspec.structs.replace(after, countersigned_by="", countersigned_at=None)


def _gone_in(order: LabourOrder, worker_id: str, rule: Rule) -> LabourOrder:
    order = uncoupled(order, [worker_id], rule.at)
    unit = unit_of(order, worker_id)
    need = sum(not seat.state.takes_seat for seat in unit)
    if need > n_free(order):
        return _waiting(order, unit, rule)
    if all(said_yes(seat) for seat in unit):
        return put(order, ids(unit), state=SeatState.CONFIRMED, held_until=None, at=rule.at)
    return _held(order, worker_id, rule)


def _held(order: LabourOrder, worker_id: str, rule: Rule) -> LabourOrder:
    """The unit's seats kept for an answer, where there are any; nobody loses a place in line by thinking it over."""
    order = uncoupled(order, [worker_id], rule.at)
    unit = unit_of(order, worker_id)
    need = sum(not seat.state.takes_seat for seat in unit)
    if need > n_free(order):
        return order
    return put(order, ids(unit), state=SeatState.HELD, held_until=until(order, rule), at=rule.at)


def _waiting(order: LabourOrder, unit: Iterable[Seat], rule: Rule) -> LabourOrder:
    for seat in unit:
        if seat.state is not SeatState.WAITING:
            order = put(
                order, {seat.worker_id}, state=SeatState.WAITING, held_until=None, place=last_waiting(order) + 1,
                at=rule.at,
            )  # fmt: skip
    return order


def _given_back(order: LabourOrder, worker_id: str, state: SeatState, why: str, rule: Rule) -> LabourOrder:
    """One leaves; whoever goes along or not at all does not go either, unless already on the bus."""
    order = uncoupled(order, [worker_id], rule.at)
    unit = unit_of(order, worker_id)
    along = ids(seat for seat in unit[1:] if seat.state in STAYS | {SeatState.CONFIRMED})
    order = put(order, {worker_id}, state=state, held_until=None, left=why, at=rule.at)
    order = put(order, along, state=SeatState.RELEASED, held_until=None, left="partner", at=rule.at)
    return filled(order, rule)
