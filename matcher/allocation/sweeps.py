"""The loop over millions of pairs in which balanced prices are solved: compiled where numba is installed.

It has a numpy twin with the same additions and products in the same order, so both say the same bytes. Sums by
vacancy are made of N_BLOCKS sums over as many runs of workers, added in their order: how many threads share the runs
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import machine_code

Floats = NDArray[np.float64]
N_BLOCKS: Final = 8
MANY: Final = 1 << 18
"""Pairs from which it is worth bringing in the compiler, or its cache: half a second."""


class Run(NamedTuple):
    """Workers lo .. hi - 1, whose pairs stand from `first` to `last` - 1."""

    lo: int
    hi: int
    first: int
    last: int


def runs_of(starts: NDArray[np.intp], n_pairs: int, n_runs: int = N_BLOCKS) -> list[Run]:
    """All workers in runs of about as many pairs; starts : first pair of each worker, rising, none empty."""
    wanted = np.arange(1, n_runs) * (n_pairs / n_runs)
    cuts = np.unique(np.concatenate([[0], np.searchsorted(starts, wanted), [len(starts)]]))
    at = np.append(starts, n_pairs)[cuts]
    return [Run(*map(int, run)) for run in zip(cuts[:-1], cuts[1:], at[:-1], at[1:], strict=True)]


def in_runs(work: Callable[..., Any], runs: Sequence[Run], *arrays: Any) -> list[Any]:
    """What the work says of each run, in their order."""
    with ThreadPoolExecutor(machine_code.n_threads()) as pool:
        return list(pool.map(lambda run: work(*arrays, run), runs))


@cache
def _fast(loop: Callable[..., Any]) -> Callable[..., Any]:
    """The loop as machine code, kept on disk, that lets other threads run."""
    return machine_code.compiled(loop)


def is_compiled(n_pairs: int) -> bool:
    """Whether the compiled loops go over so many pairs: machine code is to be had, and they are many."""
    return n_pairs >= MANY and machine_code.is_available()


def loads(
    kernel: Floats, column: NDArray[np.int32], starts: NDArray[np.intp], scale: Floats, runs: Sequence[Run]
) -> Floats:
    """What each column is asked for when every worker spreads one unit by kernel * scale, or keeps it at weight 1.

    kernel, column : of each pair, sorted by worker; starts : first pair of each worker; scale : of each column
    """
    part = _fast(_loads_loop) if is_compiled(len(kernel)) else loads_twin
    told = in_runs(part, runs, kernel, column, starts, scale)
    total = np.zeros(len(scale))
    for one in told:
        total += one
    return total


def loads_twin(kernel: Floats, column: NDArray[np.int32], starts: NDArray[np.intp], scale: Floats, run: Run) -> Floats:
    """One run of workers by numpy, shape of `scale`; `bincount` adds one after the other, as the loop does.

    kernel, column, starts, scale : of all pairs, workers and columns, as in `loads`
    """
    lo, hi, first, last = run
    worker, at = np.repeat(np.arange(hi - lo), np.diff(np.append(starts[lo:hi], last))), column[first:last]
    total = np.bincount(worker, weights=kernel[first:last] * scale[at], minlength=hi - lo)
    row = 1.0 / (1.0 + total)
    return np.bincount(at, weights=kernel[first:last] * row[worker], minlength=len(scale)).astype(np.float64)


def _loads_loop(kernel: Any, column: Any, starts: Any, scale: Any, run: Run) -> Any:
    told = np.zeros(scale.size)
    at = run.first
    for worker in range(run.lo, run.hi):
        end = starts[worker + 1] if worker + 1 < run.hi else run.last
        total = 0.0
        for pair in range(at, end):
            total += kernel[pair] * scale[column[pair]]
        row = 1.0 / (1.0 + total)
        for pair in range(at, end):
            told[column[pair]] += kernel[pair] * row
        at = end
    return told
