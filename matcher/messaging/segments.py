"""How many parts a text takes, and its parts as bytes: UTF-16 units of 16 bits, as UCS-2 messages are sent and charged.

A part holds 140 octets (3GPP TS 23.040): 70 units alone, 67 beside the six octets of the header that joins parts. No
part begins or ends inside a character of two units (a surrogate pair), so each part can be read alone; a part may hold
one unit less for it, and then the number of parts is more than units / 67 says.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from matcher.errors import InvalidInput

PART_OCTETS: Final = 140
BYTE: Final = 255
"""Largest value of an octet: of the reference, and of how many parts may be joined."""
HEADER: Final = bytes.fromhex("050003")
"""Length of the header; that it joins parts under a reference of eight bits; length of what follows."""
HEADER_OCTETS: Final = 6
UNITS_ALONE: Final = PART_OCTETS // 2
UNITS_JOINED: Final = (PART_OCTETS - HEADER_OCTETS) // 2

_FIRST_PAIR: Final = "\U00010000"
_HALF: Final = re.compile("[\ud800-\udfff]")
_FIRST_SURROGATE, _LAST_SURROGATE = "\ud800", "\udfff"


class Count(NamedTuple):
    """What the counter beside a text shows.

    left : units that still fit into the parts the text may take, below 0 if it takes too many; fits : it takes
    no more than those
    """

    units: int
    n_parts: int
    left: int
    fits: bool


def units(text: str) -> int:
    """UTF-16 units of a text: two for a character beyond the basic plane."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def has_pairs(text: str) -> bool:
    """Whether a character takes two units."""
    return bool(text) and max(text) >= _FIRST_PAIR


def parts(text: str) -> tuple[str, ...]:
    """The text cut into parts; one, perhaps empty, if it fits alone.

    Raises InvalidInput for half a pair (no text, and carriers refuse or garble it) and for more parts than a header
    can count.
    """
    _refuse_halves(text)
    if units(text) <= UNITS_ALONE:
        return (text,)
    found, start, filled = [], 0, 0
    for at, character in enumerate(text):
        width = 2 if character >= _FIRST_PAIR else 1
        if filled + width > UNITS_JOINED:
            found.append(text[start:at])
            start, filled = at, 0
        filled += width
    found.append(text[start:])
    if len(found) > BYTE:
        raise InvalidInput(
            f"{len(found)} parts", where="text", remedy=f"At most {BYTE} parts can be joined; shorten it."
        )
    return tuple(found)


def encode(text: str, reference: int) -> tuple[bytes, ...]:
    """The parts as UTF-16BE, each behind its header if there are several.

    reference : the same in all parts of one message, 0 to 255; raises InvalidInput beyond.
    """
    if not 0 <= reference <= BYTE:
        raise InvalidInput(f"reference {reference}", where="reference", remedy=f"Give one of 0 to {BYTE}.")
    cut = [part.encode("utf-16-be") for part in parts(text)]
    if len(cut) == 1:
        return tuple(cut)
    return tuple(HEADER + bytes((reference, len(cut), place)) + part for place, part in enumerate(cut, start=1))


def counted(text: str, most_parts: int) -> Count:
    """The live counter of a text that may take `most_parts`; raises InvalidInput as `parts` does."""
    cut = parts(text)
    if len(cut) > 1 or most_parts > 1:
        room = UNITS_JOINED * most_parts
        spent = UNITS_JOINED * (len(cut) - 1) + units(cut[-1])
    else:
        room, spent = UNITS_ALONE, units(text)
    return Count(units(text), len(cut), room - spent, len(cut) <= most_parts)


def room(most_parts: int, *, pairs: bool) -> int:
    """Units that surely fit into so many parts: each cut may waste one unit if the text can hold pairs."""
    if most_parts == 1:
        return UNITS_ALONE
    return UNITS_JOINED * most_parts - (most_parts - 1 if pairs else 0)


def _refuse_halves(text: str) -> None:
    if text.isascii() or not _HALF.search(text):
        return
    for at, character in enumerate(text):
        if _FIRST_SURROGATE <= character <= _LAST_SURROGATE:
            raise InvalidInput(
                f"half a character (U+{ord(character):04X}) at place {at + 1}",
                where="text",
                remedy="Type the character again; the file it came from was cut in the middle of it.",
            )
