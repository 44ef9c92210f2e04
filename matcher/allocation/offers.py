"""Which of the pairs offered to each worker are listed at some prices, asked again at every step of the prices.

Compiled where numba is installed, with a numpy twin that makes the same additions and products in the same order, so
both say the same bytes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.sweeps import MANY, N_BLOCKS, Floats, Run, in_runs, is_compiled, runs_of

N_SUMS: Final = 3


class Offers:
    """Pairs sorted by worker, each vacancy at most once for a worker; a listed pair wins use * (value - price)."""

    def __init__(
        self, use: Floats, value: Floats, vacancy: NDArray[np.int32], worker: NDArray[np.int32], top: int
    ) -> None:
        """All of each pair, sorted by worker; use : >= 0; top : lines of a list."""
        self._columns = use, value, vacancy
        self._starts, self._top = np.flatnonzero(np.diff(worker, prepend=-1)), top
        self._runs = runs_of(self._starts, len(use), N_BLOCKS if len(use) >= MANY else 1)

    def __len__(self) -> int:
        return len(self._columns[0])

    def listed(self, prices: Floats, lines: Floats | None = None) -> Floats:
        """Sums by vacancy over the best `top` of each worker that win something, shape (3, n_vacancies).

        Of use, of use * value, and of what is won; tied ones share the places left. lines : written with how far each
        pair is listed, 0 before, shape (n_pairs,)
        """
        told = np.zeros((N_SUMS, len(prices)))
        for one in self._by_run(prices, np.zeros(0) if lines is None else lines):
            told += one
        return told

    def _by_run(self, prices: Floats, lines: Floats) -> list[Floats]:
        part = _loop().listed if is_compiled(len(self)) else listed_twin
        return in_runs(part, self._runs, *self._columns, self._starts, prices, self._top, lines)


def listed_twin(
    use: Floats,
    value: Floats,
    vacancy: NDArray[np.int32],
    starts: NDArray[np.intp],
    prices: Floats,
    top: int,
    lines: Floats,
    run: Run,
) -> Floats:
    """One run of workers by numpy, as a table with a row for each."""
    lo, hi, first, last = run
    use, value, vacancy = use[first:last], value[first:last], vacancy[first:last]
    net, begins = use * (value - prices[vacancy]), starts[lo:hi] - first
    sizes = np.diff(np.append(begins, last - first))
    worker = np.repeat(np.arange(hi - lo), sizes)
    table = np.full((hi - lo, max(top, int(sizes.max()))), -np.inf)
    table[worker, np.arange(last - first) - begins[worker]] = net
    least = np.partition(table, -top, axis=1)[:, -top]
    at = np.flatnonzero((net >= least[worker]) & (net > 0))
    tied = net[at] == least[worker[at]]
    n_tied = np.bincount(worker[at], weights=tied, minlength=hi - lo)
    n_above = np.bincount(worker[at], weights=~tied, minlength=hi - lo)
    line = np.where(tied, ((top - n_above) / np.maximum(n_tied, 1))[worker[at]], 1.0)
    if len(lines):
        lines[first:last][at] = line
    used = use[at] * line
    each = (used, used * value[at], net[at] * line)
    return np.stack([np.bincount(vacancy[at], weights=told, minlength=len(prices)) for told in each])


@cache
def _loop() -> Any:
    """The compiled loop, brought in when it is first used."""
    from matcher.allocation import offers_loop

    return offers_loop
