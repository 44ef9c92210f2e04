"""Brokers' registrations, orders that wait for a yes, employers that owe wages."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for

from api.audit import looked
from api.county_time import moment
from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from api.state import access, jurisdiction, means, now, orders, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.privacy import without_personal
from matcher.records.orders import LabourOrder
from matcher.services.access.licences import NewLicence, brokers_told, record_licence
from matcher.services.broker.open_order import Occasion, OpenOrder, agree, turn_down
from matcher.services.broker.order_board import my_orders, waiting_orders
from matcher.services.rosters.arrears import ImportArrears, arrears_told, import_arrears
from matcher.services.rosters.suspension import resume_post, suspend_post

LONGEST_SOURCE: Final = 60
LONGEST_WHY: Final = 200


@page(ROOM, "/office/orders", "office/orders.html", roles=READERS)
def brokers_orders() -> Data:
    """Orders that wait for an officer, each with what was found of it; then every order of the regions."""
    asker, occasion = viewer(), Occasion(jurisdiction(), today(), moment())
    return {
        "waiting": waiting_orders(store(), orders(), means(), occasion, asker.regions),
        **my_orders(store(), orders(), regions=asker.regions),
        "may_do": may_do(),
    }


@deed(ROOM, "/office/orders/<order_id>/agree", roles=DOERS)
def agree_order(order_id: str) -> Response:
    """Let an order open."""
    order = _order(order_id)
    asker = viewer()
    call = OpenOrder(
        order_id=order_id, actor=asker.actor, regions=asker.regions, jurisdiction=jurisdiction(),
        on=today(), at=moment(), officer=True,
    )  # fmt: skip
    agree(store(), orders(), means(), order.order_id, call)
    looked("order_agreed", [order_id, order.vacancy_id])
    return _to("office.brokers_orders")


@deed(ROOM, "/office/orders/<order_id>/refuse", roles=DOERS)
def refuse_order(order_id: str) -> Response:
    """Do not let an order open, and say why."""
    order = _order(order_id)
    turn_down(orders(), order.order_id, request.form.get("why", ""))
    looked("order_refused", [order_id])
    return _to("office.brokers_orders")


@deed(ROOM, "/office/orders/<order_id>/halt", roles=DOERS)
def halt_order(order_id: str) -> Response:
    """Halt the post of an order; why, and who told it, stays with the office."""
    order, why = _order(order_id), " ".join(request.form.get("why", "").split())[:LONGEST_WHY]
    if not why:
        raise InvalidInput("没写为什么停", where="why", remedy="写几个字，只有县就业局看得到。")
    if suspend_post(store(), order.vacancy_id, at=moment(), by=viewer().actor):
        looked("post_suspended", [order_id, order.vacancy_id], {"why": without_personal(why)})
    return _to("office.brokers_orders")


@deed(ROOM, "/office/orders/<order_id>/go-on", roles=DOERS)
def let_go_on(order_id: str) -> Response:
    """Let the post of an order go on: nothing was found against it."""
    order = _order(order_id)
    if resume_post(store(), order.vacancy_id, at=moment(), by=viewer().actor):
        looked("post_resumed", [order_id, order.vacancy_id])
    return _to("office.brokers_orders")


@page(ROOM, "/office/arrears", "office/arrears.html", roles=READERS)
def arrears() -> Data:
    """Employers on a list of wage arrears, and open orders of theirs."""
    return _arrears()


@deed(ROOM, "/office/arrears", roles=DOERS)
def take_arrears() -> Response:
    """Take a list in; the page tells what became of its rows."""
    file = request.files.get("file")
    source = " ".join(request.form.get("source", "").split())[:LONGEST_SOURCE]
    if file is None or not file.filename or not source:
        return _refused(_arrears(), "没有选文件，或者没写名单是哪里公布的", "两样都要有。")
    with NamedTemporaryFile(suffix=Path(file.filename).suffix[:8]) as kept:
        file.save(kept)
        kept.flush()
        call = ImportArrears(
            path=Path(kept.name), file=Path(file.filename).name, source=source, author=viewer().actor, on=today(),
            whole=request.form.get("whole") == "yes",
        )  # fmt: skip
        try:
            told = import_arrears(orders(), means().settings, call)
        except InvalidInput as refused:
            fixes = [problem.fix for problem in refused.problems] or [refused.remedy]
            return _refused(_arrears(), refused.what, fixes[0])
    looked("arrears_import", [], {name: told[name] for name in ("file", "accepted", "removed", "rejected")})
    return make_response(render_template("office/arrears.html", **_arrears() | {"told": told}, viewer=viewer()))


@page(ROOM, "/office/brokers", "office/brokers.html", roles=READERS)
def brokers() -> Data:
    """Every broker's account and its registration."""
    found = brokers_told(access(), orders(), today(), viewer().regions)
    return {"on": today().isoformat(), "brokers": found, "may_do": may_do()}


@deed(ROOM, "/office/brokers", roles=DOERS)
def record_broker() -> Response:
    """Record a registration in place of the one before."""
    call = NewLicence(
        user=request.form.get("user", ""),
        number=request.form.get("number", ""),
        from_=_day("from"),
        to=_day("to"),
        regions=viewer().regions,
    )
    record_licence(access(), orders(), call, now=now(), by=viewer().actor, role=viewer().role.value)
    return _to("office.brokers")


def _arrears() -> dict[str, Any]:
    return {
        **arrears_told(store(), orders(), today(), viewer().regions),
        "told": None,
        "refused": None,
        "may_do": may_do(),
    }


def _refused(data: dict[str, Any], what: str, fix: str) -> Response:
    body = render_template("office/arrears.html", **data | {"refused": {"what": what, "fix": fix}}, viewer=viewer())
    return make_response(body, HTTPStatus.UNPROCESSABLE_ENTITY)


def _order(order_id: str) -> LabourOrder:
    """An order inside the reader's regions; NotFound in Chinese else."""
    try:
        order = orders().order(order_id)
    except NotFound:
        order = None
    regions = viewer().regions
    if order is None or (regions and not order.region_code.startswith(regions)):
        raise NotFound("没有这张单子", remedy="请从列表重新点进来。")
    return order


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput("日期没填或看不懂", where=name, remedy="请写成 2018-06-08 这样。") from None


def _to(endpoint: str) -> Response:
    return make_response(redirect(url_for(endpoint), HTTPStatus.SEE_OTHER))
