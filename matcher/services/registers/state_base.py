"""What an officer states of the base year: the number of one place, or that the places left over had nobody."""

from __future__ import annotations

from datetime import datetime

import msgspec

from matcher.errors import InvalidInput
from matcher.office.registers.bases import Base, state, stream_of_base
from matcher.office.registers.schedule import Step
from matcher.office.registers.standing import COARSE
from matcher.ports import DeedStore
from matcher.records import TOWNSHIP_DIGITS
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.village_page import bases, village_named, villages_of
from matcher.services.registers.words import without_ids

LONGEST_SOURCE = 120
MOST_DIGITS = 6


class SayBase(msgspec.Struct, frozen=True, kw_only=True):
    """The call: how many people of the place the base year had, from which paper; n "" takes back what was stated.

    place : a village, a town, or "" for every village of which no number is known, which then had nobody
    """

    place: str
    n: str
    source: str
    actor: str
    at: datetime


def state_base(book: Ledger, deeds: DeedStore, call: SayBase) -> Base:
    """Record the number of a village or town; what is compared follows it from the next page on.

    Raises NotFound for a place out of reach, InvalidInput for what is no number or without a source, and for people
    whose village nobody wrote down: they are of no place that had a number.
    """
    place = village_named(book, deeds, call.place)
    if COARSE in call.place:
        raise InvalidInput("这些人没写到村，这里没有人数可填", where="village", remedy="请先把他们住哪个村补写进名册。")
    year = book.span.base_years[_is_town(call.place)]
    deed = state(year, _number(call.n), _source(call), _step(book, call))
    deeds.act(stream_of_base(call.place), lambda _: [deed])
    now = bases(book, deeds).stated.get((call.place, year))
    return place.base._replace(n=now.n if now else None, stated=now)


def state_nobody(book: Ledger, deeds: DeedStore, call: SayBase) -> int:
    """Record 0 for every village whose number nobody knows; how many. For a list that is whole.

    A home not written down to its village is of none. Raises InvalidInput without a source.
    """
    open_ = [one.place.code for one in villages_of(book, deeds) if one.unknown]
    deed = state(book.span.base_year, 0, _source(call), _step(book, call))
    if open_:
        deeds.act_all({stream_of_base(code): [deed] for code in open_})
    return len(open_)


def _is_town(code: str) -> bool:
    return len(code) <= TOWNSHIP_DIGITS and COARSE not in code


def _number(text: str) -> int | None:
    """The number typed; None where it was left empty. Raises InvalidInput."""
    if not text.strip():
        return None
    if not (text.strip().isdecimal() and text.strip().isascii() and len(text.strip()) <= MOST_DIGITS):
        raise InvalidInput("人数要填一个数", where="n", remedy="请填数字，一个人也没有就填0；要按名单算就留空。")
    return int(text)


def _source(call: SayBase) -> str:
    return without_ids(call.source)[:LONGEST_SOURCE]


def _step(book: Ledger, call: SayBase) -> Step:
    return Step(actor=call.actor, at=call.at, on=book.asked.on)
