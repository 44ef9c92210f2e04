"""The plots of a county on a day: queue, running terms, who reaches the age soon; and the same as plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

from matcher.allocation.plot_applicants import Standing, applicants, turning
from matcher.allocation.plot_queue import HOLDS_UNKNOWN, Entry, Line, PlotQueue, plot_queue
from matcher.allocation.plot_terms import Ledger, Term, plot_terms
from matcher.policy import BoundPack, from_settings, pack_for, route_age
from matcher.policy.binding import pack_of_homes
from matcher.policy.land import LandFigures, land_figures, land_of
from matcher.policy.route import MICRO_FARM, OFFERS, ruling_pack
from matcher.ports import RosterStore, Shared
from matcher.records import Channel, Household, Kind, Placement, Plot, Vacancy, Worker
from matcher.services.ground.rulebook import Means

TAKEN: Final = "可到达的空闲地块已排给前面的户，先等候。"
NO_DAY: Final = "没有登记哪一天提出，排在同一档的最后。"
DIFFERS: Final = "台账上的免费期和起始日期推算的对不上，请核对。"
NO_HOUSEHOLD_CHECK: Final = "这一户是否已有地块没有登记，核对地块台账以后再安排。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotDay:
    """Everything about plots on a day.

    bound : the pack of the place; ruling : the pack whose route decides; has_route : whether there is one
    turning : workers who reach the age by `until`, each with the day; meanwhile : channel -> posts open in it
    """

    on: date
    until: date
    bound: BoundPack
    ruling: BoundPack
    has_route: bool
    figures: LandFigures
    queue: PlotQueue
    terms: tuple[Term, ...]
    turning: list[tuple[date, Worker]]
    meanwhile: dict[Channel, int]


def plot_day(store: RosterStore, means: Means, *, on: date, jurisdiction: str) -> PlotDay:
    """The plots as the store knows them; of shared lists worked out once."""
    workers = cast("list[Worker]", store.records(Kind.WORKERS))
    homes = cast("list[Household]", store.records(Kind.HOUSEHOLDS))
    plots = cast("list[Plot]", store.records(Kind.PLOTS))
    placements = cast("list[Placement]", store.records(Kind.PLACEMENTS))
    vacancies = cast("list[Vacancy]", store.records(Kind.VACANCIES))
    lists = (workers, homes, plots, placements, vacancies)

    def made() -> PlotDay:
        if jurisdiction:
            bound = pack_for(means.packs, jurisdiction, on)
        else:
            bound = pack_of_homes(means.packs, (worker.place_code for worker in workers), on)
        return _plot_day(means, bound, on, _Rosters(workers, homes, plots, _running(placements, on), vacancies))

    if not all(isinstance(records, Shared) for records in lists):
        return made()
    return means.remembered.get("plot day", lists, made, by=(on, jurisdiction))


@dataclass(frozen=True, slots=True)
class _Rosters:
    workers: Sequence[Worker]
    homes: Sequence[Household]
    plots: Sequence[Plot]
    running: Mapping[str, tuple[Placement, ...]]
    vacancies: Sequence[Vacancy]


def _plot_day(means: Means, bound: BoundPack, on: date, rosters: _Rosters) -> PlotDay:
    plots = rosters.plots
    ruling = ruling_pack(bound, means.packs, on, has_land=bool(plots))
    has_route = route_age(ruling, on) is not None
    figures, conventions = land_figures(ruling, MICRO_FARM, on), from_settings(means.settings)
    households = {home.household_id: home for home in rosters.homes}
    until = on + timedelta(days=means.settings.plot_notice_days)
    standing = Standing(
        households=households,
        plots=plots,
        in_work=rosters.running.keys(),
        ruling=ruling,
        ordering=bound,
        vocabulary=means.packs.vocabulary,
        conventions=conventions,
        on=on,
    )
    ledger = Ledger(
        workers={worker.worker_id: worker for worker in rosters.workers},
        households=households,
        placements=rosters.running,
        ruling=ruling,
        figures=figures,
        conventions=conventions,
        notice_days=means.settings.plot_notice_days,
        on=on,
    )
    people = applicants(rosters.workers, standing) if has_route else []
    return PlotDay(
        on=on,
        until=until,
        bound=bound,
        ruling=ruling,
        has_route=has_route,
        figures=figures,
        queue=plot_queue(people, plots, figures),
        terms=plot_terms(plots, ledger),
        turning=turning(rosters.workers, standing, until),
        meanwhile=_meanwhile(ruling, rosters.vacancies, on),
    )


def entries_of(queue: PlotQueue) -> dict[Line, tuple[Entry, ...]]:
    """The five lists by name, in the order they are worked through."""
    return {
        Line.OFFER: queue.offers,
        Line.WAIT: queue.waiting,
        Line.ASK: queue.ask,
        Line.JUDGE: queue.judge,
        Line.REVIEW: queue.review,
    }


def notes_of(entry: Entry) -> list[str]:
    """Why somebody stands where they stand, each reason as the officer reads it."""
    applicant = entry.applicant
    outran = entry.line is Line.WAIT and applicant.route.outcome in OFFERS
    notes = [TAKEN] if outran else [applicant.route.note_to_officer]
    unchecked = applicant.holds_plot is None and HOLDS_UNKNOWN not in applicant.route.reasons
    if entry.line is Line.REVIEW and unchecked:
        notes.append(NO_HOUSEHOLD_CHECK)
    if entry.line in (Line.OFFER, Line.WAIT) and applicant.since is None:
        notes.append(NO_DAY)
    return notes


def term_notes(term: Term) -> list[str]:
    """What an officer has to know of a running plot."""
    return [*term.term.notes, *term.change.notes, *([DIFFERS] if term.differs else [])]


def plot_rows(day: PlotDay) -> Iterator[dict[str, Any]]:
    """One row a line of the queue, a running plot that asks for something, and somebody who reaches the age soon."""
    for line, entries in entries_of(day.queue).items():
        for entry in entries:
            yield _entry_row(line, entry)
    for position, term in enumerate((term for term in day.terms if term.calls_for_action), start=1):
        yield _row(
            line="term",
            position=position,
            worker_id=term.plot.tiller_id,
            household_id=term.plot.household_id,
            site_code=term.plot.site_code,
            plot_id=term.plot.plot_id,
            area_mu=str(term.plot.area_mu),
            day=term.free_until,
            outcome="、".join(ruling.outcome for ruling in (term.term, term.change) if ruling.reasons),
            reasons=[*term.term.reasons, *term.change.reasons],
            notes=term_notes(term),
            document=day.figures.document,
            clause=day.figures.clause,
        )
    for position, (turns, worker) in enumerate(day.turning, start=1):
        yield _row(
            line="turning", position=position, worker_id=worker.worker_id, household_id=worker.household_id, day=turns
        )


def _entry_row(line: Line, entry: Entry) -> dict[str, Any]:
    applicant, plot = entry.applicant, entry.plot
    return _row(
        line=line.value,
        position=entry.position,
        first=entry.first,
        worker_id=applicant.worker_id,
        household_id=applicant.household_id or None,
        also=list(entry.also),
        site_code=plot.site_code if plot else None,
        plot_id=plot.plot_id if plot else None,
        area_mu=str(plot.area_mu) if plot else None,
        day=applicant.since,
        tier=applicant.tier.rank,
        sub_tier=applicant.tier.sub_rank,
        outcome=applicant.route.outcome,
        reasons=list(applicant.route.reasons),
        notes=notes_of(entry),
        document=applicant.route.document,
        clause=applicant.route.clause,
    )


_COLUMNS: Final = (
    "line", "position", "first", "worker_id", "household_id", "also", "site_code", "plot_id", "area_mu", "day", "tier",
    "sub_tier", "outcome", "reasons", "notes", "document", "clause",
)  # fmt: skip


def _row(**told: Any) -> dict[str, Any]:
    """A row with every column; `day` as text: of the wish, the end of a term, or of reaching the age."""
    row = {name: told.get(name) for name in _COLUMNS}
    return row | {"day": row["day"].isoformat() if row["day"] else None}


def _running(placements: Iterable[Placement], on: date) -> dict[str, tuple[Placement, ...]]:
    """Worker -> placements that run on the day."""
    found: dict[str, tuple[Placement, ...]] = {}
    for placement in placements:
        if placement.start <= on and (placement.end is None or on <= placement.end):
            found[placement.worker_id] = (*found.get(placement.worker_id, ()), placement)
    return found


def _meanwhile(ruling: BoundPack, vacancies: Iterable[Vacancy], on: date) -> dict[Channel, int]:
    """Channels offered to those who wait, each with the number of posts open in it."""
    land = land_of(ruling, MICRO_FARM)
    counts = {Channel(channel): 0 for channel in (land.meanwhile if land else ())}
    for vacancy in vacancies:
        if vacancy.channel in counts and vacancy.open_on(on):
            counts[vacancy.channel] += 1
    return counts
