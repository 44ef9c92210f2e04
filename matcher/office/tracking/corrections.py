"""What workers say is wrong in their own records: each asked once, with a day by which it is settled, and how it was.

The stream `correction:ID` holds a deed that asks and one that settles. Neither holds what is right: that is a fact of
the record, written where records are written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from matcher.errors import InvalidInput
from matcher.records.deeds import Deed

FILE: Final = "corrections.toml"
PREFIX: Final = "correction:"
ASKED: Final = "correction.asked"
SETTLED: Final = "correction.settled"


class Coded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code and its words."""

    code: str
    label: str


class CorrectionRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be wrong, how it may end, within how many days."""

    days: int
    reading: str
    source: str
    what: tuple[Coded, ...]
    how: tuple[Coded, ...]

    def label_of(self, code: str) -> str:
        """The words of a code, "" for none."""
        return next((one.label for one in (*self.what, *self.how) if one.code == code), "")


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """Something a worker says is wrong. through : desk, call or text; reply_id : the text it stood in, "" none.

    how : a code once it is settled, "" while open
    """

    correction_id: str
    worker_id: str
    what: str
    through: str
    reply_id: str
    asked_on: date
    by: str
    how: str = ""
    settled_on: date | None = None
    settled_by: str = ""

    def due(self, rules: CorrectionRules) -> date:
        """The last day in time."""
        return self.asked_on + timedelta(days=rules.days)


@cache
def correction_rules() -> CorrectionRules:
    """The committed rules."""
    text = resources.files(__package__).joinpath(FILE).read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), CorrectionRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the rules of corrections do not fit: {error}", where=FILE) from None


def corrections_of(deeds: Iterable[Deed]) -> list[Correction]:
    """Every correction in the order it was asked for; those of people who were erased are left out."""
    streams: dict[str, list[Deed]] = {}
    for deed in deeds:
        streams.setdefault(deed.stream, []).append(deed)
    return [found for stream in streams.values() if (found := correction_of(stream)) is not None]


def correction_of(stream: Sequence[Deed]) -> Correction | None:
    """One correction from the deeds of its stream; None for none, or whose person was erased."""
    if not stream or "what" not in stream[0].body or not stream[0].subjects:
        return None
    first, last = stream[0], stream[-1]
    asked = Correction(
        correction_id=first.stream.removeprefix(PREFIX),
        worker_id=first.subjects[0],
        what=str(first.body["what"]),
        through=str(first.body.get("through", "")),
        reply_id=str(first.body.get("reply_id", "")),
        asked_on=first.on,
        by=first.by,
    )
    if last.kind != SETTLED:
        return asked
    return msgspec.structs.replace(asked, how=str(last.body.get("how", "")), settled_on=last.on, settled_by=last.by)
