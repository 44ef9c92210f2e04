"""The season's plan: prices from scarce openings, then a list per willing worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.decisions import digest
from matcher.errors import Conflict, ModelError
from matcher.explanation import Verdict
from matcher.policy import digest as pack_digest
from matcher.ports import Engine, InTurn, RosterStore, StoredPlan, Work
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Round
from matcher.services.rounds.plan_check import require_kept
from matcher.services.rounds.plan_choice import posts_of
from matcher.services.rounds.plan_crowd import Parts, crowd_prices, is_crowd, is_hopeless, n_choices
from matcher.services.rounds.plan_parts import People, Scope, assess, gathered, part_key, read_ahead, shares, tell
from matcher.services.rounds.pricing import Solution, solution
from matcher.services.rounds.season import PlanSeason, Season, asked, require_day, scene_of
from matcher.shortlist import PRICE_BITS

Progress: TypeAlias = Callable[[int, int], None]
_NO_INDEX: Final = "现用模型建不了索引，本计划逐对计算；人数、岗位再多就做不出来，请退回前一个模型或重新训练。"


def no_progress(_done: int, _total: int) -> None:
    """Nobody watches."""


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
    Prices and exposures are in the store before the first line is given; lists that break a promise, or hold what
    another plan listed meanwhile, raise InvalidInput and nothing of them is kept. People of several counties without a
    jurisdiction are planned for in the general order, and the first line warns of it; they are not refused, because
    the order is lawful for all of them, a roster often holds people who moved away, and a plan may ask for none.
    Raises ModelError for a roster so large that only an index plans it, where the model cannot be indexed.
    engine : who does the parts, here one after the other if None; the plan is the same
    progress : told after each part of every stage how many are done, of how many

    The plan before tells what is not listed again; its prices are an input only where the call says so, and the first
    line then names it (`started_from`), so the same store gives the same bytes. Such prices end near those
    solved anew, not on the same bytes.
    """
    require_day(call)
    season = asked(store, means, call)
    line, told = solve(season, engine or InTurn(), progress)
    require_kept(season, line, told)
    plan = _plan(line, call, told, at=at)
    exposures = [(entry["worker_id"], listed["vacancy_id"]) for entry in told for listed in entry["items"]]
    current = store.current_plan(call.on)
    # With nothing left to list a plan repeats itself to the byte: it is told again and not kept twice.
    if exposures or current is None or current.plan_id != plan.plan_id:
        # The same plan made twice at once is told twice, too; another one that was quicker is raised.
        with suppress(Conflict):
            store.save_plan(plan, exposures)
    return iter([{**line, "plan_id": plan.plan_id}, *told])


