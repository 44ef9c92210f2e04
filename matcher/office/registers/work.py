"""What placements prove of somebody on a day: work now, months and income of the year, work in a year before."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from matcher.office.tracking.evidence import Proof, Why, definition, proof_of
from matcher.policy.evaluation.logic import Truth
from matcher.records import COUNTY_DIGITS, Placement

ONE_DAY: Final = timedelta(days=1)
TENTHS: Final = 10


class Span(NamedTuple):
    """Days that are reckoned over, both included, and the whole base years of villages and of towns before them."""

    year: int
    on: date
    base_year: int
    town_base_year: int | None = None

    @property
    def now(self) -> tuple[date, date]:
        """From New Year to the day."""
        return date(self.year, 1, 1), self.on

    @property
    def base_years(self) -> tuple[int, int]:
        """The base year of villages, that of towns: the same one where none of theirs is given."""
        return self.base_year, self.town_base_year or self.base_year


class Year(NamedTuple):
    """Counted work of the year so far on one side of the county's border.

    months : tenths of a month, days of two placements counted once; income_yuan : None where a wage is not recorded
    """

    months: int = 0
    income_yuan: int | None = 0


class Work(NamedTuple):
    """What the placements of one person prove on the day.

    running : some placement runs; proved : one of them counts (`proof_of`), as every report counts it
    evidence : kinds held of those that run; why : why the latest of them does not count, None where one does
    years : those of `Span.base_years` in which some of it counts
    inside, outside : counted work in and beyond the home county; elsewhere unknown where no place is recorded
    """

    running: bool = False
    proved: bool = False
    evidence: tuple[str, ...] = ()
    why: Why | None = None
    in_year: bool = False
    years: tuple[int, ...] = ()
    inside: Year = Year()
    outside: Year = Year()
    nowhere: Year = Year()
    employer: str = ""
    since: date | None = None

    @property
    def employed(self) -> Truth:
        """In work by evidence; None where work is stated that nothing proves."""
        if self.proved:
            return True
        return None if self.running else False


NO_WORK: Final = Work()


def work_of(placements: Iterable[Placement], home: str, span: Span, refuted: Collection[str] = ()) -> Work:
    """The placements of one person who lives at `home` (region code), as of `span.on`.

    Evidence of a later day proves nothing yet; a placement that begins later has not begun. What was found false by
    the day (`refuted`, ids of placements) counts in none of its years.
    """
    on, grades = span.on, definition()
    begun = [proof_of(placement, on, grades, refuted) for placement in placements if placement.start <= on]
    if not begun:
        return NO_WORK
    running = [one for one in begun if one.placement.end is None or one.placement.end >= on]
    counted = [one.placement for one in begun if one.counts]
    proved = [one for one in running if one.counts]
    shown = max(proved or running, key=lambda one: one.placement.start, default=None)
    sides: dict[bool | None, list[Placement]] = {True: [], False: [], None: []}
    for placement in counted:
        sides[_inside(placement, home)].append(placement)
    return Work(
        running=bool(running),
        proved=bool(proved),
        evidence=_kinds(proved or running),
        why=shown.why if shown else None,
        in_year=any(_clip(one, *span.now) for one in counted),
        years=tuple(year for year in dict.fromkeys(span.base_years) if _within(counted, year)),
        inside=_year(sides[True], span),
        outside=_year(sides[False], span),
        nowhere=_year(sides[None], span),
        employer=(shown.placement.employer_name or "") if shown else "",
        since=shown.placement.start if shown else None,
    )


def _kinds(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """Kinds of evidence held, sorted."""
    return tuple(sorted({kind.value for one in proofs for kind in one.kinds}))


def _inside(placement: Placement, home: str) -> Truth:
    place = placement.place_code or ""
    if len(place) < COUNTY_DIGITS or len(home) < COUNTY_DIGITS:
        return None
    return place[:COUNTY_DIGITS] == home[:COUNTY_DIGITS]


def _within(placements: Iterable[Placement], year: int) -> bool:
    """Whether one of the placements has a day in a year."""
    return any(_clip(one, date(year, 1, 1), date(year, 12, 31)) for one in placements)


def _clip(placement: Placement, first: date, last: date) -> tuple[date, date] | None:
    """The days of a placement inside a span; None where there are none."""
    start, end = max(placement.start, first), min(placement.end or last, last)
    return (start, end) if start <= end else None


def _year(placements: Iterable[Placement], span: Span) -> Year:
    spans = sorted((days, one.wage_yuan_month) for one in placements if (days := _clip(one, *span.now)))
    months, income, reached = 0.0, 0.0, date.min
    known = True
    for (start, end), wage in spans:
        income += (wage or 0) * _months(start, end)
        known = known and wage is not None
        if end > reached:
            months += _months(max(start, reached + ONE_DAY) if reached > date.min else start, end)
            reached = end
    return Year(round(months * TENTHS), round(income) if known else None)


def _months(start: date, end: date) -> float:
    """Months from the beginning of a day to the end of another, parts of a month by its days."""
    return _month_at(end + ONE_DAY) - _month_at(start)


def _month_at(day: date) -> float:
    return 12 * day.year + day.month + (day.day - 1) / calendar.monthrange(day.year, day.month)[1]
