"""A person reads a reply that does nothing by itself, and says what was done with it."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from matcher.errors import InvalidInput, NotFound
from matcher.privacy import without_personal
from matcher.records.replies import Reply
from matcher.records.texts import Act, Channel
from matcher.services.messages.call_tasks import task_for
from matcher.services.messages.consents import NoteConsent, note_consent
from matcher.services.messages.desk import By, Desk

LONGEST_NOTE: Final = 60
WRONG: Final = "wrong"
"""The record is wrong, the sender says: the page that takes it opens a correction in the office's queue."""
DEEDS: Final = {
    "read": "看过了，不用做什么",
    "call": "要打电话问",
    "stop": "意思是不想再收",
    WRONG: "说登记不对，要更正",
}


class CloseReply(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which reply, what is done (one of DEEDS), in a few words of one's own."""

    reply_id: str
    deed: str = "read"
    note: str = ""


def close_inbox_reply(desk: Desk, call: CloseReply, by: By) -> Reply:
    """The reply as read; a call is owed or a refusal noted where the reader says so. Read twice it is read once.

    Raises NotFound for a reply nobody of the regions sent, InvalidInput for a deed that is none or that needs a
    person nobody knows.
    """
    if call.deed not in DEEDS:
        raise InvalidInput("没有这种办法", where="deed", remedy=f"请选一个：{'、'.join(DEEDS.values())}。")
    found = next((one for one in desk.texts.replies(unread=True) if one.reply_id == call.reply_id), None)
    worker = desk.workers([found.worker_id]).get(found.worker_id) if found and found.worker_id else None
    if found is None or (by.regions and (worker is None or not worker.place_code.startswith(by.regions))):
        raise NotFound("没有这条要看的回信", where=call.reply_id, remedy="请刷新再看，也许已经有人看过。")
    if call.deed != "read" and worker is None:
        raise InvalidInput("不知道是谁发来的", where="deed", remedy="先在名册里找到这个号码的人。")
    if call.deed == "call":
        desk.texts.put_tasks([task_for(desk, found, worker, Act.INBOX.value, at=by.at)[0]])
    if call.deed == "stop" and worker is not None:
        note_consent(desk, NoteConsent(worker_id=worker.worker_id, agreed=False, channel=Channel.TEXT), by)
    note = without_personal(" ".join(call.note.split()))[:LONGEST_NOTE]
    after = desk.texts.change_reply(
        call.reply_id, lambda now: now if now.read_at else replace(now, read_by=by.actor, read_at=by.at, note=note)
    )
    desk.tell(by, "sms_read", call.reply_id, deed=call.deed)
    return after
