"""Groups that are sent: laid out for an order in units, buses and stops; reviewed where large; who has arrived."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.county_time import moment
from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, means, orders, store, today
from api.texting import by
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.services.assignment.dispatch import Dispatch
from matcher.services.assignment.dispatch_desk import group_told, groups_told, lay_out, note_arrival, review_group
from matcher.services.broker.order_desk import order_at, rule_of


@page(ROOM, "/office/dispatch", "office/dispatch.html", roles=READERS)
def groups() -> Data:
    """Every order that runs or has left, and how its group stands."""
    return groups_told(store(), orders(), deeds(), rule_of(means().settings, moment()), viewer().regions)


@page(ROOM, "/office/dispatch/<order_id>", "office/group.html", roles=READERS)
def group(order_id: str) -> Data:
    """The group of an order."""
    order = order_at(orders(), order_id, viewer().regions)
    rule = rule_of(means().settings, moment())
    told = group_told(store(), deeds(), means(), order, rule, jurisdiction())
    looked("group", [order_id, *(row["worker_id"] for unit in told["units"] for row in unit["people"])])
    return {**told, "may_do": may_do(), "drew": told["drawn_by"] == viewer().actor}


@deed(ROOM, "/office/dispatch/<order_id>", roles=DOERS)
def lay_group_out(order_id: str) -> Response:
    """Lay the group out anew."""
    seats = request.form.get("bus_seats", "")
    if seats and not (seats.isascii() and seats.isdigit() and len(seats) < 4):
        raise InvalidInput("一辆车的座位数不对", where="bus_seats", remedy="请填车上能坐的人数。")
    call = Dispatch(
        on=today(),
        jurisdiction=jurisdiction(),
        seed=means().settings.seed,
        order_id=order_id,
        bus_seats=int(seats or 0),
        one_unit=request.form.get("one_unit") == "yes",
        fill=request.form.get("fill") == "yes",
        regions=viewer().regions,
    )
    told = lay_out(store(), orders(), deeds(), means(), call, by())
    looked("group_laid_out", [order_id], {"n": told["n_sent"], "units": len(told["units"])})
    return _to(order_id)


@deed(ROOM, "/office/dispatch/<order_id>/review", roles=DOERS)
def review_large_group(order_id: str) -> Response:
    """Sign a group that is larger than one leader takes."""
    review_group(orders(), deeds(), order_id, by())
    looked("group_reviewed", [order_id])
    return _to(order_id)


@deed(ROOM, "/office/dispatch/<order_id>/arrived", roles=DOERS)
def note_group_arrival(order_id: str) -> Response:
    """Keep that somebody has arrived, or has not."""
    worker_id, word = request.form.get("worker_id", ""), request.form.get("arrived", "")
    note_arrival(store(), orders(), deeds(), (order_id, worker_id, word), by())
    looked("group_arrival", [order_id, worker_id], {"arrived": word})
    return _to(order_id)


def _to(order_id: str) -> Response:
    return make_response(redirect(url_for("office.group", order_id=order_id), HTTPStatus.SEE_OTHER))
