"""Limits that several vacancies share, as a tree where they nest; those that cross are for the integer model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.market import NOBODY, Ints, Market, Shared

SINK = 1


@dataclass(frozen=True, slots=True)
class Tree:
    """Shared limits that nest, wide before narrow.

    limits : of the tree; above : position of the limit around each, NOBODY for none
    narrowest : of each vacancy the innermost limit it stands in, NOBODY for none, shape (n_vacancies,)
    crossing : limits that overlap another without nesting
    """

    limits: tuple[Shared, ...]
    above: tuple[int, ...]
    narrowest: NDArray[np.intp]
    crossing: tuple[Shared, ...]

    def join(
        self,
        nodes: Callable[[int], NDArray[np.intp]],
        join: Callable[[Any, Any, Any, Any], None],
        posts: NDArray[Any],
        post_at: NDArray[np.intp],
        room: Ints,
    ) -> None:
        """Arcs from vacancies to the limits they stand in, and on to the sink."""
        limit_at = nodes(len(self.limits))
        inside = self.narrowest[posts]
        join(post_at, np.where(inside == NOBODY, SINK, np.append(limit_at, SINK)[inside]), room, np.int64(0))
        if self.limits:
            above = np.array([SINK if up == NOBODY else limit_at[up] for up in self.above])
            # More than every vacancy together holds would only make the numbers large.
            most = np.minimum([limit.at_most for limit in self.limits], int(room.sum()))
            join(limit_at, above, most, np.int64(0))


def tree_of(market: Market) -> Tree:
    """The shared limits of a market, nested as far as they nest."""
    limits: list[Shared] = []
    above: list[int] = []
    crossing: list[Shared] = []
    narrowest = np.full(market.n_vacancies, NOBODY, dtype=np.intp)
    for limit in sorted(market.shared, key=lambda limit: (-len(limit.vacancies), limit.vacancies, limit.at_most)):
        around = np.unique(narrowest[list(limit.vacancies)])
        # Wide limits come first: a narrower one nests if all its vacancies stand in the same innermost limit.
        if len(around) > 1:
            crossing.append(limit)
        elif len(around):
            above.append(int(around[0]))
            narrowest[list(limit.vacancies)] = len(limits)
            limits.append(limit)
    return Tree(tuple(limits), tuple(above), narrowest, tuple(crossing))
