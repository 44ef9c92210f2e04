"""Returnees with their clocks, and employers people come home from."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.room import DOERS, READERS, ROOM, may_do, number
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, today
from api.texting import by, desk
from matcher.services.tracking.early_warning import warnings_told
from matcher.services.tracking.returnees import (
    Returnees,
    close_case,
    name_helper,
    offer_list,
    reopen_case,
    returnees_told,
)

LONGEST_ID: Final = 80


@page(ROOM, "/office/returnees", "office/returnees.html", roles=READERS)
def returnees() -> Data:
    """The cases, those whose new list is due first; or the closed ones (`closed`)."""
    call = Returnees(on=today(), skip=number("skip", 0), closed=bool(request.args.get("closed")))
    told = returnees_told(desk(), deeds(), call, by())
    looked("returnees", [row["worker_id"] for row in told["rows"]])
    return {**told, "may_do": may_do(), "empty_list": request.args.get("none", "")[:LONGEST_ID]}


@page(ROOM, "/office/returnees/warnings", "office/return_warnings.html", roles=READERS)
def return_warnings() -> Data:
    """Employers to look at before the others come home."""
    told = warnings_told(desk(), deeds(), by(), today())
    looked(
        "return_warnings", [row["worker_id"] for alarm in told["alarms"] for row in (*alarm["still"], *alarm["left"])]
    )
    return told


@deed(ROOM, "/office/returnees/helper", roles=DOERS)
def returnee_helper() -> Response:
    """Say who helps one to one."""
    worker_id = name_helper(desk(), deeds(), _case(), request.form.get("helper", ""), by())
    looked("returnee_helper", [worker_id, _case()])
    return _back()


@deed(ROOM, "/office/returnees/offer", roles=DOERS)
def returnee_offer() -> Response:
    """Make a new list, logged, and open it; where there is nothing to offer the page says so."""
    told = offer_list(desk(), deeds(), _case(), by(), on=today(), jurisdiction=jurisdiction())
    looked("returnee_offer", [_case(), told["worker_id"], told["decision_id"]])
    if not told["n"]:
        return _back(none=_case())
    return make_response(redirect(url_for("office.decision", decision_id=told["decision_id"]), HTTPStatus.SEE_OTHER))


@deed(ROOM, "/office/returnees/close", roles=DOERS)
def returnee_close() -> Response:
    """Say how it ended."""
    worker_id = close_case(desk(), deeds(), _case(), request.form.get("how", ""), by())
    looked("returnee_closed", [worker_id, _case()], {"how": request.form.get("how", "")})
    return _back()


@deed(ROOM, "/office/returnees/reopen", roles=DOERS)
def returnee_reopen() -> Response:
    """Take the end back."""
    worker_id = reopen_case(desk(), deeds(), _case(), by())
    looked("returnee_reopened", [worker_id, _case()])
    return _back()


def _case() -> str:
    return request.form.get("return_id", "")[:LONGEST_ID]


def _back(**asked: Any) -> Response:
    return make_response(redirect(url_for("office.returnees", **asked), HTTPStatus.SEE_OTHER))
