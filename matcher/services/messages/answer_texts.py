"""Texts that answer a reply: rendered from the carrier's approved templates, out within the minute, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from matcher.errors import InvalidInput
from matcher.messaging.season import Purpose, may_send
from matcher.messaging.segments import parts, units
from matcher.messaging.templates import render, usable
from matcher.records.replies import Reply
from matcher.records.texts import OutText, Part
from matcher.services.messages.desk import Desk, id_of, reference_of

FRESH: Final = timedelta(hours=2)
"""An answer that could not go out by then would only puzzle."""


def answer_text(
    desk: Desk, reply: Reply, template_id: str, slots: Mapping[str, str], *, at: datetime
) -> OutText | None:
    """The answer to a reply; None where no template may be used, its words do not fit, or the hours forbid it."""
    template = usable(desk.texting.book, template_id, desk.texting.carrier)
    if template is None or not reply.phone.isdecimal():
        return None
    ruling = may_send(at, desk.rules, Purpose.ANSWER)
    begins = at if ruling.allowed else ruling.next_at
    if begins is None or begins > at + FRESH:
        return None
    try:
        body = render(desk.texting.book, template, {name: slots[name] for name in template.slots if name in slots})
    except InvalidInput:
        return None
    text_id = id_of("x", "answer", reply.reply_id)
    return OutText(
        text_id=text_id,
        worker_id=reply.worker_id,
        phone=reply.phone,
        body=body,
        n_units=units(body),
        purpose=Purpose.ANSWER.value,
        template_id=template.id,
        template_version=template.version,
        offer_id=reply.offer_id,
        reply_id=reply.reply_id,
        created_at=at,
        next_at=begins,
        not_after=at + FRESH,
        reference=reference_of(text_id),
        parts=tuple(Part() for _ in parts(body)),
    )
