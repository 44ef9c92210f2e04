"""What officers said about a pair: a fold over its deeds; a step back is a deed of its own and brings back what was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from matcher.records.deeds import Deed

ANSWERED: Final = "pair.answered"
UNDONE: Final = "pair.undone"


class Answer(StrEnum):
    """The three keys: one person, two people, ring up and ask."""

    SAME = "same"
    APART = "apart"
    PHONE = "phone"


class Truth(StrEnum):
    """Of one person whose rows differ: which row is right by what was found out, or ring up and ask."""

    LEFT = "left"
    RIGHT = "right"
    NEITHER = "neither"
    PHONE = "phone"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. seq : its place in the stream; facts : fingerprint of what both rows said when it was given.

    truth : said of one person after that: which row is right, from the day on; None = said of identity alone
    hidden : whether the points were not to be seen then
    """

    seq: int
    answer: Answer
    truth: Truth | None = None
    on: date
    by: str
    at: datetime
    reason: str = ""
    facts: str = ""
    hidden: bool = False


class PairState(msgspec.Struct, frozen=True):
    """How a pair stands. seq : the newest deed, 0 before any; standing : answers that were not taken back, in order.

    history : every answer ever given, those taken back too
    """

    seq: int = 0
    standing: tuple[Decision, ...] = ()
    history: tuple[Decision, ...] = ()
    taken_back: tuple[int, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """What holds, None if nothing does."""
        return self.standing[-1] if self.standing else None

    @property
    def identity(self) -> Decision | None:
        """Who said whether it is one person, whatever was said of the facts since."""
        return next((one for one in reversed(self.standing) if one.truth is None), None)


def fold_pair(deeds: Iterable[Deed]) -> PairState:
    """The state that follows from the deeds of one pair in their order."""
    standing: list[Decision] = []
    history: list[Decision] = []
    taken_back: list[int] = []
    seq = 0
    for deed in deeds:
        seq = deed.seq
        if deed.kind == ANSWERED and "answer" in deed.body:
            truth = deed.body.get("truth")
            decision = Decision(
                seq=deed.seq,
                answer=Answer(deed.body["answer"]),
                truth=Truth(truth) if truth else None,
                on=deed.on,
                by=deed.by,
                at=deed.at,
                reason=str(deed.body.get("reason", "")),
                facts=str(deed.body.get("facts", "")),
                hidden=bool(deed.body.get("hidden", False)),
            )
            standing.append(decision)
            history.append(decision)
        elif deed.kind == UNDONE and standing:
            taken_back.append(standing.pop().seq)
    return PairState(seq, tuple(standing), tuple(history), tuple(taken_back))


def decided(state: PairState, facts: str) -> Decision | None:
    """The answer that still holds for what the rows say now: one of other facts, or 'ring up', settles nothing."""
    decision = state.decision
    if decision is None or decision.answer is Answer.PHONE or decision.facts != facts:
        return None
    return decision


def settled(state: PairState, facts: str, *, differs: bool) -> bool:
    """Whether nobody has to be asked: two people, or one person, and which row is right is said where they differ."""
    holds = decided(state, facts)
    if holds is None:
        return False
    return holds.answer is Answer.APART or not differs or holds.truth not in (None, Truth.PHONE)


def to_ring_up(state: PairState) -> bool:
    """Whether the last word is that somebody is to be rung up."""
    last = state.decision
    return last is not None and (last.answer is Answer.PHONE or last.truth is Truth.PHONE)
