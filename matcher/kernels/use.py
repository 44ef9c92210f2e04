"""The first k of a shelf by the fastest means at hand; with numba or without, the same answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.kernels import twin
from matcher.kernels.askers import Askers
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Shelf
from matcher.kernels.views import Lists, view_of_askers, view_of_ranking, view_of_shelf

CACHE: Final = "NUMBA_CACHE_DIR"
MANY_PAIRS: Final = 1 << 22
"""Pairs for which the twin needs as long as numba to start."""
MOST_ROWS: Final = 1 << 14
"""Lists worked out in one step of one thread."""


@dataclass(frozen=True, slots=True)
class Found:
    """Lists of n who ask, best first, shape (n, top); -1 in `at` where a list ends early.

    at : positions on the shelf, int64; verdict : int8, 1 unknown or 2 yes; worth : score of 2**60 or fit of 2**42
    """

    at: NDArray[np.int64]
    verdict: NDArray[np.int8]
    worth: NDArray[np.int64]


def is_compiled() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


def is_ready() -> bool:
    """Whether the compiled search stands in memory, so that it costs nothing to use it."""
    return loops.cache_info().currsize > 0


def make_ready() -> None:
    """Bring the compiled search into memory, where numba is installed: half a second, and ten where no cache is."""
    if is_compiled():
        loops()


def fastest(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int, threads: int = 1) -> Found:
    """The first `top` of the shelf for each who asks: compiled if that is ready or worth its start, else by numpy."""
    worth_it = is_ready() or len(askers) * len(shelf) >= MANY_PAIRS
    means = compiled if worth_it and is_compiled() else interpreted
    return means(askers, shelf, ranking, top=top, threads=threads)


def interpreted(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int, threads: int = 1) -> Found:
    """The lists by the numpy twin, in one thread."""
    del threads
    found = _empty(len(askers), top)
    for asker in range(len(askers)):
        at, verdict, worth = twin.first(askers, shelf, ranking, asker, top)
        found.at[asker, : len(at)], found.verdict[asker, : len(at)], found.worth[asker, : len(at)] = at, verdict, worth
    return found


def compiled(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int, threads: int = 1) -> Found:
    """The lists by the compiled search, those who ask shared out among threads."""
    search = searcher(askers, shelf, ranking, top=top)
    if threads == 1 or len(askers) < 2:
        return search(0, len(askers))
    steps = [(lo, min(lo + MOST_ROWS, len(askers))) for lo in range(0, len(askers), MOST_ROWS)]
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda step: search(*step), steps))
    return Found(
        np.concatenate([f.at for f in found]),
        np.concatenate([f.verdict for f in found]),
        np.concatenate([f.worth for f in found]),
    )


def searcher(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int) -> Callable[[int, int], Found]:
    """The compiled search for those who ask from `lo` to `hi`, everything it reads made ready."""
    run = loops().first_of_each
    views = view_of_askers(askers), view_of_shelf(shelf), view_of_ranking(ranking, shelf)

    def search(lo: int, hi: int) -> Found:
        found = _empty(hi - lo, top)
        run(*views, lo, hi, Lists(found.at, found.verdict, found.worth))
        return found

    return search


def _empty(n: int, top: int) -> Found:
    shape = (n, top)
    return Found(np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int64))


@cache
def loops() -> Any:
    """The compiled module; what it compiles is kept in the caller's own cache, for an install may be read-only."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault(CACHE, str(home / "rural-job-matcher" / "numba"))
    from matcher.kernels import loops as module

    return module
