"""The bids of an auction: whoever has no place asks for the best one at today's prices and raises its price.

Compiled where numba is installed; else the same lines run as they stand, over lists, and say the same numbers. One
seat is one price: a vacancy with seats left costs what it began with, a full one costs its cheapest seat, and whoever
bids there takes that seat. Seats of a vacancy lie in a heap by price, then holder (forward auction, Bertsekas 1988).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from matcher import machine_code
from matcher.allocation.market import WORST

IS_COMPILED: Final = machine_code.is_available()


class Rows(NamedTuple):
    """Vacancy and worth of each pair by worker; `first` : first row of each worker, and where the last one ends."""

    first: Any
    post: Any
    worth: Any


class Homes(NamedTuple):
    """Members by household from `first` on, the household `of` each worker, its bonus, and how many are placed."""

    first: Any
    member: Any
    of: Any
    bonus: Any
    n_placed: Any


class Seats(NamedTuple):
    """Seats by vacancy from `first` on: what each costs and who holds it; room, seats filled and price by vacancy."""

    first: Any
    room: Any
    filled: Any
    price: Any
    cost: Any
    holder: Any


def _whole(function: Any) -> Any:
    """The function compiled, kept on disk for the next process; else as it stands."""
    return machine_code.compiled(function) if IS_COMPILED else function


def _fast(function: Any) -> Any:
    """The function compiled into its callers, for handing over arrays takes longer than it works; else as it stands."""
    return machine_code.inlined(function) if IS_COMPILED else function


@_fast
def _best_two(rows: Any, price: Any, worker: int) -> tuple[int, int, int]:
    """What a worker wins at the best vacancy, at the second best, and which is the best; WORST and -1 for none."""
    best, second, at = WORST, WORST, -1
    for row in range(rows.first[worker], rows.first[worker + 1]):
        won = rows.worth[row] - price[rows.post[row]]
        if won > best:
            second, best, at = best, won, rows.post[row]
        elif won > second:
            second = won
    return best, second, at


@_fast
def _before(seats: Any, one: int, other: int) -> bool:
    """Whether a seat is cheaper than another, the smaller holder first among equal ones."""
    if seats.cost[one] != seats.cost[other]:
        return bool(seats.cost[one] < seats.cost[other])
    return bool(seats.holder[one] < seats.holder[other])


@_fast
def _swap(seats: Any, one: int, other: int) -> None:
    seats.cost[one], seats.cost[other] = seats.cost[other], seats.cost[one]
    seats.holder[one], seats.holder[other] = seats.holder[other], seats.holder[one]


@_fast
def _take(seats: Any, post: int, worker: int, raised: int) -> int:
    """Give a seat of a vacancy to a worker, a free one at its first price; returns who lost it, -1: nobody."""
    start, size = seats.first[post], seats.filled[post]
    if size < seats.room[post]:
        at = size
        seats.cost[start + at], seats.holder[start + at] = seats.price[post], worker
        seats.filled[post] += 1
        while at > 0 and _before(seats, start + at, start + (at - 1) // 2):
            _swap(seats, start + at, start + (at - 1) // 2)
            at = (at - 1) // 2
        return -1
    out = seats.holder[start]
    seats.cost[start], seats.holder[start] = seats.price[post] + raised, worker
    at = 0
    while 2 * at + 1 < size:
        low = 2 * at + 1
        if low + 1 < size and _before(seats, start + low + 1, start + low):
            low += 1
        if _before(seats, start + at, start + low):
            break
        _swap(seats, start + at, start + low)
        at = low
    seats.price[post] = seats.cost[start]
    return int(out)


@_fast
def _for_home(rows: Any, homes: Any, price: Any, place: Any, home: int) -> tuple[int, int, int, int]:
    """Of a household's members without a place the one who wins most: what, second best there, vacancy, who."""
    best, second, at, who = WORST, WORST, -1, -1
    for row in range(homes.first[home], homes.first[home + 1]):
        one = homes.member[row]
        if place[one] >= 0:
            continue
        won, next_won, where = _best_two(rows, price, one)
        if won > best:
            second = max(best, next_won)
            best, at, who = won, where, one
        else:
            second = max(second, won)
    return best, second, at, who


@_fast
def _bid(rows: Any, homes: Any, price: Any, place: Any, worker: int) -> tuple[int, int, int]:
    """The bid of a worker, or of the household where nobody of it is placed: who, where, by how much a price rises.

    A household bids its bonus for whoever of it wins most; its second alternative is another vacancy or another
    member, so no bid goes beyond what the household can win. Nobody bids: -1.
    """
    best, second, at = _best_two(rows, price, worker)
    if best <= 0:
        home = homes.of[worker]
        bonus = homes.bonus[home]
        if homes.n_placed[home] > 0 or bonus == 0:
            return -1, -1, 0
        best, second, at, worker = _for_home(rows, homes, price, place, home)
        # Whoever wins without the bonus stands in line already.
        if best > 0 or best + bonus <= 0:
            return -1, -1, 0
        best, second = best + bonus, second + bonus
    return worker, at, best - max(0, second)


@_whole
def bid_all(rows: Any, homes: Any, seats: Any, place: Any, line: Any, n_line: int, step: int) -> int:
    """Let everybody in `line` bid until nobody wants to; returns the number of bids. Changes seats, place and line.

    line : the first `n_line` wait to bid, the last of them first; step : by how much more than needed a price rises
    """
    n_bids = 0
    waiting = [False] * len(place)
    for at in range(n_line):
        waiting[line[at]] = True
    while n_line > 0:
        n_line -= 1
        waiting[line[n_line]] = False
        if place[line[n_line]] >= 0:
            continue
        worker, post, raised = _bid(rows, homes, seats.price, place, line[n_line])
        if worker < 0:
            continue
        n_bids += 1
        out = _take(seats, post, worker, raised + step)
        place[worker] = post
        homes.n_placed[homes.of[worker]] += 1
        if out >= 0:
            place[out] = -1
            homes.n_placed[homes.of[out]] -= 1
            if not waiting[out]:
                waiting[out] = True
                line[n_line] = out
                n_line += 1
    return n_bids
