"""Returnees: what was done for each, by when it was to be done; and employers from whom several come home.

The entry is the ledger's (`records.replies.Return`); who helps, which list was offered and how it ended are deeds of
the stream `return:ID`. A document that names no hours gets no invented ones: the county's figure or `needs_config`.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput
from matcher.policy.evaluation.evaluate import evaluate_rule
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.types import PackSet
from matcher.records.deeds import Deed
from matcher.records.local_time import CHINA
from matcher.records.replies import Return

FILE: Final = "returnees.toml"
HELPER: Final = "return.helper"
OFFERED: Final = "return.offered"
CLOSED: Final = "return.closed"
REOPENED: Final = "return.reopened"
PLACED: Final = "placed"
"""How a case ends by itself: there is work again."""
SECONDS_PER_HOUR: Final = 3600


class WarningRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From how many people of one employer within how many days on it is a warning."""

    people: int
    days: int
    reading: str


class UnemployedRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rule says what somebody without work has a right to; days : how long after the end they are listed."""

    rule: str
    days: int
    reading: str


class End(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a case may end."""

    code: str
    label: str


class ReturneeRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of returnees."""

    pack: str
    rule: str
    parameter: str
    clause: str
    reading: str
    rematch_within_days: int
    warning: WarningRule
    unemployed: UnemployedRule
    end: tuple[End, ...]

    def ended(self, code: str) -> End | None:
        """An end by its code, None for none."""
        return next((one for one in self.end if one.code == code), None)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was done for a returnee; offered_on : day of the last list, made under `decision_id`; ended : code or ""."""

    helper: str = ""
    offered_on: date | None = None
    decision_id: str = ""
    n_offered: int = 0
    ended: str = ""
    ended_on: date | None = None


class Step(StrEnum):
    """What is to be done next for a returnee."""

    HELPER = "helper"
    OFFER = "offer"
    FOLLOW = "follow"
    CLOSED = "closed"


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A returnee on a day: how the report stood, by when a new list is due, what is next.

    report : outcome of the document's rule (met, not_met, needs_config, needs_review); late : the list is overdue
    """

    report: str
    reasons: tuple[str, ...]
    offer_by: date
    late: bool
    days_left: int
    next: Step


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who left an employer: through the ledger or the end of a placement."""

    employer: str
    worker_id: str
    on: date


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """An employer to look at before the others come home.

    left : who left in the window, by day; still : who is there yet; owes : wages are late by a list or the roster
    unpaid : who is there yet and said in the window that wages are late
    """

    employer: str
    left: tuple[str, ...]
    still: tuple[str, ...]
    owes: bool
    unpaid: tuple[str, ...] = ()


@cache
def returnee_rules() -> ReturneeRules:
    """The committed rules."""
    return read_rules(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def read_rules(text: str) -> ReturneeRules:
    """The rules of a file's text; raises InvalidInput for a misfit."""
    try:
        return msgspec.convert(tomllib.loads(text), ReturneeRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the rules of returnees do not fit: {error}", where=FILE) from None


def done_of(entry: Return, deeds: Iterable[Deed]) -> Done:
    """What was done, from the entry and the deeds of its stream; an entry that ended by itself is closed too.

    Who helps stands in the entry alone: a deed holds no names, and says only when it was settled.
    """
    done = Done(helper=entry.helper)
    for deed in deeds:
        body = deed.body
        if deed.kind == OFFERED:
            told = {"decision_id": str(body.get("decision_id", "")), "n_offered": int(body.get("n", 0))}
            done = msgspec.structs.replace(done, offered_on=deed.on, **told)
        elif deed.kind == CLOSED:
            done = msgspec.structs.replace(done, ended=str(body.get("how", "")), ended_on=deed.on)
        elif deed.kind == REOPENED:
            done = msgspec.structs.replace(done, ended="", ended_on=None)
    if entry.ended_on is not None and not done.ended:
        done = msgspec.structs.replace(done, ended=PLACED, ended_on=entry.ended_on)
    return done


def clock_of(
    entry: Return, done: Done, on: date, *, rules: ReturneeRules, packs: PackSet, figures: CountyFigures
) -> Clock:
    """Where a returnee stands on a day.

    The ledger knows the day of the return and no hour: hours of the report count from the end of that day.
    """
    told = report_told(entry, rules, packs, figures)
    offer_by = entry.returned_on + timedelta(days=rules.rematch_within_days)
    if done.ended:
        step = Step.CLOSED
    elif not done.helper:
        step = Step.HELPER
    else:
        step = Step.OFFER if done.offered_on is None else Step.FOLLOW
    return Clock(
        report=str(told["outcome"]),
        reasons=tuple(told.get("reasons", ())),
        offer_by=offer_by,
        late=done.offered_on is None and not done.ended and on > offer_by,
        days_left=(offer_by - on).days,
        next=step,
    )


def report_told(entry: Return, rules: ReturneeRules, packs: PackSet, figures: CountyFigures) -> Mapping[str, Any]:
    """What the document's rule says of the time to the report, with the county's hours where it has set them."""
    end_of_day = datetime.combine(entry.returned_on + timedelta(days=1), time(), CHINA)
    seconds = max(0.0, ((entry.first_noted_at or entry.noted_at) - end_of_day).total_seconds())
    figure = figures.on(rules.pack, rules.parameter, entry.returned_on)
    inputs = {
        "hours_to_report": str((Decimal(int(seconds)) / SECONDS_PER_HOUR).quantize(Decimal("0.01"))),
        "sla_hours": None if figure is None else str(figure.value),
    }
    return evaluate_rule(rules.rule, inputs, packs=packs)


def alarms_of(
    left: Iterable[Left],
    still: Mapping[str, Collection[str]],
    owing: Collection[str],
    rules: WarningRule,
    on: date,
    *,
    unpaid: Mapping[str, Collection[str]] | None = None,
) -> tuple[Alarm, ...]:
    """Employers several people left within the window, and those whose wages are late while people are there yet.

    unpaid : employer -> who said in the window that wages are late
    Who comes home again counts once. Those where most people are left come first.
    """
    said = unpaid or {}
    gone: dict[str, dict[str, date]] = defaultdict(dict)
    for one in left:
        if one.employer and on - timedelta(days=rules.days) < one.on <= on:
            gone[one.employer][one.worker_id] = min(one.on, gone[one.employer].get(one.worker_id, one.on))
    alarms = []
    for employer in sorted({*gone, *owing, *said}):
        people, there = gone.get(employer, {}), still.get(employer, ())
        owes = employer in owing and bool(there)
        heard = tuple(sorted(set(there).intersection(said.get(employer, ()))))
        if len(people) >= rules.people or owes or heard:
            by_day = tuple(sorted(people, key=lambda worker: (people[worker], worker)))
            alarms.append(Alarm(employer=employer, left=by_day, still=tuple(sorted(there)), owes=owes, unpaid=heard))
    return tuple(sorted(alarms, key=lambda alarm: (-len(alarm.still), -len(alarm.left), alarm.employer)))
