"""Checks after one, three and six months: who is at work by which proof, and the checks that are to be made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput
from matcher.office.tracking.checks import (
    Check,
    Said,
    State,
    Step,
    checks_of,
    findings_of,
    next_open,
    schedule,
    steps_of,
)
from matcher.office.tracking.evidence import Counted, Grade, Proof, counted
from matcher.orders.follow_ups import placement_id
from matcher.policy.binding import pack_for
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records import Placement
from matcher.records.deeds import Deed
from matcher.records.orders import FollowUp
from matcher.services.ground.refuted import refuted_on
from matcher.services.ground.rulebook import Means
from matcher.services.tracking.words import (
    KINDS,
    N_LISTED,
    grades_told,
    of_persons,
    people_told,
    placement_told,
    placements_at,
    runs_on,
)

STREAM: Final = "visit:"
STATE_WORDS: Final = {
    State.WAITING: "还没到",
    State.DUE: "该去了",
    State.LATE: "迟了",
    State.DONE: "查过了",
    State.ENDED: "已经离开",
}
THROUGH: Final = {"visit": "回访", "follow_up": "劳务员回访", "evidence": "佐证"}


class Visits(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the day; people of one grade, or the checks to make where `grade` is ""; from which row."""

    on: date
    grade: str = ""
    skip: int = 0
    regions: tuple[str, ...] = ()


def visits_told(store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, call: Visits) -> dict[str, Any]:
    """Who is at work by which proof, and the checks to make, those due longest first; or the people of a grade.

    Raises InvalidInput for a grade there is none of.
    """
    if call.grade not in ("", *Grade):
        raise InvalidInput("没有这一等", where="grade", remedy="请从页面上的数字点进来。")
    running = of_persons(store, deeds, [one for one in placements_at(store) if runs_on(one, call.on)])
    count = counted(running, call.on, refuted=refuted_on(deeds, call.on))
    checks = checks_at(orders, deeds, means, running, call.on, call.regions)
    rows = _of_grade(count, Grade(call.grade)) if call.grade else _to_make(count, checks)
    part = rows[call.skip : call.skip + N_LISTED]
    people = people_told(store, (proof.placement.worker_id for proof, _ in part))
    plan = schedule()
    every = [check for found in checks.values() for check in found]
    return {
        "on": call.on.isoformat(),
        "grade": call.grade,
        "n_running": len({one.worker_id for one in running}),
        **grades_told(count),
        "n_open": sum(next_open(found) is not None for found in checks.values()),
        "n_late": sum(any(check.state is State.LATE for check in found) for found in checks.values()),
        "steps": [_step_told(step, every) for step in planned_steps(means, call.on)],
        "reading": plan.reading,
        "rows": [
            placement_told(proof, people) | ({"check": check_told(check)} if check else {"check": None})
            for proof, check in part
        ],
        "n_rows": len(rows),
        "skip": call.skip,
        "next": call.skip + N_LISTED if len(rows) > call.skip + N_LISTED else None,
        "findings": [{"code": one.code, "label": one.label} for one in plan.finding],
        "kinds": [{"code": kind.value, "label": label} for kind, label in KINDS.items()],
        "most_income": plan.most_income_yuan_month,
        "issues": [{"code": one.code, "label": one.label} for one in plan.issue],
    }


def _of_grade(count: Counted, grade: Grade) -> list[tuple[Proof, Check | None]]:
    """Everybody counted under a grade, by the proof that counts."""
    wanted = set(count.names[grade])
    return [(one, None) for one in count.proofs if one.placement.worker_id in wanted and one.grade is grade]


def _to_make(count: Counted, checks: Mapping[str, Sequence[Check]]) -> list[tuple[Proof, Check | None]]:
    """The next open check of each placement, those due longest first."""
    proofs = {proof.placement.placement_id: proof for proof in count.proofs}
    found = sorted(filter(None, map(next_open, checks.values())), key=lambda one: (one.due_on, one.placement_id))
    return [(proofs[one.placement_id], one) for one in found]


