"""Days of a document that come round every year or quarter, and which of them is next."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from matcher.errors import PackError, Problem
from matcher.policy.evaluation.conventions import MONTHS_PER_YEAR, ONE_DAY, add_months
from matcher.policy.evaluation.inputs import MONTHS_PER_QUARTER, month_day
from matcher.policy.rule_types import Parameter, Part

RECURRING_FILE = "recurring.toml"


class Every(StrEnum):
    """How often a day comes round."""

    YEAR = "year"
    QUARTER = "quarter"


class Recurring(Part, frozen=True, kw_only=True):
    """What is due (`title`) on a day of the year a parameter states (06-25), or so many days after each quarter."""

    pack: str
    parameter: str
    title: str
    every: Every


@cache
def standard_recurring() -> tuple[Recurring, ...]:
    """The recurring days that come with the program, loaded once."""
    return load_recurring(resources.files("matcher.packs"))


def load_recurring(folder: Traversable) -> tuple[Recurring, ...]:
    """The recurring days of a folder of packs. Raises PackError for a file that is no such list."""
    try:
        table = tomllib.loads(folder.joinpath(RECURRING_FILE).read_text(encoding="utf-8"))
        return tuple(msgspec.convert(table, dict[str, list[Recurring]])["recurring"])
    except (OSError, KeyError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        fix = "每条写 pack、parameter、title 和 every（year 或 quarter）。"
        problem = Problem(file=RECURRING_FILE, found=str(error), expected="[[recurring]]", fix=fix)
        raise PackError(f"{RECURRING_FILE}: {error}", (problem,), where=RECURRING_FILE, remedy=fix) from None


def next_due(row: Parameter, every: Every, on: date) -> date:
    """The first day on or after `on` that the parameter names."""
    if every is Every.YEAR:
        month, day = month_day(str(row.value))
        this_year = date(on.year, month, day)
        return this_year if this_year >= on else this_year.replace(year=on.year + 1)
    after = timedelta(days=int(row.value))
    starts = [add_months(date(on.year, 1, 1), at) for at in range(0, 2 * MONTHS_PER_YEAR, MONTHS_PER_QUARTER)]
    return next(start - ONE_DAY + after for start in starts if start - ONE_DAY + after >= on)
