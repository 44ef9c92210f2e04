"""The three keys: one person, two people, ring up; and a step back. Each is a deed of the pair, none is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.linkage import ANSWERED, UNDONE, Answer, PairState, fold_pair
from matcher.ports import DeedStore, RosterStore
from matcher.records.deeds import Deed, NewDeed
from matcher.records.id_numbers import normalise_id_number
from matcher.services.reconcile.comparison import Told
from matcher.services.reconcile.runs import PAIR, Line, Outline, pair_at

ANSWER_LABELS: Final = {Answer.SAME: "同一人", Answer.APART: "不是同一人", Answer.PHONE: "打电话核实"}
MOST_WORDS: Final = 200


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what somebody says of a pair of a run. seen : the newest deed of the pair on the page that was read."""

    pair: str
    answer: Answer
    reason: str = ""
    seen: int
    by: str
    on: date
    at: datetime


def place_of(outline: Outline, pair: str) -> int:
    """Where a pair stands in the queue. Raises NotFound."""
    for ix, line in enumerate(outline.lines):
        if line.pair == pair:
            return ix
    raise NotFound("这次核对里没有这一对", remedy="请从核对页重新点进来。")


def say(deeds: DeedStore, store: RosterStore, outline: Outline, call: Say) -> PairState:
    """Write an answer down. Raises Conflict if somebody else has said something since the page was shown, NotFound."""
    if len(call.reason) > MOST_WORDS:
        raise InvalidInput(f"理由最多{MOST_WORDS}个字", remedy="请写短一些。")
    ix = place_of(outline, call.pair)
    line, subjects = outline.lines[ix], _people(store, pair_at(deeds, outline, ix))
    body: dict[str, Any] = {
        "answer": call.answer.value, "reason": call.reason.strip(), "facts": line.facts, "run": outline.run_id,
        "left": line.left_key, "right": line.right_key, "rank": int(line.rank), "kind": line.kind.value,
    }  # fmt: skip
    new = _deed(ANSWERED, call.at, call.on, call.by, (outline.run_id, *subjects), body)

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        _unchanged(fold_pair(before), call.seen)
        return (new,)

    return fold_pair(deeds.act(PAIR + call.pair, decide))


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
    said = ANSWER_LABELS[state.decision.answer]
    raise Conflict(
        f"{state.decision.by} 刚才已经判为“{said}”，您的没有记",
        remedy="同意就接着看下一对；不同意，先和对方商量，再退回重判。",
    )


def _people(store: RosterStore, told: Told) -> tuple[str, ...]:
    """Workers of our own rosters whom the two rows name by number: the answer is found by them, and goes with them."""
    numbers = {normalise_id_number(side.cells.number) for side in (told.left, told.right)} - {""}
    return tuple(sorted(store.workers_by_id_number(numbers).values()))


def _deed(kind: str, at: datetime, on: date, by: str, subjects: tuple[str, ...], body: dict[str, Any]) -> NewDeed:
    return NewDeed(kind=kind, at=at, on=on, by=by, subjects=tuple(dict.fromkeys(subjects)), body=body)
