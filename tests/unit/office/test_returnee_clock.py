"""Returnees: the clock of each, deeds folded, employers from whom several come home."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.office.tracking.returnees import (
    CLOSED,
    HELPER,
    OFFERED,
    REOPENED,
    Clock,
    Left,
    Step,
    alarms_of,
    clock_of,
    done_of,
    read_rules,
    returnee_rules,
)
from matcher.policy import standard_packs
from matcher.policy.figures.in_force import CountyFigures
from matcher.records.deeds import Deed
from matcher.records.figures import CountyFigure
from matcher.records.replies import Return
from matcher.records.texts import Channel

HOME = date(2020, 6, 1)
RULES, PACKS = returnee_rules(), standard_packs()


def entry(
    *, noted: datetime = datetime(2020, 6, 1, 10, tzinfo=UTC), helper: str = "", ended: date | None = None
) -> Return:
    """Somebody who came home on the first of June."""
    return Return(
        return_id="r", worker_id="w", region_code="450206102203", returned_on=HOME, by="informant",
        channel=Channel.DESK, noted_at=noted, helper=helper, ended_on=ended,
    )  # fmt: skip


def hours(value: int) -> CountyFigures:
    """The county's hours."""
    return CountyFigures(
        [
            CountyFigure(
                pack_id=RULES.pack, parameter_id=RULES.parameter, value=Decimal(value), unit="小时",
                from_=date(2020, 1, 1), author="o", source="会议纪要", recorded_on=date(2020, 1, 1),
            )
        ]
    )  # fmt: skip


def clock(
    on: date, one: Return | None = None, deeds: tuple[Deed, ...] = (), figures: CountyFigures | None = None
) -> Clock:
    """The clock on a day."""
    told = one or entry()
    done = done_of(told, deeds)
    return clock_of(told, done, on, rules=RULES, packs=PACKS, figures=figures or CountyFigures())


def deed(kind: str, day: int, **body: object) -> Deed:
    """A deed of a day of June."""
    at = datetime(2020, 6, day, tzinfo=UTC)
    return Deed(number=day, stream="return:r", seq=day, kind=kind, at=at, on=at.date(), by="o", body=body)


def test_a_document_without_hours_gets_none_invented() -> None:
    told = clock(HOME)
    assert (told.report, told.reasons) == ("needs_config", ("sla_not_stated",))


@pytest.mark.parametrize(("late_h", "outcome"), [(24, "met"), (25, "not_met")])
def test_hours_count_from_the_end_of_the_day_of_the_return(late_h: int, outcome: str) -> None:
    noted = datetime(2020, 6, 1, 16, tzinfo=UTC) + timedelta(hours=late_h)
    assert clock(HOME, entry(noted=noted), figures=hours(24)).report == outcome


def test_the_list_is_due_within_the_week() -> None:
    assert (clock(date(2020, 6, 8)).late, clock(date(2020, 6, 8)).days_left) == (False, 0)
    assert clock(date(2020, 6, 9)).late
    offered = (deed(OFFERED, 2, decision_id="d-1", n=3),)
    assert not clock(date(2020, 6, 9), deeds=offered).late


def test_what_is_next_follows_from_what_was_done() -> None:
    helped, offered, closed = deed(HELPER, 1), deed(OFFERED, 2, n=3), deed(CLOSED, 3, how="trains")
    named = entry(helper="阿强")
    steps = [clock(HOME, named, done).next for done in ((), (helped,), (helped, offered), (helped, offered, closed))]
    assert [clock(HOME).next, *steps] == [Step.HELPER, Step.OFFER, Step.OFFER, Step.FOLLOW, Step.CLOSED]
    assert clock(HOME, named, (helped, offered, closed, deed(REOPENED, 4))).next is Step.FOLLOW
    assert clock(HOME, entry(helper="阿强", ended=HOME)).next is Step.CLOSED


def gone(*people: tuple[str, int], employer: str = "e") -> list[Left]:
    """People who left so many days before the day."""
    return [Left(employer=employer, worker_id=who, on=HOME - timedelta(days=days)) for who, days in people]


def test_three_who_leave_one_employer_in_a_month_are_a_warning() -> None:
    two, third, early = gone(("a", 0), ("b", 9)), gone(("c", 29)), gone(("c", 30))
    assert alarms_of([*two, *early], {"e": ["x"]}, (), RULES.warning, HOME) == ()
    (alarm,) = alarms_of([*two, *third], {"e": ["x"]}, (), RULES.warning, HOME)
    assert (alarm.left, alarm.still, alarm.owes) == (("c", "b", "a"), ("x",), False)
    assert alarms_of(gone(("a", 0), ("a", 1), ("b", 1)), {}, (), RULES.warning, HOME) == ()


def test_late_wages_warn_while_somebody_is_still_there() -> None:
    (alarm,) = alarms_of([], {"e": ["x"]}, {"e"}, RULES.warning, HOME)
    assert alarm.owes
    assert alarms_of([], {}, {"e"}, RULES.warning, HOME) == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("xy"), st.integers(-2, 40))))
def test_nobody_of_an_alarm_left_outside_the_window(drawn: list[tuple[str, str, int]]) -> None:
    left = [Left(employer=firm, worker_id=who, on=HOME - timedelta(days=days)) for who, firm, days in drawn]
    for alarm in alarms_of(left, {}, (), RULES.warning, HOME):
        inside = {who for who, firm, days in drawn if firm == alarm.employer and 0 <= days < RULES.warning.days}
        assert set(alarm.left) == inside
        assert len(alarm.left) == len(inside) >= RULES.warning.people


def test_rules_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidInput):
        read_rules("pack = 1")
