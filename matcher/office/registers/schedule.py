"""What was done about a village that is below the base year: a fold over the deeds of `village:CODE:YEAR`.

A village is under scheduling from the deed that opens it until one that closes it, which the rule allows only once the
number of the base year is reached again. Whom it is assigned to may change; every step stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import msgspec

from matcher.errors import Conflict, InvalidInput
from matcher.records.deeds import Deed, NewDeed

ASSIGNED, RELEASED, CLOSED = "village.assigned", "village.released", "village.closed"
PREFIX: Final = "village:"
KINDS: Final = frozenset({ASSIGNED, RELEASED, CLOSED})


class Scheduled(msgspec.Struct, frozen=True, kw_only=True):
    """How a village stands. broker : who has it, "" nobody; since : first day under scheduling, None = it is not."""

    broker: str = ""
    since: date | None = None
    assigned_on: date | None = None
    assigned_by: str = ""
    closed_on: date | None = None
    note: str = ""

    @property
    def open(self) -> bool:
        """Whether it is under scheduling."""
        return self.since is not None


NOT_BEGUN: Final = Scheduled()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, when, on which day of the county."""

    actor: str
    at: datetime
    on: date


def stream_of(village: str, year: int) -> str:
    """Name of the stream of a village in a year."""
    return f"{PREFIX}{village}:{year}"


def village_of_stream(stream: str) -> tuple[str, int]:
    """Village and year of a stream's name."""
    _, village, year = stream.split(":")
    return village, int(year)


def scheduled(deeds: Iterable[Deed]) -> Scheduled:
    """How the village stands after its deeds, in their order."""
    state = NOT_BEGUN
    for deed in deeds:
        if deed.kind == ASSIGNED:
            state = msgspec.structs.replace(
                state,
                broker=str(deed.body.get("broker", "")),
                since=state.since or deed.on,
                assigned_on=deed.on,
                assigned_by=deed.by,
                closed_on=None,
                note=str(deed.body.get("note", "")),
            )
        elif deed.kind == RELEASED:
            state = msgspec.structs.replace(state, broker="", assigned_on=None, assigned_by="")
        elif deed.kind == CLOSED:
            state = msgspec.structs.replace(state, broker="", since=None, closed_on=deed.on)
    return state


def assign(deeds: Iterable[Deed], broker: str, note: str, step: Step, *, below: bool) -> list[NewDeed]:
    """Give the village to a broker; the first time opens its scheduling. Nothing if the broker has it so already.

    Raises InvalidInput for a village that is neither below the base year nor under scheduling.
    """
    state = scheduled(deeds)
    if not below and not state.open:
        raise InvalidInput("这个村没有低于对比年份，不用调度", where="village", remedy="请回到村表看一下最新的数。")
    if state.open and (state.broker, state.note) == (broker, note):
        return []
    return [_deed(ASSIGNED, step, {"broker": broker, "note": note})]


def release(deeds: Iterable[Deed], step: Step) -> list[NewDeed]:
    """Take the village from its broker; scheduling goes on. Raises Conflict where nobody has it."""
    if not scheduled(deeds).broker:
        raise Conflict("这个村没有交给谁", where="village", remedy="请刷新页面。")
    return [_deed(RELEASED, step, {})]


def close(deeds: Iterable[Deed], step: Step, *, recovered: bool) -> list[NewDeed]:
    """End scheduling. Raises Conflict where there is none, InvalidInput before the number is reached again."""
    if not scheduled(deeds).open:
        raise Conflict("这个村没有在调度", where="village", remedy="请刷新页面。")
    if not recovered:
        raise InvalidInput("人数还没有恢复到对比年份，调度不能结束", where="village", remedy="恢复以后再结束调度。")
    return [_deed(CLOSED, step, {})]


def _deed(kind: str, step: Step, body: dict[str, str]) -> NewDeed:
    return NewDeed(kind=kind, at=step.at, on=step.on, by=step.actor, body=body)
