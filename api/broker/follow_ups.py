"""Whom to ask today whether the work is kept."""

from __future__ import annotations

from flask import Response, request

from api.audit import looked
from api.broker.desk import DESK, desk_order, go_on
from api.broker.room import READERS, ROOM
from api.pages import Data, deed, page
from api.state import orders, store, today
from api.texting import by, desk
from api.viewer import viewer
from matcher.services.broker.ask_later import AnswerFollowUp, answer_follow_up, due_told


@page(ROOM, "/broker/follow-ups", "broker/follow_ups.html", roles=READERS)
def follow_ups() -> Data:
    """The open questions of the 7th, 30th and 90th day."""
    told = due_told(store(), orders(), viewer().regions, today())
    looked("follow_ups", [row["worker_id"] for row in told["due"]])
    return {**told, "may_answer": viewer().role in DESK}


@deed(ROOM, "/broker/orders/<order_id>/follow-ups/<follow_up_id>", roles=DESK)
def answer_one(order_id: str, follow_up_id: str) -> Response:
    """One tap: kept, moved, returned, unreachable."""
    call = AnswerFollowUp(
        follow_up_id=follow_up_id,
        status=request.form.get("status", ""),
        reason=request.form.get("reason", ""),
    )
    told = answer_follow_up(desk(), desk_order(order_id), call, by(), on=today())
    looked("follow_up", [order_id, told.worker_id], {"day": told.day, "status": told.status})
    return go_on("broker.follow_ups")
