"""A season's plan where the pairs are too many to be made: the index lists each worker's best at the prices so far.

Rough prices come of a sample of the workers, in turns: list the best at today's prices, solve over all that was listed.
With them every worker keeps the best of all posts net of price, and the best of each channel; slot prices are solved
over these candidates, once more with what is best at them, and lists are taken among the candidates: a price tells who
crowds a post only among those it was solved over. Lists out of all posts sent thousands to posts that had no price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import kernels, shortlist
from matcher.kernels.askers import Askers
from matcher.kernels.ranking import order_named
from matcher.machine_code import n_threads
from matcher.pairs import Pairs
from matcher.policy import pack_for, tiers
from matcher.priority import Priority
from matcher.records import Channel
from matcher.scoring.kernel import logistic_table
from matcher.services.ground.many_askers import askers_of
from matcher.services.ground.packed_arrays import packed
from matcher.services.ground.roster_columns import RosterColumns, Rosters
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, VacancyIndex, indexed
from matcher.services.rounds.match_round import Brief, law_frame
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
YES: Final = 2
LEAST: Final = np.iinfo(np.int64).min
AT_ONCE: Final = 1 << 16
"""Workers whose candidates are looked through beside each other."""


@dataclass(frozen=True, slots=True)
class SeasonCrowd:
    """Everybody a plan is made for as those who ask of the shelf of open posts.

    vacancy_at : position in the roster of each row of the shelf; row_of : the other way round, -1 for none
    channel : of each row
    shown : of each worker the positions of vacancies that are not listed again
    """

    rosters: Rosters
    ranked: Priority
    index: VacancyIndex
    askers: Askers
    often: kernels.Often
    vacancy_at: NDArray[np.int32]
    row_of: NDArray[np.int32]
    channel: NDArray[np.int8]
    shown: Mapping[int, frozenset[int]]

    def held(self, solved: Solution) -> SeasonCrowd:
        """The crowd with the household factors the prices hold for."""
        ranked = solved.held_by(self.ranked)
        return replace(self, ranked=ranked, askers=replace(self.askers, factor=ranked.factor))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Pairs with verdict yes by worker; with_yes : who may be offered any post, listed before or not."""

    pairs: Pairs
    with_yes: NDArray[np.bool_]

    def of(self, share: NDArray[np.intp]) -> bytes:
        """What is listed of the workers at these rising positions, numbered among them."""
        within = np.full(len(self.with_yes), -1, dtype=np.int32)
        within[share] = np.arange(len(share), dtype=np.int32)
        worker_ix = within[self.pairs.worker_ix]
        here = np.flatnonzero(worker_ix >= 0)
        return packed(
            {
                "worker_ix": worker_ix[here],
                "vacancy_ix": self.pairs.vacancy_ix[here],
                "with_yes": self.with_yes[share],
            }
        )


def is_crowd(rosters: Rosters) -> bool:
    """Whether the pairs are too many to be made one by one."""
    return len(rosters.workers) * len(rosters.vacancies) >= MANY


def is_hopeless(rosters: Rosters) -> bool:
    """Whether the pairs are so many that without an index no plan would be had."""
    return len(rosters.workers) * len(rosters.vacancies) > MOST_WHOLE


def crowd_for(rosters: Rosters, means: Means, brief: Brief, shown: Mapping[str, frozenset[str]]) -> SeasonCrowd:
    """The crowd of a round's rosters, its people in the order of the pack that binds. Raises as `crowd_of`."""
    frame = law_frame(means, brief.on, public=brief.public)
    order = tiers(pack_for(means.packs, brief.jurisdiction, brief.on).pack, brief.service)
    ranked = RosterColumns(rosters, means, frame).ranked(order, None)
    return crowd_of(rosters, ranked, Ground(means.model, frame, brief.seed), shown)


