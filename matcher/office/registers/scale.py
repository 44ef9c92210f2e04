"""Villages and towns against the year they are compared with: people, months, income, policy delivered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from matcher.office.registers.bases import Base, Bases, base_of, sum_of
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
from matcher.office.registers.standing import COARSE, Standing
from matcher.office.registers.work import TENTHS, Work, Year
from matcher.records import TOWNSHIP_DIGITS

MONTHS_INSIDE, MONTHS_OUTSIDE = "work_time_in_county_min_months", "work_time_out_of_county_min_months"
INCOME_INSIDE, INCOME_OUTSIDE = "income_in_county_min", "income_out_of_county_min"
THRESHOLDS: Final = (MONTHS_INSIDE, MONTHS_OUTSIDE, INCOME_INSIDE, INCOME_OUTSIDE)
RECOVERY: Final = "scale_recovery_deadline"
"""The month by whose end a place under scheduling must have recovered."""
_MONTHS: Final = {MET: MONTHS_MET, NOT_MET: MONTHS_SHORT}
_INCOME: Final = {MET: INCOME_MET, NOT_MET: INCOME_SHORT}


class Village(NamedTuple):
    """One village, or one town, on the day.

    place : people behind its figures; scale : MC_SCALE; needed : parameters the county must set before a verdict
    base : the number it is compared with; inside : codes of a town's villages
    """

    place: Place
    scale: dict[str, Any]
    needed: tuple[str, ...]
    base: Base
    inside: tuple[str, ...] = ()

    @property
    def short(self) -> int:
        """How many people are missing to the number of the base year; 0 where none are, or nobody knows it."""
        return 0 if self.base.n is None else max(0, self.base.n - self.place.n(NOW))

    @property
    def unknown(self) -> bool:
        """Whether its number is still to be asked for; a home not written down to its village is of none to ask."""
        return self.base.n is None and COARSE not in self.place.code

    @property
    def below(self) -> bool:
        """Whether the document starts scheduling here."""
        return bool(self.scale.get("scheduling_triggered"))

    @property
    def recovered(self) -> bool:
        """Whether the number of the base year is reached."""
        return bool(self.scale.get("recovered"))


def villages(
    people: Iterable[Standing], rules: Rules, bases: Bases, delivered: Collection[str] = frozenset()
) -> list[Village]:
    """Every village in which labour on the register lives or may live, or of which a number is stated.

    One in which nobody stands in any list is among them: its number of the base year is unknown, and never 0.
    Those that miss most first, then those nobody can compare yet. delivered : ids of those to whom one of the policies
    was delivered in the year
    """
    members = _members(people)
    stated = {code for code, year in bases.stated if year == bases.year and len(code) > TOWNSHIP_DIGITS}
    found = []
    for code in {*members, *stated}:
        theirs = members.get(code, [])
        base = base_of(theirs, bases.year, bases.stated.get((code, bases.year)))
        one = _compared(code, theirs, base, rules, delivered, {code} if base.ids else set())
        if one.place.people or base.n is not None or any(person.databases or person.review for person in theirs):
            found.append(one)
    return sorted(found, key=_order)


def towns(
    people: Iterable[Standing],
    rules: Rules,
    bases: Bases,
    found: Sequence[Village],
    delivered: Collection[str] = frozenset(),
) -> list[Village]:
    """The towns of the villages found, each against the base year of towns; a home not known to its town is of none."""
    members = _members(people)
    inside: dict[str, list[str]] = {}
    for village in found:
        inside.setdefault(village.place.code[:TOWNSHIP_DIGITS], []).append(village.place.code)
    told = []
    for code, codes in inside.items():
        if COARSE in code:
            continue
        year = bases.town_year
        parts = [base_of(members.get(one, ()), year, bases.stated.get((one, year))) for one in codes]
        # Who lives nobody knows in which village is of no village whose number could be asked for.
        known = [base for one, base in zip(codes, parts, strict=True) if base.ids or COARSE not in one]
        base = sum_of(known, bases.stated.get((code, year)))
        theirs = [person for one in codes for person in members.get(one, ())]
        named = {one for one, part in zip(codes, parts, strict=True) if part.ids}
        told.append(_compared(code, theirs, base, rules, delivered, named)._replace(inside=tuple(codes)))
    return sorted(told, key=_order)


def _order(one: Village) -> tuple[bool, int, bool, str]:
    return not one.below, -one.short, one.base.n is not None, one.place.code


def _members(people: Iterable[Standing]) -> dict[str, list[Standing]]:
    """Poor workers by where they live."""
    found: dict[str, list[Standing]] = {}
    for one in people:
        if one.poor:
            found.setdefault(one.place, []).append(one)
    return found


def _compared(
    code: str,
    members: Iterable[Standing],
    base: Base,
    rules: Rules,
    delivered: Collection[str],
    named: Collection[str],
) -> Village:
    """A place with the people behind its figures; named : villages of whose base year somebody is known by name."""
    place, needed, then = Place(code, {}), set[str](), frozenset(base.ids)
    for one in members:
        behind = _then_and_now(one, then, is_named=one.place in named)
        for name in (*behind, *_figures(one, rules, delivered, needed)):
            place.people.setdefault(name, []).append(one.worker_id)
    return Village(place, dict(rules.scale(base.n, place.n(NOW))), tuple(sorted(needed)), base)


def _then_and_now(one: Standing, then: Collection[str], *, is_named: bool) -> list[str]:
    """Where somebody stands between the years; nobody is new or gone where no name of the village's year is known."""
    was, is_in = one.worker_id in then, one.work.in_year
    behind = [BASE] if was else []
    if was and not is_in:
        behind.append(GONE)
    if is_in and is_named and not was:
        behind.append(NEW)
    return behind


def _figures(one: Standing, rules: Rules, delivered: Collection[str], needed: set[str]) -> list[str]:
    work = one.work
    behind = [name for name in (EMPLOYED, WISHING, UNPROVED) if TWO_LISTS[name].test(one)]
    behind += [DELIVERED] if one.worker_id in delivered else []
    if not work.in_year:
        return behind
    behind.append(NOW)
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
