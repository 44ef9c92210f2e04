"""Prices of a best plan: what one more place at a vacancy would add, by moving whoever it takes.

A place more goes to somebody who stays, to somebody who leaves another place for it (and that place is given away in
turn), or to a member of a household instead of another one. The longest such chain is found by sweeps over the pairs
(Bellman-Ford over the flow's residual arcs). Of a best plan these are the least dual prices of its programme, so they
bound every plan by the value of this one, to the unit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.market import NOBODY, Ints, Market, chosen


def prices_of(market: Market, vacancy_of: NDArray[np.int32], *, chains: bool = True) -> Ints:
    """Units of worth by vacancy, shape (n_vacancies,); 0 where a place is left.

    vacancy_of : a plan; a best one with limits that `assign` solves as head counts and households alone
    chains : without them only people who stay are thought of: what one more place adds at least, under any limits
    """
    place = vacancy_of.astype(np.int64)
    rows = np.flatnonzero((place[market.pairs.worker_ix] != market.pairs.vacancy_ix) & _full(market, place))
    if not chains:
        rows = rows[place[market.pairs.worker_ix[rows]] == NOBODY]
    rows = rows[np.argsort(market.pairs.vacancy_ix[rows], kind="stable")]
    worker, worth = market.pairs.worker_ix[rows], market.worth[rows]
    posts, first = np.unique(market.pairs.vacancy_ix[rows], return_index=True)
    prices = np.zeros(market.n_vacancies, dtype=np.int64)
    here = _worth_here(market, vacancy_of)
    # A chain visits a vacancy and a household once; of a plan that is not the best there is no last sweep.
    longest = market.n_vacancies + len(market.bonus) if chains else 1
    for _ in range(longest if len(rows) else 0):
        adds = np.maximum(0, np.maximum.reduceat(worth - _lost(market, place, here, prices)[worker], first))
        if np.array_equal(adds, prices[posts]):
            break
        prices[posts] = adds
    return prices


def _full(market: Market, place: Ints) -> NDArray[np.bool_]:
    """Of each pair whether its vacancy has no place left."""
    filled = np.bincount(place[place != NOBODY], minlength=market.n_vacancies)
    return np.asarray((filled >= market.room)[market.pairs.vacancy_ix])


def _worth_here(market: Market, vacancy_of: NDArray[np.int32]) -> Ints:
    """What each worker is worth at the place of the plan, 0 without one."""
    used = np.flatnonzero(chosen(market, vacancy_of))
    here = np.zeros(market.n_workers, dtype=np.int64)
    here[market.pairs.worker_ix[used]] = market.worth[used]
    return here


def _lost(market: Market, place: Ints, here: Ints, prices: Ints) -> Ints:
    """What is lost by taking each worker from where they are, shape (n_workers,); less than 0 where it earns.

    Whoever has a place loses its worth and frees it. Whoever stays is taken as the household's first, beside others of
    it, or instead of one of them whose place is worth more to somebody else.
    """
    placed = place != NOBODY
    leaves = here - np.where(placed, prices[place], 0)
    of_home = np.where(np.bincount(market.home[placed], minlength=len(market.bonus)) > 0, 0, -market.bonus)
    np.minimum.at(of_home, market.home[placed], leaves[placed])
    return np.where(placed, leaves, of_home[market.home])
