"""Prices over a crowd's candidates against the exact programme over every pair, where that is small enough to solve."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack
from test_plan_parts import Planned, call, means

from matcher.demo import clean_records
from matcher.pairs import Pairs
from matcher.ports import InTurn
from matcher.services.rounds.plan_choice import best_of_each, crowd_for
from matcher.services.rounds.plan_crowd import crowd_prices
from matcher.services.rounds.plan_parts import People
from matcher.services.rounds.plan_season import shared_out
from matcher.services.rounds.season import asked, scene_of
from matcher.settings import FACTOR_ONE
from matcher.shortlist import PRICE_BITS

TOP, WIDTH, TAKEN = 3, 40, 0.57
PERMILLE = 0.007
BY_PRICES = 0.001
"""What the prices may bound the programme too high by, whatever the posts hold."""
SINGLE = 0.05
"""What whole lists may lose where every post has a single place, which the programme shares among several."""


class Market:
    """A county whose posts have 1 to `most` places left, its priced plan by candidates, and every pair there is."""

    def __init__(self, n_workers, n_vacancies, seed, most):
        made = clean_records("liujiang_2018", seed, n_workers, n_vacancies)
        posts = [
            msgspec.structs.replace(post, headcount=post.filled + 1 + ix % most)
            for ix, post in enumerate(made.vacancies)
        ]
        how = means(plan_mode="priced", candidates_per_worker=WIDTH, exposure_taken_permille=round(TAKEN * 1000))
        season = asked(Planned((*made.workers, *posts, *made.households)), how, call(top=TOP))
        parts = shared_out(season, InTurn())
        # Nobody is still to come: every place is for those who stand here, as the programme has it.
        scene = replace(scene_of(season), to_come=0.0)
        priced = crowd_prices(parts, scene)
        self.solved, self.found = priced.solved, priced.found
        everybody = People(season.rosters.workers, season.rosters.households, season.shown)
        self.crowd = crowd_for(parts.scope, everybody).held_by(self.solved.household)
        self.prices = self.solved.prices / (1 << PRICE_BITS)
        none = np.zeros(n_vacancies, dtype=np.int64)
        self.every = best_of_each(self.crowd, none, scene.mode, top=n_vacancies).pairs
        self.n, self.room = len(season.rosters.workers), np.array([post.places_left for post in posts], dtype=float)
        self.listed = priced.listed(scene.mode, top=TOP).pairs

    def terms(self, pairs: Pairs):
        """Share of a place that a listed line uses, and the value of a start."""
        use = TAKEN * pairs["p_apply"].astype(float) * pairs["p_hire"] / (1 << 28)
        factor = self.crowd.ranked.factor[pairs.worker_ix] / FACTOR_ONE**3
        return use, pairs["p_keep"] / (1 << 14) * factor

    def optimum(self):
        """The most that lists over all pairs are worth, by HiGHS."""
        (use, value), each = self.terms(self.every), np.arange(len(self.every))
        lists = coo_array((np.ones(len(each)), (self.every.worker_ix, each)), shape=(self.n, len(each)))
        rooms = coo_array((use, (self.every.vacancy_ix, each)), shape=(len(self.room), len(each)))
        limits = np.concatenate([np.full(self.n, TOP), self.room])
        told = linprog(-use * value, A_ub=vstack([lists, rooms]).tocsr(), b_ub=limits, bounds=(0, 1), method="highs")
        return -float(told.fun)

    def bound(self):
        """What the prices allow over all pairs: places at their price and the best of each worker net of it."""
        use, value = self.terms(self.every)
        net = np.zeros((self.n, len(self.room)))
        net[self.every.worker_ix, self.every.vacancy_ix] = use * (value - self.prices[self.every.vacancy_ix])
        return float(self.prices @ self.room + np.sort(np.maximum(0, net), axis=1)[:, -TOP:].sum())

    def worth(self):
        """What the lists fill: TOP lines of each worker, whole ones, and no post beyond its places."""
        use, value = self.terms(self.listed)
        net = use * (value - self.prices[self.listed.vacancy_ix])
        at = np.lexsort((self.listed.vacancy_ix, -net, self.listed.worker_ix))
        who = self.listed.worker_ix[at]
        at = at[(np.arange(len(at)) - np.searchsorted(who, who) < TOP) & (net[at] > 0)]
        posts, n_posts = self.listed.vacancy_ix[at], len(self.room)
        used = np.bincount(posts, weights=use[at], minlength=n_posts)
        won = np.bincount(posts, weights=(use * value)[at], minlength=n_posts)
        return float((won * np.minimum(1.0, self.room / np.where(used > 0, used, 1.0))).sum())


@pytest.fixture(scope="module", params=[(300, 150, 3, 1), (400, 200, 5, 1), (600, 120, 4, 9), (700, 120, 6, 9)])
def market(request):
    return Market(*request.param)


def test_prices_are_within_seven_permille_of_the_exact_programme(market):
    """By weak duality no prices bound it lower; how near they do is how good they are, whole lists or not."""
    best = market.optimum()
    assert best * (1 - 1e-9) <= market.bound() <= best * (1 + BY_PRICES)
    assert (market.prices > 0).sum() >= 5
    # A line of a list is read or not: where a post has a single place, lists of whole lines cannot fill it as evenly.
    lost = SINGLE if market.room.max() == 1 else PERMILLE
    assert best * (1 - lost) <= market.worth() <= best * (1 + 1e-9)
    assert market.solved.gap == pytest.approx(1 - market.worth() / best, abs=0.004)


def test_who_holds_fewer_than_forty_candidates_holds_all_he_may_be_offered(market):
    n_held = np.bincount(market.found.pairs.worker_ix, minlength=market.n)
    n_may = np.bincount(market.every.worker_ix, minlength=market.n)
    few = n_held < WIDTH
    assert (n_held[few] == n_may[few]).all()
    assert few.any()
    assert (n_may > n_held).any()
