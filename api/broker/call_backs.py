"""Calls that were promised by text: who is late first, one number a call, one tap for what came of it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request

from api.audit import looked
from api.broker.desk import DESK, go_on
from api.broker.room import READERS, ROOM
from api.pages import Data, deed, page
from api.state import means
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.records.texts import Channel
from matcher.services.messages.call_queue import NoteCallBack, call_queue, note_call_back, take_task, task_at
from matcher.services.messages.consents import NoteConsent, consent_page, note_consent
from matcher.services.messages.number_for_call import number_for_call


@page(ROOM, "/broker/call-backs", "broker/call_backs.html", roles=READERS)
def call_backs() -> Data:
    """Everybody who is owed a call, masked; `mine` are those the reader has taken."""
    mine = request.args.get("mine") == "1"
    told = call_queue(desk(), by(), mine=mine)
    looked("call_backs", dict.fromkeys(row["worker_id"] for row in told["tasks"] if row["worker_id"]))
    return {**told, "mine": mine, "may_call": viewer().role in DESK, "actor": viewer().actor}


@page(ROOM, "/broker/call-backs/<task_id>", "broker/call_back.html", roles=READERS)
def call_back(task_id: str) -> Data:
    """The card of one call, number masked."""
    return _card(task_id)


@deed(ROOM, "/broker/call-backs/<task_id>/number", roles=DESK)
def call_back_number(task_id: str) -> Response:
    """The same card with the number, in this one answer; whoever looks has taken the call."""
    at, who = desk(), by()
    contact = number_for_call(at, task_id, who)
    take_task(at, task_id, who)
    return make_response(render_template("broker/call_back.html", **_card(task_id), contact=contact, viewer=viewer()))


@deed(ROOM, "/broker/call-backs/<task_id>/outcome", roles=DESK)
def note_call_back_outcome(task_id: str) -> Response:
    """What came of the call; then the list, where the next one stands first."""
    note_call_back(desk(), NoteCallBack(task_id=task_id, outcome=request.form.get("outcome", "")), by())
    return go_on("broker.call_backs")


@deed(ROOM, "/broker/call-backs/<task_id>/texts", roles=DESK)
def call_back_consent(task_id: str) -> Response:
    """A yes or no to texts that was said in the call."""
    at, who = desk(), by()
    task = task_at(at, task_id, who)
    answer = request.form.get("agreed", "")
    if answer not in ("yes", "no") or not task.worker_id:
        raise InvalidInput("没有选愿意还是不愿意", where="agreed", remedy="请按一个按钮。")
    call = NoteConsent(
        worker_id=task.worker_id, agreed=answer == "yes", channel=Channel.CALL, words=request.form.get("words", "")
    )
    note_consent(at, call, who)
    return go_on("broker.call_back", task_id=task_id)


def _card(task_id: str) -> dict[str, Any]:
    at, who = desk(), by()
    told = call_queue(at, who)
    row = next((row for row in told["tasks"] if row["task_id"] == task_id), None)
    if row is None:
        raise NotFound("没有这个要打的电话，或者已经打完", where=task_id, remedy="请回电话单，打下一个。")
    subjects = [task_id, *([row["worker_id"]] if row["worker_id"] else [])]
    looked("call_back", subjects)
    return {
        "task": row,
        "outcomes": told["outcomes"],
        "texts": _texts(row["worker_id"]),
        "quota": means().settings.unlocks_per_day,
        "may_call": viewer().role in DESK,
    }


def _texts(worker_id: str) -> dict[str, Any] | None:
    """What the person said to texts; None where nobody knows who it is."""
    try:
        return consent_page(desk(), worker_id, by()) if worker_id else None
    except NotFound:
        return None
