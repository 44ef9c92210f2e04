"""An auction after a change: seats that came free are given away one after the other, then whoever wants one bids."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.auction_table import Auction, Table
from matcher.allocation.market import NOBODY, Ints, Market, chosen

CHAIN: Final = 200
"""Moves after which a seat that came free is left to the bids of all."""
MOST_PASSES: Final = 20
SEATS_A_PASS: Final = 50
"""Seats given away so in one pass; what is left after the last pass is left to the bids of all."""


def moved_on(table: Table, prices: Ints, place: Ints, step: int) -> Auction:
    """The auction from prices and places of before, as far as they still hold; neither is changed.

    prices : units of worth, shape (n_vacancies,); place : vacancy of each worker, below 0 without one, shape
    (n_workers,); step : how fine bids are, in the same units
    """
    moving = Moving(table.market, prices.copy(), place.copy(), step)
    for _ in range(MOST_PASSES):
        asked = moving.asked_for(table.room - table.filled(moving.place))
        for vacancy in asked[:SEATS_A_PASS].tolist():
            moving.refill(vacancy)
        if not len(asked):
            break
    prices = np.where(table.filled(moving.place) < table.room, 0, moving.prices)
    return table.bid(prices, moving.place, step)


class Moving:
    """Prices and places while seats that came free are given away, one after the other."""

    def __init__(self, market: Market, prices: Ints, place: Ints, step: int) -> None:
        used = np.flatnonzero(chosen(market, place.astype(np.int32)))
        self.prices, self.place = prices, place
        self._market, self._step = market, step
        self._here = np.zeros(len(place), dtype=np.int64)
        self._here[market.pairs.worker_ix[used]] = market.worth[used]
        self._n_placed = np.bincount(market.home[place >= 0], minlength=len(market.bonus))

    def asked_for(self, free: Ints) -> NDArray[np.int32]:
        """Vacancies with a free seat that costs somebody more than it is worth to them, or that a placed one misses."""
        worker, post = self._market.pairs.worker_ix, self._market.pairs.vacancy_ix
        rows = np.flatnonzero((free > 0)[post])
        rows = rows[self.place[worker[rows]] != post[rows]]
        gains = self._market.worth[rows] - self._wins(worker[rows])
        costs = self.prices[post[rows]] > 0
        # Whoever stays bids for seats that cost nothing in any case.
        misses = (gains > self._step) & (self.place[worker[rows]] != NOBODY)
        return np.unique(post[rows[(costs & (gains > 0)) | (~costs & misses)]])

    def refill(self, vacancy: int) -> None:
        """Lower the price of a free seat to what somebody wins by taking it; then of that one's seat, and so on.

        A seat nobody takes costs nothing any more (reverse auction, Bertsekas 1992).
        """
        for _ in range(CHAIN):
            rows = np.flatnonzero(self._market.pairs.vacancy_ix == vacancy)
            rows = rows[self.place[self._market.pairs.worker_ix[rows]] != vacancy]
            gains = self._market.worth[rows] - self._wins(self._market.pairs.worker_ix[rows])
            order = np.argsort(-gains, kind="stable")[:2]
            best, second = (*gains[order].tolist(), 0, 0)[:2]
            if best <= 0:
                break
            self.prices[vacancy] = min(int(self.prices[vacancy]), max(0, second - self._step, best - self._step))
            left = self._move(rows[order[0]])
            if left == NOBODY or self.prices[left] == 0:
                return
            vacancy = left
        self.prices[vacancy] = 0

    def _move(self, row: np.intp) -> int:
        """Send the worker of a pair; returns the vacancy left for it."""
        worker = int(self._market.pairs.worker_ix[row])
        left, self.place[worker] = int(self.place[worker]), self._market.pairs.vacancy_ix[row]
        self._here[worker] = self._market.worth[row]
        self._n_placed[self._market.home[worker]] += left == NOBODY
        return left

    def _wins(self, people: NDArray[np.int32]) -> Ints:
        """What each of these people has now; below 0 for whoever would bring a household its bonus."""
        home, place = self._market.home[people], self.place[people]
        nobody_else = self._n_placed[home] == (place != NOBODY)
        least = np.where(nobody_else, -self._market.bonus[home], 0)
        return np.maximum(least, np.where(place == NOBODY, least, self._here[people] - self.prices[place]))
