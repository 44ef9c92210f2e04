"""An auction for re-planning while somebody waits: near the best plan in a fraction of the time, and it says how near.

Prices rise by bids (`bidding`) until nobody wants another place. Any prices bound every plan from above (weak
duality), so the plan carries its own certificate: bound - value. While the gap is larger than asked for, the auction
is held again with finer steps. After a change (somebody falls out, a post takes more people) it goes on from the
prices and places of before: only seats that came free and people who now win elsewhere are looked at.

It knows head counts and the household bonus. Kept places, shared limits, groups and land are `assign`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.market import NOBODY, Ints, Market, Plan, chosen, value_of
from matcher.errors import UsageError

COARSE: Final = 8
"""The first step is this part of the mean of what people win at most."""
FINER: Final = 4
SLACK: Final = 3
"""Steps by which prices go back before finer bids: so far may coarse ones have gone too high, and hardly ever more."""
WORST: Final = -(1 << 60)
GAP: Final = 0.001
"""What a plan may lack, of any plan's value, where nobody says."""
CHAIN: Final = 200
"""Moves after which a seat that came free is left to the bids of all."""


@dataclass(frozen=True, slots=True)
class Auction:
    """A plan with the prices that certify it.

    prices : of each vacancy in units of worth, next to nothing where places are left; step : how fine the bids were
    """

    plan: Plan
    prices: Ints
    step: int


