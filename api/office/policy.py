"""Packs as readable pages, what of them ends when, which tasks of an annex are done, and two side by side."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.figures import recorded
from api.office.room import DOERS, READERS, ROOM, day_asked, may_do, newest_seen
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, means, now, store, today
from api.viewer import viewer
from matcher.errors import Forbidden, InvalidInput
from matcher.services.documents.deadline_clock import deadline_clock, soonest
from matcher.services.documents.pack_diff import pack_diff
from matcher.services.documents.pack_page import pack_page, packs_on
from matcher.services.reports.tasks import NoteTask, note_task, tasks_told


@page(ROOM, "/office/policy", "office/packs.html", roles=READERS)
def packs() -> Data:
    """Every document with its state on the day (`on`)."""
    day = day_asked()
    return {
        **packs_on(means().packs, jurisdiction(), day, recorded()),
        "soonest": soonest(means().packs, day),
    }


@page(ROOM, "/office/policy/deadlines", "office/deadlines.html", roles=READERS)
def clock() -> Data:
    """What ends when as of the day (`on`), what happens then, and how many registered stand under it."""
    return deadline_clock(store(), means(), day_asked())


@page(ROOM, "/office/policy/tasks", "office/tasks.html", roles=READERS)
def tasks() -> Data:
    """The annex of tasks: what was done when, in time or late; what is over and not noted as done."""
    return {**tasks_told(deeds(), means(), jurisdiction(), today()), "may_do": _may_note()}


@deed(ROOM, "/office/policy/tasks", roles=DOERS)
def note_done() -> Response:
    """Say on which day a step was done, or take that back."""
    if not _may_note():
        raise Forbidden("只管一部分地区的账号不能记全县的任务", remedy="请交给管全县的账号记。")
    task = request.form.get("task", "")[:80]
    undone = request.form.get("do") == "undo"
    call = NoteTask(
        task=task, done_on=None if undone else _day_done(), seen=newest_seen(), by=viewer().actor, on=today(), at=now()
    )
    note_task(deeds(), means(), call)
    looked("task_noted", [task])
    return make_response(redirect(url_for("office.tasks", _anchor=task), HTTPStatus.SEE_OTHER))


def _may_note() -> bool:
    return may_do() and not viewer().regions


def _day_done() -> date:
    try:
        return date.fromisoformat(request.form.get("done_on", ""))
    except ValueError:
        raise InvalidInput("没有写办完的日子", where="done_on", remedy="请写成 2018-06-30 这样。") from None


@page(ROOM, "/office/policy/compare", "office/compare.html", roles=READERS)
def compare() -> Data:
    """Two documents (`left`, `right`) side by side on a day (`on`)."""
    return pack_diff(means().packs, request.args.get("left", ""), request.args.get("right", ""), day_asked())


@page(ROOM, "/office/policy/<pack_id>", "office/pack.html", roles=READERS)
def pack(pack_id: str) -> Data:
    """One document: its days, its figures by clause, its rules with their sentences."""
    return pack_page(means().packs, pack_id, day_asked(), recorded())
