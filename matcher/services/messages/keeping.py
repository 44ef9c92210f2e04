"""What is kept of texts, and for how long."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from matcher.errors import InvalidInput
from matcher.messaging.season import local
from matcher.ports.gateways import Gateway
from matcher.services.messages.desk import By, Desk

_MONTHS: Final = 12
_LAST_SAFE_DAY: Final = 28


def months_before(at: datetime, months: int) -> datetime:
    """The same moment so many months ago; of a day that month lacks the 28th."""
    if months < 0:
        raise InvalidInput("months below zero", where="keeping")
    count = at.year * _MONTHS + at.month - 1 - months
    return at.replace(year=count // _MONTHS, month=count % _MONTHS + 1, day=min(at.day, _LAST_SAFE_DAY))


class Purged(NamedTuple):
    """How many rows of the database and how many files of the gateway went."""

    n_rows: int
    n_files: int


def purge_texts(desk: Desk, files: Gateway, by: By) -> Purged:
    """Take away what the rules keep no longer, in the database and at the gateway of files alike.

    The last answer of everybody is never among it. Raises StoreError for files that cannot be taken away.
    """
    here = local(by.at, desk.rules)
    keeping = desk.rules.keeping
    texts_before = months_before(here, keeping.text_months)
    n_rows = desk.texts.purge(texts_before=texts_before, consents_before=months_before(here, keeping.consent_months))
    if n_rows:
        desk.tell(by, "sms_purge", n_rows=n_rows)
    n_files = files.purge(texts_before)
    if n_files:
        desk.tell(by, "sms_purge_files", n_files=n_files)
    return Purged(n_rows, n_files)


class DailyPurge:
    """Purges when it is first asked on a day of the county, and not again that day, whether it went well or not."""

    def __init__(self) -> None:
        self._day: date | None = None

    def run(self, desk: Desk, files: Gateway, at: datetime) -> Purged | None:
        """What went; None where it was done today. Raises as `purge_texts` does."""
        day = local(at, desk.rules).date()
        if day == self._day:
            return None
        self._day = day
        return purge_texts(desk, files, By("sms", "", at))
