"""References that know the truth: lists by true probabilities, and a bound no policy can pass. Never under test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher import shortlist
from matcher.pairs import Pairs
from matcher.scoring import P_ONE
from matcher.services.rounds.match_round import Round
from matcher.services.rounds.pricing import Scene, solution
from matcher.shortlist import PlanMode
from training_data.market.coordinated import expected, nobody
from training_data.market.desk import FIT_ALONE, Weighting
from training_data.market.draws import Floats
from training_data.market.observe import Records
from training_data.market.policies import open_desk
from training_data.market.season import Lists, Policy, View, examination
from training_data.market.truth import Truth
from training_data.market.world import World

Table = NDArray[np.bool_]
STAGES = ("apply", "hire", "keep")


def oracle(
    truth: Truth,
    *,
    priced: bool,
    weighting: Weighting = FIT_ALONE,
    mode: PlanMode = PlanMode.BALANCED,
    look_ahead: bool = False,
) -> Policy:
    """The product's allocator with true probabilities in place of the model's."""
    desk = open_desk(truth.world, weighting)
    to_come = expected(truth.world) if look_ahead else nobody

    def policy(view: View) -> Lists:
        solved = desk.round(view, priced=False)
        pairs = _known(truth, view, solved.pairs)
        of_pair, ranked = np.zeros(len(pairs), dtype=np.int64), solved.ranked
        if priced:
            scene = Scene(mode=mode, top=view.top, to_come=to_come(view), n_here=len(view.workers))
            found = solution(pairs, solved.ranked, solved.rosters, desk.means.settings, scene)
            of_pair, ranked = found.prices[pairs.vacancy_ix], found.held_by(ranked)
        score = shortlist.score(pairs, ranked.factor[pairs.worker_ix], of_pair, mode)
        known: Round = replace(solved, ranked=ranked, pairs=pairs.with_columns(price=of_pair, score=score))
        return desk.lists(view, known)

    return policy


def _known(truth: Truth, view: View, pairs: Pairs) -> Pairs:
    """The pairs with their true probabilities (of 2**14)."""
    at = view.worker_ix[pairs.worker_ix], view.vacancy_ix[pairs.vacancy_ix]
    p = [np.clip(np.rint(truth.probability(stage)[at] * P_ONE), 1, P_ONE - 1).astype(np.int64) for stage in STAGES]
    return pairs.with_columns(p_apply=p[0], p_hire=p[1], p_keep=p[2], fit=p[0] * p[1] * p[2])


def offerable(world: World, records: Records) -> Table:
    """Pairs that a desk which knows every answer could offer in some round, shape (n_workers, n_vacancies)."""
    desk, found = open_desk(world), np.zeros((world.people.size, world.posts.size), dtype=np.bool_)
    for round_ix in range(world.spec.season.rounds):
        view = View(
            round_ix=round_ix,
            world_seed=world.seed,
            workers=records.full,
            worker_ix=np.arange(world.people.size),
            vacancies=records.vacancies,
            vacancy_ix=np.arange(world.posts.size),
            households={home.household_id: home for home in records.households},
            shown={},
            top=1,
        )
        pairs = desk.round(view, priced=False).pairs
        found[pairs.worker_ix, pairs.vacancy_ix] = True
    return found


def fluid_bound(truth: Truth, offered: Table, *, steps: int = 24) -> float:
    """More kept jobs than any policy can expect that knows true probabilities but not the shocks.

    offered : pairs that may be offered at all, shape (n_workers, n_vacancies). A worker reads at most so many lines
    as the slots of the rounds they are there for are read on average, and starts at most one job; a vacancy has its
    openings. For any prices >= 0 weak duality bounds the kept jobs by openings . prices + each worker's best net of
    prices, of which the smaller relaxation is taken (lines read, or one job). The least over a subgradient descent is
    returned, so the bound holds however far the descent came.
    """
    q = truth.probability("apply") * truth.probability("hire") * offered
    keep, openings = truth.probability("keep"), truth.world.posts.headcount.astype(np.float64)
    lines = _lines_read(truth)
    price, least = np.zeros(openings.size), np.inf
    for step in range(steps):
        gain = keep - price
        one_job, read = _fill(gain, np.where(gain > 0, q, 0.0), np.ones(len(q))), _read(gain * q, lines) * q
        by_job, by_line = (one_job * gain).sum(axis=1), (read * gain).sum(axis=1)
        least = min(least, float(openings @ price + np.minimum(by_job, by_line).sum()))
        taken = np.where((by_job < by_line)[:, None], one_job, read).sum(axis=0)
        price = np.maximum(0.0, price + (taken / np.maximum(openings, 1.0) - 1.0) * 0.15 / np.sqrt(step + 1.0))
    return least


def _lines_read(truth: Truth) -> Floats:
    """Lines a worker can be expected to read in the season, shape (n_workers,)."""
    season = truth.world.spec.season
    chances = examination(truth.world, np.arange(1, season.list_length + 1)).sum()
    return np.asarray(chances * (season.rounds - truth.world.people.arrival))


def _read(value: Floats, lines: Floats) -> Floats:
    """For each row the best x in [0, 1] with sum at most `lines`: losses never."""
    return _fill(value, (value > 0).astype(np.float64), lines)


def _fill(value: Floats, room: Floats, most: Floats) -> Floats:
    """For each row the best y in [0, room] with sum at most `most`: the largest values first."""
    order = np.argsort(-value, axis=1)
    sorted_room = np.take_along_axis(room, order, axis=1)
    before = np.cumsum(sorted_room, axis=1) - sorted_room
    y = np.empty_like(sorted_room)
    np.put_along_axis(y, order, np.clip(most[:, None] - before, 0.0, sorted_room), axis=1)
    return y
