"""Who came home: an entry in a minute, the ledger of the villages, the two lists that follow from it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, url_for

from api.office.room import DOERS, READERS, ROOM
from api.pages import Data, deed, page
from api.returning import found_page, note_one, returns_page, take_one_back
from api.viewer import viewer


@page(ROOM, "/office/returns", "office/returns.html", roles=READERS)
def returns() -> Data:
    """The ledger, and the form that looks for the person first."""
    return _told(returns_page())


@deed(ROOM, "/office/returns/find", roles=DOERS)
def find_returned() -> Response:
    """Those of the name, to choose from."""
    return make_response(render_template("office/returns.html", **_told(found_page()), viewer=viewer()))


@deed(ROOM, "/office/returns", roles=DOERS)
def note_returned() -> Response:
    """Keep an entry."""
    note_one()
    return make_response(redirect(url_for("office.returns", noted="1"), HTTPStatus.SEE_OTHER))


@deed(ROOM, "/office/returns/take-back", roles=DOERS)
def take_back_returned() -> Response:
    """Take an entry back that was a slip."""
    take_one_back()
    return make_response(redirect(url_for("office.returns"), HTTPStatus.SEE_OTHER))


def _told(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "may_note": viewer().role in DOERS}
