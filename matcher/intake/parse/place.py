"""A written place as the contract's object; the reading itself is `geography`'s."""

from __future__ import annotations

from typing import Protocol

import msgspec

from matcher.geography import Alternative, PlaceMatch


class PlaceReader(Protocol):
    """What `parse_place` needs of a gazetteer."""

    def find(self, text: str, near: str | None = None) -> PlaceMatch:
        """Read a written place."""


class ParsedPlace(msgspec.Struct, frozen=True):
    """`parse place` of the contract. No code: not read. A code with a problem: read, but a finer part is unknown."""

    text: str
    code: str | None = None
    name: str | None = None
    level: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    problem: str | None = None


def parse_place(text: str, near: str | None = None, *, gazetteer: PlaceReader) -> ParsedPlace:
    """Read a place, around the region code `near` if one is given."""
    match = gazetteer.find(text, near)
    return ParsedPlace(text, match.code, match.name, match.level, match.alternatives, match.problem)
