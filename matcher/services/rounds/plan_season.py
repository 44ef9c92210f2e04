"""The season's plan: prices from scarce openings, then a list per willing worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.allocation import still_to_come, weekly
from matcher.decisions import digest
from matcher.errors import UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy import BoundPack, pack_for
from matcher.policy import digest as pack_digest
from matcher.policy.binding import pack_of_homes
from matcher.ports import Engine, InTurn, RosterStore, Shared, StoredPlan, Work
from matcher.records import Worker
from matcher.services.ground.answering import households_of, vacancies_at, workers_at, working_ids
from matcher.services.ground.roster_columns import Rosters
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Brief, Round
from matcher.services.rounds.plan_parts import People, Scope, assess, gathered, part_key, read_ahead, shares, tell
from matcher.services.rounds.pricing import Scene, Solution, mode_of_plan, solution
from matcher.settings import Settings
from matcher.shortlist import PRICE_BITS

Progress: TypeAlias = Callable[[int, int], None]


def no_progress(_done: int, _total: int) -> None:
    """Nobody watches."""


class PlanSeason(msgspec.Struct, frozen=True, kw_only=True, tag="plan", tag_field="call"):
    """The call: season as `YYYY-MM-DD/YYYY-MM-DD`, day, list length, seed."""

    season: str
    on: date
    jurisdiction: str
    top: int
    seed: int
    explain: bool = False


def season_days(season: str) -> tuple[date, date]:
    """First and last day of a season; UsageError if it is not two ISO dates in order."""
    try:
        first, last = (date.fromisoformat(part) for part in season.split("/"))
    except ValueError:
        raise UsageError(
            f"{season!r} is no season", where="--season", remedy="Write it as 2018-02-01/2018-07-31."
        ) from None
    if last < first:
        raise UsageError("the season ends before it begins", where="--season", remedy="Swap the two dates.")
    return first, last


def plan_season(
    store: RosterStore,
    means: Means,
    call: PlanSeason,
    *,
    at: datetime,
    engine: Engine | None = None,
    progress: Progress = no_progress,
) -> Iterator[dict[str, Any]]:
    """First the plan's line, then one list per willing worker without a running placement.

    A vacancy once listed to a worker in the season is not listed again; only pairs with verdict yes are listed.
    Prices and exposures are in the store before the first line is given. People of several counties without a
    jurisdiction are planned for in the general order, and the first line warns of it; they are not refused, because
    the order is lawful for all of them, a roster often holds people who moved away, and a plan may ask for none.
    engine : who does the parts, here one after the other if None; the plan is the same
    progress : told after each part of both stages how many are done, of how many
    """
    first, last = season_days(call.season)
    if not first <= call.on <= last:
        raise UsageError(
            f"{call.on} is not in the season {call.season}", where="--on", remedy="Give a day of the season."
        )
    line, told = solve(asked(store, means, call), engine or InTurn(), progress)
    plan = _plan(line, call, told, at=at)
    exposures = [(entry["worker_id"], listed["vacancy_id"]) for entry in told for listed in entry["items"]]
    current = store.current_plan(call.on)
    # With nothing left to list a plan repeats itself to the byte: it is told again and not kept twice.
    if exposures or current is None or current.plan_id != plan.plan_id:
        store.save_plan(plan, exposures)
    return iter([{**line, "plan_id": plan.plan_id}, *told])


def solve(season: Season, engine: Engine, progress: Progress) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a plan's file says before its lists (CONTRACT section 6), and the list of everybody, in roster order.

    The people are shared out, assessed by the engine, priced all together, and their lists told by the engine.
    """
    call, means, rosters = season.call, season.means, season.rosters
    at = shares(rosters.workers, means.settings.plan_part_workers)
    people = [_people(season, share) for share in at]
    scope = Scope(means=means, vacancies=rosters.vacancies, brief=season.brief, top=call.top, explain=call.explain)
    if len(people) > 1:
        read_ahead(scope, people[0])
    found = _in_order(engine, scope, people, assess, lambda n: progress(n, 2 * len(at)))
    pairs, ranked = gathered(at, found)
    scene = Scene(
        mode=season.brief.mode,
        top=call.top or means.settings.top,
        to_come=season.brief.to_come,
        n_here=len(rosters.workers),
        seed=call.seed,
    )
    solved = solution(pairs, ranked, rosters, means.settings, scene)
    people = [
        replace(part, assessed=body, household=None if solved.household is None else solved.household[share])
        for part, body, share in zip(people, found, at, strict=True)
    ]
    scope = replace(scope, prices=solved.prices)
    lists = _in_order(engine, scope, people, tell, lambda n: progress(len(at) + n, 2 * len(at)))
    told: list[dict[str, Any]] = [{}] * len(rosters.workers)
    for share, body in zip(at, lists, strict=True):
        for ix, entry in zip(share.tolist(), msgspec.json.decode(body), strict=True):
            told[ix] = entry
    return _first_line(season, pairs, solved), told


