"""The keys: one person, two people, ring up; of one person, which row is right; and a step back.

Each is a deed of the pair, none is overwritten. Which row is right is a fact of the day it was said: it changes neither
ledger nor our rosters, and stands in the result both offices sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput
from matcher.linkage import ANSWERED, UNDONE, Answer, Decision, PairState, Truth, decided, fold_pair
from matcher.ports import DeedStore, RosterStore
from matcher.records.deeds import Deed, NewDeed
from matcher.services.reconcile.independence import is_hidden
from matcher.services.reconcile.lines import Line
from matcher.services.reconcile.named import people_of_pair
from matcher.services.reconcile.runs import PAIR, Outline, place_of

ANSWER_LABELS: Final = {Answer.SAME: "同一人", Answer.APART: "不是同一人", Answer.PHONE: "打电话核实"}
TRUTH_LABELS: Final = {
    Truth.LEFT: "左表对",
    Truth.RIGHT: "右表对",
    Truth.NEITHER: "两家都不对",
    Truth.PHONE: "先打电话问",
}
MOST_WORDS: Final = 200


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what somebody says of a pair of a run. seen : the newest deed of the pair on the page that was read.

    truth : which row is right, said of a pair that was called one person before
    """

    pair: str
    answer: Answer = Answer.SAME
    truth: Truth | None = None
    reason: str = ""
    seen: int
    by: str
    on: date
    at: datetime


def say(deeds: DeedStore, store: RosterStore, outline: Outline, call: Say) -> bool:
    """Write an answer down; whether the same pair is asked on: one person, and nobody has said which row is right.

    Raises Conflict if somebody else has said something since the page was shown, NotFound, InvalidInput for a truth
    of rows that do not differ or were not called one person.
    """
    if len(call.reason) > MOST_WORDS:
        raise InvalidInput(f"理由最多{MOST_WORDS}个字", remedy="请写短一些。")
    line, subjects = _line(outline, call.pair), people_of_pair(deeds, store, outline, call.pair)
    told = {} if call.truth is None else {"truth": call.truth.value, "fields": list(line.differs)}
    body: dict[str, Any] = {
        **told, "answer": call.answer.value, "reason": call.reason.strip(), "facts": line.facts, "run": outline.run_id,
        "left": line.left_key, "right": line.right_key, "rank": int(line.rank), "kind": line.kind.value,
    }  # fmt: skip

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        state = fold_pair(before)
        _unchanged(state, call.seen)
        if call.truth is not None and not is_asked(state, line):
            raise InvalidInput("还没有判断是不是同一个人", remedy="请先按1、2、3判断，再说哪家对。")
        unseen = {"hidden": True} if is_hidden(line, state) else {}
        return (_deed(ANSWERED, call.at, call.on, call.by, (outline.run_id, *subjects), {**body, **unseen}),)

    state = fold_pair(deeds.act(PAIR + call.pair, decide))
    return call.truth is None and is_asked(state, line)


def is_asked(state: PairState, line: Line) -> bool:
    """Whether the question is which row is right: one person by what was said of these very rows, and they differ."""
    holds = decided(state, line.facts)
    return line.is_at_odds and holds is not None and holds.answer is Answer.SAME


def said_words(decision: Decision) -> str:
    """An answer as pages and workbooks word it."""
    return ANSWER_LABELS[decision.answer] if decision.truth is None else TRUTH_LABELS[decision.truth]


def take_back(
    deeds: DeedStore, outline: Outline, pair: str, *, seen: int, by: str, on: date, at: datetime
) -> PairState:
    """Take the answer that holds back; the one before it holds again. Raises Conflict, NotFound."""
    line = _line(outline, pair)

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        state = fold_pair(before)
        _unchanged(state, seen)
        if state.decision is None:
            raise Conflict("这一对没有可退回的判断", remedy="它还没有判过，或者已经退回了。")
        people = next(deed.subjects for deed in before if deed.seq == state.decision.seq)
        body = {"of": state.decision.seq, "run": outline.run_id}
        return (_deed(UNDONE, at, on, by, (*people, outline.run_id), body),)

    return fold_pair(deeds.act(PAIR + line.pair, decide))


def _line(outline: Outline, pair: str) -> Line:
    return outline.lines[place_of(outline, pair)]


def _unchanged(state: PairState, seen: int) -> None:
    """Raises Conflict, in the words of one officer to another."""
    if state.seq <= seen:
        return
    if state.decision is None:
        raise Conflict("这一对刚才被别人退回了", remedy="请再看一眼，重新判断。")
    said = said_words(state.decision)
    raise Conflict(
        f"{state.decision.by} 刚才已经判为“{said}”，您的没有记",
        remedy="同意就接着看下一对；不同意，先和对方商量，再退回重判。",
    )


def _deed(kind: str, at: datetime, on: date, by: str, subjects: tuple[str, ...], body: dict[str, Any]) -> NewDeed:
    return NewDeed(kind=kind, at=at, on=on, by=by, subjects=tuple(dict.fromkeys(subjects)), body=body)
