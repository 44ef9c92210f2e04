"""Checks of a placement after 1, 3 and 6 months: which are due, which were answered, by a visit or a broker's question.

The schedule is data (`checks.toml`), its months the documents' where they name them. Whoever cannot be reached has not
left: the check stays on the list. What was noted by mistake is taken back by a deed that says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from matcher.errors import InvalidInput
from matcher.policy.evaluation.conventions import add_months
from matcher.policy.types import PackSet
from matcher.records import EvidenceKind, Placement
from matcher.records.deeds import Deed
from matcher.records.local_time import CHINA
from matcher.records.orders import FollowUp

FILE: Final = "checks.toml"
NOTED: Final = "visit.noted"
UNDONE: Final = "visit.undone"
UNREACHABLE: Final = "unreachable"


class State(StrEnum):
    """Where a check stands; `closed` ones wait for nobody."""

    WAITING = "waiting"
    DUE = "due"
    LATE = "late"
    DONE = "done"
    ENDED = "ended"

    @property
    def open(self) -> bool:
        """Whether somebody has to go or call."""
        return self in (State.DUE, State.LATE)


class Planned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the schedule: the months as a number or as a parameter of a pack; joins : a broker's day."""

    months: int | None = None
    pack: str = ""
    parameter: str = ""
    joins: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a check may find; proves : kinds of evidence that say it by themselves.

    leaves : the placement has ended; home : because they came home, so the return ledger has them too
    """

    code: str
    label: str
    proves: tuple[EvidenceKind, ...] = ()
    leaves: bool = False
    home: bool = False


class Issue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be the matter at work; unpaid : wages are late, which warns of the employer."""

    code: str
    label: str
    unpaid: bool = False


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of checks."""

    reading: str
    shown_days_before: int
    late_after_days: int
    most_income_yuan_month: int
    check: tuple[Planned, ...]
    finding: tuple[Finding, ...]
    issue: tuple[Issue, ...] = ()

    def trouble(self, code: str) -> Issue | None:
        """What is the matter by its code, None for none."""
        return next((one for one in self.issue if one.code == code), None)

    def found(self, code: str) -> Finding | None:
        """A finding by its code, None for none."""
        return next((one for one in self.finding if one.code == code), None)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A check of the schedule with its months known.

    source : document and clause, "" where it is our reading; borrowed : that document does not bind the county
    """

    months: int
    joins: int | None
    source: str
    borrowed: bool = False

    @property
    def label(self) -> str:
        """As lists say it."""
        return f"满{self.months}个月"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: its code, on which day, by whom, by which proof (None without), through what.

    income_yuan_month, job, issue : what a visit heard besides (requirements 8.11); None and "" were not asked
    """

    code: str
    on: date
    by: str
    kind: EvidenceKind | None = None
    through: str = "visit"
    income_yuan_month: int | None = None
    job: str = ""
    issue: str = ""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check of one placement on a day; late_days : how long it has been due, 0 before."""

    placement_id: str
    worker_id: str
    months: int
    label: str
    due_on: date
    state: State
    late_days: int
    said: Said | None = None