def _people(season: Season, share: NDArray[np.intp]) -> People:
    """The part of the people at these positions, with their households and what was listed to them."""
    rosters = season.rosters
    workers = [rosters.workers[ix] for ix in share.tolist()]
    homes = {worker.household_id for worker in workers if worker.household_id in rosters.households}
    return People(
        workers=workers,
        households={home: rosters.households[home] for home in sorted(filter(None, homes))},
        shown={w.worker_id: season.shown[w.worker_id] for w in workers if w.worker_id in season.shown},
    )


def _in_order(
    engine: Engine,
    scope: Scope,
    people: Sequence[People],
    stage: Callable[[Scope, People], bytes],
    done: Callable[[int], None],
) -> list[bytes]:
    """Results of a stage in the order of the parts."""
    work = Work(stage=stage, shared=scope, parts=people, key=part_key(stage, scope))
    results: dict[int, bytes] = {}
    for ix, body in engine.run(work):
        results[ix] = body
        done(len(results))
    return [results[ix] for ix in range(len(people))]


def _first_line(season: Season, pairs: Pairs, solved: Solution) -> dict[str, Any]:
    """What a plan's file says before its lists, with the warnings of the pack that orders.

    A vacancy that may be offered to somebody has a price, the others have none.
    """
    vacancies, bound = season.rosters.vacancies, season.bound
    priced = np.unique(pairs.vacancy_ix).tolist()
    return {
        "season": season.call.season,
        "mode": season.brief.mode.value,
        "seed": season.call.seed,
        "model": season.means.model.label,
        "pack": f"{bound.pack.id}@{pack_digest(bound.pack)[:12]}",
        "warnings": list(bound.warnings),
        **({} if solved.gap is None else {"gap": solved.gap}),
        "prices": {vacancies[ix].vacancy_id: int(solved.prices[ix]) / (1 << PRICE_BITS) for ix in priced},
    }


def _plan(line: Mapping[str, Any], call: PlanSeason, told: Sequence[Mapping[str, Any]], *, at: datetime) -> StoredPlan:
    """The plan as the store keeps it; its id is the hash of everything its file says."""
    return StoredPlan(
        plan_id="p-" + digest(msgspec.json.encode([line, told]))[:32],
        season=call.season,
        mode=line["mode"],
        seed=call.seed,
        model=line["model"],
        pack=line["pack"],
        solved_on=call.on,
        created_at=at,
        prices=line["prices"],
    )


@dataclass(frozen=True, slots=True)
class Season:
    """What is planned: the call, the records it is made over, and what binds them.

    brief : of a round over them, its jurisdiction named, without what was shown
    """

    call: PlanSeason
    means: Means
    rosters: Rosters
    shown: Mapping[str, frozenset[str]]
    bound: BoundPack
    brief: Brief


def asked(store: RosterStore, means: Means, call: PlanSeason) -> Season:
    """All willing workers who are not in work, and every vacancy, as of one revision."""
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
    return Season(call, means, rosters, store.exposures(call.season), bound, brief)


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


def only_yes(solved: Round) -> Round:
    """The round without pairs that still have an open question: they are never part of a plan."""
    keep = np.asarray(solved.pairs["verdict"] == Verdict.YES)
    return solved.keep(keep)


def plan_line(lines: Sequence[Mapping[str, Any]]) -> str:
    """A plan in one Chinese line: how many people have a list, how many have none, how many posts are crowded."""
    head, lists_told = lines[0], lines[1:]
    empty = sum(not entry["items"] for entry in lists_told)
    crowded = sum(price > 0 for price in head["prices"].values())
    return (
        f"{head['season']} 计划：{len(lists_told)}人，其中{len(lists_told) - empty}人有岗位、{empty}人暂时没有；"
        f"{crowded}个岗位求职人多于名额"
    )
