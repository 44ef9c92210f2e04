"""Predicates of time: windows, lengths of contracts and stays, wage rolls in a row, once a year."""

from __future__ import annotations

from datetime import date

from matcher.policy.evaluation.conventions import (
    MONTHS_PER_YEAR,
    add_months,
    exceeds_months,
    reaches_months,
    within,
    year_of,
)
from matcher.policy.evaluation.logic import Truth
from matcher.policy.predicates.facts import Window, World, predicate
from matcher.policy.rule_types import Condition, Parameter

YEAR = "年"


@predicate("in_window", "fact", fails="{label}不在文件执行期限之内。", asks="{ask}落款与印发之间的日子需人工核实。")
def _in_window(world: World, condition: Condition) -> Truth:
    """Whether a day, or any day of a year, lies in the days of the rule; unknown between signature and printing."""
    value, window = world.facts.get(condition.fact), world.window
    if value is None:
        return None
    if isinstance(value, date):
        return _day_in(value, window)
    after_start = window.from_ is None or value >= window.from_.year
    return after_start and (window.to is None or value <= window.to.year)


@predicate("started", "fact", fails="{label}早于文件开始执行的日期。", asks="{ask}落款与印发之间的日子需人工核实。")
def _started(world: World, condition: Condition) -> Truth:
    """Whether a day is not before the first day of the rule; unknown between signature and printing."""
    value, window = world.facts.get(condition.fact), world.window
    return None if value is None else _day_in(value, Window(from_=window.from_, settled=window.settled))


@predicate("year_keeps", "fact", "bound", fails="{label}不在规定的年份（标准为{limit}{unit}）。")
def _year_keeps(world: World, condition: Condition) -> Truth:
    value = world.facts.get(condition.fact)
    if value is None:
        return None
    bound = world.figure(condition.bound)
    return within(value.year, bound.operator, bound.value, world.conventions.bound_rule)


@predicate("passed_since", "fact", "on", "bound", fails="从{label}算起的时间不符合要求（标准为{limit}{unit}）。")
def _passed_since(world: World, condition: Condition) -> Truth:
    """Whether on a day the months of the bound have passed since a first day."""
    start, day = world.facts.get(condition.fact), world.facts.get(condition.on)
    if start is None or day is None:
        return None
    return bool(day >= add_months(start, _months(world.figure(condition.bound))))


@predicate("contract_reaches", "fact", "on", "bound", fails="合同期限不符合要求（标准为{limit}{unit}）。")
def _contract_reaches(world: World, condition: Condition) -> Truth:
    """Whether a contract from `on` to `fact` (None: open-ended, 14.5) lasts at least the bound."""
    start, end = world.facts.get(condition.on), world.facts.get(condition.fact)
    if start is None:
        return None
    return reaches_months(start, end, _months(world.figure(condition.bound)), world.conventions.contract_end)


@predicate("contract_within", "fact", "on", "bound", fails="期限不符合要求（标准为{limit}{unit}）。")
def _contract_within(world: World, condition: Condition) -> Truth:
    """Whether a contract from `on` to `fact` (None: open-ended, so never) lasts at most the bound."""
    start, end = world.facts.get(condition.on), world.facts.get(condition.fact)
    if start is None:
        return None
    return not exceeds_months(start, end, _months(world.figure(condition.bound)), world.conventions.contract_end)


@predicate("months_in_a_row", "fact", "bound", fails="{label}连续月数不符合要求（标准为{limit}{unit}）。")
def _months_in_a_row(world: World, condition: Condition) -> Truth:
    """Whether a list of months holds a run as long as the bound."""
    months = world.facts.get(condition.fact)
    if months is None:
        return None
    longest, run, before = 0, 0, None
    for month in sorted(set(months)):
        run = run + 1 if before is not None and month == add_months(before, 1) else 1
        longest, before = max(longest, run), month
    return longest >= int(world.figure(condition.bound).value)


@predicate("whole_years", "fact", fails="{label}不是整年。")
def _whole_years(world: World, condition: Condition) -> Truth:
    months = world.facts.get(condition.fact)
    return None if months is None else months > 0 and months % MONTHS_PER_YEAR == 0


@predicate("not_paid_in", "fact", "on", fails="当年已经发放过。")
def _not_paid_in(world: World, condition: Condition) -> Truth:
    """Whether the year of `on` (a day, or a year as such) is none of the years paid."""
    paid, on = world.facts.get(condition.fact), world.facts.get(condition.on)
    if paid is None or on is None:
        return None
    year = year_of(on, world.window.from_, world.conventions.once_per_year) if isinstance(on, date) else on
    return year not in paid


@predicate("quarter", "fact", fails="{label}不是季度。")
def _quarter(world: World, condition: Condition) -> Truth:
    period = world.facts.get(condition.fact)
    return None if period is None else period.quarter is not None


def _day_in(day: date, window: Window) -> Truth:
    if (window.from_ is not None and day < window.from_) or (window.to is not None and day > window.to):
        return False
    return None if window.settled is not None and day < window.settled else True


def _months(row: Parameter) -> int:
    """A length of time in months."""
    return int(row.value) * (MONTHS_PER_YEAR if row.unit == YEAR else 1)
