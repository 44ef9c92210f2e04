"""A frozen report to be made anew: one asks with grounds, another signs; the second signature of a back-dated change.

The asking is a deed of a stream of its own, about one freezing: once that is followed by another it asks nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from matcher.errors import Conflict, InvalidInput
from matcher.ports import DeedStore
from matcher.records.deeds import Deed, NewDeed

STREAM: Final = "report_again:"
ASKED: Final = "report.asked"


class AskAgain(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which report, after which freezing (its number), why; who asks, when."""

    kind: str
    period: str
    seq: int
    why: str
    by: str
    at: datetime
    on: date


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a second signature: why, who asked, when."""

    why: str
    by: str
    at: datetime


def ask_again(deeds: DeedStore, call: AskAgain) -> None:
    """Ask that a frozen report is made anew; asked again with other grounds, or by somebody else, the last counts.

    Raises InvalidInput without grounds, Conflict for a report that is not frozen.
    """
    if not call.why:
        raise InvalidInput("没有写为什么重做", where="again", remedy="请写清缘由，另一个人照它来签。")
    if not call.seq:
        raise Conflict("这一期还没有定稿", where="again", remedy="请直接定稿。")

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        stands = _open(found, call.seq)
        if stands is not None and (stands.why, stands.by) == (call.why, call.by):
            return ()
        return [NewDeed(kind=ASKED, at=call.at, on=call.on, by=call.by, body={"seq": call.seq, "why": call.why})]

    deeds.act(_stream(call.kind, call.period), decide)


def open_ask(deeds: DeedStore, kind: str, period: str, seq: int) -> Asked | None:
    """What was asked about the freezing of that number and is not signed, None if nothing."""
    return _open(deeds.stream(_stream(kind, period)), seq)


def signable(deeds: DeedStore, kind: str, period: str, seq: int, by: str) -> Asked:
    """The same for who would sign it. Raises Conflict where nobody asked, or they asked themselves."""
    asked = open_ask(deeds, kind, period, seq)
    if asked is None:
        raise Conflict("没有人提出重做这一版", where="again", remedy="请先写清缘由提出来。")
    if asked.by == by:
        raise Conflict("自己提出的重做不能自己签", where="again", remedy="请县就业局另一个人看过再签。")
    return asked


def _open(found: Sequence[Deed], seq: int) -> Asked | None:
    last = found[-1] if found else None
    if last is None or last.body.get("seq") != seq:
        return None
    return Asked(why=str(last.body["why"]), by=last.by, at=last.at)


def _stream(kind: str, period: str) -> str:
    return f"{STREAM}{kind}:{period}"
