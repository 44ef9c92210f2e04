"""Child of the plan workload: the plan of a crowd by the index, cold, warm, and warm after a change."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np

from matcher.engine import LocalEngine
from matcher.pairs import Pairs
from matcher.policy import pack_for
from matcher.ports import Engine, InTurn, Shared
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Rosters
from matcher.services.rounds.plan_choice import SeasonCrowd, best_of_each, crowd_for
from matcher.services.rounds.plan_crowd import CrowdPrices, crowd_prices
from matcher.services.rounds.plan_parts import People
from matcher.services.rounds.plan_season import shared_out
from matcher.services.rounds.pricing import Scene
from matcher.services.rounds.season import PlanSeason, Season, scene_of
from matcher.shortlist import PRICE_BITS, PlanMode
from tests.bench.crowd_check import digest_of, faults
from tests.bench.crowd_places import placing
from tests.bench.engine_tasks import cpu_s
from tests.bench.measure import Laps
from tests.bench.plan_tasks import BRIEF, means_of, rosters_of

Timed = tuple[Laps, Any]
TOP: Final = 3
FORTY: Final = 40
TRIAL_WIDTH: Final = 30
"""Best by score alone that a trial chose; they crowd on the same posts."""
WARMED_BY: Final = 8_000
"""Workers over whom every compiled loop is brought in before a clock runs."""
CHANGED_WORKERS, CHANGED_VACANCIES = 500, 100


class Plan:
    """How a crowd is planned: the whole of it, as `matcher plan` does once the records are read and before lists."""

    def __init__(self, means: Means, mode: PlanMode, engine: Engine) -> None:
        self._means, self._engine, self.brief = means, engine, replace(BRIEF, mode=mode)

    def season(self, rosters: Rosters) -> Season:
        """Everybody, asked for on one day."""
        day = self.brief.on.isoformat()
        binds = self.brief.jurisdiction
        call = PlanSeason(season=f"{day}/{day}", on=self.brief.on, jurisdiction=binds, top=TOP, seed=self.brief.seed)
        return Season(call, self._means, rosters, {}, pack_for(self._means.packs, binds, self.brief.on), self.brief)

    def scene(self, rosters: Rosters, start: Any = None) -> Scene:
        """What prices are solved for; start : prices before, by vacancy."""
        return replace(scene_of(self.season(rosters)), start=start)

    def made(self, rosters: Rosters, start: Any = None) -> tuple[CrowdPrices, Pairs]:
        """Prices with their candidates, and lists."""
        priced = crowd_prices(shared_out(self.season(rosters), self._engine), self.scene(rosters, start))
        return priced, priced.listed(self.brief.mode, top=TOP).pairs

    def everybody(self, rosters: Rosters) -> SeasonCrowd:
        """All of them as one part."""
        scope = shared_out(self.season(rosters), InTurn()).scope
        return crowd_for(scope, People(rosters.workers, rosters.households, {}))

    def faults(self, rosters: Rosters, made: tuple[CrowdPrices, Pairs]) -> list[str]:
        """What is wrong with what was made of them."""
        return list(faults(self.season(rosters), *made, self._means.settings.candidates_per_worker))


def crowd(workers: int, vacancies: int, mode: str, repeats: int) -> Timed:
    """Slot prices of a crowd and who is listed what, by the index; then from these prices, with changes and without.

    Off the clock the plan is made once more in turn and judged, see `crowd_check`; a match of people and places says
    how many of them the candidates can place. value : what `plans.crowd` tells, and other laps
    """
    rosters = rosters_of(workers, vacancies)
    rosters = replace(rosters, vacancies=Shared(rosters.vacancies))
    plan = Plan(means_of(), PlanMode(mode), LocalEngine())
    few = replace(rosters, workers=rosters.workers[:WARMED_BY])
    plan.made(few, plan.made(few)[0].solved.prices / 2.0**PRICE_BITS)

    laps, made = lapped(lambda: plan.made(rosters), repeats)
    solved, found, lists = made[0].solved, made[0].found, made[1]
    prices = solved.prices / 2.0**PRICE_BITS
    warm_laps, (warm, _) = lapped(lambda: plan.made(rosters, prices), repeats)
    changed, start = _changed(rosters, prices)
    cold_laps, (cold, afresh) = lapped(lambda: plan.made(changed), 1)
    changed_laps, after = lapped(lambda: plan.made(changed, start), repeats)
    broken = [*plan.faults(rosters, made), *(f"after the change: {fault}" for fault in plan.faults(changed, after))]
    in_turn = Plan(means_of(), PlanMode(mode), InTurn())
    alone_laps, alone = lapped(lambda: in_turn.made(rosters), 1)
    if digest_of(*alone) != digest_of(*made):
        broken.append("made once more in turn, prices, candidates or lists are other bytes")
    return laps, {
        "willing": len(rosters.workers),
        "pairs": len(found.pairs),
        **_choice(plan, rosters, found.pairs),
        "reached": _reached(rosters, lists),
        "gap": solved.gap,
        "alone": alone_laps._asdict(),
        "again": warm_laps._asdict(),
        "moved": float(np.abs(warm.solved.prices - solved.prices).max() / 2.0**PRICE_BITS),
        "changed": changed_laps._asdict(),
        "afresh": cold_laps._asdict(),
        "changed_reached": _reached(changed, after[1]),
        "afresh_reached": _reached(changed, afresh),
        "changed_gap": after[0].solved.gap,
        "afresh_gap": cold.solved.gap,
        "broken": broken,
    }


def lapped(work: Callable[[], Any], repeats: int) -> tuple[Laps, Any]:
    """As `measure.repeated`, with the CPU of the processes that did the parts."""
    laps, value = Laps([], []), None
    for _ in range(repeats):
        value = None
        cpu, wall = cpu_s(), time.perf_counter()
        value = work()
        laps.wall.append(time.perf_counter() - wall)
        laps.cpu.append(cpu_s() - cpu)
    return laps, value


def _choice(plan: Plan, rosters: Rosters, found: Pairs) -> dict[str, Any]:
    """How wide the choice is, whom it can place, and what the best by score alone would come to."""
    crowd, n = plan.everybody(rosters), len(rosters.workers)
    places = np.array([vacancy.places_left for vacancy in rosters.vacancies], dtype=np.int64)

    def by_score(top: int) -> Pairs:
        return best_of_each(crowd, np.zeros_like(places), plan.brief.mode, top=top).pairs

    held, offered = (np.bincount(pairs.worker_ix, minlength=n) for pairs in (found, by_score(FORTY)))
    ours, theirs = placing(crowd, found, places), placing(crowd, by_score(TRIAL_WIDTH), places)
    at_most = max(1, min(ours.at_most, theirs.at_most))
    return {
        "forty": float((held >= FORTY).sum() / max(1, (offered > 0).sum())),
        "wide": float((held >= np.minimum(FORTY, offered)).mean()),
        "nobody": int((offered == 0).sum()),
        "placeable": at_most,
        "unplaceable": 1 - ours.placed / at_most,
        "unplaceable_by_score": 1 - theirs.placed / at_most,
        "unpriced": _reached(rosters, by_score(TOP)),
    }


def _reached(rosters: Rosters, lists: Pairs) -> int:
    """Places that have somebody whose list names them."""
    places = np.array([vacancy.places_left for vacancy in rosters.vacancies])
    return int(np.minimum(places, np.bincount(lists.vacancy_ix, minlength=len(places))).sum())


def _changed(rosters: Rosters, prices: Any) -> tuple[Rosters, Any]:
    """The county some days later, and the prices before of its vacancies.

    Of CHANGED_VACANCIES, spread over all, every second is withdrawn and the others want two people more; of
    CHANGED_WORKERS every second is no longer looking and the others would take any pay.
    """
    people, posts = list(rosters.workers), list(rosters.vacancies)
    of_people, of_posts = (
        np.unique(np.linspace(0, len(rows) - 1, min(n, len(rows) // 2)).astype(int)).tolist()
        for rows, n in ((people, CHANGED_WORKERS), (posts, CHANGED_VACANCIES))
    )
    for ix in of_people[1::2]:
        people[ix] = msgspec.structs.replace(people[ix], wage_floor_yuan_month=None)
    for ix in of_posts[1::2]:
        posts[ix] = msgspec.structs.replace(posts[ix], headcount=posts[ix].headcount + 2)
    gone, withdrawn = set(of_people[::2]), set(of_posts[::2])
    left = [ix for ix in range(len(posts)) if ix not in withdrawn]
    changed = replace(
        rosters,
        workers=[one for ix, one in enumerate(people) if ix not in gone],
        vacancies=Shared([posts[ix] for ix in left]),
    )
    return changed, prices[left]
