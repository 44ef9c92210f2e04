"""What a season's plan is made over: the call, the willing, the posts, who is still to come, and the plan before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.allocation import still_to_come, weekly
from matcher.errors import UsageError
from matcher.policy import BoundPack, pack_for
from matcher.policy.binding import pack_of_homes
from matcher.ports import RosterStore, Shared, StoredPlan
from matcher.records import Vacancy, Worker
from matcher.services.ground.answering import households_of, vacancies_at, workers_at, working_ids
from matcher.services.ground.roster_columns import Rosters
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief
from matcher.services.rounds.pricing import Scene, mode_of_plan
from matcher.settings import EARLIEST, LATEST, Settings
from matcher.shortlist import PlanMode


class PlanSeason(msgspec.Struct, frozen=True, kw_only=True, tag="plan", tag_field="call"):
    """The call: season as `YYYY-MM-DD/YYYY-MM-DD`, day, list length (0: that of the settings), seed.

    from_current : whether prices begin with those of the current plan, where it is one of this season and mode
    """

    season: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False
    from_current: bool = False


def season_days(season: str) -> tuple[date, date]:
    """First and last day of a season; UsageError if it is not two ISO dates in order, or of other centuries."""
    try:
        first, last = (date.fromisoformat(part) for part in season.split("/"))
    except ValueError:
        raise UsageError(
            f"{season!r} is no season", where="--season", remedy="Write it as 2018-02-01/2018-07-31."
        ) from None
    if last < first:
        raise UsageError("the season ends before it begins", where="--season", remedy="Swap the two dates.")
    if first < EARLIEST or last > LATEST:
        raise UsageError(
            f"a season lies between {EARLIEST} and {LATEST}, not {season}",
            where="--season",
            remedy="Write it as 2018-02-01/2018-07-31.",
        )
    return first, last


def require_day(call: PlanSeason) -> None:
    """UsageError if the season is none, or the day is not one of it."""
    first, last = season_days(call.season)
    if not first <= call.on <= last:
        raise UsageError(
            f"{call.on} is not in the season {call.season}", where="--on", remedy="Give a day of the season."
        )


@dataclass(frozen=True, slots=True)
class Season:
    """What is planned: the call with its list length settled, the records it is made over, and what binds them.

    brief : of a round over them, its jurisdiction named, without what was shown
    start : the plan whose prices this one begins with, None where it is solved anew
    """

    call: PlanSeason
    means: Means
    rosters: Rosters
    shown: Mapping[str, frozenset[str]]
    bound: BoundPack
    brief: Brief
    start: StoredPlan | None = None


def asked(store: RosterStore, means: Means, call: PlanSeason) -> Season:
    """All willing workers who are not in work, and every vacancy, as of one revision."""
    call = msgspec.structs.replace(call, top=call.top or means.settings.top)
    revision = store.revision()
    in_work = working_ids(store, call.on, revision)
    willing = [worker for worker in workers_at(store, revision) if worker.wish_to_work]
    workers = [worker for worker in willing if worker.worker_id not in in_work]
    rosters = Rosters(
        workers=workers,
        vacancies=Shared(vacancies_at(store, revision)),
        households=households_of(store, workers, revision),
    )
    bound = (
        pack_for(means.packs, call.jurisdiction, call.on)
        if call.jurisdiction
        else pack_of_homes(means.packs, (worker.place_code for worker in workers), call.on)
    )
    brief = Brief(
        on=call.on,
        jurisdiction=call.jurisdiction or bound.asked.id,
        seed=call.seed,
        mode=mode_of_plan(means),
        top=call.top,
        to_come=expected_arrivals(willing, means.settings, season=season_days(call.season), on=call.on),
    )
    start = plan_before(store, call, brief.mode) if call.from_current else None
    return Season(call, means, rosters, store.exposures(call.season), bound, brief, start)


def plan_before(store: RosterStore, call: PlanSeason, mode: PlanMode) -> StoredPlan | None:
    """The current plan if its prices are a beginning for another: of the same season and mode, with any price at all.

    Prices of another season stand for other people, and those of another mode are on another scale. Which pack or
    model they were solved by makes no difference: they are only where the walk begins.
    """
    found = store.current_plan(call.on)
    if found is None or (found.season, found.mode) != (call.season, mode.value) or not found.prices:
        return None
    return found


def expected_arrivals(willing: Sequence[Worker], settings: Settings, *, season: tuple[date, date], on: date) -> float:
    """How many willing people are still to register in the season, by the county's calendar of an earlier year.

    Without one in the settings the registrations of the roster itself tell it. Who registered this season and is in
    work by now came as well.
    """
    days = [worker.waiting_since for worker in willing if worker.waiting_since is not None]
    first, last = season
    return still_to_come(
        settings.arrival_calendar or weekly(day for day in days if day < first),
        first=first,
        on=on,
        last=last,
        arrived=sum(first <= day <= on for day in days),
    )


def scene_of(season: Season) -> Scene:
    """What prices are solved for."""
    return Scene(
        mode=season.brief.mode,
        top=season.call.top,
        to_come=season.brief.to_come,
        n_here=len(season.rosters.workers),
        seed=season.call.seed,
        start=None if season.start is None else _prices_of(season.start, season.rosters.vacancies),
    )


def _prices_of(plan: StoredPlan, vacancies: Sequence[Vacancy]) -> NDArray[np.float64]:
    """Prices of the vacancies by the plan; 0 for those that came since or that nobody could be offered."""
    return np.array([plan.prices.get(vacancy.vacancy_id, 0.0) for vacancy in vacancies], dtype=np.float64)
