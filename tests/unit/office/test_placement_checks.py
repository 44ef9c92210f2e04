"""Checks after 1, 3 and 6 months: due, late, answered by a visit, a broker's question or a paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from matcher.errors import InvalidInput
from matcher.office.tracking.checks import (
    NOTED,
    UNDONE,
    Said,
    State,
    checks_of,
    findings_of,
    next_open,
    read_schedule,
    schedule,
    steps_of,
)
from matcher.policy import standard_packs
from matcher.records import Evidence, EvidenceKind, Placement
from matcher.records.deeds import Deed
from matcher.records.orders import FollowUp

START = date(2018, 1, 31)
STEPS = steps_of(schedule(), standard_packs())
PLAN = (schedule(), STEPS)


def placed(end: date | None = None, *evidence: Evidence) -> Placement:
    """A placement from the last of January."""
    return Placement(placement_id="p", worker_id="w", start=START, end=end, evidence=evidence)


def states(
    on: date, placement: Placement | None = None, visits: dict[int, Said] | None = None, asked: Sequence[FollowUp] = ()
) -> list[State]:
    """The states of the three checks on a day."""
    return [one.state for one in checks_of(placement or placed(), PLAN, on, visits=visits or {}, follow_ups=asked)]


def test_the_months_are_those_of_the_documents() -> None:
    assert [(step.months, bool(step.source)) for step in STEPS] == [(1, False), (3, True), (6, True)]


@pytest.mark.parametrize(
    ("on", "first"),
    [
        (date(2018, 2, 20), State.WAITING),
        (date(2018, 2, 21), State.DUE),
        (date(2018, 2, 28), State.DUE),
        (date(2018, 3, 14), State.DUE),
        (date(2018, 3, 15), State.LATE),
    ],
)
def test_a_check_is_due_at_the_end_of_the_month_and_late_two_weeks_after(on: date, first: State) -> None:
    assert states(on)[0] is first


def test_a_brokers_answer_of_day_30_is_the_check_of_the_first_month() -> None:
    asked = FollowUp(
        follow_up_id="f", order_id="o", worker_id="w", vacancy_id="v", day=30, due_on=START + timedelta(days=30),
        status="kept", asked_at=datetime(2018, 3, 1, 17, tzinfo=UTC), asked_by="b",
    )  # fmt: skip
    first = checks_of(placed(), PLAN, date(2018, 3, 2), visits={}, follow_ups=[asked])[0]
    assert (first.state, first.said and first.said.on) == (State.DONE, date(2018, 3, 2))
    assert states(date(2018, 3, 1), asked=[asked])[0] is State.DUE


def test_a_wage_roll_of_the_third_month_answers_the_first_two_checks() -> None:
    roll = Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(2018, 4, 30), by="厂")
    assert states(date(2018, 6, 1), placed(None, roll)) == [State.DONE, State.DONE, State.WAITING]


def test_a_contract_proves_a_start_and_no_staying() -> None:
    signed = Evidence(kind=EvidenceKind.CONTRACT, on=date(2018, 4, 30), by="厂")
    assert states(date(2018, 5, 1), placed(None, signed))[1] is State.DUE


def test_who_cannot_be_reached_stays_on_the_list() -> None:
    lost = {1: Said(code="unreachable", on=date(2018, 2, 28), by="o")}
    assert states(date(2018, 3, 1), visits=lost)[0] is State.DUE


def test_who_was_heard_another_way_was_reached_though_a_visit_found_nobody() -> None:
    lost = {1: Said(code="unreachable", on=date(2018, 2, 28), by="o")}
    roll = Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(2018, 3, 5), by="厂")
    told = checks_of(placed(None, roll), PLAN, date(2018, 3, 20), visits=lost)[0]
    assert (told.state, told.said and told.said.through) == (State.DONE, "evidence")
    asked = FollowUp(
        follow_up_id="f", order_id="o", worker_id="w", vacancy_id="v", day=30, due_on=START + timedelta(days=30),
        status="kept", asked_at=datetime(2018, 3, 6, tzinfo=UTC), asked_by="b",
    )  # fmt: skip
    assert states(date(2018, 3, 20), visits=lost, asked=[asked])[0] is State.DONE
    assert states(date(2018, 3, 5), visits=lost, asked=[asked])[0] is State.DUE


def test_who_left_before_the_check_is_not_asked() -> None:
    assert states(date(2018, 3, 1), placed(date(2018, 2, 10))) == [State.ENDED] * 3


def test_the_latest_open_check_comes_first() -> None:
    every = checks_of(placed(), PLAN, date(2018, 7, 31), visits={})
    found = next_open(every)
    assert found is not None
    assert found.months == 6
    assert next_open(checks_of(placed(), PLAN, START, visits={})) is None


@pytest.mark.parametrize(("code", "left"), [("kept", None), ("returned", date(2018, 7, 31)), ("unreachable", None)])
def test_a_later_check_answers_for_the_months_before_unless_nobody_was_reached(code: str, left: date | None) -> None:
    said = Said(code=code, on=date(2018, 7, 31), by="o")
    every = checks_of(placed(left), PLAN, date(2018, 7, 31), visits={6: said})
    if code == "unreachable":
        assert [one.state for one in every] == [State.LATE, State.LATE, State.DUE]
    else:
        assert [(one.state, one.said) for one in every] == [(State.DONE, said)] * 3
        assert next_open(every) is None
    before = checks_of(placed(left), PLAN, date(2018, 7, 30), visits={6: said})
    assert next_open(before) is not None


def deed(kind: str, seq: int, status: str = "") -> Deed:
    """A deed about the first month."""
    body = {"months": 1} | ({"status": status} if status else {})
    at = datetime(2018, 3, seq, tzinfo=UTC)
    return Deed(number=seq, stream="visit:p", seq=seq, kind=kind, at=at, on=at.date(), by="o", body=body)


def test_a_step_back_restores_what_stood_before() -> None:
    noted = [deed(NOTED, 1, "unreachable"), deed(NOTED, 2, "kept")]
    assert findings_of(noted)[1].code == "kept"
    assert findings_of([*noted, deed(UNDONE, 3)])[1].code == "unreachable"
    assert findings_of([*noted, deed(UNDONE, 3), deed(UNDONE, 4), deed(UNDONE, 5)]) == {}


def test_a_schedule_says_months_once() -> None:
    with pytest.raises(InvalidInput):
        read_schedule(
            'reading=""\nshown_days_before=1\nlate_after_days=1\nmost_income_yuan_month=9\nfinding=[]\n[[check]]\n'
        )


def test_the_countys_own_months_go_before_those_of_another_document():
    packs = standard_packs()
    borrowed = steps_of(schedule(), packs)
    assert [(step.months, step.borrowed) for step in borrowed] == [(1, False), (3, True), (6, True)]
    assert not any(step.borrowed for step in steps_of(schedule(), packs, "hekou_2018"))
    assert steps_of(schedule(), packs, "liujiang_2018") == borrowed

    stated = packs["hekou_2018"].parameter("placement_service_stable_min_months")
    four = msgspec.structs.replace(stated, value=4)
    own = msgspec.structs.replace(packs["liujiang_2018"], parameters=(*packs["liujiang_2018"].parameters, four))
    with_own = msgspec.structs.replace(packs, packs={**packs.packs, own.id: own})
    told = steps_of(schedule(), with_own, own.id)
    assert [(step.months, step.borrowed) for step in told] == [(1, False), (4, False), (6, True)]
    assert told[1].source.startswith(own.cited)
