"""Rows one office alone has: what becomes of each, a deed of its own; a step back brings back what was said before.

A row is known by all it says, so that what was said holds next week for the same row and not for another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.ports import DeedStore, RosterStore
from matcher.records.deeds import Deed, NewDeed
from matcher.services.reconcile.answers import MOST_WORDS
from matcher.services.reconcile.lists import LEFT_ONLY, RIGHT_ONLY, listed
from matcher.services.reconcile.named import people_of
from matcher.services.reconcile.runs import Outline

ALONE: Final = "alone:"
SAID, TAKEN_BACK = "row.said", "row.taken_back"
LISTS: Final = (LEFT_ONLY, RIGHT_ONLY)


class Fate(StrEnum):
    """What becomes of a row: it lacks in the other list and is entered there, or it should stand in neither."""

    ENTER = "enter"
    MOVED = "moved"
    ERROR = "error"


FATE_LABELS: Final = {Fate.ENTER: "漏登了，要补", Fate.MOVED: "迁走了", Fate.ERROR: "登错了，要去掉"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of a row."""

    fate: Fate
    by: str
    at: datetime
    reason: str = ""


class RowState(msgspec.Struct, frozen=True):
    """How a row stands. seq : the newest deed, 0 before any; standing : what was said and not taken back, in order."""

    seq: int = 0
    standing: tuple[Told, ...] = ()

    @property
    def holds(self) -> Told | None:
        """What was said last, None if nothing."""
        return self.standing[-1] if self.standing else None


class SayRow(msgspec.Struct, frozen=True, kw_only=True):
    """The call. row : its key; fate : None takes the last word back; seen : newest deed of the row on the page."""

    name: str
    row: str
    fate: Fate | None
    reason: str = ""
    seen: int
    by: str
    on: date
    at: datetime


def say_of_row(deeds: DeedStore, store: RosterStore, outline: Outline, call: SayRow) -> tuple[str, ...]:
    """Write down what becomes of a row, or take the last word back; ids of the workers whose number it shows.

    Raises NotFound for a row that is not in the list, InvalidInput for too long a reason, Conflict if somebody else
    has said something since the page was shown, or nothing was said that could be taken back.
    """
    if len(call.reason) > MOST_WORDS:
        raise InvalidInput(f"理由最多{MOST_WORDS}个字", where="reason", remedy="请写短一些。")
    people = _people(deeds, store, outline, call)
    new = _deed(call, (outline.run_id, *people))

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        state = fold_row(before)
        if state.seq > call.seen:
            last = state.holds
            said = f"{last.by} 刚才说了“{FATE_LABELS[last.fate]}”，您的没有记" if last else "这一行刚才被别人退回了"
            raise Conflict(said, remedy="请再看一眼；不同意，先和对方商量，再改。")
        if call.fate is None and state.holds is None:
            raise Conflict("这一行没有可退回的说法", remedy="它还没有说过，或者已经退回了。")
        return (new,)

    deeds.act(ALONE + call.row, decide)
    return people


def fold_row(deeds: Iterable[Deed]) -> RowState:
    """The state that follows from the deeds of one row in their order."""
    standing: list[Told] = []
    seq = 0
    for deed in deeds:
        seq = deed.seq
        if deed.kind == SAID and "fate" in deed.body:
            reason = str(deed.body.get("reason", ""))
            standing.append(Told(fate=Fate(deed.body["fate"]), by=deed.by, at=deed.at, reason=reason))
        elif deed.kind == TAKEN_BACK and standing:
            standing.pop()
    return RowState(seq, tuple(standing))


def states_of_rows(deeds: DeedStore) -> dict[str, RowState]:
    """Every row anything was ever said of, by its key."""
    streams: dict[str, list[Deed]] = {}
    for deed in deeds.deeds(prefix=ALONE):
        streams.setdefault(deed.stream.removeprefix(ALONE), []).append(deed)
    return {key: fold_row(found) for key, found in streams.items()}


def last_number_of_rows(deeds: DeedStore, outline: Outline) -> int:
    """Number of the newest deed about any row of a run, in whatever run it was said; 0 for none."""
    keys = {key for name in LISTS if name in outline.lists for key in outline.lists[name].keys}
    said = [deed.number for deed in deeds.deeds(prefix=ALONE) if deed.stream.removeprefix(ALONE) in keys]
    return max(said, default=0)


def n_open(outline: Outline, name: str, states: Mapping[str, RowState]) -> int:
    """Of how many rows of a list nobody has said what becomes of them; none of lists from before rows had keys."""
    shelf = outline.lists.get(name)
    return sum(states.get(key, RowState()).holds is None for key in shelf.keys) if shelf else 0


def _people(deeds: DeedStore, store: RosterStore, outline: Outline, call: SayRow) -> tuple[str, ...]:
    """Whose number the row shows. Raises NotFound."""
    shelf = outline.lists.get(call.name) if call.name in LISTS else None
    if shelf is None or call.row not in shelf.keys:
        raise NotFound("名单里没有这一行", remedy="请从名单重新点进来。")
    at = shelf.keys.index(call.row)
    (row,) = listed(deeds, shelf, at, at + 1)
    return people_of(store, row.rows)


def _deed(call: SayRow, subjects: tuple[str, ...]) -> NewDeed:
    body = {"run": subjects[0], "list": call.name}
    if call.fate is not None:
        body |= {"fate": call.fate.value, "reason": call.reason.strip()}
    kind = SAID if call.fate is not None else TAKEN_BACK
    return NewDeed(kind=kind, at=call.at, on=call.on, by=call.by, subjects=subjects, body=body)
