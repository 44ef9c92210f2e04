"""The board of an order's seats: who has which, who is next, what ends soon, how many to keep waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from matcher.errors import InvalidInput
from matcher.orders import boarding, book
from matcher.orders.seats import Rule, as_of, n_free, waiting
from matcher.orders.turnout import standby, turnout
from matcher.ports import OrderStore, RosterStore
from matcher.records.orders import LEFT, LabourOrder, Seat, SeatState
from matcher.services.broker.call_list import rows_of
from matcher.services.broker.order_desk import Deed, changed

SOON: Final = timedelta(hours=12)
LEAVE: Final = {name: LEFT[name] for name in ("withdrawn", "refuse_unfit")}
"""What a broker may note when a seat is given back."""
_IN_SEAT: Final = (SeatState.CHECKED_IN, SeatState.CONFIRMED, SeatState.HELD)


def board_told(store: RosterStore, orders: OrderStore, order: LabourOrder, rule: Rule, actor: str) -> dict[str, Any]:
    """Every seat with whoever has it, couples side by side; the waiting list; holds that end soon; the suggestion.

    The suggestion rests on the actor's own departed orders and is only told, never done.
    """
    now = as_of(order, rule)
    taken = _couples_together([seat for state in _IN_SEAT for seat in now.people if seat.state is state])
    rows = {row["worker_id"]: row for row in rows_of(store, [*taken, *waiting(now)])}
    hidden: dict[str, Any] = {"worker_id": "", "name": "别的乡镇的人"}
    seats = [
        {**rows.get(seat.worker_id, {**hidden, "seat": seat.state.value}), "number": n, "couple": bool(seat.partner)}
        for n, seat in enumerate(taken, 1)
    ]
    empty = [{"number": len(taken) + n + 1, "seat": "free"} for n in range(n_free(now))]
    ends = [seat for seat in taken if seat.held_until is not None and seat.held_until - rule.at <= SOON]
    return {
        "seats": [*seats, *empty],
        "waiting": [rows[seat.worker_id] for seat in waiting(now) if seat.worker_id in rows],
        "n_free": n_free(now),
        "n_soon": len(ends),
        "standby": _standby(orders, now, actor),
        "leave": [{"code": code, "label": label} for code, label in LEAVE.items()],
    }


def seat_deed(
    orders: OrderStore, order: LabourOrder, rule: Rule, *, worker_id: str, deed: str, why: str = "", by: str = "",
    other: str = "",
) -> LabourOrder:  # fmt: skip
    """The order after one tap on the board or at the bus.

    deed : leave (with `why`), call_up, pair (with `other`), part, check_in, not_come, undo
    Raises InvalidInput for a deed or reason that is none, Conflict where the seat has gone meanwhile.
    """
    known: Mapping[str, Deed] = {
        "leave": lambda now, at: book.left(now, worker_id, why, at),
        "call_up": lambda now, at: book.called_up(now, worker_id, at),
        "pair": lambda now, at: book.paired(now, worker_id, other, at),
        "part": lambda now, at: book.parted(now, worker_id, at),
        "check_in": lambda now, at: boarding.checked_in(now, worker_id, by, at),
        "not_come": lambda now, at: boarding.not_come(now, worker_id, at),
        "undo": lambda now, at: boarding.undone(now, worker_id, at),
    }
    if deed not in known or (deed == "leave" and why not in LEAVE):
        raise InvalidInput("没有这种操作", where="deed", remedy="请从页面上的按钮点。")
    return changed(orders, order, rule, known[deed], yes_of=worker_id if deed == "check_in" else "")


def _couples_together(seats: Sequence[Seat]) -> list[Seat]:
    by_id = {seat.worker_id: seat for seat in seats}
    told: dict[str, Seat] = {}
    for seat in seats:
        told.setdefault(seat.worker_id, seat)
        if seat.partner in by_id:
            told.setdefault(seat.partner, by_id[seat.partner])
    return list(told.values())


def _standby(orders: OrderStore, order: LabourOrder, actor: str) -> dict[str, Any]:
    history = turnout(orders.orders(broker=actor))
    return {**history._asdict(), "n": standby(history, order.n_seats)}
