"""Exact assignment: the plan of the highest value under head counts, kept places and shared limits.

A minimum-cost flow from a source over households, workers and vacancies to a sink. A household has one arc that earns
its bonus and one that does not, so the first member with work earns it and no other. Groups that go together and land
in mu are no flow; `indivisible` solves those with a proven gap.

Between plans of equal value the ties of the pairs decide. They are scaled so that all of them together are less than
one unit of worth: they choose among the best plans and make no worse one look better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.indivisible import solve_whole
from matcher.allocation.limits import Tree, tree_of
from matcher.allocation.market import NOBODY, Ints, Market, Plan, value_of
from matcher.errors import MatcherError, MissingExtra, UsageError

TIE_BITS: Final = 8
"""Most bits of a tie that a flow compares; fewer where costs would leave 64 bits."""
COST_BITS: Final = 61
"""The solver multiplies costs by the number of nodes; the product stays below two to this."""
TOP_BIT: Final = 63
SECONDS: Final = 20.0
INSTALL: Final = 'Install it with: pip install "rural-job-matcher[plan]"'


def assign(market: Market, *, seconds: float = SECONDS) -> Plan:
    """The best plan. Without groups and land the gap is 0; with them it is proven and stands in the plan.

    seconds : of work the integer model may take, counted in deterministic units of about a second
    Raises MissingExtra without OR-tools, UsageError for worths too large for the number of people.
    """
    tree = tree_of(market)
    if market.whole or tree.crossing:
        return solve_whole(market, tree, flow, seconds=seconds)
    return flow(market, tree)


def flow(market: Market, tree: Tree) -> Plan:
    """The best plan of the network alone: groups, land and limits that cross are not looked at."""
    used = np.flatnonzero(market.room[market.pairs.vacancy_ix] > 0)
    used = used[np.argsort(market.key[used], kind="stable")]
    vacancy_of = np.full(market.n_workers, NOBODY, dtype=np.int32)
    if not len(used):
        return Plan(vacancy_of, 0, 0, "flow")
    arcs = _network(market, tree, used)
    taken = used[_solved(arcs, len(used))]
    vacancy_of[market.pairs.worker_ix[taken]] = market.pairs.vacancy_ix[taken]
    value = value_of(market, vacancy_of)
    return Plan(vacancy_of, value, value, "flow")


@dataclass(frozen=True, slots=True)
class _Arcs:
    """The network: those of the pairs come first, in their order; node 0 is the source, node 1 the sink."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    capacity: Ints
    cost: Ints
    supply: int


class _Drawing:
    """Arcs under way: blocks of them, and how many nodes there are."""

    def __init__(self) -> None:
        self._blocks: list[tuple[NDArray[Any], ...]] = []
        self._n_nodes = 2

    def nodes(self, n: int) -> NDArray[np.intp]:
        """That many new nodes."""
        made = np.arange(self._n_nodes, self._n_nodes + n, dtype=np.intp)
        self._n_nodes += n
        return made

    def join(self, tail: Any, head: Any, capacity: Any, cost: Any) -> None:
        """Arcs between nodes; single numbers stand for all of the block."""
        self._blocks.append(tuple(np.broadcast_arrays(*map(np.atleast_1d, (tail, head, capacity, cost)))))

    def done(self, supply: int) -> _Arcs:
        """The network with its arcs in the order they were joined. Raises UsageError where costs leave 64 bits."""
        tail, head, capacity, cost = (np.concatenate([block[at] for block in self._blocks]) for at in range(4))
        return _Arcs(tail.astype(np.int32), head.astype(np.int32), capacity, cost, supply)


