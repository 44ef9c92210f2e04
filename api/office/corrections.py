"""What workers say is wrong in their records: the queue, what is asked at the desk, how it ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.room import DOERS, READERS, ROOM, may_do, number
from api.pages import Data, deed, page
from api.state import deeds, store, today
from api.texting import by
from matcher.services.tracking.corrections import AskCorrection, ask_correction, corrections_told, settle_correction

LONGEST_ID: Final = 80


@page(ROOM, "/office/corrections", "office/corrections.html", roles=READERS)
def corrections() -> Data:
    """What is to be looked into, the oldest first."""
    told = corrections_told(store(), deeds(), today(), number("skip", 0))
    looked("corrections", [row["worker_id"] for row in told["rows"]])
    return {**told, "may_do": may_do()}


@deed(ROOM, "/office/people/<worker_id>/wrong", roles=DOERS)
def ask_to_correct(worker_id: str) -> Response:
    """Somebody says at the desk that something in the own record is wrong."""
    ask_correction(store(), deeds(), AskCorrection(worker_id=worker_id, what=request.form.get("what", "")), by())
    looked("correction_asked", [worker_id])
    return make_response(redirect(url_for("office.person", worker_id=worker_id), HTTPStatus.SEE_OTHER))


@deed(ROOM, "/office/corrections/settled", roles=DOERS)
def settle_one() -> Response:
    """How it ended."""
    correction_id = request.form.get("correction_id", "")[:LONGEST_ID]
    worker_id = settle_correction(store(), deeds(), correction_id, request.form.get("how", ""), by())
    looked("correction_settled", [worker_id])
    return make_response(redirect(url_for("office.corrections"), HTTPStatus.SEE_OTHER))
