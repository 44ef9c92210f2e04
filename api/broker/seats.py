"""The board of seats, the check-in at the bus, the departure."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api.audit import looked
from api.broker.desk import DESK, bound_for, desk_order, go_on, rule
from api.broker.room import READERS, ROOM
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, means, orders, store, today
from api.viewer import viewer
from matcher.records.orders import OrderState, SeatState
from matcher.services.broker.call_list import rows_of
from matcher.services.broker.departure import depart, most_leaving
from matcher.services.broker.manifest import Reader, manifest_told
from matcher.services.broker.order_desk import order_head
from matcher.services.broker.seat_board import board_told, seat_deed

AT_THE_BUS: Final = frozenset({"check_in", "not_come", "undo"})
"""Deeds of the check-in page; all others are those of the board."""


@page(ROOM, "/broker/orders/<order_id>/seats", "broker/seats.html", roles=READERS)
def seats(order_id: str) -> Data:
    """Every seat of an order, who waits, what ends soon."""
    order = desk_order(order_id)
    told = board_told(store(), orders(), order, rule(), viewer().actor)
    looked("seats", [order_id, *(seat["worker_id"] for seat in told["seats"] if seat.get("worker_id"))])
    return {"desk": order_head(store(), order, rule()), **told, "may_change": _may_change(order.state)}


@deed(ROOM, "/broker/orders/<order_id>/seats/<worker_id>", roles=DESK)
def change_seat(order_id: str, worker_id: str) -> Response:
    """One tap on the board or at the bus; the same tap twice is one."""
    order = desk_order(order_id)
    what, why = request.form.get("deed", ""), request.form.get("why", "")
    after = seat_deed(
        orders(), order, rule(), worker_id=bound_for(order, worker_id), deed=what, why=why, by=viewer().actor
    )
    if after != order:
        looked(f"seat_{what}", [order_id, worker_id], {"why": why} if why else {})
    where = "broker.check_in" if what in AT_THE_BUS else "broker.seats"
    return go_on(where, order_id=order_id)


@page(ROOM, "/broker/orders/<order_id>/check-in", "broker/check_in.html", roles=READERS)
def check_in(order_id: str) -> Data:
    """The list at the bus door: one tap for each who is here."""
    order = desk_order(order_id)
    told = manifest_told(store(), deeds(), means(), order, rule(), Reader(viewer().role, jurisdiction()))
    board = board_told(store(), orders(), order, rule(), viewer().actor)
    people = [_at_the_door(person) for unit in told["units"] for person in unit["people"]]
    looked("check_in", [order_id, *(person["worker_id"] for person in people)])
    return {
        "desk": told["order"],
        "people": people,
        "held": [seat for seat in board["seats"] if seat["seat"] == "held" and seat["worker_id"]],
        "waiting": board["waiting"],
        "missing": _missing(order_id),
        "may_change": _may_change(order.state),
    }


@deed(ROOM, "/broker/orders/<order_id>/depart", roles=DESK)
def leave(order_id: str) -> Response:
    """The bus has left: the order is closed, placements and later questions are kept."""
    order = desk_order(order_id)
    most = most_leaving(deeds(), means().packs, jurisdiction(), order, today())
    after = depart(store(), orders(), order, rule(), by=viewer().actor, on=today(), most=most)
    looked("depart", [order_id], {"n": after.n_taken})
    return go_on("broker.seats", order_id=order_id)


def _at_the_door(person: dict[str, Any]) -> dict[str, Any]:
    """A line of the manifest without what nobody needs to tick it off."""
    return {name: value for name, value in person.items() if name not in ("phone", "id_tail")}


def _may_change(state: OrderState) -> bool:
    return state is OrderState.OPEN and viewer().role in DESK


def _missing(order_id: str) -> list[dict[str, object]]:
    """Who was promised a seat and has not come, masked."""
    order = desk_order(order_id)
    return rows_of(store(), [seat for seat in order.people if seat.state is SeatState.NO_SHOW])
