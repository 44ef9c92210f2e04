"""What is asked of a search: chips. OR inside a kind, AND between kinds, and what is not wanted taken out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

MOST_CHIPS: Final = 30
LONGEST_VALUE: Final = 64
LITERAL: Final = "~"
"""Before the value of a skill chip: the words as they are written, not a known term."""
EXACTLY: Final = "="
"""Before the value of a name chip: these characters, not others of the same sound."""


class About(StrEnum):
    """What a chip is about; its value, in the order in which chips stand.

    SKILL: a canonical term or LITERAL + words; NAME: characters or letters; TOWNSHIP, VILLAGE: region codes;
    GOING: a travel range, UNKNOWN, or digits of a place one would go to; DEPARTS: a span or an ISO day by which
    one can leave; CONTACTED: a span since the last call; TOGETHER: a household with two; CONTACT: may be called;
    VERDICT: yes or unknown, in an order only; FRESH: new since a saved search was opened.
    """

    SKILL = "skill"
    NAME = "name"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GOING = "going"
    DEPARTS = "departs"
    CONTACTED = "contacted"
    TOGETHER = "together"
    CONTACT = "contact"
    VERDICT = "verdict"
    FRESH = "fresh"


class Departs(StrEnum):
    """When somebody can leave, seen from the day of the search."""

    NOW = "now"
    WEEK = "week"
    MONTH = "month"
    LATER = "later"
    UNKNOWN = "unknown"


class Contacted(StrEnum):
    """When somebody was last called or looked up for a call, seen from the day of the search."""

    NEVER = "never"
    EARLIER = "earlier"
    MONTH = "month"
    WEEK = "week"


UNKNOWN: Final = "unknown"
PAIR: Final = "pair"
NEW: Final = "new"


class Chip(msgspec.Struct, frozen=True, order=True):
    """One condition; `negated`: whoever it holds for is left out."""

    about: About
    value: str
    negated: bool = False


class Query(msgspec.Struct, frozen=True):
    """Chips in a fixed order, each once; `asked` makes it. The empty query holds for everybody."""

    chips: tuple[Chip, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.chips)

    def of(self, about: About, *, negated: bool = False) -> tuple[str, ...]:
        """The wanted values of a kind, or those not wanted."""
        return tuple(chip.value for chip in self.chips if chip.about is about and chip.negated is negated)

    def without(self, *dropped: Chip) -> Query:
        """The query with some chips let go."""
        return Query(tuple(chip for chip in self.chips if chip not in dropped))

    def open_to(self, about: About) -> Query:
        """The query with nothing wanted of a kind; what is not wanted stays out."""
        return Query(tuple(chip for chip in self.chips if chip.about is not about or chip.negated))

    def named(self) -> bool:
        """Whether it asks for somebody by name."""
        return any(chip.about is About.NAME for chip in self.chips)


def asked(chips: Iterable[Chip]) -> Query:
    """The query of some chips: sorted by kind, each once, the last word on a value counts, MOST_CHIPS at most."""
    last = {(chip.about, chip.value): chip for chip in chips if 0 < len(chip.value) <= LONGEST_VALUE}
    kinds = tuple(About)
    kept = sorted(last.values(), key=lambda chip: (kinds.index(chip.about), chip.negated, chip.value))
    return Query(tuple(kept[:MOST_CHIPS]))
