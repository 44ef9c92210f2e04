"""Slot prices in mode `priced`: the dual of the lists that fill the most valuable openings.

The plan is the linear programme max sum x q e v, sum over a worker's list x <= top, sum over a vacancy x q e <= its
openings, 0 <= x <= 1; q e is the share of an opening that one listed line uses. Relaxing the openings leaves each
worker the `top` best of q * (v - price), and a vacancy's price rises where these lists would fill it more than once.
Prices move by signs and relative excess, with one step for each vacancy that halves when its excess changes sides
(resilient propagation, Riedmiller and Braun 1993). Every step bounds the programme from above (weak duality) and
tells what its lists are worth, so the answer carries its own gap.

Sums run in the order of the pairs and a tied place is shared, never drawn: the same bytes on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, inf

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.offers import Offers
from matcher.pairs import Pairs

Floats = NDArray[np.float64]
FIRST_STEP = 0.125
"""Of the largest value; some eight steps take a price across the whole range."""
FIRST_STEP_WARM = FIRST_STEP / 16
"""Prices of before are near already."""
SHRINK = 0.6
GROW = 1.2
WHOLE_STEP_AT = 0.1
"""Relative excess of a tenth and more moves a price by its whole step, less by a part of it."""


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """Prices and what they are good for.

    prices : float64, shape (n_vacancies,), 0 <= price <= largest value; vacancies without a pair have price 0
    lines : chance that each pair is listed at these prices, shape (n_pairs,); a fraction only where places are tied
    value : worth of these lists once every vacancy is full at most; bound : no lists are worth more
    """

    prices: Floats
    lines: Floats
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the bound that may be missing; 0 where there is nothing to win."""
        return 1 - self.value / self.bound if self.bound > 0 else 0.0


def solve_priced(
    pairs: Pairs,
    q: Floats,
    v: Floats,
    openings: Floats,
    *,
    top: int,
    taken: float,
    iterations: int,
    start: Floats | None = None,
) -> PricedPlan:
    """Prices of lists of `top` lines that fill the most valuable openings.

    pairs : eligible pairs sorted by worker; q : chance that a line which is read is applied for and accepted, v :
    value of a start, both shape (n_pairs,), q in [0, 1], v >= 0; openings : shape (n_vacancies,), >= 0, whole or not
    taken : chance that a line is read and its offer taken; start : prices to begin with, as of the plan before
    """
    if not len(pairs):
        return PricedPlan(np.zeros(len(openings)), np.zeros(0), 0.0, 0.0)
    market = _Market.of(pairs, q * taken, v, openings, top)
    most = np.zeros(len(openings))
    np.maximum.at(most, pairs.vacancy_ix, v)
    walk = _Walk(market, most, start)
    for _ in range(max(1, iterations)):
        walk.step()
        if walk.closed:
            break
    return market.plan(walk.best, walk.value, walk.bound)


@dataclass(frozen=True, slots=True)
class _Market:
    """Who is offered what, and how many openings there are."""

    offers: Offers
    openings: Floats

    @classmethod
    def of(cls, pairs: Pairs, use: Floats, v: Floats, openings: Floats, top: int) -> _Market:
        """The market of pairs that are sorted by worker."""
        return cls(Offers(use, v, pairs.vacancy_ix, pairs.worker_ix, top), openings)

    def judge(self, prices: Floats) -> tuple[float, float, Floats]:
        """Worth of the lists at these prices, bound, and by how much of its openings each vacancy is overbooked."""
        used, won, net = self.offers.listed(prices)
        filled = np.minimum(1.0, self.openings / np.where(used > 0, used, 1.0))
        value = fsum(won * filled)
        bound = fsum(prices * self.openings) + fsum(net)
        return value, bound, (used - self.openings) / np.where(self.openings > 0, self.openings, 1.0)

    def plan(self, prices: Floats, value: float, bound: float) -> PricedPlan:
        """The prices as a plan, with the lines they list."""
        lines = np.zeros(len(self.offers))
        self.offers.listed(prices, lines)
        return PricedPlan(prices, lines, value, bound)


class _Walk:
    """Prices on their way; `best` are those that leave least between worth and bound, both at these prices.

    Worth alone would not do: lists that send everybody to a full post are worth as much as lists that do not.
    `bound` is the least that any prices gave.
    """

    def __init__(self, market: _Market, most: Floats, start: Floats | None) -> None:
        # A vacancy without an opening costs what it is worth to anybody, so nobody lists it.
        prices = np.zeros(len(most)) if start is None else np.clip(start, 0.0, most)
        self._prices = self.best = np.where(market.openings > 0, prices, most)
        self._market, self._most = market, most
        self._longest = FIRST_STEP * float(most.max())
        self._steps = np.full(len(prices), (FIRST_STEP if start is None else FIRST_STEP_WARM) * float(most.max()))
        self._before = np.zeros(len(prices))
        self.value, self.bound, self._least = 0.0, inf, inf

    @property
    def closed(self) -> bool:
        """Whether the best prices are known to be as good as any."""
        return self._least <= 0

    def step(self) -> None:
        """Judge the prices and move them."""
        value, bound, excess = self._market.judge(self._prices)
        self.bound = min(self.bound, bound)
        if bound - value < self._least:
            self.value, self.best, self._least = value, self._prices, bound - value
        excess[((self._prices <= 0) & (excess < 0)) | (self._market.openings <= 0)] = 0.0
        sides = self._before * excess
        self._steps = self._steps * np.where(sides < 0, SHRINK, np.where(sides > 0, GROW, 1.0))
        self._steps = np.minimum(self._steps, self._longest)
        moved = self._steps * np.clip(excess / WHOLE_STEP_AT, -1.0, 1.0)
        self._prices = np.clip(self._prices + moved, 0.0, self._most)
        self._before = excess
