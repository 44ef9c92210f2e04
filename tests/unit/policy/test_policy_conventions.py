from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import UsageError
from matcher.policy import evaluate_rule, standard_packs
from matcher.policy.evaluation.conventions import (
    CHOICES,
    Conventions,
    add_months,
    age_on,
    birthday,
    exceeds_months,
    from_settings,
    keeps_age,
    reaches_months,
    term_end,
    within,
    year_of,
)
from matcher.settings import Settings

DAYS = st.dates(date(1920, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("birth", "on", "basis", "leap", "age"),
    [
        (date(1970, 5, 2), date(2020, 5, 2), "birthday", "mar_1", 50),
        (date(1970, 5, 2), date(2020, 5, 1), "birthday", "mar_1", 49),
        (date(1970, 5, 2), date(2020, 5, 2), "day_after", "mar_1", 49),
        (date(1970, 5, 2), date(2020, 5, 3), "day_after", "mar_1", 50),
        (date(2000, 2, 29), date(2018, 2, 28), "birthday", "mar_1", 17),
        (date(2000, 2, 29), date(2018, 2, 28), "birthday", "feb_28", 18),
        (date(2000, 2, 29), date(2018, 3, 1), "birthday", "mar_1", 18),
        (date(2000, 2, 29), date(2018, 3, 1), "day_after", "mar_1", 17),
        (date(2000, 2, 29), date(2020, 2, 29), "birthday", "mar_1", 20),
        (date(1970, 12, 31), date(2020, 12, 31), "day_after", "mar_1", 49),
        (date(1970, 12, 31), date(2021, 1, 1), "day_after", "mar_1", 50),
    ],
)
def test_age_on_both_sides_of_the_birthday(birth, on, basis, leap, age):
    assert age_on(birth, on, basis, leap) == age


@given(birth=DAYS, years=st.integers(0, 90), basis=st.sampled_from(["birthday", "day_after"]))
def test_age_grows_exactly_on_the_day_named(birth, years, basis):
    day = birthday(birth, years, basis=basis)
    assert age_on(birth, day, basis) == years
    assert age_on(birth, day - timedelta(days=1), basis) == years - 1


def test_a_term_ends_on_the_same_day_or_one_day_less():
    assert term_end(date(2019, 4, 10), 3) == date(2022, 4, 10)
    assert term_end(date(2019, 4, 10), 3, "start_inclusive") == date(2022, 4, 9)
    assert term_end(date(2020, 2, 29), 3) == date(2023, 2, 28)


@given(start=DAYS, years=st.integers(1, 30))
def test_start_inclusive_is_one_day_less(start, years):
    assert term_end(start, years) - term_end(start, years, "start_inclusive") == timedelta(days=1)


def test_months_end_on_the_last_day_where_there_is_no_such_day():
    assert add_months(date(2021, 8, 31), 6) == date(2022, 2, 28)
    assert add_months(date(2021, 11, 30), 1) == date(2021, 12, 30)
    assert add_months(date(2021, 12, 1), 1) == date(2022, 1, 1)


@pytest.mark.parametrize(
    ("end", "reaches", "exceeds"),
    [(date(2022, 2, 27), False, False), (date(2022, 2, 28), True, False), (date(2022, 3, 1), True, True)],
)
def test_a_contract_of_six_months_counts_its_last_day(end, reaches, exceeds):
    start = date(2021, 9, 1)
    assert reaches_months(start, end, 6) is reaches
    assert exceeds_months(start, end, 6) is exceeds


def test_the_strict_reading_asks_one_day_more_and_open_contracts_always_reach():
    assert not reaches_months(date(2021, 9, 1), date(2022, 2, 28), 6, "one_day_more")
    assert reaches_months(date(2021, 9, 1), date(2022, 3, 1), 6, "one_day_more")
    assert reaches_months(date(2021, 9, 1), None, 600)
    assert exceeds_months(date(2021, 9, 1), None, 600)


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (">=", False, True, True),
        (">", False, False, True),
        ("<=", True, True, False),
        ("<", True, False, False),
        ("=", False, True, False),
    ],
)
def test_bounds_on_all_three_sides(operator, below, at, above):
    limit = Decimal("6000")
    values = (Decimal("5999.99"), Decimal("6000.00"), Decimal("6000.01"))
    assert tuple(within(value, operator, limit) for value in values) == (below, at, above)


