"""An auction for re-planning while somebody waits: near the best plan in a fraction of the time, and it says how near.

Prices rise by bids (`bidding`) until nobody wants another place. Any prices bound every plan from above (weak
duality), so the plan carries its own certificate: bound - value. While the gap is larger than asked for, the auction
is held again with finer steps; the best plan and the lowest bound seen are what is told. After a change (somebody
falls out, a post takes more people) it goes on from the prices and places of before (`going_on`).

It knows head counts and the household bonus. Kept places, shared limits, groups and land are `assign`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

import numpy as np

from matcher.allocation.auction_table import Auction, Table
from matcher.allocation.going_on import moved_on
from matcher.allocation.market import LARGEST_WORTH, NOBODY, Ints, Market, Plan, value_of
from matcher.errors import UsageError

COARSE: Final = 128
"""The first step is this part of the mean of what people win at most: mostly fine enough to prove a permille at once,
and hardly slower than coarser ones, whose rounds are thrown away."""
FINER: Final = 4
SLACK: Final = 3
"""Steps by which prices go back before finer bids: so far may coarse ones have gone too high, and hardly ever more."""
GAP: Final = 0.001
"""What a plan may lack, of any plan's value, where nobody says."""
OF_GAP: Final = 8
"""What nobody has yet is given out so much nearer to the best than the whole plan has to be."""


def auction(market: Market, *, gap: float = GAP, before: Auction | None = None, step: int = 0) -> Auction:
    """A plan of at least (1 - gap) of any plan's value, where steps of one unit can tell so much; its gap says it.

    before : prices and places to go on from, of a market whose workers and vacancies stand at the same positions;
    nobody who may keep a place loses it unless the plan in which all keep theirs is further than the gap from the best
    step : how fine the bids begin, from 1; 0 leaves it to the worths. With steps of one in a market whose worths are
    multiples of more than its number of workers, the bound is less than one such multiple above the best plan.
    Raises UsageError for a market with limits that an auction does not know.
    """
    unknown = unknown_limits(market)
    if unknown:
        raise UsageError(f"an auction knows no {', '.join(unknown)}", where="auction", remedy="Use `assign` for them.")
    table = Table.of(market)
    rounds = _rounds(table, step or max(1, table.mean_best() // COARSE))
    if before is not None:
        return _gone_on(table, before, rounds, gap)
    found = next(rounds)
    while found.plan.gap > gap and (finer := next(rounds, None)) is not None:
        found = _joined(found, finer)
    return found


def unknown_limits(market: Market) -> tuple[str, ...]:
    """Limits of a market that an auction does not know, in English; none: it may be auctioned."""
    asked = {
        "kept places": market.kept_free.any(),
        "shared limits": bool(market.shared),
        "groups and land": market.whole,
    }
    return tuple(named for named, there in asked.items() if there)


def _rounds(table: Table, step: int) -> Iterator[Auction]:
    """The auction of all seats, held with ever finer steps down to one unit."""
    nothing = np.zeros(table.market.n_vacancies, dtype=np.int64)
    found = table.held(nothing, step)
    yield found
    while step > 1:
        lowered = np.maximum(0, found.prices - SLACK * step)
        step = max(1, step // FINER)
        finer = table.held(lowered, step)
        # Prices that a coarse round left too high for anybody cost some of the bound: from nothing there are none.
        found = finer if finer.plan.gap < found.plan.gap else table.held(nothing, step)
        yield found


def _joined(one: Auction, other: Auction) -> Auction:
    """The plan worth more with the prices that bound it lower; what of both is equal is that of the first."""
    plan = max(one.plan, other.plan, key=lambda plan: plan.value)
    lower = min(one, other, key=lambda found: found.plan.bound)
    return Auction(replace(plan, bound=lower.plan.bound), lower.prices, min(one.step, other.step))


def _gone_on(table: Table, before: Auction, rounds: Iterator[Auction], gap: float) -> Auction:
    """The first way that is near enough: nobody is moved, a few are, everything is given anew.

    A way is left only when a plan that is worth more shows that it is not near enough; a bound that is loose does not
    show that, so it is made tighter first.
    """
    still = table.still(before.plan.vacancy_of.astype(np.int64))
    prices = np.where(table.room > 0, before.prices, 0)
    step = before.step or _finest(table, still, gap)
    proven = table.certified(prices, _filled_up(table.market, still, gap), step)
    tried = [proven.plan]
    ways = chain((moved_on(table, prices, still, step) for _ in range(1)), rounds)
    while (plan := _near_enough(tried, proven.plan.bound, gap)) is None and (way := next(ways, None)) is not None:
        tried.append(way.plan)
        proven = _joined(proven, way)
    plan = replace(plan or proven.plan, bound=proven.plan.bound)
    return replace(proven, plan=_fewer_moved(table, prices, still, step, plan, gap) if plan.gap <= gap else plan)


def _fewer_moved(table: Table, prices: Ints, still: Ints, step: int, plan: Plan, gap: float) -> Plan:
    """A plan near enough as well in which fewer lose a place: each place counts more for whoever holds it.

    First so much more that a move has to earn half of what may be lacking, then ever less.
    """
    market, n_moved = table.market, _n_moved(still, plan)
    own = still[market.pairs.worker_ix] == market.pairs.vacancy_ix
    more = min(int(gap * plan.bound) // 2, LARGEST_WORTH - int(market.worth.max(initial=0)))
    while n_moved > 0 and more > step:
        dearer = Table.of(replace(market, worth=market.worth + more * own))
        place = moved_on(dearer, prices, still, step).plan.vacancy_of
        other = replace(plan, vacancy_of=place, value=value_of(market, place))
        if other.gap <= gap and _n_moved(still, other) < n_moved:
            return other
        more //= FINER
    return plan


def _n_moved(still: Ints, plan: Plan) -> int:
    """How many do not keep a place they may keep."""
    return int(((still != NOBODY) & (still != plan.vacancy_of)).sum())


def _near_enough(tried: list[Plan], bound: int, gap: float) -> Plan | None:
    """The first plan within the gap of the bound; none while one before it may still turn out to be."""
    most = max(plan.value for plan in tried)
    for plan in tried:
        if plan.value >= (1 - gap) * bound:
            return plan
        if plan.value >= (1 - gap) * most:
            return None
    return None


def _finest(table: Table, place: Ints, gap: float) -> int:
    """Steps so fine that all of them together are a small part of what a plan may lack."""
    value = value_of(table.market, place.astype(np.int32))
    return max(1, int(gap * value / (OF_GAP * max(1, int((place != NOBODY).sum())))))


def _filled_up(market: Market, still: Ints, gap: float) -> Ints:
    """Places with what is left given to people without one; nobody else moves."""
    filled = np.bincount(still[still != NOBODY], minlength=market.n_vacancies)
    covered = np.bincount(market.home[still != NOBODY], minlength=len(market.bonus)) > 0
    pairs = market.pairs
    rows = np.flatnonzero((still[pairs.worker_ix] == NOBODY) & (filled < market.room)[pairs.vacancy_ix])
    rest = replace(
        market,
        pairs=pairs.take(rows),
        worth=market.worth[rows],
        of_group=market.of_group[rows],
        load=market.load[rows],
        tie=market.tie[rows],
        room=np.maximum(0, market.room - filled),
        bonus=np.where(covered, 0, market.bonus),
    )
    given = auction(rest, gap=gap / OF_GAP).plan.vacancy_of
    return np.where(still != NOBODY, still, given).astype(np.int64)
