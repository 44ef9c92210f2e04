"""What a gateway brings, taken in once: receipts joined with their texts, replies with all that follows from them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from matcher.ports.gateways import Gateway, Incoming, Receipt
from matcher.records.replies import Reply
from matcher.services.messages.desk import Desk
from matcher.services.messages.take_receipt import take_receipts
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.timers import run_timers


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """How much came in; n_expired : offers whose window was over; n_late : calls handed to the officer."""

    n_receipts: int
    n_replies: int
    acts: dict[str, int]
    n_expired: int
    n_late: int


def receive_texts(desk: Desk, gateway: Gateway, *, at: datetime) -> Received:
    """Take in all that waits at a gateway; what is kept need not be said again. Timers that ran out are looked at."""
    desk.texts.restore_refusals()
    items = list(gateway.receive())
    receipts = [item for item in items if isinstance(item, Receipt)]
    if receipts:
        take_receipts(desk, receipts, at=at)
        gateway.done(receipts)
    replies: list[Reply] = []
    for item in items:
        if isinstance(item, Incoming):
            replies.append(take_reply(desk, item, at=at))
            gateway.done([item])
    ran_out = run_timers(desk, at)
    acts = [reply.act.value for reply in replies]
    return Received(
        n_receipts=len(receipts),
        n_replies=len(replies),
        acts={act: acts.count(act) for act in sorted(set(acts))},
        n_expired=ran_out.n_expired,
        n_late=ran_out.n_late,
    )