def solve(season: Season, engine: Engine, progress: Progress) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a plan's file says before its lists (CONTRACT section 6), and the list of everybody, in roster order.

    The people are shared out and assessed by the engine (of a crowd, candidates chosen by it), priced all together, and
    their lists told by the engine. Raises ModelError where only an index plans so many and the model cannot be indexed.
    """
    warnings, by_index = _by_index(season)
    n_stages = 1 + (n_choices(scene_of(season)) if by_index else 1)
    parts = shared_out(season, engine, progress, n_stages=n_stages)
    if len(parts.people) > 1:
        read_ahead(parts.scope, parts.people[0])
    priced = _of_crowd(season, parts) if by_index else _of_all(season, parts)
    lists = parts.run(tell, replace(parts.scope, prices=priced.solved.prices), priced.people)
    told: list[dict[str, Any]] = [{}] * len(season.rosters.workers)
    for share, body in zip(parts.at, lists, strict=True):
        for ix, entry in zip(share.tolist(), msgspec.json.decode(body), strict=True):
            told[ix] = entry
    return _first_line(season, priced, warnings), told


@dataclass(frozen=True, slots=True)
class Priced:
    """Prices, the vacancies that have one, and the parts with what is known of them."""

    solved: Solution
    vacancies: NDArray[np.int32]
    people: list[People]


def shared_out(season: Season, engine: Engine, progress: Progress = no_progress, *, n_stages: int = 1) -> Parts:
    """The people of a plan in parts, each with its households and what was listed to them; n_stages : to be run."""
    means, rosters, call = season.means, season.rosters, season.call
    at = shares(rosters.workers, means.settings.plan_part_workers)
    scope = Scope(means=means, vacancies=rosters.vacancies, brief=season.brief, top=call.top, explain=call.explain)
    people = [_people(season, share) for share in at]
    return Parts(rosters, at, people, scope, _Stages(engine, progress, len(at) * n_stages).run)


def _by_index(season: Season) -> tuple[tuple[str, ...], bool]:
    """Whether the index finds the candidates, and what is to be said of it.

    Where the model cannot be indexed every pair is made, with a warning; ModelError where that is hopeless.
    """
    if not is_crowd(season.rosters):
        return (), False
    try:
        posts_of(season.rosters.vacancies, season.means, season.brief)
    except ModelError as error:
        if is_hopeless(season.rosters):
            raise _without_index(season, error) from None
        return (_NO_INDEX,), False
    return (), True


def _of_all(season: Season, parts: Parts) -> Priced:
    """Every pair that may be offered, found by the engine, and prices over all of them."""
    found = parts.run(assess, parts.scope, parts.people)
    pairs, ranked = gathered(parts.at, found)
    solved = solution(pairs, ranked, season.rosters, season.means.settings, scene_of(season))
    return Priced(solved, np.unique(pairs.vacancy_ix), _known(parts, solved, found))


def _of_crowd(season: Season, parts: Parts) -> Priced:
    """The best of candidates that the engine chose by the index, at prices over these."""
    scene = scene_of(season)
    priced = crowd_prices(parts, scene)
    lists = priced.listed(scene.mode, top=season.call.top)
    people = _known(parts, priced.solved, [lists.of(share) for share in parts.at])
    return Priced(priced.solved, np.unique(priced.found.pairs.vacancy_ix), people)


def _known(parts: Parts, solved: Solution, bodies: Sequence[bytes]) -> list[People]:
    """The parts with what is known of them and the household factors the prices hold for."""
    return [
        part.told(body, solved.household, share)
        for part, body, share in zip(parts.people, bodies, parts.at, strict=True)
    ]


def _without_index(season: Season, error: ModelError) -> ModelError:
    """Why no plan is made of so many with a model that cannot be indexed."""
    n_workers, n_vacancies = len(season.rosters.workers), len(season.rosters.vacancies)
    return ModelError(
        f"a plan of {n_workers:,} people and {n_vacancies:,} vacancies is made by an index only, and {error.what}",
        where="model",
        remedy="Go back to the model before (matcher model use --back), or train one whose entries lie closer.",
    )


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


class _Stages:
    """One stage after the other by an engine, and how far they are of all there will be."""

    def __init__(self, engine: Engine, progress: Progress, n_results: int) -> None:
        self._engine, self._progress, self._n_results = engine, progress, n_results
        self._n_done = 0

    def run(self, stage: Callable[[Scope, People], bytes], scope: Scope, people: Sequence[People]) -> list[bytes]:
        """Results of a stage in the order of the parts."""
        work = Work(stage=stage, shared=scope, parts=people, key=part_key(stage, scope))
        results: dict[int, bytes] = {}
        for ix, body in self._engine.run(work):
            results[ix] = body
            self._n_done += 1
            self._progress(self._n_done, self._n_results)
        return [results[ix] for ix in range(len(people))]


def _first_line(season: Season, priced: Priced, warnings: Sequence[str]) -> dict[str, Any]:
    """What a plan's file says before its lists, with the warnings of the pack that orders and of how it was priced.

    A vacancy that may be offered to somebody has a price, the others have none.
    """
    vacancies, bound, solved, at = season.rosters.vacancies, season.bound, priced.solved, priced.vacancies
    return {
        "season": season.call.season,
        "mode": season.brief.mode.value,
        "seed": season.call.seed,
        "model": season.means.model.label,
        "pack": f"{bound.pack.id}@{pack_digest(bound.pack)[:12]}",
        "warnings": [*bound.warnings, *warnings],
        **({} if solved.gap is None else {"gap": solved.gap}),
        **({} if season.start is None else {"started_from": season.start.plan_id}),
        "prices": {vacancies[ix].vacancy_id: int(solved.prices[ix]) / (1 << PRICE_BITS) for ix in at.tolist()},
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
