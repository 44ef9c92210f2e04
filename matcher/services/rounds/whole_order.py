"""Everybody one vacancy could be offered to, and in which order: asked of a crowd where one stands ready.

Only who is shown is reckoned as a round reckons; of the others verdict and fit are enough, and these a crowd tells.
Both ways give the same people, numbers and order.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher import candidates, eligibility, scoring, shortlist
from matcher.errors import ModelError
from matcher.explanation import Verdict
from matcher.kernels.everybody import Everybody
from matcher.pairs import Pairs
from matcher.policy import BoundPack, Tier
from matcher.policy.types import Mode
from matcher.policy.weights import CountyWeights
from matcher.ports import Shared
from matcher.records import Vacancy, Worker
from matcher.services.ground.crowd import crowd_of
from matcher.services.ground.kept_index import FEWEST_INDEXED
from matcher.services.ground.roster_columns import RosterColumns
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground
from matcher.services.rounds.match_round import (
    Brief,
    InForce,
    Rosters,
    Round,
    floor_of_fit,
    in_force,
    law_frame,
    prepare,
    width_of_bands,
    with_weights,
)


@dataclass(frozen=True)
class WholeOrder:
    """The people of one vacancy with verdict yes or unknown, whoever of them is listed.

    rosters : everybody who was asked, and the one vacancy; people_at : of these the positions of the people, rising
    pairs : of the people in that order; columns verdict, fit, fit_band, tier, sub_tier, waiting_days, with weights
    also weighted, as `Round` has them
    worker_keys, vacancy_keys : of the last tie, of the workers of the pairs
    solved : the round that reckoned all of them, None where a crowd was asked
    """

    rosters: Rosters
    means: Means
    brief: Brief
    frame: eligibility.Frame
    bound: BoundPack
    order: tuple[Tier, ...]
    weights: CountyWeights | None
    people_at: NDArray[np.intp]
    pairs: Pairs
    worker_keys: NDArray[np.uint64]
    vacancy_keys: NDArray[np.uint64]
    solved: Round | None = None

    @property
    def vacancy(self) -> Vacancy:
        """The vacancy that is asked for."""
        return self.rosters.vacancies[0]

    @property
    def mode(self) -> Mode:
        """How the list is ordered."""
        return order_of(self, self.vacancy)

    @property
    def floor(self) -> int:
        """Smallest fit (of 2**42) of a candidate."""
        return floor_of(self)

    def n(self, verdict: Verdict) -> int:
        """People of a verdict, below the floor or not."""
        return int(np.count_nonzero(self.pairs["verdict"] == verdict))

    @property
    def n_below_floor(self) -> int:
        """People who fit too little to be listed."""
        return int(np.count_nonzero(self.pairs["fit"] < self.floor))

    @cached_property
    def ranking(self) -> NDArray[np.intp]:
        """Positions among the pairs of everybody who is listed, best first; once made it is kept."""
        return shortlist.candidate_ranking(
            self.pairs, self.worker_keys, self.vacancy_keys, floor=self.floor, order=self.mode
        )

    def first(self, top: int) -> NDArray[np.intp]:
        """The first `top` of the ranking; the rest is not put in order for them."""
        if top < 1 or "ranking" in self.__dict__:
            return self.ranking[:top]
        return shortlist.first_candidates(
            self.pairs, self.worker_keys, self.vacancy_keys, top=top, floor=self.floor, order=self.mode
        )

    def among(self, positions: Collection[int]) -> tuple[NDArray[np.intp], list[int]]:
        """Of the people at these positions of the roster those who are listed, best first, and their ranks."""
        at = np.flatnonzero(np.isin(self.people_at[self.ranking], list(positions)))
        return self.ranking[at], (at + 1).tolist()

    def worker(self, place: int) -> Worker:
        """The person at a position among the pairs."""
        return self.rosters.workers[int(self.people_at[place])]

    def reckoned(self, places: NDArray[np.intp]) -> tuple[Round, Pairs]:
        """The people at some places in that order, with everything an answer tells of them, and the round behind it."""
        if self.solved is not None:
            return self.solved, self.solved.pairs.take(places)
        workers = [self.worker(place) for place in places.tolist()]
        solved = prepare(replace(self.rosters, workers=workers), self.means, self.brief)
        if not np.array_equal(solved.pairs["fit"], self.pairs["fit"][places]):
            raise ValueError(f"the crowd and the round differ about {self.vacancy.vacancy_id}")
        return solved, solved.pairs


def whole_order(rosters: Rosters, means: Means, brief: Brief) -> WholeOrder:
    """Everybody of the rosters' one vacancy, at given prices.

    Of a list of workers that a process keeps a crowd is asked; of any other every stage is run over all of them.
    """
    workers = rosters.workers
    if not isinstance(workers, Shared) or len(workers) < FEWEST_INDEXED or brief.prices is None:
        return _of_round(rosters, prepare(rosters, means, brief), brief)
    frame = law_frame(means, brief.on, public=brief.public)
    try:
        crowd = crowd_of(workers, Ground(means.model, frame, brief.seed), means)
    except ModelError:
        # A model whose tables spread too far for a cell.
        return _of_round(rosters, prepare(rosters, means, brief), brief)
    (vacancy,) = rosters.vacancies
    told = crowd.asked(vacancy) if candidates.is_open(vacancy, brief.on) else _nobody(len(workers))
    people_at = np.flatnonzero(told.verdict)
    columns, rules = RosterColumns(rosters, means, frame), in_force(workers, means, brief)
    return WholeOrder(
        rosters=rosters,
        means=means,
        brief=brief,
        frame=frame,
        bound=rules.bound,
        order=rules.order,
        weights=rules.weights,
        people_at=people_at,
        pairs=_pairs(columns, rules, brief, people_at, told),
        worker_keys=crowd.keys()[people_at],
        vacancy_keys=columns.vacancy_keys(brief.seed),
    )


def _of_round(rosters: Rosters, solved: Round, brief: Brief) -> WholeOrder:
    """Everybody of a round over these rosters, whose pairs were all reckoned."""
    worker_ix = solved.pairs.worker_ix
    return WholeOrder(
        rosters=rosters,
        means=solved.means,
        brief=brief,
        frame=solved.frame,
        bound=solved.bound,
        order=solved.order,
        weights=solved.weights,
        people_at=worker_ix.astype(np.intp) if solved.people_at is None else solved.people_at[worker_ix],
        pairs=solved.pairs,
        worker_keys=solved.worker_keys,
        vacancy_keys=solved.vacancy_keys,
        solved=solved,
    )


def _nobody(n: int) -> Everybody:
    return Everybody(np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int64))


def _pairs(columns: RosterColumns, rules: InForce, brief: Brief, people_at: NDArray[np.intp], told: Everybody) -> Pairs:
    """The people with what the order compares."""
    ranked = columns.ranked(rules.order, None, work_place=brief.work_place, weights=rules.weights)
    n, fit = len(people_at), told.fit[people_at]
    pairs = Pairs(
        np.arange(n, dtype=np.int32),
        np.zeros(n, dtype=np.int32),
        {
            "verdict": told.verdict[people_at],
            "fit": fit,
            "fit_band": scoring.bands_of(fit, width_of_bands(rules.order[0], columns.means)),
            "tier": ranked.tier[people_at],
            "sub_tier": ranked.sub_tier[people_at],
            "waiting_days": ranked.waiting_days[people_at],
        },
    )
    return with_weights(pairs, ranked.weight[people_at], rules.weights)


class Ordered(Protocol):
    """What says how a list is ordered: a round, or the order of one vacancy."""

    @property
    def means(self) -> Means:
        """Packs, model and settings."""

    @property
    def order(self) -> tuple[Tier, ...]:
        """Tiers of the pack for the service asked for."""

    @property
    def weights(self) -> CountyWeights | None:
        """The county's own weights, if it has any."""


def order_of(solved: Ordered, vacancy: Vacancy) -> Mode:
    """Reserved posts go by tier before fit (DESIGN section 2), the rest by the county's weights or as the pack says."""
    if vacancy.reserved_for:
        return Mode.STRICT_TIER
    return Mode.ADDITIVE if solved.weights is not None else solved.order[0].mode


def floor_of(solved: Ordered) -> int:
    """Smallest fit (of 2**42) of a candidate: that of the document, else that of the settings."""
    return floor_of_fit(solved.order[0], solved.means)
