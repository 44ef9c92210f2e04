"""Plausibility bounds of the parsers, read from `data/bounds.toml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec


class WageBounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yuan; see the reasons beside the numbers in the file."""

    least_yuan_month: int
    most_yuan_month: int
    least_unstated_yuan: int
    most_unstated_month_yuan: int
    least_unstated_year_yuan: int
    no_upper_end_yuan: int


class HeadcountBounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People."""

    most: int


class AgeBounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Years of age."""

    least: int
    most: int


class DateBounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calendar years, both included."""

    first_year: int
    last_year: int


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All bounds."""

    wage: WageBounds
    headcount: HeadcountBounds
    age: AgeBounds
    date: DateBounds


@cache
def bounds() -> Bounds:
    """The committed bounds, read once per process."""
    return msgspec.toml.decode((files("matcher.intake.parse") / "data" / "bounds.toml").read_bytes(), type=Bounds)
