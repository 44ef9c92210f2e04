"""The queue for plots: offers while land is free, then the waiting list, and who has to be asked or judged first.

A pure function of applicants, plots and figures. Order: those the route names first, then the others; inside, tier,
then the dated wish, then the id; never age (requirements section 6). Nobody stands twice, a household gets one plot,
and nobody stands who said no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from matcher.allocation.plot_applicants import Applicant
from matcher.policy.land import ClassAverage, LandFigures, class_average
from matcher.policy.route import OFFERS, WAITS
from matcher.records import Plot, PlotClass, PlotState

JUDGES = "off_farm_hardness_not_recorded"
HOLDS_UNKNOWN = "household_plot_not_recorded"
LATER = "not_priority"


class Line(StrEnum):
    """Where somebody stands: offered, waiting, to be asked, to be judged, for review."""

    OFFER = "offer"
    WAIT = "wait"
    ASK = "ask"
    JUDGE = "judge"
    REVIEW = "review"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the queue.

    position : from 1 inside its list; first : named by the route, not among those that come after
    plot : the plot that would be given, of offers only; also : others of the household who would stand there too
    """

    line: Line
    position: int
    applicant: Applicant
    first: bool
    plot: Plot | None = None
    also: tuple[str, ...] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The land of one site once the offers are taken.

    poor, other : held and offered plots of the class against its average; n_unclassed : those of neither
    required_mu : what these households need by the averages, None where no size is stated; site_mu : held and free land
    fits : required within site_mu, None where that cannot be said
    """

    site_code: str
    n_free: int
    free_mu: Decimal
    n_held: int
    n_offered: int
    poor: ClassAverage
    other: ClassAverage
    n_unclassed: int
    required_mu: Decimal | None
    site_mu: Decimal
    fits: bool | None


class PlotQueue(msgspec.Struct, frozen=True, kw_only=True):
    """Sites by code, and the five lists, each in its order."""

    sites: tuple[Site, ...]
    offers: tuple[Entry, ...]
    waiting: tuple[Entry, ...]
    ask: tuple[Entry, ...]
    judge: tuple[Entry, ...]
    review: tuple[Entry, ...]


def plot_queue(people: Iterable[Applicant], plots: Sequence[Plot], figures: LandFigures) -> PlotQueue:
    """The queue of one day. Free plots go down the order, each to the first who reaches it."""
    homes: dict[str, list[Applicant]] = {}
    for applicant in people:
        if may_stand(applicant):
            homes.setdefault(home_of(applicant), []).append(applicant)
    standing, rest = _one_a_household(homes)
    offers, waiting = _given(standing, plots, figures)
    return PlotQueue(
        sites=_sites(offers, plots, figures),
        offers=_numbered(offers),
        waiting=_numbered(waiting),
        **{line.value: _numbered([e for e in rest if e.line is line]) for line in (Line.ASK, Line.JUDGE, Line.REVIEW)},
    )


def may_stand(applicant: Applicant) -> bool:
    """Whether somebody has a line: no refusal, no plot at home; who is in work and was never asked is left in peace."""
    if applicant.consent is False or applicant.holds_plot is True:
        return False
    return applicant.consent is True or not applicant.in_work


def home_of(applicant: Applicant) -> str:
    """What holds a plot: the household, or the person where no household is recorded."""
    return f"h/{applicant.household_id}" if applicant.household_id else f"w/{applicant.worker_id}"


def line_of(applicant: Applicant) -> Line:
    """Where somebody who may stand stands before land is given; `WAIT` for everybody who may be given some."""
    if applicant.consent is None:
        return Line.ASK
    outcome, reasons = applicant.route.outcome, applicant.route.reasons
    if JUDGES in reasons:
        return Line.JUDGE
    # Land is given once only: who comes after the others needs the same certainty as those who come first.
    if outcome in OFFERS or outcome in (WAITS, LATER):
        return Line.WAIT if applicant.holds_plot is False else Line.REVIEW
    return Line.REVIEW


def order(applicant: Applicant) -> tuple[int, int, int, date, str]:
    """Sort key: named by the route, tier, sub-tier, dated wish (a day nobody wrote down comes last), id."""
    tier = applicant.tier
    since = applicant.since or date.max
    return int(applicant.route.outcome == LATER), tier.rank, tier.sub_rank, since, applicant.worker_id


_LINES = (Line.WAIT, Line.JUDGE, Line.REVIEW, Line.ASK)


def _one_a_household(homes: dict[str, list[Applicant]]) -> tuple[list[Entry], list[Entry]]:
    """Whoever may be given land, one a household; and those to be asked, judged or reviewed, each person once.

    Where one of a household comes after the named, another's open judgement may still lift it: that one stays listed.
    """
    standing: list[Entry] = []
    rest: list[Entry] = []
    for members in homes.values():
        ranked = sorted(members, key=lambda one: (_LINES.index(line_of(one)), order(one)))
        best, others = ranked[0], ranked[1:]
        if line_of(best) is not Line.WAIT:
            rest += [_entry(one, line_of(one)) for one in ranked]
            continue
        lifts = [one for one in others if best.route.outcome == LATER and line_of(one) is Line.JUDGE]
        rest += [_entry(one, Line.JUDGE) for one in lifts]
        also = tuple(one.worker_id for one in others if one not in lifts)
        standing.append(_entry(best, Line.WAIT, also))
    return _sorted(standing), _sorted(rest)


def _given(standing: list[Entry], plots: Sequence[Plot], figures: LandFigures) -> tuple[list[Entry], list[Entry]]:
    """Offers with their plots, and those for whom no land in reach is left."""
    free: dict[str, list[Plot]] = {}
    for plot in sorted(plots, key=lambda plot: (plot.area_mu, plot.plot_id)):
        if plot.state is PlotState.FREE:
            free.setdefault(plot.site_code, []).append(plot)
    offers: list[Entry] = []
    waiting: list[Entry] = []
    for entry in standing:
        here = next((free[site] for site in entry.applicant.sites if free.get(site)), None)
        if here is None:
            waiting.append(entry)
            continue
        plot = here.pop(_fitting(here, figures.poor_mu if entry.applicant.poor else figures.other_mu))
        offers.append(msgspec.structs.replace(entry, line=Line.OFFER, plot=plot))
    return offers, waiting


def _fitting(plots: Sequence[Plot], size_mu: Decimal | None) -> int:
    """Of plots by rising area, the smallest that reaches the average size of the class, else the largest."""
    if size_mu is None:
        return 0
    return next((ix for ix, plot in enumerate(plots) if plot.area_mu >= size_mu), len(plots) - 1)


def _sites(offers: Iterable[Entry], plots: Sequence[Plot], figures: LandFigures) -> tuple[Site, ...]:
    offered = {entry.plot.plot_id: entry.applicant.poor for entry in offers if entry.plot is not None}
    by_site: dict[str, list[Plot]] = {}
    for plot in plots:
        by_site.setdefault(plot.site_code, []).append(plot)
    return tuple(_site(code, by_site[code], offered, figures) for code in sorted(by_site))


def _site(code: str, plots: Sequence[Plot], offered: dict[str, bool | None], figures: LandFigures) -> Site:
    held = [plot for plot in plots if plot.state is PlotState.HELD]
    free = [plot for plot in plots if plot.state is PlotState.FREE]
    given = [(plot.area_mu, offered[plot.plot_id]) for plot in free if plot.plot_id in offered]
    taken = [(plot.area_mu, _is_poor(plot)) for plot in held] + given
    poor = class_average([mu for mu, is_poor in taken if is_poor is True], figures.poor_mu)
    other = class_average([mu for mu, is_poor in taken if is_poor is False], figures.other_mu)
    n_unclassed = len(taken) - poor.n - other.n
    required = figures.required_mu(poor.n, other.n)
    site_mu = sum((plot.area_mu for plot in (*held, *free)), Decimal(0))
    return Site(
        site_code=code,
        n_free=len(free),
        free_mu=sum((plot.area_mu for plot in free), Decimal(0)),
        n_held=len(held),
        n_offered=len(given),
        poor=poor,
        other=other,
        n_unclassed=n_unclassed,
        required_mu=required,
        site_mu=site_mu,
        fits=None if required is None or n_unclassed else required <= site_mu,
    )


def _is_poor(plot: Plot) -> bool | None:
    return None if plot.class_at_start is None else plot.class_at_start is PlotClass.POOR


def _entry(applicant: Applicant, line: Line, also: tuple[str, ...] = ()) -> Entry:
    return Entry(line=line, position=0, applicant=applicant, first=applicant.route.outcome != LATER, also=also)


def _sorted(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: order(entry.applicant))


def _numbered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(msgspec.structs.replace(entry, position=n) for n, entry in enumerate(entries, start=1))
