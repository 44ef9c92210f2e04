"""The compiled loop of `offers`: the lists of each worker at some prices. This module imports numba."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from matcher.allocation.offers import N_SUMS
from matcher.allocation.sweeps import Run
from matcher.machine_code import compiled, inlined

Array = Any
FEW: Final = 4
"""Lines of a list up to which the best are told without a branch: it would be guessed wrong at every fifth pair."""


@inlined
def _last_of_few(nets: Array, n: int, top: int) -> float:
    """The `top`-th largest of the first n, 0 if fewer are above 0; at most FEW."""
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    for ix in range(n):
        net = nets[ix]
        less, first = min(first, net), max(first, net)
        lesser, second = min(second, less), max(second, less)
        least, third = min(third, lesser), max(third, lesser)
        fourth = max(fourth, least)
    return first if top == 1 else second if top == 2 else fourth if top == 4 else third


@inlined
def _last_of_many(nets: Array, n: int, best: Array) -> Any:
    """The last of as many as `best` holds, 0 if fewer are above 0."""
    for place in range(best.size):
        best[place] = 0.0
    last = best.size - 1
    for ix in range(n):
        net = nets[ix]
        if net <= best[last]:
            continue
        place = last
        while place > 0 and best[place - 1] < net:
            best[place] = best[place - 1]
            place -= 1
        best[place] = net
    return best[last]


@compiled
def listed(
    use: Array, value: Array, vacancy: Array, starts: Array, prices: Array, top: int, lines: Array, run: Run
) -> Array:
    """The sums of `offers.Offers.listed` over one run of workers."""
    longest: Any = 0
    for worker in range(run.lo, run.hi):
        longest = max(longest, (starts[worker + 1] if worker + 1 < run.hi else run.last) - starts[worker])
    nets, near, best = np.empty(longest), np.empty(longest + 1, dtype=np.int64), np.empty(top)
    told, at = np.zeros((prices.size, N_SUMS)), run.first
    for worker in range(run.lo, run.hi):
        end = starts[worker + 1] if worker + 1 < run.hi else run.last
        size = end - at
        for ix in range(size):
            nets[ix] = use[at + ix] * (value[at + ix] - prices[vacancy[at + ix]])
        least = _last_of_few(nets, size, top) if top <= FEW else _last_of_many(nets, size, best)
        n, n_tied = 0, 0
        for ix in range(size):
            near[n] = ix
            n += nets[ix] >= least and nets[ix] > 0.0
            n_tied += nets[ix] == least
        share = (top - (n - n_tied)) / max(n_tied, 1)
        for nth in range(n):
            net, pair = nets[near[nth]], at + near[nth]
            line, post = share if net == least else 1.0, vacancy[pair]
            if lines.size:
                lines[pair] = line
            used = use[pair] * line
            told[post, 0] += used
            told[post, 1] += used * value[pair]
            told[post, 2] += net * line
        at = end
    return told.T
