"""How many people a job fair would bring to work: each who comes counts once, each post up to its places.

Somebody counts with the post of those invited that is likeliest to become work, by the chance the model gives that pair
(applies and is hired). It is an expectation of the model, not a promise: what happened is told beside it afterwards.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Fair(NamedTuple):
    """Pairs of people near a place with posts: positions of each, the chance of each, and of each post its employer.

    worker, post : (n,) positions; chance : (n,) float64 in 0..1; employer, places : of each post
    """

    worker: NDArray[np.intp]
    post: NDArray[np.intp]
    chance: NDArray[np.float64]
    employer: NDArray[np.intp]
    places: NDArray[np.int64]

    def of(self, mask: NDArray[np.bool_]) -> Fair:
        """The same with some of the pairs."""
        return self._replace(worker=self.worker[mask], post=self.post[mask], chance=self.chance[mask])


def alone(fair: Fair) -> NDArray[np.float64]:
    """Of each employer the people it would take on if it came alone, (n employers,) float64."""
    n = int(fair.employer.max(initial=-1)) + 1
    best = _best(fair, fair.employer[fair.post])
    told: NDArray[np.float64] = np.bincount(fair.employer, weights=_filled(fair, best), minlength=n).astype(np.float64)
    return told


def together(fair: Fair) -> NDArray[np.float64]:
    """Of each post the people it would take on if every employer of the pairs came, (n posts,) float64."""
    return _filled(fair, _best(fair, np.zeros(len(fair.post), dtype=np.intp)))


def invited(fair: Fair, most: int) -> list[int]:
    """Employers to invite, at most so many: each the one that adds most to those before it, none that adds nothing."""
    pick = _best(fair, fair.employer[fair.post])
    worker, post, chance = fair.worker[pick], fair.post[pick], fair.chance[pick]
    employer = fair.employer[post]
    best = np.zeros(int(fair.worker.max(initial=-1)) + 1)
    chosen: list[int] = []
    while len(chosen) < most and len(pick):
        gain = np.bincount(post, weights=np.maximum(chance - best[worker], 0), minlength=len(fair.places))
        adds = np.bincount(fair.employer, weights=np.minimum(gain, fair.places))
        adds[chosen] = 0
        first = int(np.argmax(adds))
        if adds[first] <= 0:
            break
        chosen.append(first)
        mine = employer == first
        best[worker[mine]] = np.maximum(best[worker[mine]], chance[mine])
    return chosen


def _best(fair: Fair, group: NDArray[np.intp]) -> NDArray[np.intp]:
    """Positions of the likeliest pair of each person inside each group; of equal ones the first post.

    A post without a place left draws nobody: who would have gone there goes to the next.
    """
    order = np.lexsort((fair.post, -fair.chance, fair.worker, group))
    order = order[fair.places[fair.post[order]] > 0]
    worker, group = fair.worker[order], group[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (worker[1:] != worker[:-1]) | (group[1:] != group[:-1])
    return order[first]


def _filled(fair: Fair, best: NDArray[np.intp]) -> NDArray[np.float64]:
    """Of each post what it is expected to take on, never more than its places."""
    wanted = np.bincount(fair.post[best], weights=fair.chance[best], minlength=len(fair.places))
    return np.minimum(wanted, fair.places)
