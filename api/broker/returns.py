"""Who came home: an entry in a minute, the ledger of the villages, the two lists that follow from it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from api.broker.desk import DESK
from api.broker.room import READERS, ROOM
from api.pages import Data, deed, page
from api.returning import found_page, note_one, returns_page, take_one_back
from api.viewer import viewer


@page(ROOM, "/broker/returns", "broker/returns.html", roles=READERS)
def returns() -> Data:
    """The ledger, and the form that looks for the person first."""
    return _told(returns_page())


@deed(ROOM, "/broker/returns/find", roles=DESK)
def find_returned() -> Response:
    """Those of the name, to choose from."""
    return make_response(render_template("broker/returns.html", **_told(found_page()), viewer=viewer()))


@deed(ROOM, "/broker/returns", roles=DESK)
def note_returned() -> Response:
    """Keep an entry."""
    note_one()
    return make_response(redirect(url_for("broker.returns", noted="1"), HTTPStatus.SEE_OTHER))


@deed(ROOM, "/broker/returns/take-back", roles=DESK)
def take_back_returned() -> Response:
    """Take an entry back that was a slip."""
    take_one_back()
    return make_response(redirect(url_for("broker.returns"), HTTPStatus.SEE_OTHER))


def _told(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "may_note": viewer().role in DESK}
