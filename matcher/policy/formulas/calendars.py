"""Formulas of time: ends of terms, one-year windows, seasons, deadlines and whether they were kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR, add_months, term_end, within
from matcher.policy.evaluation.inputs import month_day
from matcher.policy.formulas.kinds import Scope, formula
from matcher.policy.rule_types import Output


@formula("term_end", "start", "years", "convention")
def _term_end(output: Output, scope: Scope) -> date:
    """Last day of a term: start, years, and the convention the caller names, else that of the run."""
    start, years = (scope.value(name) for name in output.of[:-1])
    return term_end(start, years, scope.facts.get(output.of[-1]) or scope.conventions.term_end)


@formula("window_reached", "month", "convention", "years", uses="groups rows")
def _window_reached(output: Output, scope: Scope) -> bool:
    """Whether in one window the sum of every column (of `groups`: column, standard) reaches its standard.

    The window is that of `years` from the first month worked (the first column above zero), or any calendar year.
    """
    month, convention, years = output.of
    rows = [row for row in scope.value(output.rows) if row[output.groups[0][0]] > 0]
    mode = scope.facts.get(convention) or scope.conventions.window_1_year
    standards = [(column, scope.figure(name)) for column, name in output.groups]
    inside = scope.conventions.bound_rule
    return any(
        all(within(_sum(window, column), row.operator, row.value, inside) for column, row in standards)
        for window in _windows(rows, month, mode, int(scope.figure(years).value))
    )


def _windows(rows: list[Mapping[str, Any]], month: str, mode: str, years: int) -> Iterable[list[Mapping[str, Any]]]:
    if mode == "calendar_year":
        return [[row for row in rows if row[month].year == year] for year in {row[month].year for row in rows}]
    if not rows:
        return []
    end = add_months(min(row[month] for row in rows), years * MONTHS_PER_YEAR)
    return [[row for row in rows if row[month] < end]]


def _sum(rows: list[Mapping[str, Any]], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal())


@formula("months_of", "years")
def _months_of(output: Output, scope: Scope) -> int:
    return int(scope.value(output.of[0])) * MONTHS_PER_YEAR


@formula("whole_years", "months")
def _whole_years(output: Output, scope: Scope) -> int:
    return int(scope.value(output.of[0])) // MONTHS_PER_YEAR


@formula("season_year", "day", "start_month", "end_month")
def _season_year(output: Output, scope: Scope) -> int | None:
    """The year of a season that opens in a month of the year before and closes with a month; None outside it."""
    day, start, end = (scope.value(name) for name in output.of)
    if day.month >= start:
        return int(day.year) + 1
    return int(day.year) if day.month <= end else None


@formula("days_after_period", "period", "days")
def _days_after_period(output: Output, scope: Scope) -> date:
    period, days = (scope.value(name) for name in output.of)
    return date.fromordinal((period.last_day + timedelta(days=int(days))).toordinal())


@formula("day_in_year", "period", "month_day")
def _day_in_year(output: Output, scope: Scope) -> date:
    """A day given without its year (06-25), in the year of a period."""
    period, text = (scope.value(name) for name in output.of)
    month, day = month_day(text)
    return date(period.year, month, day)


@formula("kept_by", "done_on", "deadline")
def _kept_by(output: Output, scope: Scope) -> str:
    """Whether something was done on or before the last day."""
    done_on, deadline = (scope.value(name) for name in output.of)
    return "on_time" if done_on <= deadline else "late"
