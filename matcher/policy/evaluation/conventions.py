"""How days, ages, terms and bounds are counted (requirements section 0.4); each choice is a setting."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from matcher.errors import UsageError
from matcher.settings import Settings

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12
UNSAID = "not_set"
"""Of a reading without a default: nobody has chosen, and what depends on it is refused by name."""
DENOMINATORS = ("trained", "employed_after_training")
CHOICES: dict[str, tuple[str, ...]] = {
    "age_basis": ("birthday", "day_after"),
    "leap_birthday": ("mar_1", "feb_28"),
    "upper_age": ("through_year", "on_birthday"),
    "bound_rule": ("inclusive", "exclusive"),
    "term_end": ("civil_code", "start_inclusive"),
    "window_1_year": ("rolling_from_first_month", "calendar_year"),
    "contract_end": ("end_day_inclusive", "one_day_more"),
    "once_per_year": ("calendar_year", "policy_year"),
    "split_1_1": ("odd_fen_to_city", "odd_fen_to_district"),
    "stability_denominator": (UNSAID, *DENOMINATORS),
}

Number = int | Decimal


class Conventions(msgspec.Struct, frozen=True, kw_only=True):
    """The readings in force for one run; the first choice of each is the default of the requirements base."""

    age_basis: str = "birthday"
    leap_birthday: str = "mar_1"
    upper_age: str = "through_year"
    bound_rule: str = "inclusive"
    term_end: str = "civil_code"
    window_1_year: str = "rolling_from_first_month"
    contract_end: str = "end_day_inclusive"
    once_per_year: str = "calendar_year"
    split_1_1: str = "odd_fen_to_city"
    stability_denominator: str = UNSAID

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            check_choice(name, getattr(self, name), choices)


def from_settings(settings: Settings) -> Conventions:
    """The conventions of a run. Raises UsageError naming a setting whose value is none of its choices."""
    return Conventions(**{name: getattr(settings, name) for name in CHOICES})


def denominators(conventions: Conventions) -> tuple[str, ...]:
    """Of whom a share of stable work may be: the one that was chosen, all there are where nobody has chosen."""
    chosen = conventions.stability_denominator
    return DENOMINATORS if chosen == UNSAID else (chosen,)


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Raise UsageError unless `value` is one of `choices`."""
    if value not in choices:
        raise UsageError(f"{name} is {value!r}", where=name, remedy=f"Use one of: {', '.join(choices)}.")


def birthday(birth: date, years: int, *, basis: str = "birthday", leap: str = "mar_1") -> date:
    """The first day on which somebody born on `birth` counts as `years` old.

    basis : birthday, or day_after (the day after the birthday); leap : what 29 February becomes in common years.
    """
    year = birth.year + years
    try:
        day = birth.replace(year=year)
    except ValueError:
        neighbour = birth + ONE_DAY if leap == "mar_1" else birth - ONE_DAY
        day = neighbour.replace(year=year)
    return day + ONE_DAY if basis == "day_after" else day


def age_on(birth: date, on: date, basis: str = "birthday", leap: str = "mar_1") -> int:
    """Full years on a day; negative before birth, so that a wrong date never looks like an infant."""
    years = on.year - birth.year
    return years if on >= birthday(birth, years, basis=basis, leap=leap) else years - 1


def add_months(start: date, months: int) -> date:
    """The same day `months` later; the last day of the month where there is no such day (Civil Code 202)."""
    index = start.year * MONTHS_PER_YEAR + (start.month - 1) + months
    year, month = index // MONTHS_PER_YEAR, index % MONTHS_PER_YEAR + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def term_end(start: date, years: int, convention: str = "civil_code") -> date:
    """Last day of a term of `years`: the start day is not counted, or it is and the term ends a day earlier."""
    end = add_months(start, years * MONTHS_PER_YEAR)
    return end - ONE_DAY if convention == "start_inclusive" else end


def reaches_months(start: date, end: date | None, months: int, convention: str = "end_day_inclusive") -> bool:
    """Whether a contract lasts at least `months`; an open-ended one (None) always does."""
    if end is None:
        return True
    counted = end + ONE_DAY if convention == "end_day_inclusive" else end
    return counted >= add_months(start, months)


def exceeds_months(start: date, end: date | None, months: int, convention: str = "end_day_inclusive") -> bool:
    """Whether a contract lasts longer than `months`; an open-ended one always does."""
    if end is None:
        return True
    counted = end + ONE_DAY if convention == "end_day_inclusive" else end
    return counted > add_months(start, months)


def year_of(day: date, start: date | None, convention: str = "calendar_year") -> int:
    """The year a payment of that day counts for; a policy year is named after the calendar year it begins in."""
    if convention == "calendar_year" or start is None:
        return day.year
    return day.year - (day < birthday(start, day.year - start.year))


def within(value: Number | date, operator: str, limit: Number | date, bound_rule: str = "inclusive") -> bool:
    """Whether a value keeps a bound.

    operator : >= and <= hold at the bound itself under `inclusive`; > and < never do; = is equality.
    """
    if value == limit:
        return operator == "=" or (operator.endswith("=") and bound_rule == "inclusive")
    if operator == "=":
        return False
    return (value > limit) == operator.startswith(">")  # type: ignore[operator]


def keeps_age(age: int, operator: str, limit: int, conventions: Conventions) -> bool:
    """Whether an age keeps a bound; an upper bound of N years holds until the eve of birthday N + 1 by default."""
    if operator == "<=" and conventions.upper_age == "on_birthday":
        return age < limit
    return within(age, operator, limit, conventions.bound_rule)
