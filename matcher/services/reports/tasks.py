"""The annex of tasks as the office keeps it: which steps are done and since when, which are late, noted and undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.office.reports.tasks import DONE, LATE, UNDONE, Done, Task, done_of, judged, task_rule, tasks_of
from matcher.policy import pack_for
from matcher.ports import DeedStore
from matcher.records.deeds import Deed, NewDeed
from matcher.services.ground.rulebook import Means

STREAM: Final = "task:"
TIMES: Final = {"on_time": "按时", "late": "晚了"}


class NoteTask(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which step was done on which day (None takes that back), by whom. seen : newest deed on the page."""

    task: str
    done_on: date | None
    seen: int
    by: str
    on: date
    at: datetime


def tasks_told(deeds: DeedStore, means: Means, jurisdiction: str, on: date) -> dict[str, Any]:
    """Each step: its last days, the day it was done, in time or late by each date the text has; late and open first.

    No rows where the document with the annex does not bind the county.
    """
    owner = means.packs.rule_owner(task_rule().rule)
    bound = pack_for(means.packs, jurisdiction, on).asked.id if jurisdiction else ""
    binds = owner is not None and owner[0].id == bound
    steps = tasks_of(means.packs) if binds else ()
    rows = [_row(task, done_of(deeds.stream(STREAM + task.id)), means, on) for task in steps]
    rows.sort(key=lambda row: (bool(row["done_on"]), not row["overdue"], row["last_day"]))
    return {
        "on": on.isoformat(),
        "binds": binds,
        "document": owner[0].cited if owner else "",
        "clause": owner[1].clause if owner else "",
        "rows": rows,
        "n_done": sum(bool(row["done_on"]) for row in rows),
        "n_overdue": sum(row["overdue"] for row in rows),
    }


def note_task(deeds: DeedStore, means: Means, call: NoteTask) -> Done:
    """Say when a step was done, or take that back. Raises NotFound, InvalidInput for a day still to come, Conflict."""
    if call.task not in {task.id for task in tasks_of(means.packs)}:
        raise NotFound("没有这项任务", where=call.task, remedy="请从任务分解表点进来。")
    if call.done_on is not None and call.done_on > call.on:
        raise InvalidInput("办完的日子还没到", where="done_on", remedy="请写已经办完的那一天。")
    body = {} if call.done_on is None else {"done_on": call.done_on.isoformat()}
    new = NewDeed(kind=DONE if call.done_on else UNDONE, at=call.at, on=call.on, by=call.by, body=body)

    def decide(before: tuple[Deed, ...]) -> Sequence[NewDeed]:
        now = done_of(before)
        if now.seq > call.seen:
            raise Conflict("刚才有人记过这一项", remedy="请刷新看看，再记。")
        if call.done_on is None and now.on is None:
            raise Conflict("这一项没有记办完，不用撤回", remedy="请刷新看看。")
        return (new,)

    return done_of(deeds.act(STREAM + call.task, decide))


def _row(task: Task, done: Done, means: Means, on: date) -> dict[str, Any]:
    told = judged(task, done.on, means.packs)
    # Of an open step the rule is asked what it would be if it were done today.
    overdue = done.on is None and LATE in judged(task, on, means.packs).values()
    return {
        "task": task.id,
        "number": task.number,
        "step": task.step,
        "title": task.title,
        "clause": task.clause,
        "last_day": str(told.get("annex_deadline") or ""),
        "done_on": done.on.isoformat() if done.on else "",
        "annex": TIMES.get(str(told.get("annex") or ""), ""),
        "body": TIMES.get(str(told.get("body") or ""), ""),
        "overdue": overdue,
        "by": done.by,
        "at": done.at.isoformat() if done.at else "",
        "seen": done.seq,
    }
