"""The figures of sending as data: civil time, season, hours, caps, how numbers look (`data/sending.toml`)."""

from __future__ import annotations

import tomllib
from datetime import time
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta

from matcher.errors import InvalidInput

Days = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the file's tables: strict, so that a mistyped line is no silent default."""


class Clock(Part, frozen=True, kw_only=True):
    """Civil time of the people who are written to, hours before UTC."""

    utc_offset_hours: Annotated[int, Meta(ge=-12, le=12)]


class Season(Part, frozen=True, kw_only=True):
    """The window around the first day of the Chinese year in which lists go out, both ends included."""

    opens_days_before_festival: Days
    closes_days_after_festival: Days


class Hours(Part, frozen=True, kw_only=True):
    """The hours of a day, `opens` included and `closes` not; never outside `never_before` to `never_from`."""

    opens: time
    closes: time
    never_before: time
    never_from: time


class Rest(Part, frozen=True, kw_only=True):
    """Days without texts, counted from the first day of the Chinese year (0), both ends included."""

    rest_from_day: int
    rest_to_day: int


class Caps(Part, frozen=True, kw_only=True):
    """How often and how many at most."""

    days_between_lists: Days
    lists_a_season: AtLeastOne
    people_a_phone: AtLeastOne
    people_a_household: AtLeastOne


class PhonePatterns(Part, frozen=True, kw_only=True):
    """Regular expressions a whole number of each kind fits; `country` is the own country's prefix."""

    mobile: str
    landline: str
    country: str
    foreign: str


class SendingRules(Part, frozen=True, kw_only=True):
    """All figures of sending."""

    clock: Clock
    season: Season
    hours: Hours
    festival: Rest
    caps: Caps
    phone: PhonePatterns

    def __post_init__(self) -> None:
        """Raise InvalidInput if somebody could be written to at night, or nobody ever."""
        hours = self.hours
        if not hours.never_before <= hours.opens < hours.closes <= hours.never_from:
            raise InvalidInput(
                f"the sending hours {hours.opens:%H:%M} to {hours.closes:%H:%M} do not lie inside "
                f"{hours.never_before:%H:%M} to {hours.never_from:%H:%M}",
                where="hours",
                remedy="Set opens and closes inside them, opens first.",
            )
        if self.festival.rest_from_day > self.festival.rest_to_day:
            raise InvalidInput("the rest ends before it begins", where="festival", remedy="Exchange the two days.")


def read_rules(text: str) -> SendingRules:
    """The rules of a file's text; raises InvalidInput naming what does not fit."""
    try:
        return msgspec.convert(tomllib.loads(text), SendingRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the rules of sending do not fit: {error}", where="sending.toml") from None


@cache
def standard_rules() -> SendingRules:
    """The committed rules."""
    return read_rules(resources.files("matcher.messaging").joinpath("data/sending.toml").read_text("utf-8"))
