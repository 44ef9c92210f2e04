"""A carrier's word on one part, told to our server by a gateway program: joined as the worker joins what it hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from matcher.messaging.fates import says_dead
from matcher.ports.gateways import Receipt
from matcher.records.texts import NumberMark, NumberState
from matcher.services.messages.desk import Desk

DEAD: str = "运营商说是空号"


def take_receipts(desk: Desk, receipts: Sequence[Receipt], *, at: datetime) -> int:
    """Keep them; how many texts they changed. One told twice changes nothing; one of an unknown name is kept too."""
    delivery = desk.rules.delivery
    changed = desk.texts.join_receipts(receipts, keep_from=at - timedelta(hours=delivery.early_receipt_hours))
    for text in changed:
        if says_dead(text, delivery):
            desk.texts.mark_number(NumberMark(phone=text.phone, state=NumberState.DEAD, at=at, why=DEAD))
    return len(changed)
