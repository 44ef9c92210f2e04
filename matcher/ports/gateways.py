"""What the shell asks of a way to send texts: a file, a carrier's port, a gateway program. One contract for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from matcher.records.texts import PartState


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A text for a gateway. reference : 0 to 255, joins its parts at the phone; parts : its words, cut by us."""

    text_id: str
    phone: str
    parts: tuple[str, ...]
    reference: int


class Fate(StrEnum):
    """What became of a submission as a whole.

    ACCEPTED : every part was taken; REFUSED : it will never be taken (number, content); BUSY : not taken, come again;
    DOWN : not taken, nothing was written to the wire; UNKNOWN : some part may have gone, nobody answered
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BUSY = "busy"
    DOWN = "down"
    UNKNOWN = "unknown"


class SubmittedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part after the submission; provider_id : the carrier's name of it, "" where none came back."""

    state: PartState
    provider_id: str = ""
    error: str = ""


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one text. retry_after_s : after BUSY or DOWN, where it is known. parts : one for each of the text.

    A text may be partly out whatever its fate: what its parts say counts. An accepted part never goes again; a FAILED
    one beside it did not go.
    """

    text_id: str
    fate: Fate
    parts: tuple[SubmittedPart, ...] = ()
    retry_after_s: float | None = None
    error: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's word on one part: by its own name of the part, or by our text and the part's place in it, from 0."""

    gateway: str
    provider_id: str = ""
    text_id: str = ""
    part: int | None = None
    state: PartState
    at: datetime
    error: str = ""


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A text from a phone, whole. message_id : the gateway's name of it, "" where it gives none."""

    gateway: str
    message_id: str = ""
    phone: str
    text: str
    at: datetime


class Gateway(Protocol):
    """A way to send texts. Used by one worker process; `submit` may keep a window of them under way."""

    @property
    def name(self) -> str:
        """As settings and texts name it: file, smpp, kannel."""

    def submit(self, texts: Sequence[Outgoing]) -> Iterator[Submitted]:
        """What becomes of each text, in any order, each exactly once; raises nothing for what a carrier does."""

    def receive(self, timeout_s: float = 0.0) -> Iterable[Receipt | Incoming]:
        """What came in since; each is told until `done` is called for it, so nothing is lost by a crash between."""

    def done(self, items: Iterable[Receipt | Incoming]) -> None:
        """These are kept: the carrier need not say them again."""

    def purge(self, before: datetime) -> int:
        """Take away what the gateway keeps itself of texts and replies of before a moment; how many files.

        Raises StoreError where something of it cannot be taken away; whatever can be is gone all the same.
        """

    def close(self) -> None:
        """End the session in good order."""


class Callbacks(Protocol):
    """Receipts and replies that a gateway program tells our server over HTTP: the query of its call, read.

    Nothing is believed that lacks our key: Forbidden. What cannot be read is InvalidInput.
    """

    def receipt(self, query: bytes) -> Receipt:
        """A carrier's word on one part."""

    def reply(self, query: bytes) -> Incoming:
        """A text from a phone."""

    def reply_address(self, server: str) -> str:
        """Where the gateway program has to send replies: for its configuration, as secret as the key in it."""
