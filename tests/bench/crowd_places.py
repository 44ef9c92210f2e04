"""How many people their candidates can place at once, and how many could be placed at all.

A largest flow from people over candidates to places tells the first. Its smallest cut names the posts that are full:
nobody can place more than these hold and, of the people, who may be offered a post beyond them. Where that is more than
the flow, candidates beyond them are added for whom the cut leaves out, and the flow is solved once more.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.pairs import Pairs
from matcher.services.rounds.plan_choice import SeasonCrowd, best_of_each
from matcher.shortlist import PRICE_BITS, PlanMode

ROUNDS: Final = 6
BEYOND: Final = 8
"""Posts beyond the full ones that are added for a person at a time."""
TOO_DEAR: Final = 4 << PRICE_BITS
"""No fit is worth it: who is listed such a post at it may be offered no other."""


class Placing(NamedTuple):
    """placed : by the candidates; at_most : whatever the candidates, proven"""

    placed: int
    at_most: int


class _Flow(NamedTuple):
    value: int
    full: NDArray[np.bool_]
    left_out: NDArray[np.bool_]


def placing(crowd: SeasonCrowd, found: Pairs, places: NDArray[np.int64]) -> Placing:
    """Of the crowd, whom candidates can place; places : of each vacancy, shape (m,)."""
    n = len(crowd.askers)
    flow = first = _largest(found, places, n)
    at_most = n
    for _ in range(ROUNDS):
        prices = np.where(flow.full, TOO_DEAR, 0)
        beyond = best_of_each(crowd, prices, PlanMode.BALANCED, top=BEYOND).pairs
        beyond = beyond.take(~flow.full[beyond.vacancy_ix])
        at_most = min(at_most, int(places[flow.full].sum()) + len(np.unique(beyond.worker_ix)))
        if at_most <= flow.value:
            break
        more = beyond.take(flow.left_out[beyond.worker_ix])
        found = Pairs(*(np.concatenate([getattr(found, ix), getattr(more, ix)]) for ix in ("worker_ix", "vacancy_ix")))
        flow = _largest(found, places, n)
    return Placing(first.value, at_most)


def _largest(pairs: Pairs, places: NDArray[np.int64], n: int) -> _Flow:
    """The largest flow, which posts are full on its cut, and whom the cut leaves without a place."""
    from ortools.graph.python import max_flow

    graph: Any = max_flow.SimpleMaxFlow()
    m = len(places)
    source, sink = n + m, n + m + 1
    people, posts = np.unique(pairs.worker_ix), np.unique(pairs.vacancy_ix)
    graph.add_arcs_with_capacity(np.full(len(people), source), people, np.ones(len(people), dtype=np.int64))
    graph.add_arcs_with_capacity(pairs.worker_ix, n + pairs.vacancy_ix, np.ones(len(pairs), dtype=np.int64))
    graph.add_arcs_with_capacity(n + posts, np.full(len(posts), sink), places[posts])
    if graph.solve(source, sink) != graph.OPTIMAL:
        raise RuntimeError("no largest flow")
    beside = np.zeros(n + m + 2, dtype=np.bool_)
    beside[graph.get_source_side_min_cut()] = True
    return _Flow(int(graph.optimal_flow()), beside[n : n + m], beside[:n])
