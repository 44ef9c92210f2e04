"""Child of the plan workload: the plan of a crowd by the index, cold, warm, and warm after a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np

from matcher import kernels
from matcher.ports import Shared
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import Rosters
from matcher.services.rounds.plan_crowd import Chosen, SeasonCrowd, best_of_each, crowd_for, crowd_prices, listed
from matcher.services.rounds.pricing import Scene, Solution
from matcher.shortlist import PRICE_BITS, PlanMode
from tests.bench.crowd_check import digest_of, faults
from tests.bench.measure import Laps, repeated
from tests.bench.plan_tasks import BRIEF, means_of, rosters_of

Timed = tuple[Laps, Any]
TOP: Final = 3
WARMED_BY: Final = 8_000
"""Workers over whom every compiled loop is brought in before a clock runs."""
CHANGED_WORKERS, CHANGED_VACANCIES = 500, 100


class _Plan:
    """How a crowd is planned: the whole of it, as `matcher plan` does once the records are read."""

    def __init__(self, means: Means, mode: PlanMode) -> None:
        self._means, self._brief = means, replace(BRIEF, mode=mode)

    def scene(self, rosters: Rosters, start: Any = None) -> Scene:
        """What prices are solved for."""
        return Scene(mode=self._brief.mode, top=TOP, n_here=len(rosters.workers), start=start)

    def crowd(self, rosters: Rosters) -> SeasonCrowd:
        """Everybody by codes."""
        return crowd_for(rosters, self._means, self._brief, {})

    def faults(self, rosters: Rosters, made: tuple[Solution, Chosen, Chosen]) -> list[str]:
        """What is wrong with what was made of them."""
        width = self._means.settings.candidates_per_worker
        return list(faults(self.crowd(rosters), made, self._means, self._brief, self.scene(rosters), width))

    def made(self, rosters: Rosters, start: Any = None) -> tuple[Solution, Chosen, Chosen]:
        """Prices, candidates and lists; start : prices before, by vacancy."""
        people, scene = self.crowd(rosters), self.scene(rosters, start)
        solved, found = crowd_prices(people, self._means.settings, scene)
        return solved, found, listed(people, found, solved, scene, top=TOP)


def crowd(workers: int, vacancies: int, mode: str, repeats: int) -> Timed:
    """Slot prices of a crowd and who is listed what, by the index; then from these prices, with changes and without.

    Off the clock the plan is made once more and judged, see `crowd_check`.
    value : candidates of whoever may be offered a post, what lists would fill with prices and without, other laps
    """
    rosters = rosters_of(workers, vacancies)
    rosters = replace(rosters, vacancies=Shared(rosters.vacancies))
    plan = _Plan(means_of(), PlanMode(mode))
    kernels.make_ready()
    few = replace(rosters, workers=rosters.workers[:WARMED_BY])
    plan.made(few, plan.made(few)[0].prices / 2.0**PRICE_BITS)

    laps, made = repeated(lambda: plan.made(rosters), repeats=repeats)
    solved, found, lists = made
    prices = solved.prices / 2.0**PRICE_BITS
    coded_laps, _ = repeated(lambda: plan.crowd(rosters), repeats=repeats)
    warm_laps, (warm, _, _) = repeated(lambda: plan.made(rosters, prices), repeats=repeats)
    changed, start = _changed(rosters, prices)
    cold_laps, (cold, _, afresh) = repeated(lambda: plan.made(changed), repeats=1)
    changed_laps, after = repeated(lambda: plan.made(changed, start), repeats=repeats)
    no_prices = best_of_each(plan.crowd(rosters), np.zeros_like(solved.prices), plan.scene(rosters), top=TOP)
    broken = [*plan.faults(rosters, made), *(f"after the change: {fault}" for fault in plan.faults(changed, after))]
    if digest_of(plan.made(rosters)) != digest_of(made):
        broken.append("made once more, prices, candidates or lists are other bytes")
    n_of = np.bincount(found.pairs.worker_ix, minlength=len(rosters.workers))
    return laps, {
        "willing": len(rosters.workers),
        "pairs": len(found.pairs),
        "forty": float((n_of >= 40).sum() / max(1, (n_of > 0).sum())),
        "nobody": int((n_of == 0).sum()),
        "reached": _reached(rosters, lists),
        "unpriced": _reached(rosters, no_prices),
        "gap": solved.gap,
        "coded": coded_laps._asdict(),
        "again": warm_laps._asdict(),
        "moved": float(np.abs(warm.prices - solved.prices).max() / 2.0**PRICE_BITS),
        "changed": changed_laps._asdict(),
        "afresh": cold_laps._asdict(),
        "changed_reached": _reached(changed, after[2]),
        "afresh_reached": _reached(changed, afresh),
        "changed_gap": after[0].gap,
        "afresh_gap": cold.gap,
        "broken": broken,
    }


def _reached(rosters: Rosters, lists: Chosen) -> int:
    """Places that have somebody whose list names them."""
    places = np.array([vacancy.places_left for vacancy in rosters.vacancies])
    return int(np.minimum(places, np.bincount(lists.pairs.vacancy_ix, minlength=len(places))).sum())


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
