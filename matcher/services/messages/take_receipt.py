"""A carrier's word on one part, told to our server by a gateway program: joined as the worker joins what it hears."""

from __future__ import annotations

from datetime import datetime, timedelta

from matcher.messaging.fates import says_dead
from matcher.ports.gateways import Receipt
from matcher.records.texts import NumberMark, NumberState
from matcher.services.messages.desk import Desk

DEAD: str = "运营商说是空号"


def take_receipt(desk: Desk, receipt: Receipt, *, at: datetime) -> int:
    """Keep it; how many texts it changed: 0 for one told twice or of a name nobody knows yet, which is kept as well."""
    delivery = desk.rules.delivery
    changed = desk.texts.join_receipts([receipt], keep_from=at - timedelta(hours=delivery.early_receipt_hours))
    for text in changed:
        if says_dead(text, delivery):
            desk.texts.mark_number(NumberMark(phone=text.phone, state=NumberState.DEAD, at=at, why=DEAD))
    return len(changed)
