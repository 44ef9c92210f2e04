"""The lit pad: what lies on it now. Of a card it keeps name and number while the card lies there, and nothing else.

An identity card also carries photo, sex, ethnicity, birth date, address and fingerprint (Law on Resident Identity
Cards, article 3); all of it is dropped here, before anything is kept or handed on.
"""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from matcher.records.id_numbers import normalise_id_number

EMPTY: Final = "lifted"
LAID: Final = "laid"
TWO_CARDS: Final = "two_cards"
UNREADABLE: Final = "unreadable"
DEAD: Final = "reader_dead"
LONGEST_NAME: Final = 60
_NAME: Final = ("name", "姓名")
_NUMBER: Final = ("id_number", "公民身份号码")
_NUMBER_LENGTHS: Final = (15, 18)


class Card(msgspec.Struct, frozen=True):
    """All that leaves a reader: the name as printed and the number in its one written form."""

    name: str
    id_number: str


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the pad holds since event number `seq`; name and number of a card that lies there, else ""."""

    seq: int
    event: str
    name: str = ""
    id_number: str = ""


def card_of(read: Mapping[str, Any]) -> Card | None:
    """Name and number of what a reader read; None if there is no number that could be one."""
    number = normalise_id_number(_text(read, _NUMBER))
    if len(number) not in _NUMBER_LENGTHS or not (number.isascii() and number[:-1].isdigit() and number.isalnum()):
        return None
    return Card(name=_printable(_text(read, _NAME))[:LONGEST_NAME], id_number=number)


class Pad:
    """The present state with a number that grows at each change; safe for many threads.

    There is no list of past events: once a card is lifted nobody can ask whose it was. first : where numbers begin; a
    bridge that was started anew must not give those a page has acted upon before.
    """

    def __init__(self, first: int = 0) -> None:
        self._changed = threading.Condition()
        self._now = Event(first, EMPTY)

    @property
    def now(self) -> Event:
        """What lies there."""
        with self._changed:
            return self._now

    def lay(self, read: Mapping[str, Any]) -> None:
        """A card was read. The same card read again is no news; another one takes its place as a new event."""
        card = card_of(read)
        if card is None:
            self._become(UNREADABLE)
            return
        now = self.now
        if now.event != LAID or (now.name, now.id_number) != (card.name, card.id_number):
            self._become(LAID, card)

    def lift(self) -> None:
        """Nothing lies there any more."""
        self._become(EMPTY)

    def crowd(self) -> None:
        """Two cards at once: neither is anybody's."""
        self._become(TWO_CARDS)

    def fail(self) -> None:
        """The reader answers no more."""
        self._become(DEAD)

    def wait(self, after: int, seconds: float) -> Event | None:
        """The present state once its number is not `after`; None if nothing changed for so many seconds."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._now.seq == after:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            return self._now

    def _become(self, event: str, card: Card | None = None) -> None:
        with self._changed:
            if self._now.event == event != LAID:
                return
            name, number = (card.name, card.id_number) if card else ("", "")
            self._now = Event(self._now.seq + 1, event, name, number)
            self._changed.notify_all()


def _text(read: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((value for name in names if isinstance(value := read.get(name), str)), "")


def _printable(name: str) -> str:
    """The name without what is no letter of it: controls, marks of direction, lone halves of characters."""
    kept = (sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C")
    return "".join(kept).strip()