def crowd_of(rosters: Rosters, ranked: Priority, ground: Ground, shown: Mapping[str, frozenset[str]]) -> SeasonCrowd:
    """The crowd of a roster in the standing of `ranked`; shown : worker id -> vacancies not to be listed again.

    Raises ModelError as `vacancy_index.indexed`.
    """
    index = indexed(rosters.vacancies, ground)
    at = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(rosters.vacancies)}
    numbers = np.array([at[vacancy_id] for vacancy_id in index.ids], dtype=np.int32)
    vacancy_at = numbers[index.shelf.rows.number]
    row_of = np.full(len(rosters.vacancies), -1, dtype=np.int32)
    row_of[vacancy_at] = np.arange(len(vacancy_at), dtype=np.int32)
    known = {channel: ix for ix, channel in enumerate(Channel)}
    channels = np.array([known[vacancy.channel] for vacancy in rosters.vacancies], dtype=np.int8)
    askers = askers_of(index, rosters.workers, ranked.factor)
    return SeasonCrowd(
        rosters=rosters,
        ranked=ranked,
        index=index,
        askers=askers,
        often=kernels.Often(askers, index.shelf),
        vacancy_at=vacancy_at,
        row_of=row_of,
        channel=channels[vacancy_at],
        shown={
            ix: frozenset(at[one] for one in shown[worker.worker_id] if one in at)
            for ix, worker in enumerate(rosters.workers)
            if worker.worker_id in shown
        },
    )


def crowd_prices(crowd: SeasonCrowd, settings: Settings, scene: Scene) -> tuple[Solution, Chosen]:
    """Slot prices and the candidates they are solved over; earlier prices of the scene stand for all but the last."""
    width = settings.candidates_per_worker
    if scene.start is None:
        prices = _rough(crowd, settings, scene)
        found = candidates(crowd, prices, scene, width)
        # A post that was too dear at first has hardly a candidate, so its price falls to nothing: now it is somebody's.
        # Of a priced plan the last passes go on from who else finds work by the first ones.
        settings = msgspec.structs.replace(settings, household_passes=min(FEW_PASSES, settings.household_passes))
        rough = _solved(crowd, found.pairs, settings, replace(scene, overfull=CROWDED), prices)
        prices, scene = rough.prices, replace(scene, household=rough.household)
        found = best_of_each(crowd.held(rough), prices, scene, top=AGAIN, held=found.pairs)
    else:
        prices = shortlist.quantise(scene.start)
        found = candidates(crowd, prices, scene, width)
    return _solved(crowd, found.pairs, settings, replace(scene, overfull=OVERFULL), prices), found


