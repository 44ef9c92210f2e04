"""What of text messages waits for an officer today, in figures alone: calls, replies, sendings."""

from __future__ import annotations

from typing import Any

from matcher.records.texts import Sending, SendingState
from matcher.services.messages.call_queue import escalate
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.sms_status import inbox


def text_day(desk: Desk, by: By) -> dict[str, Any]:
    """How many calls are past their half-day, replies unread, and which sendings stand still or wait to be let go."""
    escalate(desk, by.at)
    tasks = desk.texts.tasks(open_only=True, regions=by.regions)
    sendings = [
        one
        for one in desk.texts.sendings(states=(SendingState.PAUSED, SendingState.WAITING))
        if not by.regions or one.region_code.startswith(by.regions)
    ]
    return {
        "n_late": sum(task.due_at < by.at for task in tasks),
        "n_calls": len(tasks),
        "n_unread": inbox(desk, by)["n"],
        "paused": [_told(one) for one in sendings if one.state is SendingState.PAUSED],
        "waiting": [_told(one) for one in sendings if one.state is SendingState.WAITING and not one.trial],
    }


def _told(sending: Sending) -> dict[str, Any]:
    return {
        "sending_id": sending.sending_id,
        "wave": sending.wave,
        "n_texts": sending.n_texts,
        "why": sending.paused_why,
    }
