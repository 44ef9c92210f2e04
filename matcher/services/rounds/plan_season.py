"""The season's plan: prices from scarce openings, then a list per willing worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import numpy as np

from matcher.allocation import still_to_come, weekly
from matcher.decisions import digest
from matcher.errors import UsageError
from matcher.explanation import Verdict
from matcher.ports import RosterStore, StoredPlan
from matcher.records import Worker
from matcher.services.ground.answering import households_of, vacancies_at, workers_at, working_ids
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match import lists
from matcher.services.rounds.match_round import Brief, Rosters, Round, prepare, slot_prices
from matcher.services.rounds.pricing import mode_of_plan
from matcher.settings import Settings


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


def plan_season(store: RosterStore, means: Means, call: PlanSeason, *, at: datetime) -> Iterator[dict[str, Any]]:
    """First the plan's line, then one list per willing worker without a running placement.

    A vacancy once listed to a worker in the season is not listed again; only pairs with verdict yes are listed.
    Prices and exposures are in the store before the first line is given. People of several counties without a
    jurisdiction are planned for in the general order, and the first line warns of it; they are not refused, because
    the order is lawful for all of them, a roster often holds people who moved away, and a plan may ask for none.
    """
    first, last = season_days(call.season)
    if not first <= call.on <= last:
        raise UsageError(
            f"{call.on} is not in the season {call.season}", where="--on", remedy="Give a day of the season."
        )
    solved = solve(store, means, call)
    told = lists(solved, top=call.top, explain=call.explain, refused=False)
    line = _first_line(solved, call)
    plan = _plan(line, call, told, at=at)
    exposures = [(entry["worker_id"], listed["vacancy_id"]) for entry in told for listed in entry["items"]]
    current = store.current_plan(call.on)
    # With nothing left to list a plan repeats itself to the byte: it is told again and not kept twice.
    if exposures or current is None or current.plan_id != plan.plan_id:
        store.save_plan(plan, exposures)
    return iter([{**line, "plan_id": plan.plan_id}, *told])


def _first_line(solved: Round, call: PlanSeason) -> dict[str, Any]:
    """What a plan's file says before its lists (CONTRACT section 6), and the warnings of the pack that orders."""
    return {
        "season": call.season,
        "mode": solved.mode.value,
        "seed": call.seed,
        "model": solved.means.model.label,
        "pack": solved.pack_label,
        "warnings": list(solved.bound.warnings),
        **({} if solved.gap is None else {"gap": solved.gap}),
        "prices": slot_prices(solved),
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


def solve(store: RosterStore, means: Means, call: PlanSeason) -> Round:
    """The round of all willing workers who are not in work, unknown pairs left out."""
    revision = store.revision()
    in_work = working_ids(store, call.on, revision)
    willing = [worker for worker in workers_at(store, revision) if worker.wish_to_work]
    workers = [worker for worker in willing if worker.worker_id not in in_work]
    rosters = Rosters(
        workers=workers, vacancies=vacancies_at(store, revision), households=households_of(store, workers, revision)
    )
    brief = Brief(
        on=call.on,
        jurisdiction=call.jurisdiction,
        seed=call.seed,
        shown=store.exposures(call.season),
        mode=mode_of_plan(means),
        top=call.top,
        to_come=expected_arrivals(willing, means.settings, season=season_days(call.season), on=call.on),
    )
    return only_yes(prepare(rosters, means, brief))


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