def listed(crowd: SeasonCrowd, found: Chosen, solved: Solution, scene: Scene, *, top: int) -> Chosen:
    """The best `top` candidates of each worker at the slot prices, and whichever are as good as the last of them."""
    pairs, factor = found.pairs, crowd.held(solved).ranked.factor
    score = shortlist.score(pairs, factor[pairs.worker_ix], solved.prices[pairs.vacancy_ix], scene.mode)
    size = np.bincount(pairs.worker_ix, minlength=len(crowd.askers))
    last = np.full(len(size), LEAST)
    wide = np.flatnonzero(size > top)
    for who in np.array_split(wide, max(1, len(wide) // AT_ONCE)):
        at = np.zeros(len(size), dtype=np.bool_)
        at[who] = True
        here = np.flatnonzero(at[pairs.worker_ix])
        table = np.full((len(who), int(size[who].max(initial=top))), LEAST)
        table[np.arange(table.shape[1]) < size[who, None]] = score[here]
        last[who] = np.partition(table, -top, axis=1)[:, -top]
    return replace(found, pairs=pairs.take(np.flatnonzero(score >= last[pairs.worker_ix])))


def _solved(crowd: SeasonCrowd, pairs: Pairs, settings: Settings, scene: Scene, start: Ints) -> Solution:
    scene = replace(scene, start=start / (1 << shortlist.PRICE_BITS))
    return solution(pairs, crowd.ranked, crowd.rosters, settings, scene)


def candidates(crowd: SeasonCrowd, prices: Ints, scene: Scene, width: int) -> Chosen:
    """Of each worker the best `width` of all posts net of price and the best PER_CHANNEL of each channel."""
    return best_of_each(crowd, prices, scene, top=width, each=PER_CHANNEL)


def best_of_each(
    crowd: SeasonCrowd,
    prices: Ints,
    scene: Scene,
    *,
    top: int,
    each: int = 0,
    who: NDArray[np.intp] | None = None,
    held: Pairs | None = None,
) -> Chosen:
    """The best `top` posts of each worker (or of `who`) that may be offered and were not listed to them before.

    Sorted by worker, then vacancy; each pair once, with p_apply, p_hire and p_keep (of 2**14) and verdict yes.
    prices : of the vacancies of the roster, of 2**30; each : best of each channel beside them
    held : pairs, sorted by worker, that are chosen as well
    """
    who = np.arange(len(crowd.askers)) if who is None else who
    wanted = kernels.Wanted(
        top=top,
        each=each,
        kinds=crowd.channel,
        held=None if held is None else _rows_of(crowd, held),
        barred=None if not crowd.shown else _rows_of(crowd, _shown(crowd)),
    )
    ranking = kernels.Ranking(logistic_table(), order_named(scene.mode.value), np.zeros(0, dtype=np.int64))
    shelf = kernels.repriced(crowd.index.shelf, prices[crowd.vacancy_at])
    found = crowd.often.chosen(crowd.askers, shelf, ranking, who, wanted, threads=n_threads())
    worker_ix = np.repeat(who, np.maximum(found.n_of, 0)).astype(np.int32)
    pairs = Pairs(worker_ix, crowd.vacancy_at[found.at])
    return Chosen(_certain(pairs, found.chances), found.n_of >= 0)


def _rows_of(crowd: SeasonCrowd, pairs: Pairs) -> kernels.Named:
    """The rows of the shelf in pairs that are sorted by worker."""
    return kernels.Named(
        np.bincount(pairs.worker_ix, minlength=len(crowd.askers)), crowd.row_of[pairs.vacancy_ix].astype(np.int32)
    )


def _shown(crowd: SeasonCrowd) -> Pairs:
    """Whom each vacancy that still stands on the shelf was shown to."""
    told = [(ix, vacancy) for ix in sorted(crowd.shown) for vacancy in sorted(crowd.shown[ix])]
    worker_ix, vacancy_ix = np.array(told, dtype=np.int32).reshape(-1, 2).T
    here = crowd.row_of[vacancy_ix] >= 0
    return Pairs(worker_ix[here], vacancy_ix[here])


def _certain(pairs: Pairs, chances: NDArray[np.int16]) -> Pairs:
    """Pairs of verdict yes with their chances."""
    told = dict(zip(("p_apply", "p_hire", "p_keep"), chances, strict=True))
    return pairs.with_columns(verdict=np.full(len(pairs), YES, dtype=np.int8), **told)


def _rough(crowd: SeasonCrowd, settings: Settings, scene: Scene) -> Ints:
    """Prices over every so many-th worker with their share of the openings."""
    n, m = len(crowd.askers), len(crowd.rosters.vacancies)
    who = np.arange(0, n, max(1, n // min(max(m, LEAST_SAMPLE), SAMPLE)))
    scene = replace(scene, overfull=ROUGHLY_FULL, share=len(who) / max(1, n))
    rounds = min(ROUGH_ROUNDS, settings.plan_iterations)
    settings = msgspec.structs.replace(settings, plan_iterations=rounds, household_passes=1)
    prices, pairs = np.zeros(m, dtype=np.int64), None
    for _ in range(TURNS):
        pairs = best_of_each(crowd, prices, scene, top=SAMPLE_WIDTH, who=who, held=pairs).pairs
        prices = solution(pairs, crowd.ranked, crowd.rosters, settings, scene).prices
        scene = replace(scene, start=prices / (1 << shortlist.PRICE_BITS))
    return prices
