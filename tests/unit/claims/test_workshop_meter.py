"""The workshop meter against the document's own rule, both sides of its bounds, and its alerts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.office.claims.workshop import (
    MeterState,
    WorkshopMonth,
    meter,
    month_number,
    month_text,
    months_of,
    target_of,
)
from matcher.policy import standard_packs
from matcher.policy.evaluation.evaluate import evaluate_rule
from matcher.records import Evidence, EvidenceKind, Placement

PACK = standard_packs()["liujiang_2018"]
TARGET = target_of(PACK)


def worked(*months: str, pay: int | None = 1000) -> tuple[WorkshopMonth, ...]:
    return tuple(
        WorkshopMonth(
            month=month_number(date.fromisoformat(f"{one}-01")), pay_yuan=None if pay is None else Decimal(pay)
        )
        for one in months
    )


def test_the_figures_are_those_of_the_document():
    assert (TARGET.months, TARGET.pay_yuan, TARGET.window_months, TARGET.clause) == (6, 6000, 12, "三(二)4(1)")
    assert target_of(standard_packs()["wuyuan_2021"]) is None


HALF_YEAR = ("2018-01", "2018-02", "2018-03", "2018-04", "2018-05", "2018-06")


def test_both_bounds_are_met_exactly_and_one_yuan_short_is_not():
    assert meter(worked(*HALF_YEAR), TARGET, date(2018, 6, 30)).state is MeterState.MET
    short = meter(worked(*HALF_YEAR, pay=999), TARGET, date(2018, 6, 30))
    assert (short.state, short.months_lacking) == (MeterState.UNDER_WAY, 1)


def test_an_alert_comes_while_every_month_left_is_needed_and_before_the_window_closes():
    told = {
        day: meter(worked("2018-01", "2018-02", "2018-03"), TARGET, date.fromisoformat(day)).state
        for day in ("2018-09-30", "2018-10-01", "2018-11-01")
    }
    assert list(told.values()) == [MeterState.UNDER_WAY, MeterState.CLOSING, MeterState.MISSED]
    # Counted by calendar years the window that began with a year's first month stays the same here.
    late = meter(worked("2017-12", "2018-01", "2018-02"), TARGET, date(2018, 7, 1), calendar_year=True)
    assert (late.state, late.first) == (MeterState.UNDER_WAY, "2018-01")


def test_pay_nobody_recorded_is_not_nothing():
    told = meter(worked(*HALF_YEAR, pay=None), TARGET, date(2018, 6, 30))
    assert told.pay_yuan is None
    assert told.state is not MeterState.MET
    assert meter((), TARGET, date(2018, 6, 30)) is None


def test_rolls_of_the_future_and_other_papers_are_no_months():
    rolls = [Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(2018, m, 5)) for m in (4, 5, 7)]
    papers = (*rolls, Evidence(kind=EvidenceKind.VISIT, on=date(2018, 3, 1)), Evidence(kind=EvidenceKind.WAGE_ROLL))
    placement = Placement(
        placement_id="p", worker_id="w", start=date(2018, 3, 1), wage_yuan_month=1200, evidence=papers
    )
    found = months_of([placement], date(2018, 6, 1))
    assert [month_text(one.month) for one in found] == ["2018-04", "2018-05"]
    both = months_of([placement, placement], date(2018, 6, 1))
    assert both[0].pay_yuan == 2400


@pytest.mark.parametrize("mode", ["rolling_from_first_month", "calendar_year"])
@settings(max_examples=40, deadline=None)
@given(months=st.sets(st.integers(0, 23), min_size=1), pay=st.sampled_from([600, 999, 1000, 2000]))
def test_it_is_met_exactly_when_the_rule_says_so(mode, months, pay):
    names = [month_text(month_number(date(2018, 1, 1)) + m) for m in sorted(months)]
    rows = [{"month": name, "months": 1, "pay_yuan": str(pay)} for name in names]
    said = evaluate_rule("WORKSHOP_WINDOW", {"monthly": rows, "window_mode": mode}, packs=standard_packs())
    told = meter(worked(*names, pay=pay), TARGET, date(2020, 1, 1), calendar_year=mode == "calendar_year")
    assert (told.state is MeterState.MET) is said["window_met"]


def roll(month: int, pay: int | None = None, day: int = 5) -> Evidence:
    return Evidence(kind=EvidenceKind.WAGE_ROLL, on=date(2018, month, day), pay_yuan=pay)


def sewing(*rolls: Evidence, wage: int | None = 1200) -> Placement:
    return Placement(placement_id="p", worker_id="w", start=date(2018, 1, 1), wage_yuan_month=wage, evidence=rolls)


def test_what_a_roll_says_was_paid_counts_and_the_contract_stands_in_where_it_says_nothing():
    found = months_of([sewing(roll(1, 800), roll(2), roll(3, 0))], date(2018, 6, 1))
    assert [(one.pay_yuan, one.by_contract) for one in found] == [(800, False), (1200, True), (0, False)]
    assert meter(found, TARGET, date(2018, 6, 1)).months_by_contract == 1
    unknown = months_of([sewing(roll(1), wage=None)], date(2018, 6, 1))
    assert [(one.pay_yuan, one.by_contract) for one in unknown] == [(None, False)]


def test_two_rolls_of_one_month_are_one_month_of_the_contract_and_both_payments():
    [twice] = months_of([sewing(roll(1), roll(1, day=20))], date(2018, 6, 1))
    assert twice.pay_yuan == 1200
    [paid] = months_of([sewing(roll(1, 700), roll(1, 500, day=20), roll(1, day=25))], date(2018, 6, 1))
    assert (paid.pay_yuan, paid.by_contract) == (1200, False)


def test_six_months_of_a_wage_of_the_contract_that_was_not_paid_are_not_enough():
    by_contract = months_of([sewing(*(roll(m) for m in range(1, 7)))], date(2018, 6, 30))
    assert meter(by_contract, TARGET, date(2018, 6, 30)).state is MeterState.MET
    really = months_of([sewing(*(roll(m, 999) for m in range(1, 7)))], date(2018, 6, 30))
    assert meter(really, TARGET, date(2018, 6, 30)).state is MeterState.UNDER_WAY
