"""What officers said about a pair: a fold over its deeds; a step back is a deed of its own and brings back what was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
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


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. seq : its place in the stream; facts : fingerprint of what both rows said when it was given."""

    seq: int
    answer: Answer
    by: str
    at: datetime
    reason: str = ""
    facts: str = ""


class PairState(msgspec.Struct, frozen=True):
    """How a pair stands. seq : the newest deed, 0 before any; decision : what holds, None if nothing does.

    history : every answer ever given, those taken back too
    """

    seq: int = 0
    decision: Decision | None = None
    history: tuple[Decision, ...] = ()
    taken_back: tuple[int, ...] = ()


def fold_pair(deeds: Iterable[Deed]) -> PairState:
    """The state that follows from the deeds of one pair in their order."""
    standing: list[Decision] = []
    history: list[Decision] = []
    taken_back: list[int] = []
    seq = 0
    for deed in deeds:
        seq = deed.seq
        if deed.kind == ANSWERED and "answer" in deed.body:
            decision = Decision(
                seq=deed.seq,
                answer=Answer(deed.body["answer"]),
                by=deed.by,
                at=deed.at,
                reason=str(deed.body.get("reason", "")),
                facts=str(deed.body.get("facts", "")),
            )
            standing.append(decision)
            history.append(decision)
        elif deed.kind == UNDONE and standing:
            taken_back.append(standing.pop().seq)
    return PairState(seq, standing[-1] if standing else None, tuple(history), tuple(taken_back))


def decided(state: PairState, facts: str) -> Decision | None:
    """The answer that still holds for what the rows say now: one of other facts, or 'ring up', settles nothing."""
    decision = state.decision
    if decision is None or decision.answer is Answer.PHONE or decision.facts != facts:
        return None
    return decision
