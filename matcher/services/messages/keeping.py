"""What is kept of texts, and for how long."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from matcher.errors import InvalidInput
from matcher.messaging.season import local
from matcher.services.messages.desk import By, Desk

_MONTHS: Final = 12
_LAST_SAFE_DAY: Final = 28


def months_before(at: datetime, months: int) -> datetime:
    """The same moment so many months ago; of a day that month lacks the 28th."""
    if months < 0:
        raise InvalidInput("months below zero", where="keeping")
    count = at.year * _MONTHS + at.month - 1 - months
    return at.replace(year=count // _MONTHS, month=count % _MONTHS + 1, day=min(at.day, _LAST_SAFE_DAY))


def purge_texts(desk: Desk, by: By) -> int:
    """Take away what the rules keep no longer; how many rows. The last answer of everybody is never among them."""
    here = local(by.at, desk.rules)
    keeping = desk.rules.keeping
    n = desk.texts.purge(
        texts_before=months_before(here, keeping.text_months),
        consents_before=months_before(here, keeping.consent_months),
    )
    if n:
        desk.tell(by, "sms_purge", n_rows=n)
    return n