def test_exclusive_reading_leaves_the_bound_out():
    assert not within(6, ">=", 6, "exclusive")
    assert not within(6, "<=", 6, "exclusive")
    assert within(6, "=", 6, "exclusive")


def test_upper_age_reads_through_the_year_or_ends_on_the_birthday():
    assert keeps_age(60, "<=", 60, Conventions())
    assert not keeps_age(61, "<=", 60, Conventions())
    assert not keeps_age(60, "<=", 60, Conventions(upper_age="on_birthday"))
    assert keeps_age(59, "<=", 60, Conventions(upper_age="on_birthday"))
    assert keeps_age(16, ">=", 16, Conventions(upper_age="on_birthday"))


def test_settings_carry_the_conventions_and_a_wrong_one_is_named():
    assert from_settings(Settings()) == Conventions()
    assert from_settings(Settings(age_basis="day_after")).age_basis == "day_after"
    with pytest.raises(UsageError, match="bound_rule"):
        from_settings(Settings(bound_rule="lunar"))


def test_a_policy_year_is_named_after_the_year_it_begins_in():
    start = date(2021, 8, 30)
    assert year_of(date(2022, 8, 29), start, "policy_year") == 2021
    assert year_of(date(2022, 8, 30), start, "policy_year") == 2022
    assert year_of(date(2022, 8, 29), start) == year_of(date(2022, 8, 29), None, "policy_year") == 2022


ROLLS = [{"month": f"2018-{month:02}", "months": 1, "pay_yuan": "1000"} for month in (8, 9, 10, 11, 12)]
# Setting, its other choice, a rule that reads it and facts on which the two readings part.
PARTING = [
    ("window_1_year", "calendar_year", "WORKSHOP_WINDOW",
     {"monthly": [*ROLLS, {"month": "2019-01", "months": 1, "pay_yuan": "1000"}]}),
    ("term_end", "start_inclusive", "LJ_FARM_TERM", {"start": "2018-07-01"}),
    ("contract_end", "one_day_more", "QZ_WELFARE_TERM", {"start": "2022-03-01", "end": "2023-03-01"}),
    ("once_per_year", "policy_year", "QZ_TRANSPORT",
     {"approved_standard_yuan": "800", "birth_date": "1990-01-01", "destination_region": "Guangdong",
      "modes": ["coach"], "paid_years": [2022], "status": ["monitored"], "travel_date": "2022-03-01"}),
    ("split_1_1", "odd_fen_to_district", "LJ_WELFARE_PAY", {"full_months": 1, "min_wage_yuan_per_month": "0.01"}),
    ("bound_rule", "exclusive", "HK_GROUP", {"size": 50}),
    ("upper_age", "on_birthday", "LJ_DB",
     {"as_of": "2018-03-01", "birth_date": "1958-03-01", "labour_ability": True, "registered_poor": True,
      "relocated": False}),
    ("age_basis", "day_after", "LJ_DB",
     {"as_of": "2018-03-01", "birth_date": "2002-03-01", "labour_ability": True, "registered_poor": True,
      "relocated": False}),
    ("leap_birthday", "feb_28", "LJ_DB",
     {"as_of": "2021-02-28", "birth_date": "1960-02-29", "labour_ability": True, "registered_poor": True,
      "relocated": False}),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "other", "rule_id", "facts"), PARTING)
def test_every_reading_decides_something(setting, other, rule_id, facts):
    packs = standard_packs()
    usual = evaluate_rule(rule_id, facts, packs=packs)
    assert evaluate_rule(rule_id, facts, packs=packs, conventions=Conventions(**{setting: other})) != usual


def test_every_choice_is_tried():
    # Of whom a class's stable share is stands in the facts of its rule: tests/unit/claims/test_office_measures.py.
    assert {row[0] for row in PARTING} | {"stability_denominator"} == set(CHOICES)
