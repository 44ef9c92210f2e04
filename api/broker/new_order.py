"""A new order: a line or a form, checked at once, kept while a session ends, opened."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.broker.desk import DESK, SIGNERS
from api.broker.licence import sees_people
from api.broker.room import READERS, ROOM
from api.county_time import moment
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, means, orders, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.records.access import Role
from matcher.records.orders import OrderState
from matcher.services.broker.new_order import (
    KeptOrder,
    end_order,
    keep_order,
    kept_order,
    order_form,
    said_into,
    without,
)
from matcher.services.broker.open_order import Occasion, OpenOrder, open_existing, open_new
from matcher.services.broker.order_board import my_orders as orders_of
from matcher.services.registers.broker_villages import villages_given
from matcher.services.registers.ledger import Asked

DROP: Final = "drop-"
BESIDE: Final = frozenset({"csrf", "do", "line", "order_id", "page"})
LONGEST_PAGE: Final = 16
ORDER_ID: Final = re.compile(r"o-[0-9a-f]{16}")


@page(ROOM, "/broker/orders/new", "broker/new_order.html", roles=DESK)
def new_order() -> Data:
    """The form as it was left, with everything that was found of it."""
    kept = kept_order(orders(), viewer().actor)
    told = order_form(store(), orders(), means(), kept, _occasion())
    order_id = kept.order_id if kept else _new_id()
    return {**told, "order_id": order_id, "page": secrets.token_hex(8), "may_agree": viewer().role in SIGNERS}


@deed(ROOM, "/broker/orders/new", roles=DESK)
def change_order() -> Response:
    """Read a line into the form, check it, open it, or throw it away; what was typed is kept either way."""
    do, kept = request.form.get("do", "check"), _typed()
    if do == "clear":
        end_order(orders(), viewer().actor, kept.page, at=moment())
        return _back()
    if do.startswith(DROP):
        kept = without(kept, do.removeprefix(DROP))
    if do == "read":
        kept = said_into(kept, means(), _occasion())
    typing = request.headers.get("HX-Request") == "true"
    keep_order(orders(), viewer().actor, kept, at=moment(), typing=typing)
    return _open(kept) if do == "open" else _back()


@deed(ROOM, "/broker/orders/<vacancy_id>/open", roles=DESK)
def open_for(vacancy_id: str) -> Response:
    """An order for a post that is there, with one click."""
    order = open_existing(store(), orders(), means(), vacancy_id, _call(_new_id(), ""))
    looked("order_opened", [order.order_id, vacancy_id], {"n_seats": order.n_seats})
    return _to(order.order_id, order.state)


@page(ROOM, "/broker/orders/mine", "broker/my_orders.html", roles=READERS)
def my_orders() -> Data:
    """The viewer's orders, those in work first; the office sees those of its regions."""
    asker = viewer()
    broker = "" if asker.role not in DESK or asker.role in SIGNERS else asker.actor
    told = orders_of(store(), orders(), broker=broker, regions=asker.regions)
    asked = Asked(on=today(), jurisdiction=jurisdiction())
    given = villages_given(store(), deeds(), means(), asked, asker.actor) if asker.role is Role.BROKER else []
    return {**told, "may_open": asker.role in DESK and sees_people(), "villages": given}


def _open(kept: KeptOrder) -> Response:
    """The order's call list; the form again, with every fault, if it cannot be opened."""
    call = _call(kept.order_id, kept.line)
    try:
        order = open_new(store(), orders(), means(), kept.fields, call)
    except InvalidInput as refused:
        if not refused.problems:
            raise
        return _back(tried="1")
    end_order(orders(), viewer().actor, kept.page, at=moment())
    looked("order_opened", [order.order_id, order.vacancy_id], {"state": order.state.value, "n_seats": order.n_seats})
    return _to(order.order_id, order.state)


def _occasion() -> Occasion:
    return Occasion(jurisdiction(), today(), moment())


def _call(order_id: str, said: str) -> OpenOrder:
    asker = viewer()
    return OpenOrder(
        order_id=order_id,
        actor=asker.actor,
        regions=asker.regions,
        jurisdiction=jurisdiction(),
        on=today(),
        at=moment(),
        officer=asker.role in SIGNERS,
        said=said,
    )


def _typed() -> KeptOrder:
    """What the form says; an id that is none gives a new one."""
    form: Mapping[str, Any] = request.form
    order_id = str(form.get("order_id", ""))
    return KeptOrder(
        order_id=order_id if ORDER_ID.fullmatch(order_id) else _new_id(),
        line=str(form.get("line", "")),
        fields={name: str(text) for name, text in form.items() if name not in BESIDE},
        page=str(form.get("page", ""))[:LONGEST_PAGE],
    )


def _new_id() -> str:
    return f"o-{secrets.token_hex(8)}"


def _back(**more: str) -> Response:
    address: str = url_for("broker.new_order", **more)  # type: ignore[arg-type]
    return make_response(redirect(address, 303))


def _to(order_id: str, state: OrderState) -> Response:
    """Where the work goes on: the call list of an open order; the list of orders while an officer is waited for."""
    if state is OrderState.OPEN:
        return make_response(redirect(url_for("broker.calls", order_id=order_id), 303))
    return make_response(redirect(url_for("broker.my_orders"), 303))