def visits_of(deeds: DeedStore, worker_id: str) -> list[dict[str, Any]]:
    """What checks of somebody's placements have found and stands, oldest first."""
    noted = visits_noted(deeds.deeds(prefix=STREAM, subject=worker_id))
    rows = [
        {"placement_id": placement, "months": months, **(_said_told(said) or {})}
        for placement, found in noted.items()
        for months, said in found.items()
    ]
    return sorted(rows, key=lambda row: (row["on"], row["placement_id"], row["months"]))


def bound_pack(means: Means, on: date) -> str:
    """Id of the pack that binds the county of this installation on a day; "" where none is set."""
    where = means.settings.jurisdiction
    return pack_for(means.packs, where, on).asked.id if where else ""


def planned_steps(means: Means, on: date) -> tuple[Step, ...]:
    """The checks there are, by the county's own document where it says when."""
    return steps_of(schedule(), means.packs, bound_pack(means, on))


def checks_at(
    orders: OrderStore,
    deeds: DeedStore,
    means: Means,
    placements: Sequence[Placement],
    on: date,
    regions: tuple[str, ...] = (),
) -> dict[str, tuple[Check, ...]]:
    """Placement -> its checks as they stand on a day, joined with the questions of brokers."""
    return checks_under(asked_of(orders, regions), deeds, means, placements, on)


def checks_under(
    asked: Mapping[str, Sequence[FollowUp]],
    deeds: DeedStore,
    means: Means,
    placements: Sequence[Placement],
    on: date,
) -> dict[str, tuple[Check, ...]]:
    """The same with the questions of brokers as given: placement -> those that were answered."""
    plan = (schedule(), planned_steps(means, on))
    noted = visits_noted(deeds.deeds(prefix=STREAM))
    return {
        one.placement_id: checks_of(
            one,
            plan,
            on,
            visits=noted.get(one.placement_id, {}),
            follow_ups=asked.get(one.placement_id, ()),
        )
        for one in placements
    }


def check_told(check: Check) -> dict[str, Any]:
    """A check as a line tells it."""
    return {
        "months": check.months,
        "label": check.label,
        "due_on": check.due_on.isoformat(),
        "state": check.state.value,
        "state_label": STATE_WORDS[check.state],
        "late_days": check.late_days,
        "said": _said_told(check.said),
    }


def visits_noted(deeds: Sequence[Deed]) -> dict[str, Mapping[int, Said]]:
    """Placement -> months -> what stands of its visits."""
    streams: dict[str, list[Deed]] = defaultdict(list)
    for deed in deeds:
        streams[deed.stream.removeprefix(STREAM)].append(deed)
    return {one: findings_of(found) for one, found in streams.items()}


def asked_of(orders: OrderStore, regions: tuple[str, ...]) -> dict[str, list[FollowUp]]:
    """Placement -> the questions of brokers about it that were answered."""
    asked: dict[str, list[FollowUp]] = defaultdict(list)
    for order in orders.orders(regions=regions):
        for one in orders.follow_ups(order_id=order.order_id):
            if one.status:
                asked[placement_id(order.order_id, one.worker_id)].append(one)
    return asked


def _said_told(said: Said | None) -> dict[str, Any] | None:
    if said is None:
        return None
    finding, issue = schedule().found(said.code), schedule().trouble(said.issue)
    return {
        "label": finding.label if finding else said.code,
        "on": said.on.isoformat(),
        "by": said.by,
        "kind": KINDS[said.kind] if said.kind else "",
        "through": THROUGH[said.through],
        "income_yuan_month": said.income_yuan_month,
        "job": said.job,
        "issue": issue.label if issue else "",
    }


def _step_told(step: Step, checks: Sequence[Check]) -> dict[str, Any]:
    states = [check.state for check in checks if check.months == step.months]
    return {
        "months": step.months,
        "label": step.label,
        "source": step.source,
        "borrowed": step.borrowed,
        "n_done": states.count(State.DONE),
        "n_due": states.count(State.DUE),
        "n_late": states.count(State.LATE),
    }
