"""Predicates of time on columns: twins of `policy.predicates.times`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matcher.policy.columns import days as calendar
from matcher.policy.columns import exact, read
from matcher.policy.columns.exact import distinct
from matcher.policy.columns.kinds import Days, Levels, Numbers, levels
from matcher.policy.columns.predicates import held_against
from matcher.policy.columns.twins import predicate_twin
from matcher.policy.columns.world import World
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR
from matcher.policy.predicates.times import YEAR
from matcher.policy.rule_types import Condition, Parameter


@predicate_twin("in_window")
def _in_window(world: World, condition: Condition) -> Levels:
    value, window = world.fact(condition.fact), world.window
    if isinstance(value, Days):
        return _day_in(value, window.from_, window.to, window.settled)
    year = read.numbers(value)
    truth = np.ones(world.n, dtype=np.bool_)
    if window.from_ is not None:
        truth &= year.units >= window.from_.year
    if window.to is not None:
        truth &= year.units <= window.to.year
    return levels(truth, year.known)


@predicate_twin("started")
def _started(world: World, condition: Condition) -> Levels:
    window = world.window
    return _day_in(read.days(world.fact(condition.fact)), window.from_, None, window.settled)


def _day_in(value: Days, from_: Any, to: Any, settled: Any) -> Levels:
    inside = np.ones(len(value.day), dtype=np.bool_)
    if from_ is not None:
        inside &= value.day >= exact.as_day(from_)
    if to is not None:
        inside &= value.day <= exact.as_day(to)
    sure = value.known
    if settled is not None:
        sure = sure & ~(inside & (value.day < exact.as_day(settled)))
    return levels(inside, sure)


@predicate_twin("year_keeps")
def _year_keeps(world: World, condition: Condition) -> Levels:
    value = read.days(world.fact(condition.fact))
    year = Numbers(calendar.years(value.day), value.known, whole=True)
    return held_against(world, condition.bound, year, value.known)


@predicate_twin("passed_since")
def _passed_since(world: World, condition: Condition) -> Levels:
    start, on = read.days(world.fact(condition.fact)), read.days(world.fact(condition.on))
    known = start.known & on.known
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, known):
        found = on.day >= calendar.add_months(start.day, _months(row))
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, known)


@predicate_twin("contract_reaches")
def _contract_reaches(world: World, condition: Condition) -> Levels:
    return _contract(world, condition, lambda end, limit: end >= limit, openly=True)


@predicate_twin("contract_within")
def _contract_within(world: World, condition: Condition) -> Levels:
    return _contract(world, condition, lambda end, limit: end <= limit, openly=False)


def _contract(world: World, condition: Condition, keeps: Callable[[Any, Any], Any], *, openly: bool) -> Levels:
    """A contract against a length; `openly` is the answer for one without end."""
    start, end = read.days(world.fact(condition.on)), read.days(world.fact(condition.fact))
    counted = end.day.astype(np.int64) + (world.conventions.contract_end == "end_day_inclusive")
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, start.known):
        found = np.where(end.known, keeps(counted, calendar.add_months(start.day, _months(row))), openly)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, start.known)


@predicate_twin("months_in_a_row")
def _months_in_a_row(world: World, condition: Condition) -> Levels:
    held = read.lists(world.fact(condition.fact))
    longest = np.zeros(world.n, dtype=np.int64)
    if len(held.items.known):
        month = calendar.month_index(read.days(held.items).day)
        keys = distinct(held.parent * SPAN + month + SPAN // 2)
        new_run = np.concatenate([[True], np.diff(keys) != 1])
        run = np.cumsum(new_run) - 1
        np.maximum.at(longest, (keys // SPAN)[new_run], np.bincount(run))
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, held.known):
        found = longest >= int(row.value)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, held.known)


# More months than the calendar of facts holds, so that a run never reaches into the months of the next person.
SPAN = 262144


@predicate_twin("whole_years")
def _whole_years(world: World, condition: Condition) -> Levels:
    months = read.numbers(world.fact(condition.fact))
    return levels((months.units > 0) & (months.units % MONTHS_PER_YEAR == 0), months.known)


@predicate_twin("not_paid_in")
def _not_paid_in(world: World, condition: Condition) -> Levels:
    paid, on = read.lists(world.fact(condition.fact)), world.fact(condition.on)
    year = _year(world, on) if isinstance(on, Days) else read.numbers(on).units
    hit = read.units_of_list(paid).units == year[paid.parent]
    return levels(exact.counts(paid, np.asarray(hit, dtype=np.bool_)) == 0, paid.known & on.known)


def _year(world: World, on: Days) -> Any:
    """The year a payment of a day counts for; twin of `conventions.year_of`."""
    start, year = world.window.from_, calendar.years(on.day)
    if world.conventions.once_per_year == "calendar_year" or start is None:
        return year
    begins = np.full(world.n, exact.as_day(start), dtype=np.int64)
    return year - (on.day < calendar.birthdays(begins, year, basis="birthday", leap="mar_1"))


@predicate_twin("quarter")
def _quarter(world: World, condition: Condition) -> Levels:
    period = read.periods(world.fact(condition.fact))
    return levels(period.quarter > 0, period.known)


def _months(row: Parameter) -> int:
    return int(row.value) * (MONTHS_PER_YEAR if row.unit == YEAR else 1)
