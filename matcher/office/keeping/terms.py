"""The committed table of terms: until when each kind of file is kept, by which law or reading, what an erasure does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec


class FileKind(StrEnum):
    """What a kept file is."""

    LEDGER = "ledger"
    QUEUE = "queue"
    PAYMENT = "payment"
    REPLY = "reply"
    REPORT = "report"


class Counted(StrEnum):
    """Where a term begins: with the newest deed about the file, after its accounting year, or nowhere."""

    AFTER_LAST = "after_last"
    AFTER_YEAR = "after_year"
    NEVER = "never"


class OnErasure(StrEnum):
    """What becomes of a file in which an erased person stands."""

    DROP = "drop"
    REDACT = "redact"
    KEEP = "keep"


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long one kind is kept. source : the law; reading, erasure_reading : what this program makes of it."""

    kind: FileKind
    title: str
    counted: Counted
    source: str
    reading: str
    erasure: OnErasure
    erasure_reading: str
    days: int = 0
    years: int = 0

    def __post_init__(self) -> None:
        """A term counted from somewhere has a length, and one for good has none."""
        if (self.counted is Counted.NEVER) == bool(self.days or self.years) or min(self.days, self.years) < 0:
            msg = f"{self.kind.value}: a term has a length unless it never ends"
            raise ValueError(msg)

    def is_over(self, last: date, on: date) -> bool:
        """Whether a file whose newest deed is of `last` is kept no longer on a day."""
        until = self.kept_until(last)
        return until is not None and on > until

    def kept_until(self, last: date) -> date | None:
        """The last day a file is kept whose newest deed is of `last`; None for one that is kept for good."""
        if self.counted is Counted.NEVER:
            return None
        if self.counted is Counted.AFTER_YEAR:
            return date(last.year + self.years, 12, 31)
        return last + timedelta(days=self.days)


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    term: tuple[Term, ...]


@cache
def terms() -> Mapping[FileKind, Term]:
    """The committed terms by kind, read once per process."""
    table = msgspec.toml.decode((files("matcher.office.keeping") / "terms.toml").read_bytes(), type=_Table)
    return {one.kind: one for one in table.term}
