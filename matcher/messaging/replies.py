"""What a reply means: one of a few words exactly, or something a person reads (`data/replies.toml`).

Nothing is guessed: a reply that is not a word of the table never acts, whatever stands in it. A refusal acts for
whoever it comes from; a choice only within the offer it can belong to.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, NamedTuple

import msgspec

from matcher.errors import InvalidInput
from matcher.records.texts import Act


class Meaning(NamedTuple):
    """What a reply does, and the number chosen (CHOICE alone)."""

    act: Act
    choice: int | None = None


class Why(StrEnum):
    """Why a reply that named something is read by a person all the same."""

    NO_WORD = "no_word"
    NO_OFFER = "no_offer"
    NO_SUCH_JOB = "no_such_job"
    WHOSE = "whose"
    LATE = "late"


class Offer(NamedTuple):
    """A list that was sent: whose, with how many jobs, when, and until when (not included) a choice counts."""

    offer_id: str
    worker_id: str
    n_jobs: int
    sent_at: datetime
    open_until: datetime


class Outcome(NamedTuple):
    """What a reply does to which offer; why : set if a person reads it."""

    act: Act
    choice: int | None = None
    offer: Offer | None = None
    why: Why | None = None


class ReplyTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words that act, the signs that may stand around them, the longest reply that is looked at, characters.

    same_within_minutes : the same reply again by then is one reply
    """

    longest_read: int
    same_within_minutes: Annotated[int, msgspec.Meta(ge=0)]
    edges: str
    words: dict[Act, tuple[str, ...]]


@cache
def reply_words() -> tuple[ReplyTable, Mapping[str, Meaning]]:
    """The committed table, and each word with what it means."""
    return parse_reply_words(resources.files("matcher.messaging").joinpath("data/replies.toml").read_text("utf-8"))


def parse_reply_words(text: str) -> tuple[ReplyTable, Mapping[str, Meaning]]:
    """The table of a file's text; raises InvalidInput for a word that means two things or that no reply can be."""
    try:
        table = msgspec.convert(tomllib.loads(text), ReplyTable)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the table of replies does not fit: {error}", where="replies.toml") from None
    meanings: dict[str, Meaning] = {}
    for act, words in table.words.items():
        for word in words:
            if word in meanings or word != plain(word, table.edges) or act is Act.INBOX:
                raise InvalidInput(
                    f"{word!r} cannot mean {act.value}", where="replies.toml", remedy="Name it once, plain."
                )
            if act is Act.CHOICE and not word.isdecimal():
                raise InvalidInput(f"{word!r} is no number", where="replies.toml", remedy="Choices are numbers.")
            meanings[word] = Meaning(act, int(word) if act is Act.CHOICE else None)
    return table, meanings


def plain(text: str, edges: str) -> str:
    """A reply without width, case, spaces, invisible characters and the signs around it."""
    folded = unicodedata.normalize("NFKC", text).upper()
    kept = (c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
    return "".join(kept).strip(edges)


def classify(text: str) -> Meaning:
    """What a reply means by itself. 2, "２。" and " t " act; "2 谢谢", "12" and anything long do not."""
    table, meanings = reply_words()
    if len(text) > table.longest_read:
        return Meaning(Act.INBOX)
    return meanings.get(plain(text, table.edges), Meaning(Act.INBOX))


def resolve(meaning: Meaning, offers: Iterable[Offer], at: datetime) -> Outcome:
    """What a reply does that came in at a moment, given all lists sent to its number.

    A choice belongs to the latest list; a person reads it if that list is over or has no such job, or if lists of
    several people are open on the number. Everything else needs no open list and takes the latest along. From a number
    that never got one a refusal and a return act, and nothing else.
    """
    sent = sorted((offer for offer in offers if offer.sent_at <= at), key=lambda offer: offer.sent_at)
    latest = sent[-1] if sent else None
    if meaning.act is Act.INBOX:
        return Outcome(Act.INBOX, None, latest, Why.NO_WORD)
    if meaning.act in (Act.STOP, Act.RETURNED):
        return Outcome(meaning.act, None, latest)
    if latest is None:
        return Outcome(Act.INBOX, meaning.choice, None, Why.NO_OFFER)
    why = None if meaning.choice is None else _unfit(meaning.choice, sent, at)
    return Outcome(Act.INBOX if why else meaning.act, meaning.choice, latest, why)


def _unfit(choice: int, sent: Sequence[Offer], at: datetime) -> Why | None:
    """Why a choice cannot be taken from the last of the lists sent, None if it can."""
    open_for = {offer.worker_id for offer in sent if at < offer.open_until}
    if len(open_for) > 1:
        return Why.WHOSE
    if at >= sent[-1].open_until:
        return Why.LATE
    return None if 1 <= choice <= sent[-1].n_jobs else Why.NO_SUCH_JOB
