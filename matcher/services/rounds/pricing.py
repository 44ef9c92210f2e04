"""How a round gets its slot prices: balanced until the model is calibrated, then from the dual with look-ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher import allocation, priority, shortlist
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.records import Channel, Worker
from matcher.scoring import P_BITS
from matcher.services.ground.roster_columns import Rosters
from matcher.services.ground.rulebook import Means
from matcher.settings import FACTOR_ONE, Settings
from matcher.shortlist import PlanMode, tie_keys

Floats: TypeAlias = NDArray[np.float64]
LARGE: Final = 1_000_000
"""Pairs beyond which prices are solved over candidates of each worker instead of all of them."""
_CHANNEL: Final = {channel: ix for ix, channel in enumerate(Channel)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What prices are solved for.

    mode : how they enter the score; top : lines of a list; to_come : people expected later in the season, for whom
    openings are left; n_here : people of the round, with a pair or without; seed : of ties between candidates
    overfull : of balanced prices over candidates that are chosen already, see `solve_balanced`; None: not chosen
    share : of the openings, where only some of the people stand in pairs
    start : prices to begin with, as of a plan before
    household : factor of each worker's household (of 64) to begin with; None: that of the order
    """

    mode: PlanMode
    top: int
    to_come: float = 0.0
    n_here: int = 0
    seed: int = 0
    overfull: float | None = None
    share: float = 1.0
    start: Floats | None = None
    household: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """Prices of the vacancies (of 2**30); gap : share of the bound that may be missing, None where none is known.

    household : the factor of each worker's household (of 64) the prices hold for, None where it is that of the order
    """

    prices: NDArray[np.int64]
    gap: float | None = None
    household: NDArray[np.int64] | None = None

    def held_by(self, ranked: priority.Priority) -> priority.Priority:
        """The order with the household factors the prices hold for: lists by others would crowd the same posts."""
        return ranked if self.household is None else replace(ranked, household=self.household)


def mode_of_plan(means: Means) -> PlanMode:
    """The mode of the next plan: what the settings say, else `priced` once the model has passed its calibration."""
    asked = means.settings.plan_mode
    if asked == "auto":
        return PlanMode.PRICED if means.model.calibrated else PlanMode.BALANCED
    return PlanMode(asked)


def solution(pairs: Pairs, ranked: priority.Priority, rosters: Rosters, settings: Settings, scene: Scene) -> Solution:
    """Prices over the pairs that may be offered today."""
    yes = pairs["verdict"] == Verdict.YES
    offered = pairs if yes.all() else pairs.take(yes)
    openings = np.array([vacancy.places_left for vacancy in rosters.vacancies], dtype=np.int64)
    if scene.mode is PlanMode.PRICED:
        return _priced(offered, ranked, rosters, openings, settings, scene)
    q, v = shortlist.values(offered, ranked.factor[offered.worker_ix])
    prices = allocation.solve_balanced(
        offered,
        q.astype(np.float64) * v.astype(np.float64) / float(1 << shortlist.SCORE_BITS),
        openings.astype(np.float64) * scene.share,
        epsilon=settings.plan_epsilon,
        iterations=settings.plan_iterations,
        start=scene.start,
        overfull=scene.overfull,
    )
    return Solution(shortlist.quantise(prices))


def _priced(
    offered: Pairs,
    ranked: priority.Priority,
    rosters: Rosters,
    openings: NDArray[np.int64],
    settings: Settings,
    scene: Scene,
) -> Solution:
    """Prices of the dual, solved anew for each pass of the household bonus, each from the prices before."""
    if not len(offered):
        return Solution(np.zeros(len(openings), dtype=np.int64))
    room, taken = _room(offered, openings, scene), settings.exposure_taken_permille / 1000
    if len(offered) > LARGE and scene.overfull is None:
        offered = offered.take(_candidates(offered, ranked, rosters, room, settings, scene))
    (chance, keeps), worker_ix = _chances(offered), offered.worker_ix
    homes, start = _homes(rosters.workers), scene.start
    held, household = ranked, ranked.household if scene.household is None else scene.household
    for _ in range(settings.household_passes if (ranked.household > FACTOR_ONE).any() else 1):
        held = replace(ranked, household=household)
        value = keeps * _factor(held)[worker_ix]
        plan = allocation.solve_priced(
            offered, chance, value, room, top=scene.top, taken=taken, iterations=settings.price_steps, start=start
        )
        alone = allocation.nobody_else(plan.lines * chance * taken * keeps, worker_ix, homes)
        start, household = plan.prices, _household(ranked, alone)
    return Solution(shortlist.quantise(plan.prices), plan.gap, held.household)


def _chances(pairs: Pairs) -> tuple[Floats, Floats]:
    """q = p_apply * p_hire, and p_keep, of each pair."""
    q = pairs["p_apply"].astype(np.int64) * pairs["p_hire"].astype(np.int64)
    return q / float(1 << 2 * P_BITS), pairs["p_keep"] / float(1 << P_BITS)


def _household(ranked: priority.Priority, alone: Floats) -> NDArray[np.int64]:
    """Factor of each worker's household (of 64): its bonus times the chance that nobody else of it finds work."""
    return FACTOR_ONE + np.rint((ranked.household - FACTOR_ONE) * alone).astype(np.int64)


def _factor(ranked: priority.Priority) -> Floats:
    """Product of the factors of each worker."""
    return np.asarray(ranked.factor / FACTOR_ONE**3)


def _room(offered: Pairs, openings: NDArray[np.int64], scene: Scene) -> Floats:
    """Openings for those who stand here; of those to come as many as here may be offered something."""
    here = len(np.unique(offered.worker_ix))
    to_come = scene.to_come * here / max(scene.n_here, here)
    return np.asarray(openings * (scene.share * (here / (here + to_come))), dtype=np.float64)


def _candidates(
    offered: Pairs, ranked: priority.Priority, rosters: Rosters, room: Floats, settings: Settings, scene: Scene
) -> NDArray[np.intp]:
    """Positions of the candidates of each worker, of every channel, chosen net of rough prices."""
    chance, keeps = _chances(offered)
    value = keeps * _factor(ranked)[offered.worker_ix]
    taken = settings.exposure_taken_permille / 1000
    rough = allocation.rough_prices(offered, chance, value, room, top=scene.top, taken=taken)
    keys = (
        tie_keys([worker.worker_id for worker in rosters.workers], scene.seed),
        tie_keys([vacancy.vacancy_id for vacancy in rosters.vacancies], scene.seed),
    )
    return allocation.narrowed(
        offered,
        chance * (value - rough[offered.vacancy_ix]),
        channel=np.array([_CHANNEL[vacancy.channel] for vacancy in rosters.vacancies], dtype=np.int8),
        tie=shortlist.pair_ties(offered, *keys),
        width=settings.candidates_per_worker,
    )


def _homes(workers: Sequence[Worker]) -> NDArray[np.intp]:
    """A number for each household; who has none recorded has one alone."""
    seen: dict[str, int] = {}
    names = (worker.household_id or f"\0{ix}" for ix, worker in enumerate(workers))
    return np.array([seen.setdefault(name, len(seen)) for name in names], dtype=np.intp)
