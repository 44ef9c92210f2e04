"""Villages against the year they are compared with: people, months, income, policy delivered; who is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from matcher.office.registers.figures import (
    BASE,
    DELIVERED,
    EMPLOYED,
    GONE,
    INCOME_MET,
    INCOME_OPEN,
    INCOME_SHORT,
    MONTHS_MET,
    MONTHS_OPEN,
    MONTHS_SHORT,
    NEW,
    NOW,
    TWO_LISTS,
    UNPROVED,
    WISHING,
    Place,
)
from matcher.office.registers.rules import MET, NOT_COMPUTABLE, NOT_MET, Rules
from matcher.office.registers.standing import Standing
from matcher.office.registers.work import TENTHS, Work, Year

MONTHS_INSIDE, MONTHS_OUTSIDE = "work_time_in_county_min_months", "work_time_out_of_county_min_months"
INCOME_INSIDE, INCOME_OUTSIDE = "income_in_county_min", "income_out_of_county_min"
THRESHOLDS: Final = (MONTHS_INSIDE, MONTHS_OUTSIDE, INCOME_INSIDE, INCOME_OUTSIDE)
_MONTHS: Final = {MET: MONTHS_MET, NOT_MET: MONTHS_SHORT}
_INCOME: Final = {MET: INCOME_MET, NOT_MET: INCOME_SHORT}


class Village(NamedTuple):
    """One village on the day.

    place : people behind its figures; scale : MC_SCALE; needed : parameters the county must set before a verdict
    """

    place: Place
    scale: dict[str, Any]
    needed: tuple[str, ...]

    @property
    def short(self) -> int:
        """How many people are missing to the number of the base year; 0 where none are."""
        return max(0, self.place.n(BASE) - self.place.n(NOW))

    @property
    def below(self) -> bool:
        """Whether the document starts scheduling here."""
        return bool(self.scale.get("scheduling_triggered"))

    @property
    def recovered(self) -> bool:
        """Whether the number of the base year is reached."""
        return bool(self.scale.get("recovered"))


def villages(people: Iterable[Standing], rules: Rules, delivered: Collection[str] = frozenset()) -> list[Village]:
    """Every village in which a poor worker stands in one of its lists, those that miss most first.

    delivered : ids of those to whom one of the policies was delivered in the year
    """
    places: dict[str, Place] = {}
    needed: dict[str, set[str]] = {}
    for one in people:
        if not one.poor:
            continue
        behind = _figures(one, rules, delivered, needed.setdefault(one.place, set()))
        if behind:
            place = places.setdefault(one.place, Place(one.place, {}))
            for name in behind:
                place.people.setdefault(name, []).append(one.worker_id)
    found = [
        Village(place, dict(rules.scale(place.n(BASE), place.n(NOW))), tuple(sorted(needed[code])))
        for code, place in places.items()
    ]
    return sorted(found, key=lambda each: (not each.below, -each.short, each.place.code))


def _figures(one: Standing, rules: Rules, delivered: Collection[str], needed: set[str]) -> list[str]:
    work = one.work
    behind = [name for name in (EMPLOYED, WISHING, UNPROVED) if TWO_LISTS[name].test(one)]
    behind += [BASE] if work.in_base_year else []
    behind += [DELIVERED] if one.worker_id in delivered else []
    if work.in_base_year and not work.in_year:
        behind.append(GONE)
    if not work.in_year:
        return behind
    behind += [NOW] if work.in_base_year else [NOW, NEW]
    for parameter, observed, figures, opened in _standards(work):
        outcome = rules.threshold(parameter, observed)
        if outcome == NOT_COMPUTABLE:
            needed.add(parameter)
        behind.append(figures.get(outcome, opened))
    return behind


def _standards(work: Work) -> tuple[tuple[str, str | None, dict[str, str], str], ...]:
    """Months and income beside the standard of where most of the year was worked.

    Work nobody knows the place of is judged by neither: its months and income are not recorded.
    """
    inside = work.inside.months >= work.outside.months
    year = work.inside if inside else work.outside
    unknown = work.nowhere.months > year.months
    months = None if unknown else f"{year.months // TENTHS}.{year.months % TENTHS}"
    return (
        (MONTHS_INSIDE if inside else MONTHS_OUTSIDE, months, _MONTHS, MONTHS_OPEN),
        (INCOME_INSIDE if inside else INCOME_OUTSIDE, _income(year, unknown=unknown), _INCOME, INCOME_OPEN),
    )


def _income(year: Year, *, unknown: bool) -> str | None:
    return None if unknown or year.income_yuan is None else str(year.income_yuan)
