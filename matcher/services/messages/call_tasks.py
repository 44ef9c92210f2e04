"""Calls that are owed to people: made by replies, promised for a half-day, one per person at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from matcher.messaging.half_days import Promise, next_half_day
from matcher.records import Worker
from matcher.records.replies import CallTask, Reply
from matcher.records.texts import Act
from matcher.services.messages.desk import Desk, id_of

NO_ANSWER: Final = "no_answer"
OFFICE_ONLY: Final = frozenset({Act.COMPLAINT.value, Act.WRONG_PERSON.value})
"""Reasons that are not for brokers: a complaint may be about one of them."""
REASONS: Final = {
    Act.CHOICE.value: "选了岗位",
    Act.CALL_ME.value: "要人打电话",
    Act.COMPLAINT.value: "投诉有人收钱",
    Act.WRONG_PERSON.value: "号码不是本人，要问新号码",
    Act.RETURNED.value: "说回来了，问为什么、有什么打算",
    Act.INBOX.value: "回信看不懂，打电话问",
    NO_ANSWER: "短信没有回",
}


def task_for(
    desk: Desk, reply: Reply, worker: Worker | None, reason: str, *, vacancy_id: str = "", at: datetime
) -> tuple[CallTask, Promise]:
    """The call a reply asks for, with the half-day it is promised for.

    Somebody for whom a call of the office or of a broker is open already keeps that one, with what was said last; a
    half-day promised before stays promised.
    """
    promise = next_half_day(at, desk.rules)
    known = open_task(desk, reply.worker_id, reason)
    if known is None:
        known = CallTask(
            task_id=id_of("t", reply.reply_id, reason),
            worker_id=reply.worker_id,
            region_code=worker.place_code if worker else "",
            reason=reason,
            created_at=at,
            promised_on=promise.on,
            promised_half=promise.half,
            due_at=promise.due_at,
        )
    elif known.due_at > at:
        promise = Promise(known.promised_on, known.promised_half, known.due_at)
    task = replace(
        known,
        reason=reason,
        vacancy_id=vacancy_id or known.vacancy_id,
        offer_id=reply.offer_id or known.offer_id,
        reply_id=reply.reply_id,
        promised_on=promise.on,
        promised_half=promise.half,
        due_at=promise.due_at,
        escalated_at=at if reason == Act.COMPLAINT.value else known.escalated_at,
    )
    return task, promise


def open_task(desk: Desk, worker_id: str, reason: str) -> CallTask | None:
    """The open call of a person of the same kind (the office's own or a broker's), None if nothing is owed."""
    if not worker_id:
        return None
    of_office = reason in OFFICE_ONLY
    found = [
        task
        for task in desk.texts.tasks(open_only=True)
        if task.worker_id == worker_id and (task.reason in OFFICE_ONLY) is of_office
    ]
    return found[0] if found else None
