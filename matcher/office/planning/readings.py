"""The committed readings of how classes and fairs are planned; no document says them, so they stand in data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import msgspec

Positive = Annotated[int, msgspec.Meta(ge=1)]


class CourseReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a class: seats where none are asked for and at most; most_asked : people a trade is asked about."""

    seats: Positive
    most_seats: Positive
    most_asked: Positive


WEEK: Final = 7


class FairReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a fair: people asked in a township, employers invited, the free days to choose from, days told afterwards.

    weekday : as ISO counts them, 1 Monday to 7 Sunday; days_to_tell : from a day to the first that is offered
    """

    most_asked: Positive
    most_invited: Positive
    weekday: Annotated[int, msgspec.Meta(ge=1, le=WEEK)]
    days_offered: Positive
    days_to_tell: Positive
    days_after: Positive


class Readings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The committed table."""

    course: CourseReading
    fair: FairReading


@cache
def readings() -> Readings:
    """The committed table, read once per process."""
    return msgspec.toml.decode((files("matcher.office.planning") / "planning.toml").read_bytes(), type=Readings)
