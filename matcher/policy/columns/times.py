"""Formulas of time on columns: twins of `policy.formulas.calendars`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns import days as calendar
from matcher.policy.columns import exact, read
from matcher.policy.columns.kinds import BASE, EPOCH, Bools, Days, Flags, NotInColumns, Numbers, Words
from matcher.policy.columns.nested import Column, Lists
from matcher.policy.columns.operands import Operands
from matcher.policy.columns.twins import formula_twin
from matcher.policy.columns.world import World
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR
from matcher.policy.evaluation.inputs import MONTHS_PER_QUARTER, QUARTERS_PER_YEAR, month_day
from matcher.policy.rule_types import Output


@formula_twin("term_end")
def _term_end(world: World, output: Output) -> Column:
    operands = Operands(world)
    start, years = read.days(operands.take(output.of[0])), operands.number(output.of[1])
    named = read.words(world.fact(output.of[2]))
    inclusive = read.among(named, ("start_inclusive",))
    if world.conventions.term_end == "start_inclusive":
        inclusive |= ~named.known | read.among(named, ("",))
    end = calendar.add_months(start.day, _whole(years) * MONTHS_PER_YEAR) - inclusive
    return operands.over(Days(end.astype(np.int32), operands.rows))


@formula_twin("window_reached")
def _window_reached(world: World, output: Output) -> Column:
    """Whether the sums of the columns reach their standards in one window; see the twin in `calendars`."""
    month, convention, years = output.of
    held = read.lists(world.value(output.rows, np.ones(world.n, dtype=np.bool_)))
    columns = read.table(held).columns
    worked = read.numbers(columns[output.groups[0][0]]).units > 0
    when = read.days(columns[month]).day
    by_year = _calendar_year(world, convention)
    length = _length(world, years, held.known)
    first = np.full(world.n, np.iinfo(np.int64).max)
    np.minimum.at(first, held.parent[worked], when[worked].astype(np.int64))
    some = first < np.iinfo(np.int64).max
    end = calendar.add_months(np.where(some, first, 0), length * MONTHS_PER_YEAR)
    year = calendar.years(when)
    reached = np.zeros(world.n, dtype=np.bool_)
    for of_year in np.unique(year[worked]):
        in_year = worked & (year == of_year)
        here = exact.counts(held, in_year) > 0
        reached |= by_year & here & _all_reach(world, output, held, in_year, here)
    rolling = worked & (when < end[held.parent])
    reached |= ~by_year & some & _all_reach(world, output, held, rolling, some)
    return Flags(np.where(held.known, np.int8(2) * reached.astype(np.int8), np.int8(1)))


def _calendar_year(world: World, convention: str) -> Bools:
    """Rows whose window is a calendar year: by the fact that says so, else by the reading of the run."""
    mode = read.words(world.fact(convention))
    own = mode.known & ~read.among(mode, ("",))
    return np.where(own, read.among(mode, ("calendar_year",)), world.conventions.window_1_year == "calendar_year")


def _length(world: World, years: str, rows: Bools) -> int:
    found = [row for row, _ in world.figures(years, rows)]
    if len(found) != 1:
        raise NotInColumns("several lengths of one window")
    return int(found[0].value)


def _all_reach(world: World, output: Output, held: Lists, inside: Bools, rows: Bools) -> Bools:
    """Whether the sum of every column over the items inside keeps its standard."""
    columns = read.table(held).columns
    reached = np.ones(world.n, dtype=np.bool_)
    for column, name in output.groups:
        values = read.numbers(columns[column])
        total = Numbers(exact.sums(held, values.units * inside), held.known, values.scale)
        for row, people in world.figures(name, rows):
            limit = exact.constant(row.value, world.n)
            found = exact.compared(total, row.operator, limit, world.conventions.bound_rule)
            reached &= found if people is None else found | ~people
    return reached


@formula_twin("months_of")
def _months_of(world: World, output: Output) -> Column:
    operands = Operands(world)
    years = operands.number(output.of[0])
    return operands.over(Numbers(_whole(years) * MONTHS_PER_YEAR, years.known, whole=True))


@formula_twin("whole_years")
def _whole_years(world: World, output: Output) -> Column:
    operands = Operands(world)
    months = operands.number(output.of[0])
    return operands.over(Numbers(_whole(months) // MONTHS_PER_YEAR, months.known, whole=True))


@formula_twin("season_year")
def _season_year(world: World, output: Output) -> Column:
    operands = Operands(world)
    day = read.days(operands.take(output.of[0]))
    start, end = (operands.take(name) for name in output.of[1:])
    month = Numbers(calendar.month_of_year(day.day), day.known, whole=True)
    opened = exact.compared(month, ">=", start, "inclusive")
    open_still = exact.compared(month, "<=", end, "inclusive")
    operands.rows = operands.rows & (opened | open_still)
    return operands.over(Numbers(calendar.years(day.day) + opened, day.known, whole=True))


@formula_twin("days_after_period")
def _days_after_period(world: World, output: Output) -> Column:
    operands = Operands(world)
    period, days = read.periods(operands.take(output.of[0])), operands.number(output.of[1])
    quarter = np.where(period.quarter > 0, period.quarter, QUARTERS_PER_YEAR).astype(np.int64)
    after = (period.year.astype(np.int64) - EPOCH.year) * MONTHS_PER_YEAR + quarter * MONTHS_PER_QUARTER
    due = calendar.first_of_month(after) - 1 + _whole(days)
    return operands.over(Days(due.astype(np.int32), operands.rows))


@formula_twin("day_in_year")
def _day_in_year(world: World, output: Output) -> Column:
    operands = Operands(world)
    period, text = read.periods(operands.take(output.of[0])), read.words(operands.take(output.of[1]))
    day = np.zeros(world.n, dtype=np.int64)
    for code, word in enumerate(text.words):
        month, in_month = month_day(word)
        first = calendar.first_of_month((period.year.astype(np.int64) - EPOCH.year) * MONTHS_PER_YEAR + month - 1)
        day = np.where(text.code == code, first + in_month - 1, day)
    return operands.over(Days(day.astype(np.int32), operands.rows))


@formula_twin("kept_by")
def _kept_by(world: World, output: Output) -> Column:
    operands = Operands(world)
    done, deadline = (operands.take(name) for name in output.of)
    late = ~exact.compared(done, "<=", deadline, "inclusive")
    return operands.over(Words(late.astype(np.int32), ("on_time", "late")))


def _whole(column: Numbers) -> NDArray[Any]:
    """Values without their decimals, as `int` cuts them."""
    if column.scale == 0:
        return column.units
    step = BASE**column.scale
    cut: NDArray[Any] = np.where(column.units < 0, -(-column.units // step), column.units // step)
    return cut
