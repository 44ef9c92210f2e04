"""The table an auction is held over: rows of each worker, members of each household, seats of each vacancy.

It holds the bids of everybody without a place from any prices and places on (`bidding`), and says of any prices how
much no plan exceeds (weak duality).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.market import NOBODY, WORST, Ints, Market, Plan, chosen, value_of


@dataclass(frozen=True, slots=True)
class Auction:
    """A plan with the prices that certify it.

    prices : of each vacancy in units of worth, next to nothing where places are left; step : how fine the bids were,
    0 in what is gone on from: as fine as the gap asks for
    """

    plan: Plan
    prices: Ints
    step: int


@dataclass(frozen=True, slots=True)
class Table:
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
    def of(cls, market: Market) -> Table:
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
        return self.bid(prices, np.full(self.market.n_workers, NOBODY, dtype=np.int64), step)

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

    def filled(self, place: Ints) -> Ints:
        """How many seats of each vacancy are taken."""
        return np.bincount(place[place >= 0], minlength=len(self.room)).astype(np.int64)

    def still(self, place: Ints) -> Ints:
        """Places that still exist: of a vacancy with fewer seats than before the worth most stay."""
        used = np.flatnonzero(chosen(self.market, place.astype(np.int32)))
        worker, post = self.market.pairs.worker_ix[used], self.market.pairs.vacancy_ix[used]
        order = np.lexsort((worker, -self.market.worth[used], post))
        nth = np.arange(len(order)) - _starts(np.bincount(post, minlength=len(self.room)))[post[order]]
        kept = order[nth < self.room[post[order]]]
        still = np.full(len(place), NOBODY, dtype=np.int64)
        still[worker[kept]] = post[kept]
        return still

    def bid(self, prices: Ints, place: Ints, step: int) -> Auction:
        """Everybody without a place bids, in the order of the roster, from these prices and places on."""
        from matcher.allocation.bidding import IS_COMPILED, Homes, Rows, Seats, bid_all

        n, filled = self.market.n_workers, self.filled(place)
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


def _starts(sizes: NDArray[Any]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