def _network(market: Market, tree: Tree, used: NDArray[np.intp]) -> _Arcs:
    """Source, households, workers, vacancies (kept places beside them), shared limits, sink."""
    people, worker = np.unique(market.pairs.worker_ix[used], return_inverse=True)
    posts, post = np.unique(market.pairs.vacancy_ix[used], return_inverse=True)
    unit, worth = _scaled(market, used, len(people), len(posts))
    wanted = np.bincount(post)
    room = np.minimum(market.room[posts], wanted)
    kept = market.kept_free[posts] > 0
    drawing = _Drawing()
    person_at, post_at, open_at = drawing.nodes(len(people)), drawing.nodes(len(posts)), drawing.nodes(int(kept.sum()))
    open_of = post_at.copy()
    open_of[kept] = open_at
    drawing.join(person_at[worker], np.where(market.of_group[used], post_at[post], open_of[post]), np.int64(1), -worth)
    # The kept places stay out of what everybody may enter by; those of the group go straight in.
    rest = np.maximum(0, market.room[posts] - market.kept_free[posts])
    drawing.join(open_at, post_at[kept], np.minimum(rest, wanted)[kept], np.int64(0))
    _join_homes(drawing, market, people, person_at, unit)
    tree.join(drawing.nodes, drawing.join, posts, post_at, room)
    drawing.join(0, 1, np.int64(len(people)), np.int64(0))
    return drawing.done(len(people))


def _join_homes(
    drawing: _Drawing, market: Market, people: NDArray[Any], person_at: NDArray[np.intp], unit: int
) -> None:
    """Source to workers: straight for who stands alone, through the household where several share a bonus."""
    homes, home, size = np.unique(market.home[people], return_inverse=True, return_counts=True)
    bonus = market.bonus[homes]
    shared = (size > 1) & (bonus > 0)
    alone = ~shared[home]
    drawing.join(0, person_at[alone], np.int64(1), -bonus[home[alone]] * unit)
    home_at = np.zeros(len(homes), dtype=np.intp)
    home_at[shared] = drawing.nodes(int(shared.sum()))
    drawing.join(0, home_at[shared], np.int64(1), -bonus[shared] * unit)
    drawing.join(0, home_at[shared], size[shared] - 1, np.int64(0))
    drawing.join(home_at[home[~alone]], person_at[~alone], np.int64(1), np.int64(0))


def _scaled(market: Market, used: NDArray[np.intp], n_people: int, n_posts: int) -> tuple[int, Ints]:
    """What one unit of worth costs, and the cost of each pair with its tie; all ties together are below one unit."""
    largest = int(market.worth[used].max()) + int(market.bonus.max(initial=0))
    nodes = 4 * (n_people + n_posts + len(market.shared) + 2)
    for bits in range(TIE_BITS, -1, -1):
        unit = n_people * ((1 << bits) - 1) + 1
        if largest * unit * nodes < 1 << COST_BITS:
            ties = (market.tie[used] >> np.uint64(TOP_BIT - bits) >> np.uint64(1)).astype(np.int64)
            return unit, market.worth[used] * unit + ties
    raise UsageError(
        f"a worth of {largest} is too large for {n_people} people",
        where="market",
        remedy="Use a coarser unit of worth.",
    )


def _solved(arcs: _Arcs, n_pairs: int) -> NDArray[np.intp]:
    """Positions of the first `n_pairs` arcs that carry flow."""
    solver = _solver()
    made = solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, arcs.cost)
    solver.set_node_supply(0, arcs.supply)
    solver.set_node_supply(1, -arcs.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        # The arc from source to sink carries everybody who stays, so there is always a flow.
        raise MatcherError(f"the flow ended as {status}", where="assignment", remedy="Report it with the market.")
    return np.flatnonzero(solver.flows(made[:n_pairs]))


def _solver() -> Any:
    """A new solver. Raises MissingExtra where OR-tools is not installed."""
    try:
        from ortools.graph.python import min_cost_flow
    except ImportError:
        raise MissingExtra("exact assignment needs OR-tools", where="ortools", remedy=INSTALL) from None
    return min_cost_flow.SimpleMinCostFlow()