@cache
def schedule() -> Schedule:
    """The committed schedule."""
    return read_schedule(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def read_schedule(text: str) -> Schedule:
    """The schedule of a file's text. Raises InvalidInput for a line with neither months nor parameter, or both."""
    try:
        read = msgspec.convert(tomllib.loads(text), Schedule)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the schedule of checks does not fit: {error}", where=FILE) from None
    if any((one.months is None) != bool(one.pack and one.parameter) for one in read.check):
        raise InvalidInput("a check has months or a parameter, not both", where=FILE, remedy="Write one of them.")
    return read


def steps_of(schedule: Schedule, packs: PackSet, bound: str = "") -> tuple[Step, ...]:
    """The checks by months, soonest first. Raises InvalidInput for a parameter that states no whole months.

    bound : id of the pack that binds the county; its own parameter of the name goes before the one the line names. Of
    two checks after as many months there is one, which a broker's question answers if one of them is.
    """
    steps: dict[int, Step] = {}
    for step in sorted((_step(one, packs, bound) for one in schedule.check), key=lambda one: one.joins is None):
        steps.setdefault(step.months, step)
    return tuple(steps[months] for months in sorted(steps))


def _step(planned: Planned, packs: PackSet, bound: str) -> Step:
    if planned.months is not None:
        return Step(months=planned.months, joins=planned.joins, source="")
    for pack_id in (bound, planned.pack):
        pack = packs.packs.get(pack_id)
        stated = pack.parameter(planned.parameter) if pack else None
        if pack is not None and stated is not None and isinstance(stated.value, int):
            source = f"{pack.cited}{stated.clause}"
            return Step(months=stated.value, joins=planned.joins, source=source, borrowed=pack_id != bound)
    raise InvalidInput(f"no whole months: {planned.pack} {planned.parameter}", where=FILE)


def findings_of(deeds: Iterable[Deed]) -> dict[int, Said]:
    """Months -> what stands of the visits of one placement: the last noted that was not taken back."""
    stack: dict[int, list[Said]] = {}
    for deed in deeds:
        if "erased" in deed.body:
            continue
        months = int(deed.body.get("months", 0))
        if deed.kind == NOTED:
            kind = deed.body.get("kind")
            said = Said(
                code=str(deed.body["status"]),
                on=deed.on,
                by=deed.by,
                kind=EvidenceKind(kind) if kind else None,
                income_yuan_month=deed.body.get("income_yuan_month"),
                job=str(deed.body.get("job", "")),
                issue=str(deed.body.get("issue", "")),
            )
            stack.setdefault(months, []).append(said)
        elif deed.kind == UNDONE and stack.get(months):
            stack[months].pop()
    return {months: said[-1] for months, said in stack.items() if said}


def checks_of(
    placement: Placement,
    plan: tuple[Schedule, tuple[Step, ...]],
    on: date,
    *,
    visits: Mapping[int, Said],
    follow_ups: Iterable[FollowUp] = (),
) -> tuple[Check, ...]:
    """The checks of a placement as they stand on a day.

    visits : of `findings_of`; follow_ups : a broker's questions about this very placement. A visit goes before a
    broker's answer, and that before papers dated near the due day or after it; what was said after the day asked
    about is not known on it. Whoever could not be reached in one way and was in another was reached. A later check
    that was made answers for those before.
    """
    schedule, steps = plan
    asked = {one.day: _answered(one) for one in follow_ups if one.status}
    checks: list[Check] = []
    later: Said | None = None
    for step in reversed(steps):
        due = add_months(placement.start, step.months)
        told = (visits.get(step.months), asked.get(step.joins or 0), _proved(placement, schedule, due, on))
        heard = [said for said in told if said is not None and said.on <= on]
        known = next((said for said in heard if said.code != UNREACHABLE), heard[0] if heard else None)
        check = _check(placement, schedule, step, on, known)
        if check.state.open and later is not None:
            # A later check was made: what it found answers for the months before, and nobody is asked about them.
            check = msgspec.structs.replace(check, state=State.DONE, said=later)
        elif check.state is State.DONE:
            later = check.said
        checks.append(check)
    return tuple(reversed(checks))


def _answered(follow_up: FollowUp) -> Said:
    day = follow_up.asked_at.astimezone(CHINA).date() if follow_up.asked_at else follow_up.due_on
    return Said(code=follow_up.status, on=day, by=follow_up.asked_by, through="follow_up")


def _proved(placement: Placement, schedule: Schedule, due: date, on: date) -> Said | None:
    """The first paper of around the due day or later that says somebody is still at work."""
    first = due - timedelta(days=schedule.shown_days_before)
    for finding in schedule.finding:
        papers = [
            (one.on, one.by, one.kind)
            for one in placement.evidence
            if one.kind in finding.proves and one.on is not None and first <= one.on <= on
        ]
        if papers:
            day, by, kind = min(papers)
            return Said(code=finding.code, on=day, by=by, kind=kind, through="evidence")
    return None


def _check(placement: Placement, schedule: Schedule, step: Step, on: date, known: Said | None) -> Check:
    due = add_months(placement.start, step.months)
    late = (on - due).days
    if known is not None and known.code != UNREACHABLE:
        state = State.DONE
    elif placement.end is not None and placement.end < min(due, on + timedelta(days=1)):
        state = State.ENDED
    elif late > schedule.late_after_days:
        state = State.LATE
    else:
        state = State.DUE if late >= -schedule.shown_days_before else State.WAITING
    return Check(
        placement_id=placement.placement_id,
        worker_id=placement.worker_id,
        months=step.months,
        label=step.label,
        due_on=due,
        state=state,
        late_days=max(0, late),
        said=known,
    )


def next_open(checks: Iterable[Check]) -> Check | None:
    """The check to make now: the latest that is open, since it answers for the months before as well."""
    return max((one for one in checks if one.state.open), key=lambda check: check.months, default=None)
