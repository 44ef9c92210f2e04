"""The first k of a shelf by the fastest means at hand; with numba or without, the same answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matcher.kernels import twin
from matcher.kernels.askers import Askers
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Shelf
from matcher.kernels.views import (
    AskersView,
    Lists,
    RankingView,
    ShelfView,
    view_of_askers,
    view_of_ranking,
    view_of_shelf,
)

CACHE: Final = "NUMBA_CACHE_DIR"
_SEEN: Final[WeakKeyDictionary[Shelf, tuple[ShelfView, WeakKeyDictionary[Ranking, RankingView]]]] = WeakKeyDictionary()
"""Shelves as compiled loops read them, for as long as they are held."""
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
    run, views = loops().first_of_each, _views(askers, shelf, ranking)
    found, turns = _empty(len(askers), top), _turns(askers, shelf)
    lists = Lists(found.at, found.verdict, found.worth)
    steps = [turns[lo : lo + MOST_ROWS] for lo in range(0, len(askers), MOST_ROWS)]
    if threads == 1 or len(steps) == 1:
        run(*views, turns, 0, lists)
        return found
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda step: run(*views, step, 0, lists), steps))
    return found


def _turns(askers: Askers, shelf: Shelf) -> NDArray[np.int64]:
    """An order of those who ask in which neighbours share the codes that take longest to work out."""
    if len(askers) == 1:
        return np.zeros(1, dtype=np.int64)
    costs = [(part.size, bundle) for part, bundle in zip(shelf.parts, shelf.bundles, strict=True)]
    by_cost = [relation for _, bundle in sorted(costs) for relation in bundle]
    return np.lexsort([askers.codes[:, relation] for relation in by_cost]).astype(np.int64)


def searcher(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int) -> Callable[[int, int], Found]:
    """The compiled search for those who ask from `lo` to `hi`, everything it reads made ready."""
    run, views = loops().first_of_each, _views(askers, shelf, ranking)

    def search(lo: int, hi: int) -> Found:
        found = _empty(hi - lo, top)
        turns = np.arange(lo, hi, dtype=np.int64)
        run(*views, turns, lo, Lists(found.at, found.verdict, found.worth))
        return found

    return search


def _views(askers: Askers, shelf: Shelf, ranking: Ranking) -> tuple[AskersView, ShelfView, RankingView]:
    seen = _SEEN.get(shelf)
    if seen is None:
        # Two threads may both look at a shelf for the first time: they see the same.
        seen = _SEEN[shelf] = (view_of_shelf(shelf), WeakKeyDictionary())
    view, rankings = seen
    if ranking not in rankings:
        rankings[ranking] = view_of_ranking(ranking, shelf)
    return view_of_askers(askers), view, rankings[ranking]


def _empty(n: int, top: int) -> Found:
    shape = (n, top)
    return Found(np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int64))


@cache
def loops() -> Any:
    """The compiled module; what it compiles is kept in the caller's own cache, for an install may be read-only.

    The cache is one of these very sources: numba itself looks only at the file a function stands in.
    """
    import numba

    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rural-job-matcher" / "numba"
    sources = sorted(entry.read_bytes() for entry in files(__package__).iterdir() if entry.name.endswith(".py"))
    config: Any = numba.config
    config.CACHE_DIR = str(Path(os.environ.get(CACHE) or home) / sha256(b"".join(sources)).hexdigest()[:12])
    from matcher.kernels import loops as module

    return module
