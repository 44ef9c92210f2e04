"""The manifest as a page to print and as a workbook, for the desk or for the firm; the officer's signature."""

from __future__ import annotations

import io
from typing import Final

from flask import Response, request, send_file

from api.audit import looked
from api.auth.roles import require_role
from api.broker.desk import DESK, SIGNERS, desk_order, go_on, rule
from api.broker.room import READERS, ROOM
from api.county_time import moment
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, means, orders, store
from api.viewer import viewer
from matcher.records.orders import OrderState
from matcher.services.broker.manifest import Reader, manifest_told, manifest_workbook, name_leader, sign_manifest

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(ROOM, "/broker/orders/<order_id>/manifest", "broker/manifest.html", roles=READERS)
def manifest(order_id: str) -> Data:
    """Who goes, in units with their leaders; `for=firm` is the copy for the factory."""
    return _told(order_id)


@ROOM.get("/broker/orders/<order_id>/manifest.xlsx", endpoint="manifest_file")
def manifest_file(order_id: str) -> Response:
    """The same as a workbook."""
    require_role(READERS)
    told = _told(order_id)
    name = f"名册{'-给单位' if told['for_firm'] else ''}-{moment():%Y%m%d}.xlsx"
    response = send_file(io.BytesIO(manifest_workbook(told)), XLSX, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@deed(ROOM, "/broker/orders/<order_id>/leader", roles=DESK)
def set_leader(order_id: str) -> Response:
    """Who leads the group."""
    name_leader(orders(), desk_order(order_id), rule(), request.form.get("leader", ""))
    looked("leader", [order_id])
    return go_on("broker.manifest", order_id=order_id)


@deed(ROOM, "/broker/orders/<order_id>/sign", roles=SIGNERS)
def sign(order_id: str) -> Response:
    """An officer signs for the people who stand on it now; a change of people takes the signature off."""
    sign_manifest(orders(), desk_order(order_id), rule(), viewer().actor)
    looked("sign_manifest", [order_id])
    return go_on("broker.manifest", order_id=order_id)


def _told(order_id: str) -> Data:
    order = desk_order(order_id)
    for_firm = request.args.get("for") == "firm"
    told = manifest_told(store(), deeds(), means(), order, rule(), Reader(viewer().role, jurisdiction(), for_firm))
    people = [person["worker_id"] for unit in told["units"] for person in unit["people"] if "worker_id" in person]
    looked("manifest", [order_id, *people], {"for": "firm" if for_firm else "desk"})
    told["desk"] = told["order"]
    is_open = order.state is OrderState.OPEN
    return {
        **told,
        "may_sign": is_open and viewer().role in SIGNERS,
        "may_change": is_open and viewer().role in DESK,
    }
