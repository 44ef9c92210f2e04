"""The figures of sending as data: civil time, season, hours, caps, how numbers look (`data/sending.toml`)."""

from __future__ import annotations

import re
import tomllib
from datetime import time
from functools import cache
from importlib import resources
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from matcher.errors import InvalidInput

Days = Annotated[int, Meta(ge=0)]
WEEK: Final = 7
MOST_OPEN_DAYS: Final = 99
AtLeastOne = Annotated[int, Meta(ge=1)]
Permille = Annotated[int, Meta(ge=0, le=1000)]


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

    def __post_init__(self) -> None:
        """Raise ValueError for a line that is no regular expression."""
        for name in self.__struct_fields__:
            try:
                re.compile(getattr(self, name))
            except re.error as error:
                raise ValueError(f"{name} is no regular expression: {error}") from None


class Offers(Part, frozen=True, kw_only=True):
    """How long a list is open, how long it may wait to be sent, how far a person's list is read, when to go on."""

    open_days: Annotated[int, Meta(ge=1, le=MOST_OPEN_DAYS)]
    send_within_days: AtLeastOne
    considered: AtLeastOne
    few_answers_permille: Permille
    wave_rest_days: Days


class Seats(Part, frozen=True, kw_only=True):
    """What an open offer holds of a seat: the chance of a yes, but never less than `least_64ths`."""

    answers_permille: Permille
    least_64ths: Annotated[int, Meta(ge=1, le=64)]


class Release(Part, frozen=True, kw_only=True):
    """Above how many people two accounts let a sending go; after how many complaints it stands still by itself."""

    two_people_above: Days
    pause_after_complaints: AtLeastOne


class Budget(Part, frozen=True, kw_only=True):
    """Most parts a season, and what one costs in fen."""

    parts_a_season: Days
    fen_a_part: Days


class Contact(Part, frozen=True, kw_only=True):
    """Who calls back, which numbers stand in the texts, how near home a job is that one comes home from every day.

    phone : where one asks and complains; call_back : what the caller calls from, "" where the county gave none
    """

    caller: str
    phone: str
    call_back: str
    kilometres_home_daily: Days


class Span(Part, frozen=True, kw_only=True):
    """Hours of half a working day."""

    opens: time
    closes: time


class Calls(Part, frozen=True, kw_only=True):
    """When people are called back. working_days : 1 is Monday; tries : calls nobody answers before it is given up."""

    working_days: Annotated[tuple[Annotated[int, Meta(ge=1, le=WEEK)], ...], Meta(min_length=1)]
    morning: Span
    afternoon: Span
    lead_minutes: Days
    tries: AtLeastOne


class Keeping(Part, frozen=True, kw_only=True):
    """Months that ended texts, and answers superseded by later ones, are kept."""

    consent_months: AtLeastOne
    text_months: AtLeastOne


class Delivery(Part, frozen=True, kw_only=True):
    """How the worker sends. trial : everything to the file gateway; dead_errors : words by which a number is no number.

    retry_* : the wait after a text was not taken, doubled each time; silent_after_hours : when a text that a carrier
    took and never spoke of again is told as such
    """

    trial: bool
    parts_per_second: Annotated[float, Meta(gt=0)]
    texts_a_day: Days
    batch: Annotated[int, Meta(ge=1, le=1000)]
    lease_minutes: AtLeastOne
    retry_first_seconds: AtLeastOne
    retry_most_seconds: AtLeastOne
    silent_after_hours: AtLeastOne
    early_receipt_hours: AtLeastOne
    dead_errors: tuple[str, ...]


class SendingRules(Part, frozen=True, kw_only=True):
    """All figures of sending."""

    clock: Clock
    season: Season
    hours: Hours
    festival: Rest
    caps: Caps
    phone: PhonePatterns
    offers: Offers
    seats: Seats
    release: Release
    budget: Budget
    contact: Contact
    calls: Calls
    keeping: Keeping
    delivery: Delivery

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


def read_rules(text: str, county: str = "") -> SendingRules:
    """The rules of a file's text, lines of a county's own file in place of its; raises InvalidInput for a misfit."""
    try:
        tables = {name: dict(table) for name, table in tomllib.loads(text).items()}
        for name, table in tomllib.loads(county).items():
            tables[name] = {**tables.get(name, {}), **table}
        return msgspec.convert(tables, SendingRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, TypeError, ValueError) as error:
        raise InvalidInput(f"the rules of sending do not fit: {error}", where="sending.toml") from None


def county_rules(county: str) -> SendingRules:
    """The committed rules under a county's own lines.

    Raises InvalidInput for a misfit, and where the county would write in the hours or on the days nobody may.
    """
    if not county:
        return standard_rules()
    rules, least = read_rules(_committed(), county), standard_rules()
    _require_within(rules, least)
    return rules


def _require_within(rules: SendingRules, least: SendingRules) -> None:
    """The hard stop and the rest over the festival are no county's to shorten."""
    own, hard = rules.hours, least.hours
    if own.never_before < hard.never_before or own.never_from > hard.never_from:
        raise InvalidInput(
            f"nobody is written to before {hard.never_before:%H:%M} or from {hard.never_from:%H:%M} on",
            where="sending.toml: hours",
            remedy="Leave never_before and never_from out; set opens and closes inside them.",
        )
    rest, days = rules.festival, least.festival
    if rest.rest_from_day > days.rest_from_day or rest.rest_to_day < days.rest_to_day:
        raise InvalidInput(
            "nobody is written to from New Year's Eve to the third day of the year",
            where="sending.toml: festival",
            remedy="The rest may be longer, not shorter.",
        )


@cache
def standard_rules() -> SendingRules:
    """The committed rules."""
    return read_rules(_committed())


def _committed() -> str:
    return resources.files("matcher.messaging").joinpath("data/sending.toml").read_text("utf-8")
