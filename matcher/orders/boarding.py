"""At the bus: who is here, who has not come, and the departure; none of it before the day the bus leaves."""

from __future__ import annotations

from datetime import date

import msgspec

from matcher.errors import Conflict
from matcher.orders.book import parted
from matcher.orders.seats import (
    ON_MANIFEST,
    STAYS,
    Rule,
    filled,
    ids,
    last_waiting,
    n_free,
    put,
    seat_of,
    unit_of,
    until,
)
from matcher.records.local_time import CHINA, WEEKDAYS
from matcher.records.orders import LabourOrder, OrderState, SeatState


def boarding_day(order: LabourOrder) -> date | None:
    """The day by the clock on the wall on which the bus leaves; None where no departure is set."""
    return None if order.departs_at is None else order.departs_at.astimezone(CHINA).date()


def may_board(order: LabourOrder, rule: Rule) -> bool:
    """Whether anybody can be at the bus: its day has come; without a day, somebody has been promised a seat."""
    day = boarding_day(order)
    if day is None:
        return any(seat.state in ON_MANIFEST for seat in order.people)
    return rule.at.astimezone(CHINA).date() >= day


def checked_in(order: LabourOrder, worker_id: str, by: str, rule: Rule) -> LabourOrder:
    """Somebody at the bus; said twice it is so once. Who has no seat takes a free one, Conflict if there is none.

    Raises Conflict before the day of departure as well: a check-in proves a placement, and proof is never of a day
    that has not come.
    """
    unit = unit_of(order, worker_id)
    seat = unit[0]
    if seat.state is SeatState.CHECKED_IN:
        return order
    _require_day(order, rule, "点名")
    if seat.state not in STAYS | {SeatState.CONFIRMED, SeatState.NO_SHOW}:
        raise Conflict("这个人已经退出这个单子", remedy="要再去，请另外排候补。")
    others = [other for other in unit[1:] if not other.state.takes_seat]
    if not seat.state.takes_seat:
        if 1 + len(others) > n_free(order):
            raise Conflict("车上没有空座了", remedy="请他等下一趟，或者等别人退座。")
        order = put(order, ids(others), state=SeatState.HELD, held_until=until(order, rule), at=rule.at)
    return put(order, {worker_id}, state=SeatState.CHECKED_IN, held_until=None, checked_in_by=by, left="", at=rule.at)


def not_come(order: LabourOrder, worker_id: str, rule: Rule) -> LabourOrder:
    """Somebody with a seat is not at the bus: the seat goes to the next one waiting, whoever came along goes alone.

    Raises Conflict before the day of departure: nobody is missing from a bus that is not there.
    """
    seat = seat_of(order, worker_id)
    if seat.state is SeatState.NO_SHOW:
        return order
    _require_day(order, rule, "点名")
    if seat.state not in {SeatState.CONFIRMED, SeatState.HELD}:
        raise Conflict("这个人没有等着上车的座位", remedy="请重新打开点名表再看。")
    order = parted(order, worker_id, rule)
    return filled(put(order, {worker_id}, state=SeatState.NO_SHOW, held_until=None, at=rule.at), rule)


def undone(order: LabourOrder, worker_id: str, rule: Rule) -> LabourOrder:
    """A wrong tap at the bus taken back: confirmed as before; for a seat that has gone meanwhile, waiting."""
    seat = seat_of(order, worker_id)
    if seat.state is SeatState.CHECKED_IN:
        return put(order, {worker_id}, state=SeatState.CONFIRMED, checked_in_by="", at=rule.at)
    if seat.state is SeatState.NO_SHOW:
        if n_free(order):
            return put(order, {worker_id}, state=SeatState.CONFIRMED, at=rule.at)
        return put(order, {worker_id}, state=SeatState.WAITING, place=last_waiting(order) + 1, at=rule.at)
    return order


def departed(order: LabourOrder, rule: Rule) -> LabourOrder:
    """The bus has left with those checked in; the rest are no-shows or stayed behind.

    Raises Conflict if nobody is in it, or before its day.
    """
    if order.state is OrderState.DEPARTED:
        return order
    _require_day(order, rule, "发车")
    if not any(seat.state is SeatState.CHECKED_IN for seat in order.people):
        raise Conflict("还没有一个人点过名", remedy="请先在车门口点名，再发车。")
    ends = {
        SeatState.CONFIRMED: (SeatState.NO_SHOW, ""),
        SeatState.HELD: (SeatState.RELEASED, "lapsed"),
        SeatState.WAITING: (SeatState.RELEASED, "full"),
    }
    behind = {seat.worker_id for seat in order.people if seat.state in ends}
    order = put(order, {s.worker_id for s in order.people if s.partner in behind}, partner="", at=rule.at)
    for was, (becomes, why) in ends.items():
        people = {seat.worker_id for seat in order.people if seat.state is was}
        order = put(order, people, state=becomes, held_until=None, left=why, partner="", at=rule.at)
    return msgspec.structs.replace(order, state=OrderState.DEPARTED)


def _require_day(order: LabourOrder, rule: Rule, deed: str) -> None:
    if may_board(order, rule):
        return
    day = boarding_day(order)
    if day is None:
        raise Conflict(f"还没有人确认座位，不能{deed}", remedy="请先打电话，把答应去的人记下来。")
    words = f"{day:%-m月%-d日}（周{WEEKDAYS[day.weekday()]}）"
    raise Conflict(f"发车日是{words}，到那天才能{deed}", remedy="到那天请再打开点名表；有人不去了，请在座位页退座。")
