"""A season's plan where the pairs are too many to be made: prices over candidates that the index lists.

Rough prices come of a sample of the workers, in turns: list the best at today's prices, solve over all that was listed.
With them every worker keeps the best of all posts net of price, and the best of each channel; slot prices are solved
over these candidates, once more with what is best at them, and lists are taken among the candidates: a price tells who
crowds a post only among those it was solved over. Lists out of all posts sent thousands to posts that had no price.

Candidates are chosen part by part, wherever the parts are done (`plan_choice.choose`); the sample and the prices, which
nobody can solve for a part of the people alone, are worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import shortlist
from matcher.machine_code import n_threads
from matcher.pairs import Pairs
from matcher.priority import Priority
from matcher.services.ground.packed_arrays import unpacked
from matcher.services.ground.roster_columns import Rosters
from matcher.services.rounds.plan_choice import Chosen, best_of_each, choose, crowd_for
from matcher.services.rounds.plan_parts import People, Scope, gathered
from matcher.services.rounds.pricing import Scene, Solution, solution
from matcher.settings import Settings

Ints = NDArray[np.int64]
MANY: Final = 1 << 25
"""Workers times vacancies from which a plan is made this way."""
MOST_WHOLE: Final = 1 << 27
"""Workers times vacancies over which a plan is still made pair by pair where the model cannot be indexed: some ten
minutes and two gigabytes. Time and memory grow with it, so whole counties would take hours or fail for memory."""
LEAST_SAMPLE, SAMPLE = 1_500, 3_000
"""Workers over whom rough prices are solved: as many as there are posts, within these."""
TURNS: Final = 3
SAMPLE_WIDTH: Final = 128
"""Best of a worker of the sample that are listed in each turn."""
AGAIN: Final = 16
"""Best of each worker at the first slot prices that are candidates as well, before prices are solved once more."""
PER_CHANNEL: Final = 3
"""Best of each channel that are candidates beside the best of all: one fewer than `narrowing` keeps of a whole round: a
fourth makes a twentieth more candidates, and their lists fill as many places."""
ROUGH_ROUNDS: Final = 60
CROWDED, ROUGHLY_FULL, OVERFULL = 2e-1, 5e-2, 1e-3
"""Of balanced prices: the part of its room by which a post may be asked for too much: at the first prices over all, in
the sample, and in the end."""
FEW_PASSES: Final = 2
"""Passes of the household bonus at the first prices over all, and as many again in the end."""
LEAST: Final = np.iinfo(np.int64).min
AT_ONCE: Final = 1 << 16
"""Workers whose candidates are looked through beside each other."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everybody a plan is made for, shared out.

    at : positions in the roster of the people of each part; scope : what all parts are told
    run : a stage over all parts by whoever does them, results in the order of the parts
    """

    rosters: Rosters
    at: Sequence[NDArray[np.intp]]
    people: Sequence[People]
    scope: Scope
    run: Callable[[Callable[[Scope, People], bytes], Scope, Sequence[People]], list[bytes]]


@dataclass(frozen=True, slots=True)
class CrowdPrices:
    """Slot prices of a crowd, the candidates they are solved over, and the order of the people without the bonus."""

    solved: Solution
    found: Chosen
    ranked: Priority

    def listed(self, mode: shortlist.PlanMode, *, top: int) -> Chosen:
        """The best `top` candidates of each worker at the prices, and whichever are as good as the last of them."""
        pairs, factor = self.found.pairs, self.solved.held_by(self.ranked).factor
        score = shortlist.score(pairs, factor[pairs.worker_ix], self.solved.prices[pairs.vacancy_ix], mode)
        size = np.bincount(pairs.worker_ix, minlength=len(factor))
        last = np.full(len(size), LEAST)
        wide = np.flatnonzero(size > top)
        for who in np.array_split(wide, max(1, len(wide) // AT_ONCE)):
            at = np.zeros(len(size), dtype=np.bool_)
            at[who] = True
            here = np.flatnonzero(at[pairs.worker_ix])
            table = np.full((len(who), int(size[who].max(initial=top))), LEAST)
            table[np.arange(table.shape[1]) < size[who, None]] = score[here]
            last[who] = np.partition(table, -top, axis=1)[:, -top]
        return replace(self.found, pairs=pairs.take(np.flatnonzero(score >= last[pairs.worker_ix])))


def is_crowd(rosters: Rosters) -> bool:
    """Whether the pairs are too many to be made one by one."""
    return len(rosters.workers) * len(rosters.vacancies) >= MANY


def is_hopeless(rosters: Rosters) -> bool:
    """Whether the pairs are so many that without an index no plan would be had."""
    return len(rosters.workers) * len(rosters.vacancies) > MOST_WHOLE


def n_choices(scene: Scene) -> int:
    """How often all parts choose before the prices stand."""
    return 2 if scene.start is None else 1


def crowd_prices(parts: Parts, scene: Scene) -> CrowdPrices:
    """Slot prices and the candidates they are solved over; earlier prices of the scene stand for all but the last.

    Raises ModelError as `vacancy_index.indexed`.
    """
    settings = parts.scope.means.settings
    prices = _rough(parts, settings, scene) if scene.start is None else shortlist.quantise(scene.start)
    scope = replace(parts.scope, prices=prices, top=settings.candidates_per_worker, each=PER_CHANNEL)
    bodies = parts.run(choose, scope, parts.people)
    found, ranked = _found(parts, bodies)
    if scene.start is None:
        # A post that was too dear at first has hardly a candidate, so its price falls to nothing: now it is somebody's.
        # Of a priced plan the last passes go on from who else finds work by the first ones.
        settings = msgspec.structs.replace(settings, household_passes=min(FEW_PASSES, settings.household_passes))
        rough = _solved(parts, found.pairs, ranked, settings, replace(scene, overfull=CROWDED), prices)
        prices, scene = rough.prices, replace(scene, household=rough.household)
        scope = replace(scope, prices=prices, top=AGAIN, each=0)
        people = [
            part.told(body, rough.household, share)
            for part, body, share in zip(parts.people, bodies, parts.at, strict=True)
        ]
        found, ranked = _found(parts, parts.run(choose, scope, people))
    solved = _solved(parts, found.pairs, ranked, settings, replace(scene, overfull=OVERFULL), prices)
    return CrowdPrices(solved, found, ranked)


def _found(parts: Parts, bodies: Sequence[bytes]) -> tuple[Chosen, Priority]:
    """Candidates and order of everybody out of those of all parts."""
    pairs, ranked = gathered(parts.at, bodies)
    with_yes = np.zeros(len(parts.rosters.workers), dtype=np.bool_)
    for share, body in zip(parts.at, bodies, strict=True):
        with_yes[share] = unpacked(body)["with_yes"]
    return Chosen(pairs, with_yes), ranked


def _solved(parts: Parts, pairs: Pairs, ranked: Priority, settings: Settings, scene: Scene, start: Ints) -> Solution:
    scene = replace(scene, start=start / (1 << shortlist.PRICE_BITS))
    return solution(pairs, ranked, parts.rosters, settings, scene)


def _rough(parts: Parts, settings: Settings, scene: Scene) -> Ints:
    """Prices over every so many-th worker with their share of the openings."""
    rosters, scope = parts.rosters, parts.scope
    n, m = len(rosters.workers), len(rosters.vacancies)
    workers = rosters.workers[:: max(1, n // min(max(m, LEAST_SAMPLE), SAMPLE))]
    shown = {name: ids for part in parts.people for name, ids in part.shown.items()}
    crowd = crowd_for(scope, People(workers=workers, households=rosters.households, shown=shown))
    some = replace(rosters, workers=workers)
    scene = replace(scene, overfull=ROUGHLY_FULL, share=len(workers) / max(1, n))
    rounds = min(ROUGH_ROUNDS, settings.plan_iterations)
    settings = msgspec.structs.replace(settings, plan_iterations=rounds, household_passes=1)
    prices, pairs = np.zeros(m, dtype=np.int64), None
    for _ in range(TURNS):
        found = best_of_each(crowd, prices, scene.mode, top=SAMPLE_WIDTH, held=pairs, threads=n_threads())
        pairs = found.pairs
        prices = solution(pairs, crowd.ranked, some, settings, scene).prices
        scene = replace(scene, start=prices / (1 << shortlist.PRICE_BITS))
    return prices
