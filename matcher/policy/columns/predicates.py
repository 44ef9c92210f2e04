"""The predicates of the closed vocabulary on columns: each the twin of the one of its name, and tested against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matcher.policy.columns import days as calendar
from matcher.policy.columns import exact, read
from matcher.policy.columns.exact import distinct
from matcher.policy.columns.kinds import Bools, Column, Days, Levels, Lists, Numbers, Words, levels
from matcher.policy.columns.twins import predicate_twin
from matcher.policy.columns.world import UNFIT, World, unknown
from matcher.policy.conventions import MONTHS_PER_YEAR
from matcher.policy.logic import TRUE_LEVEL
from matcher.policy.predicates import FIGURES
from matcher.policy.predicates_lists import NEGATIVE
from matcher.policy.predicates_time import YEAR
from matcher.policy.rule_types import Condition, Parameter


@predicate_twin("yes")
def _yes(world: World, condition: Condition) -> Levels:
    return read.flag_level(world.fact(condition.fact))


@predicate_twin("no")
def _no(world: World, condition: Condition) -> Levels:
    return (TRUE_LEVEL - read.flag_level(world.fact(condition.fact))).astype(np.int8)


@predicate_twin("keeps")
def _keeps(world: World, condition: Condition) -> Levels:
    value = world.fact(condition.fact)
    return _held_against(world, condition.bound, value, value.known)


def _held_against(world: World, bound: str, value: Column, rows: Bools) -> Levels:
    """Whether a value keeps the figure of its row."""
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(bound, rows):
        limit = exact.constant(row.value, world.n)
        found = exact.compared(value, row.operator, limit, world.conventions.bound_rule)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, value.known)


@predicate_twin("age_keeps")
def _age_keeps(world: World, condition: Condition) -> Levels:
    birth = read.days(world.fact(condition.fact))
    on = read.days(world.fact(condition.on)) if condition.on else world.on
    if on is None:
        return unknown(world.n)
    known = birth.known & on.known
    said = world.conventions
    full_years = calendar.ages(birth.day, on.day, basis=said.age_basis, leap=said.leap_birthday)
    age = Numbers(full_years, known, whole=True)
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, known):
        operator = "<" if row.operator == "<=" and said.upper_age == "on_birthday" else row.operator
        found = exact.compared(age, operator, exact.constant(row.value, world.n), said.bound_rule)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, known)


@predicate_twin("positive")
def _positive(world: World, condition: Condition) -> Levels:
    value = read.numbers(world.fact(condition.fact))
    return levels(value.units > 0, value.known)


@predicate_twin("on_or_after")
def _on_or_after(world: World, condition: Condition) -> Levels:
    return _against(world, condition, ">=")


@predicate_twin("on_or_before")
def _on_or_before(world: World, condition: Condition) -> Levels:
    return _against(world, condition, "<=")


def _against(world: World, condition: Condition, operator: str) -> Levels:
    """Against a figure, the figure itself always inside."""
    value = world.fact(condition.fact)
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, value.known):
        found = exact.compared(value, operator, exact.constant(row.value, world.n), "inclusive")
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, value.known)


@predicate_twin("given")
def _given(world: World, condition: Condition) -> Levels:
    return (world.fact(condition.fact).known * TRUE_LEVEL).astype(np.int8)


@predicate_twin("stated")
def _stated(world: World, condition: Condition) -> Levels:
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.parameters(condition.bound):
        truth |= row.kind.has_value if people is None else people & row.kind.has_value
    return (truth * TRUE_LEVEL).astype(np.int8)


@predicate_twin("at_least")
def _at_least(world: World, condition: Condition) -> Levels:
    return _beside(world, condition, ">=")


@predicate_twin("more_than")
def _more_than(world: World, condition: Condition) -> Levels:
    return _beside(world, condition, ">")


@predicate_twin("less_than")
def _less_than(world: World, condition: Condition) -> Levels:
    return _beside(world, condition, "<")


def _beside(world: World, condition: Condition, operator: str) -> Levels:
    value, limit = world.fact(condition.fact), world.fact(condition.than)
    return levels(exact.compared(value, operator, limit, world.conventions.bound_rule), value.known & limit.known)


@predicate_twin("figure_named")
def _figure_named(world: World, condition: Condition) -> Levels:
    name = read.words(world.fact(condition.fact))
    truth = np.zeros(world.n, dtype=np.bool_)
    for code, word in enumerate(name.words):
        for row, people in world.parameters(word):
            named = (name.code == code) & (row.kind in FIGURES)
            truth |= named if people is None else named & people
    return levels(truth, name.known)


@predicate_twin("keeps_named")
def _keeps_named(world: World, condition: Condition) -> Levels:
    """The figure is asked for even where the value is not known, as alone."""
    value, name = world.fact(condition.fact), read.words(world.fact(condition.than))
    truth = np.zeros(world.n, dtype=np.bool_)
    for code, word in enumerate(name.words):
        rows = name.code == code
        for row, people in world.figures(word, rows):
            if not read.is_number(row.value):
                world.miss(rows if people is None else rows & people, UNFIT)
                continue
            limit = exact.constant(row.value, world.n)
            found = exact.compared(value, row.operator, limit, world.conventions.bound_rule)
            truth = np.where(rows if people is None else rows & people, found, truth)
    return levels(truth, value.known & name.known)


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
    return _held_against(world, condition.bound, year, value.known)


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


@predicate_twin("one_of")
def _one_of(world: World, condition: Condition) -> Levels:
    value = world.fact(condition.fact)
    return levels(read.written(value, condition.values), value.known)


@predicate_twin("includes_any")
def _includes_any(world: World, condition: Condition) -> Levels:
    held = read.lists(world.fact(condition.fact))
    return levels(read.holds_any(held, condition.values), held.known)


@predicate_twin("some")
def _some(world: World, condition: Condition) -> Levels:
    column = world.fact(condition.fact)
    if isinstance(column, Words):
        return levels(~read.among(column, ("",)), column.known)
    held = read.lists(column)
    return levels(held.lengths > 0, held.known)


@predicate_twin("in_list")
def _in_list(world: World, condition: Condition) -> Levels:
    value = read.words(world.fact(condition.fact))
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, value.known):
        found = read.among(value, read.listed(row.value)) != (row.operator in NEGATIVE)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, value.known)


@predicate_twin("any_in_list")
def _any_in_list(world: World, condition: Condition) -> Levels:
    return _of_list(world, condition, read.holds_any, empty=False)


@predicate_twin("all_in_list")
def _all_in_list(world: World, condition: Condition) -> Levels:
    return _of_list(world, condition, read.holds_only, empty=True)


def _of_list(
    world: World, condition: Condition, holds: Callable[[Lists, tuple[str, ...]], Bools], *, empty: bool
) -> Levels:
    """A list against a listed term; an empty list asks for no figure."""
    held = read.lists(world.fact(condition.fact))
    truth = np.full(world.n, empty, dtype=np.bool_)
    for row, people in world.figures(condition.bound, held.known & (held.lengths > 0)):
        found = holds(held, read.listed(row.value))
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, held.known)


def _months(row: Parameter) -> int:
    return int(row.value) * (MONTHS_PER_YEAR if row.unit == YEAR else 1)
