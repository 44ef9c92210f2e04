"""The annex of tasks: each step with its last day, whether it was done in time as the document's rule has it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec

from matcher.policy import PackSet, evaluate_rule
from matcher.records.deeds import Deed

DONE, UNDONE = "task.done", "task.undone"
LATE: Final = "late"


class TaskRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Id of the rule, and of the fact in it that holds the table (`tasks.toml`)."""

    rule: str
    table: str


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a task. id : parameter of its last day; number : of the task; step : as the rule words it."""

    id: str
    number: int
    step: str
    title: str
    clause: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a step is done, by the last that was said. seq : of the newest deed, 0 before any."""

    seq: int = 0
    on: date | None = None
    by: str = ""
    at: datetime | None = None


@cache
def task_rule() -> TaskRule:
    """The committed ids."""
    text = resources.files(__package__).joinpath("tasks.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), TaskRule)


def tasks_of(packs: PackSet) -> tuple[Task, ...]:
    """Every step of the annex with a last day, in its order; one that closes a task stands for others of that day."""
    owner = packs.rule_owner(task_rule().rule)
    if owner is None:
        return ()
    pack, rule = owner
    table = next(one for one in rule.derives if one.key == task_rule().table)
    steps = {parameter: (int(number), step) for number, step, parameter in table.groups}
    found = []
    for parameter, (number, step) in steps.items():
        row = pack.parameter(parameter)
        if row is not None:
            found.append(Task(id=parameter, number=number, step=step, title=row.name, clause=row.clause))
    return tuple(found)


def judged(task: Task, done_on: date | None, packs: PackSet) -> Mapping[str, Any]:
    """What the rule says of a step done on a day, or of its last days where nobody said when it was done."""
    return evaluate_rule(
        task_rule().rule, {"task": task.number, "milestone": task.step, "done_on": done_on}, packs=packs
    )


def done_of(deeds: Iterable[Deed]) -> Done:
    """What the deeds of a step come to: the last day stated, or none if that was taken back."""
    done = Done()
    for deed in deeds:
        said = deed.body.get("done_on") if deed.kind == DONE else None
        done = Done(seq=deed.seq, on=date.fromisoformat(said) if said else None, by=deed.by, at=deed.at)
    return done
