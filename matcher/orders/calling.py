"""Whom to call for an order, in which order, and whose number was looked at without a call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from matcher.orders.seats import STAYS, said_yes
from matcher.records.orders import CallOutcome, ContactUnlock, LabourOrder, OrderState, Seat, SeatState


class Hurdle(StrEnum):
    """Why somebody of the list is not called for an order now; the first that holds is told."""

    LISTED = "listed"
    OUT = "out"
    BOUND = "bound"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    NO_PHONE = "no_phone"
    BUSY = "busy"
    RESTING = "resting"

    @property
    def label(self) -> str:
        """As pages say it."""
        return _LABELS[self]


_LABELS: Final = {
    Hurdle.LISTED: "已经在呼叫单里",
    Hurdle.OUT: "这个单子已经答复过",
    Hurdle.BOUND: "已经答应别的单子",
    Hurdle.REFUSED: "没同意给电话",
    Hurdle.NOT_ASKED: "还没问给不给电话",
    Hurdle.NO_PHONE: "没登记电话",
    Hurdle.BUSY: "已经在几个单子里",
    Hurdle.RESTING: "几天内刚打过",
}


class Known(NamedTuple):
    """What is known of somebody before a call.

    agreed : to give the contact on, None if nobody asked; n_orders : other open orders that list the person
    called_at : the last call for any order, None if there was none
    """

    agreed: bool | None
    has_phone: bool = True
    n_orders: int = 0
    bound: bool = False
    called_at: datetime | None = None


class Limits(NamedTuple):
    """When it is asked, how many open orders one worker may stand in, how long nobody is called again."""

    at: datetime
    orders_per_worker: int
    rest: timedelta


def hurdle(order: LabourOrder, worker_id: str, known: Known, limits: Limits) -> Hurdle | None:
    """What keeps somebody off the call list of an order, None if nothing does. No answer is no consent."""
    mine = next((seat for seat in order.people if seat.worker_id == worker_id), None)
    if mine is not None:
        out = mine.state in {SeatState.DECLINED, SeatState.RELEASED, SeatState.NO_SHOW}
        return Hurdle.OUT if out else Hurdle.LISTED
    resting = known.called_at is not None and limits.at - known.called_at < limits.rest
    found = {
        Hurdle.BOUND: known.bound,
        Hurdle.REFUSED: known.agreed is False,
        Hurdle.NOT_ASKED: known.agreed is None,
        Hurdle.NO_PHONE: not known.has_phone,
        Hurdle.BUSY: known.n_orders >= limits.orders_per_worker,
        Hurdle.RESTING: resting,
    }
    return next((name for name, holds in found.items() if holds), None)


def side_by_side(worker_ids: Sequence[str], homes: Mapping[str, str]) -> list[str]:
    """The same people with each household in one piece, where its first member stands."""
    of_home: dict[str, list[str]] = {}
    for worker_id in worker_ids:
        of_home.setdefault(homes.get(worker_id) or f"\0{worker_id}", []).append(worker_id)
    return [worker_id for members in of_home.values() for worker_id in members]


def to_call(order: LabourOrder) -> list[Seat]:
    """Who is still to be called: seats offered from the waiting list, then the new, the thinking, the unreached."""
    return sorted((seat for seat in order.people if _open(seat)), key=lambda seat: (_turn(seat), seat.place))


def number_of(order: LabourOrder, worker_id: str) -> int:
    """The place in which somebody was put on the call list, 1 first: it stays while those before are called and go."""
    return [seat.worker_id for seat in order.people].index(worker_id) + 1


def standing(orders: Iterable[LabourOrder], but: str) -> tuple[dict[str, int], frozenset[str]]:
    """Worker -> open orders other than `but` in which the worker still stands; and who has said yes in one of them."""
    counts: dict[str, int] = {}
    bound = set()
    for order in orders:
        if order.order_id != but and order.state is OrderState.OPEN:
            for seat in order.people:
                if seat.state in STAYS or seat.state.bound:
                    counts[seat.worker_id] = counts.get(seat.worker_id, 0) + 1
                bound |= {seat.worker_id} if seat.state.bound else set()
    return counts, frozenset(bound)


def last_calls(orders: Iterable[LabourOrder]) -> dict[str, datetime]:
    """Worker -> the last call in any of the orders."""
    found: dict[str, datetime] = {}
    for order in orders:
        for seat in order.people:
            for call in seat.calls[-1:]:
                found[seat.worker_id] = max(call.at, found.get(seat.worker_id, call.at))
    return found


def without_call(unlocks: Iterable[ContactUnlock], orders: Iterable[LabourOrder], since: datetime) -> list[str]:
    """People of one actor's looks since a moment of whom no call was noted by the actor, the last look first."""
    called: dict[tuple[str, str], datetime] = {}
    for order in orders:
        for seat in order.people:
            for call in seat.calls:
                called[(call.by, seat.worker_id)] = call.at
    idle = (
        unlock.worker_id
        for unlock in unlocks
        if unlock.at >= since and called.get((unlock.actor, unlock.worker_id), unlock.at - timedelta(1)) < unlock.at
    )
    return list(dict.fromkeys(idle))


def out_of_reach(orders: Iterable[LabourOrder]) -> list[tuple[str, datetime, str]]:
    """(worker, when, order) of every number that was found wrong, the last found first."""
    found = [
        (seat.worker_id, call.at, order.order_id)
        for order in orders
        for seat in order.people
        for call in seat.calls
        if call.outcome is CallOutcome.WRONG_NUMBER
    ]
    return sorted(found, key=lambda one: one[1], reverse=True)


def _open(seat: Seat) -> bool:
    return seat.state is SeatState.LISTED or seat.state is SeatState.HELD


def _turn(seat: Seat) -> int:
    if seat.state is SeatState.HELD:
        return 0 if said_yes(seat) else 2
    return 3 if seat.calls else 1


def counted(hurdles: Collection[Hurdle | None]) -> dict[Hurdle, int]:
    """How many each hurdle keeps off, in the order of the list of hurdles."""
    return {name: n for name in Hurdle if (n := sum(found is name for found in hurdles))}
