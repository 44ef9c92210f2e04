"""The reports there are, their figures, and the days each speaks of; read from `reports.toml`."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR, ONE_DAY, add_months
from matcher.policy.evaluation.inputs import MONTHS_PER_QUARTER

FILE: Final = "reports.toml"
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)


class Length(StrEnum):
    """How many days a report speaks of."""

    QUARTER = "quarter"
    FIRST_HALF = "first_half"
    YEAR = "year"


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of a report. public : it may leave the office, its small cells hidden."""

    id: str
    title: str
    reading: str = ""
    public: bool = False


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report: `kind` as HK_REPORT names it, and the ids of its figures in order."""

    kind: str
    title: str
    span: Length
    figures: tuple[str, ...]


class Forms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every report and figure.

    rule : of the documents, that says when each is due
    smallest_public : people in a cell below which it is not printed in anything public
    ending_days : what ends within so many days is told as ending soon
    licence_days : so many days before its end a registration's holder is told of it
    missed_days : so many days after its day a report that is not frozen is still asked for
    """

    rule: str
    smallest_public: int
    ending_days: int
    licence_days: int
    missed_days: int
    report: tuple[Form, ...]
    figure: tuple[Figure, ...]

    def of(self, kind: str) -> Form:
        """A report by its kind. Raises NotFound."""
        for form in self.report:
            if form.kind == kind:
                return form
        known = "、".join(f"{form.kind}（{form.title}）" for form in self.report)
        raise NotFound("没有这种报表", where=kind, remedy=f"有这些：{known}。")

    def figures(self, kind: str) -> tuple[Figure, ...]:
        """The figures of a report in order."""
        by_id = {figure.id: figure for figure in self.figure}
        return tuple(by_id[name] for name in self.of(kind).figures)


class Period(NamedTuple):
    """What a report speaks of: `name` as HK_REPORT takes it (2018-Q1, 2018), first and last day."""

    name: str
    first: date
    last: date


@cache
def forms() -> Forms:
    """The committed reports."""
    return read_forms(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def read_forms(text: str) -> Forms:
    """Reports of a file's text. Raises InvalidInput for a file that does not fit, or a figure nobody describes."""
    try:
        read = msgspec.convert(tomllib.loads(text), Forms)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the reports do not fit: {error}", where=FILE) from None
    described = {figure.id for figure in read.figure}
    lacking = sorted({name for form in read.report for name in form.figures} - described)
    if lacking:
        raise InvalidInput(f"figures nobody describes: {', '.join(lacking)}", where=FILE, remedy="Describe them.")
    return read


def period_of(form: Form, name: str) -> Period:
    """The days of a period by its name. Raises InvalidInput for a name that is none of this report."""
    with suppress(ValueError):  # Years beyond the calendar are no periods either.
        found = _period(form, name)
        if found is not None:
            return found
    example = "2018-Q1" if form.span is Length.QUARTER else "2018"
    raise InvalidInput("这种报表没有这一期", where=name, remedy=f"请写成 {example} 这样。")


def _period(form: Form, name: str) -> Period | None:
    """The days of a period; None for a name that is none of this report, ValueError beyond the calendar."""
    quarter = _QUARTER.fullmatch(name)
    if form.span is Length.QUARTER and quarter:
        first = date(int(quarter[1]), MONTHS_PER_QUARTER * (int(quarter[2]) - 1) + 1, 1)
        return Period(name, first, add_months(first, MONTHS_PER_QUARTER) - ONE_DAY)
    if form.span is not Length.QUARTER and _YEAR.fullmatch(name):
        first = date(int(name), 1, 1)
        months = MONTHS_PER_YEAR if form.span is Length.YEAR else MONTHS_PER_YEAR // 2
        return Period(name, first, add_months(first, months) - ONE_DAY)
    return None


def period_on(form: Form, on: date) -> Period:
    """The period an office works at on a day: the quarter that ended last, or the year that runs."""
    if form.span is not Length.QUARTER:
        return period_of(form, f"{on.year:04}")
    first = date(on.year, (on.month - 1) // MONTHS_PER_QUARTER * MONTHS_PER_QUARTER + 1, 1)
    before = add_months(first, -MONTHS_PER_QUARTER)
    return period_of(form, f"{before.year:04}-Q{(before.month - 1) // MONTHS_PER_QUARTER + 1}")


def period_before(form: Form, period: Period) -> Period:
    """The period of a report before one. Raises InvalidInput before the calendar begins."""
    return period_on(form, period.first if form.span is Length.QUARTER else period.first - ONE_DAY)
