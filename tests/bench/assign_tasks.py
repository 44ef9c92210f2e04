"""Children of the assign workload: one market on disk, and every method over the same market.

The market: posts of different popularity with four openings for five people, two people to a household. Everybody has
a hundred and twenty posts in view, half of them those that many have in view, half any. Of these everybody keeps some
candidates: ours are chosen with the openings in mind, by the product's narrowing; greedy also gets each one's best by
score, as lists are usually made. The household bonus is the product's, a typical best match.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from matcher.allocation import narrowed, rough_prices
from matcher.allocation.assign import assign
from matcher.allocation.auction import auction
from matcher.allocation.market import NOBODY, Market, market, value_of
from matcher.pairs import Pairs
from tests.bench.county import SEED
from tests.bench.measure import Laps, repeated

Timed = tuple[Laps, Any]
IN_VIEW = 60
"""Posts of either half."""
OPENINGS = 0.8
UNIT = 1 << 20
GAP = 0.001
SCORED = ".score.npz"
"""Ending of the market with each one's best by score."""


def make(path: str, workers: int, vacancies: int, width: int) -> Timed:
    """Write the market; returns how many pairs, places and households it has."""
    rng = np.random.default_rng(SEED)
    liked = rng.normal(size=vacancies)
    seen = np.cumsum(np.exp(2 * liked))
    n = workers * IN_VIEW
    post = np.concatenate([np.searchsorted(seen, rng.random(n) * seen[-1]), rng.integers(0, vacancies, n)])
    key = np.unique(np.tile(np.repeat(np.arange(workers, dtype=np.int64), IN_VIEW), 2) * vacancies + post)
    pairs = Pairs((key // vacancies).astype(np.int32), (key % vacancies).astype(np.int32))
    fit = 1 / (1 + np.exp(2.0 - 1.2 * liked[pairs.vacancy_ix] - rng.normal(size=len(pairs)) * 0.8))
    room = np.maximum(1, rng.poisson(OPENINGS * workers / vacancies, vacancies)).astype(np.int64)
    tie = rng.integers(0, 2**63, len(pairs)).astype(np.uint64)
    rough = rough_prices(pairs, np.ones(len(pairs)), fit, room.astype(np.float64), top=1, taken=1.0)
    by_net, by_score = (
        narrowed(pairs, worth, channel=np.zeros(vacancies, dtype=np.int8), tie=tie, width=width)
        for worth in (fit - rough[pairs.vacancy_ix], fit)
    )
    home = rng.integers(0, max(1, workers // 2), workers)
    best = np.zeros(workers)
    np.maximum.at(best, pairs.worker_ix, fit)
    same = {"room": room, "home": home, "bonus": int(np.median(best) * UNIT)}
    for name, kept in ((path, by_net), (path + SCORED, by_score)):
        of_pair = {"worker": pairs.worker_ix, "post": pairs.vacancy_ix, "worth": 1 + (fit * UNIT).astype(np.int64)}
        np.savez(name, tie=tie[kept], **same, **{column: values[kept] for column, values in of_pair.items()})
    laps = Laps([0.0], [0.0])
    return laps, {"pairs": len(by_net), "places": int(room.sum()), "households": len(np.unique(home))}


def _market(path: str) -> Market:
    columns = np.load(path)
    home = columns["home"].astype(np.intp)
    bonus = np.full(int(home.max()) + 1, int(columns["bonus"]), dtype=np.int64)
    pairs = Pairs(columns["worker"], columns["post"])
    made = market(pairs, columns["worth"], columns["room"], home=home, bonus=bonus, tie=columns["tie"])
    assert len(made.key) == len(made.pairs)  # reckoned before any clock runs
    return made


def _told(of: Market, vacancy_of: Any, **more: Any) -> dict[str, Any]:
    """Value of a plan counted anew, how many go, and whether nobody goes beyond pairs and room."""
    filled = np.bincount(vacancy_of[vacancy_of != NOBODY], minlength=of.n_vacancies)
    used = vacancy_of[of.pairs.worker_ix] == of.pairs.vacancy_ix
    n_sent = int((vacancy_of != NOBODY).sum())
    keeps = bool((filled <= of.room).all()) and int(used.sum()) == n_sent
    return {"value": value_of(of, vacancy_of), "sent": n_sent, "keeps": keeps, **more}


def flow(path: str, repeats: int) -> Timed:
    """The exact plan."""
    of = _market(path)
    laps, plan = repeated(lambda: assign(of), repeats=repeats)
    return laps, _told(of, plan.vacancy_of, bound=plan.bound)


def bids(path: str, repeats: int) -> Timed:
    """The auction with its certificate, compiled before the clock runs."""
    of = _market(path)
    auction(_small())
    laps, found = repeated(lambda: auction(of, gap=GAP), repeats=repeats)
    return laps, _told(of, found.plan.vacancy_of, bound=found.plan.bound, gap=found.plan.gap)


def rebids(path: str, repeats: int) -> Timed:
    """The auction after a change: a hundredth of a percent of the people who were sent fall out."""
    of = _market(path)
    before = auction(of, gap=GAP)
    sent = np.flatnonzero(before.plan.vacancy_of != NOBODY)
    gone = sent[:: max(1, len(sent) // max(1, len(sent) // 10_000))]
    keep = ~np.isin(of.pairs.worker_ix, gone)
    changed = market(of.pairs.take(keep), of.worth[keep], of.room, home=of.home, bonus=of.bonus, tie=of.tie[keep])
    laps, found = repeated(lambda: auction(changed, gap=GAP, before=before), repeats=repeats)
    return laps, _told(changed, found.plan.vacancy_of, gap=found.plan.gap, gone=len(gone))


def _small() -> Market:
    return market(
        Pairs(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32)),
        np.ones(1, dtype=np.int64), np.ones(1, dtype=np.int64), n_workers=1,
    )  # fmt: skip


def greedy(path: str, repeats: int) -> Timed:
    """The best pair first, as long as the person is free and the post has a place; the bonus counted afterwards."""
    return _by_greed(_market(path), repeats)


def greedy_by_score(path: str, repeats: int) -> Timed:
    """Greedy over each one's best by score."""
    return _by_greed(_market(path + SCORED), repeats)


def _by_greed(of: Market, repeats: int) -> Timed:
    laps, vacancy_of = repeated(lambda: _greedy(of), repeats=repeats)
    return laps, _told(of, vacancy_of)


def _greedy(of: Market) -> Any:
    room, place = of.room.tolist(), [NOBODY] * of.n_workers
    order = np.lexsort((of.tie, -of.worth))
    for worker, post in zip(of.pairs.worker_ix[order].tolist(), of.pairs.vacancy_ix[order].tolist(), strict=True):
        if place[worker] == NOBODY and room[post]:
            place[worker] = post
            room[post] -= 1
    return np.array(place, dtype=np.int32)


def first_come(path: str, repeats: int) -> Timed:
    """Everybody in the order of the roster takes the best by score of their own list that has a place left."""
    of = _market(path + SCORED)
    laps, vacancy_of = repeated(lambda: _first_come(of), repeats=repeats)
    return laps, _told(of, vacancy_of)


def _first_come(of: Market) -> Any:
    room, place = of.room.tolist(), [NOBODY] * of.n_workers
    order = np.lexsort((of.tie, -of.worth, of.pairs.worker_ix))
    for worker, post in zip(of.pairs.worker_ix[order].tolist(), of.pairs.vacancy_ix[order].tolist(), strict=True):
        if place[worker] == NOBODY and room[post]:
            place[worker] = post
            room[post] -= 1
    return np.array(place, dtype=np.int32)


def proof(path: str) -> Timed:
    """A value no plan exceeds, from prices alone: bids so fine that all their steps together are less than a unit."""
    of = _market(path)
    bits = of.n_workers.bit_length()
    finer = replace(of, worth=of.worth << bits, bonus=of.bonus << bits)
    auction(_small())
    laps, found = repeated(lambda: auction(finer, gap=0.0, step=1), repeats=1)
    return laps, _told(of, found.plan.vacancy_of, bound=found.plan.bound >> bits)


def programme(path: str, repeats: int, seconds: float) -> Timed:
    """The same programme by HiGHS: a column a pair, a column a household that may earn its bonus.

    seconds : after which it is stopped; it then has no plan, and its time says only that it takes longer
    """
    of = _market(path)
    laps, (solved, value, columns) = repeated(lambda: _highs(of, seconds), repeats=repeats)
    if not solved:
        return laps, {"solved": False}
    vacancy_of = np.full(of.n_workers, NOBODY, dtype=np.int32)
    taken = columns[: len(of.pairs)] > 0.5
    vacancy_of[of.pairs.worker_ix[taken]] = of.pairs.vacancy_ix[taken]
    return laps, _told(of, vacancy_of, objective=value, solved=True)


def _highs(of: Market, seconds: float) -> tuple[bool, float, Any]:
    """Whether it came to an end, the objective, and what each column has."""
    import highspy

    n, m, n_homes, each = of.n_workers, of.n_vacancies, len(of.bonus), np.arange(len(of.pairs))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(each) + n_homes, n + m + n_homes
    model.col_cost_ = np.concatenate([of.worth, of.bonus]).astype(np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(model.num_col_), np.ones(model.num_col_)
    model.row_lower_ = np.full(model.num_row_, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate([np.ones(n), of.room, np.zeros(n_homes)]).astype(np.float64)
    # A pair stands in the rows of its worker, its vacancy and (with -1) its household; a household in its own row.
    rows = np.stack([of.pairs.worker_ix, n + of.pairs.vacancy_ix, n + m + of.home[of.pairs.worker_ix]], axis=1)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([3 * each, 3 * len(each) + np.arange(n_homes + 1)]).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate([rows.ravel(), n + m + np.arange(n_homes)]).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate([np.tile([1.0, 1.0, -1.0], len(each)), np.ones(n_homes)])
    model.sense_ = highspy.ObjSense.kMaximize
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", float(seconds))
    solver.passModel(model)
    solver.run()
    solved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return solved, solver.getInfo().objective_function_value, np.array(solver.getSolution().col_value)