def auction(market: Market, *, gap: float = GAP, before: Auction | None = None) -> Auction:
    """A plan of at least (1 - gap) of any plan's value, where steps of one unit can tell so much.

    before : prices and places to go on from, of a market whose workers and vacancies stand at the same positions
    Raises UsageError for a market with limits that an auction does not know.
    """
    _refuse(market)
    table = _Table.of(market)
    if before is not None:
        found = table.replanned(before)
        if found.plan.gap <= gap:
            return found
    step = max(1, table.mean_best() // COARSE)
    found = table.held(np.zeros(market.n_vacancies, dtype=np.int64), step)
    while found.plan.gap > gap and step > 1:
        lowered = np.maximum(0, found.prices - SLACK * step)
        step = max(1, step // FINER)
        finer = table.held(lowered, step)
        # Prices that a coarse round left too high for anybody cost some of the bound: from nothing there are none.
        found = finer if finer.plan.gap < found.plan.gap else table.held(np.zeros_like(lowered), step)
    return found


def _refuse(market: Market) -> None:
    asked = {
        "kept places": market.kept_free.any(),
        "shared limits": bool(market.shared),
        "groups and land": market.whole,
    }
    named = [name for name, there in asked.items() if there]
    if named:
        raise UsageError(f"an auction knows no {', '.join(named)}", where="auction", remedy="Use `assign` for them.")


@dataclass(frozen=True, slots=True)
class _Table:
    """The market as rows of each worker, members of each household, seats of each vacancy.

    first, post, worth : rows by worker; member_first, member : by household; start : first seat of each vacancy
    room : seats of each vacancy, no more than people who could take them
    """

    market: Market
    first: Ints
    post: Ints
    worth: Ints
    member_first: Ints
    member: Ints
    home: Ints
    start: Ints
    room: Ints

    @classmethod
    def of(cls, market: Market) -> _Table:
        """The table of a market; pairs with vacancies that take nobody are left out."""
        rows = np.flatnonzero(market.room[market.pairs.vacancy_ix] > 0)
        rows = rows[np.argsort(market.key[rows], kind="stable")]
        worker, post = market.pairs.worker_ix[rows], market.pairs.vacancy_ix[rows].astype(np.int64)
        room = np.minimum(market.room, np.bincount(post, minlength=market.n_vacancies)).astype(np.int64)
        home = market.home.astype(np.int64)
        return cls(
            market=market,
            first=_starts(np.bincount(worker, minlength=market.n_workers)),
            post=post,
            worth=market.worth[rows],
            member_first=_starts(np.bincount(home, minlength=len(market.bonus))),
            member=np.argsort(home, kind="stable").astype(np.int64),
            home=home,
            start=_starts(room),
            room=room,
        )

    def mean_best(self) -> int:
        """Mean of the largest worth of each worker with a row."""
        best = self._best(np.zeros(len(self.room), dtype=np.int64))
        return int(best[best > WORST].mean()) if (best > WORST).any() else 1

    def held(self, prices: Ints, step: int) -> Auction:
        """The auction of all seats, from these prices on."""
        return self._bid(prices, np.full(self.market.n_workers, NOBODY, dtype=np.int64), step)

    def replanned(self, before: Auction) -> Auction:
        """The auction from prices and places of before, as far as they still hold."""
        prices = np.where(self.room > 0, before.prices, 0)
        moving = _Moving(self.market, prices, self._still(before.plan.vacancy_of.astype(np.int64)), before.step)
        for vacancy in np.flatnonzero((self._filled(moving.place) < self.room) & (prices > 0)).tolist():
            moving.refill(vacancy)
        prices = np.where(self._filled(moving.place) < self.room, 0, moving.prices)
        return self._bid(prices, moving.place, before.step)

    def certified(self, prices: Ints, place: Ints, step: int) -> Auction:
        """A plan with its bound: what the places cost, what people win above it, and the bonus of each household."""
        wins = self._best(prices)
        of_home = np.full(len(self.market.bonus), WORST, dtype=np.int64)
        np.maximum.at(of_home, self.home, wins)
        rest = int(np.maximum(0, wins).sum()) - int(np.maximum(0, of_home).sum())
        bound = int((prices * self.room).sum()) + rest + int(np.maximum(0, of_home + self.market.bonus).sum())
        vacancy_of = place.astype(np.int32)
        return Auction(Plan(vacancy_of, value_of(self.market, vacancy_of), bound, "auction"), prices, step)

    def _best(self, prices: Ints) -> Ints:
        """What each worker wins at most at these prices, WORST without a row."""
        won = self.worth - prices[self.post]
        best = np.full(self.market.n_workers, WORST, dtype=np.int64)
        some = np.flatnonzero(np.diff(self.first))
        if len(some):
            best[some] = np.maximum.reduceat(won, self.first[some])
        return best

    def _filled(self, place: Ints) -> Ints:
        return np.bincount(place[place >= 0], minlength=len(self.room)).astype(np.int64)

    def _still(self, place: Ints) -> Ints:
        """Places that still exist: of a vacancy with fewer seats than before the worth most stay."""
        used = np.flatnonzero(chosen(self.market, place.astype(np.int32)))
        worker, post = self.market.pairs.worker_ix[used], self.market.pairs.vacancy_ix[used]
        order = np.lexsort((worker, -self.market.worth[used], post))
        nth = np.arange(len(order)) - _starts(np.bincount(post, minlength=len(self.room)))[post[order]]
        kept = order[nth < self.room[post[order]]]
        still = np.full(len(place), NOBODY, dtype=np.int64)
        still[worker[kept]] = post[kept]
        return still

    def _bid(self, prices: Ints, place: Ints, step: int) -> Auction:
        """Everybody without a place bids, in the order of the roster, from these prices and places on."""
        from matcher.allocation.bidding import IS_COMPILED, Homes, Rows, Seats, bid_all

        n, filled = self.market.n_workers, self._filled(place)
        cost, holder = np.zeros((2, int(self.start[-1])), dtype=np.int64)
        price = np.where(self.room > 0, prices, 0)
        seated = np.flatnonzero(place >= 0)
        seated = seated[np.argsort(place[seated], kind="stable")]
        seat = self.start[place[seated]] + np.arange(len(seated)) - _starts(filled)[place[seated]]
        holder[seat], cost[seat] = seated, price[place[seated]]
        standing = np.flatnonzero(place < 0)[::-1]
        line = np.concatenate([standing, np.zeros(n - len(standing), dtype=np.int64)])
        n_placed = np.bincount(self.home[place >= 0], minlength=len(self.market.bonus)).astype(np.int64)

        def as_is(column: Ints) -> Any:
            return np.ascontiguousarray(column) if IS_COMPILED else column.tolist()

        rows = Rows(*map(as_is, (self.first, self.post, self.worth)))
        homes = Homes(*map(as_is, (self.member_first, self.member, self.home, self.market.bonus, n_placed)))
        seats = Seats(*map(as_is, (self.start, self.room, filled, price, cost, holder)))
        places = as_is(place)
        bid_all(rows, homes, seats, places, as_is(line), len(standing), step)
        return self.certified(np.array(seats.price, dtype=np.int64), np.array(places, dtype=np.int64), step)


class _Moving:
    """Prices and places while seats that came free are given away, one after the other."""

    def __init__(self, market: Market, prices: Ints, place: Ints, step: int) -> None:
        used = np.flatnonzero(chosen(market, place.astype(np.int32)))
        self.prices, self.place = prices, place
        self._market, self._step = market, step
        self._here = np.zeros(len(place), dtype=np.int64)
        self._here[market.pairs.worker_ix[used]] = market.worth[used]
        self._n_placed = np.bincount(market.home[place >= 0], minlength=len(market.bonus))

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


def _starts(sizes: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
