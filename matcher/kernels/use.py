"""The first k of a shelf by the fastest means at hand; with numba or without, the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matcher import machine_code
from matcher.kernels import twin
from matcher.kernels.askers import Askers
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Shelf
from matcher.kernels.views import (
    COUNTED,
    AskersView,
    Ints,
    Lists,
    RankingView,
    ShelfView,
    Told,
    view_of_askers,
    view_of_ranking,
    view_of_shelf,
)

NOW_READY: Final = Event()
"""Set once the loops of one who asks stand in memory, see `ready.make_ready`; those of many come with their work."""
_SEEN: Final[WeakKeyDictionary[Shelf, tuple[ShelfView, WeakKeyDictionary[Ranking, RankingView]]]] = WeakKeyDictionary()
"""Shelves as compiled loops read them, for as long as they are held."""
MANY_PAIRS: Final = 1 << 22
"""Pairs for which the twin needs as long as numba to start."""
AT_ONCE: Final = 1 << 12
"""Lists worked out in one step of one thread."""
MOST_CELLS: Final = 1 << 25
"""Cells told of those who ask at once, 8 bytes each."""
Views = tuple[AskersView, ShelfView, RankingView]


@dataclass(frozen=True, slots=True)
class Found:
    """Lists of n who ask, best first, shape (n, top); -1 in `at` where a list ends early.

    at : positions on the shelf, int64; verdict : int8, 1 unknown or 2 yes; worth : score of 2**60 or fit of 2**42
    """

    at: NDArray[np.int64]
    verdict: NDArray[np.int8]
    worth: NDArray[np.int64]


def is_ready() -> bool:
    """Whether the compiled search stands in memory, so that it costs nothing to use it."""
    return NOW_READY.is_set()


def is_worth_it(n_pairs: int) -> bool:
    """Whether so many pairs are searched by the compiled loops: it stands in memory, or its start is soon made up."""
    return is_ready() or (n_pairs >= MANY_PAIRS and machine_code.is_available())


def fastest(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int, threads: int = 1) -> Found:
    """The first `top` of the shelf for each who asks: compiled if that is ready or worth its start, else by numpy."""
    means = compiled if is_worth_it(len(askers) * len(shelf)) else interpreted
    return means(askers, shelf, ranking, top=top, threads=threads)


def interpreted(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int, threads: int = 1) -> Found:
    """The lists by the numpy twin, in one thread."""
    del threads
    found = empty(len(askers), top)
    for asker in range(len(askers)):
        at, verdict, worth = twin.first(askers, shelf, ranking, asker, top)
        found.at[asker, : len(at)], found.verdict[asker, : len(at)], found.worth[asker, : len(at)] = at, verdict, worth
    return found


def compiled(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int, threads: int = 1) -> Found:
    """The lists by the compiled search, those who ask shared out among threads."""
    views, found = views_of(askers, shelf, ranking), empty(len(askers), top)
    lists = Lists(found.at, found.verdict, found.worth, 0)
    if len(askers) == 1:
        loops().first_of_each(*views, np.zeros(1, dtype=np.int64), lists)
    elif len(shelf):
        for told in told_in_portions(views, np.arange(len(askers), dtype=np.int64)):
            search(views, [(told, np.arange(len(told.turns)))], lists, threads=threads)
    return found


def search(views: Views, asked: Sequence[tuple[Told, Ints]], lists: Lists, *, threads: int) -> None:
    """Write the lists of some of the turns of each portion told, AT_ONCE in a step of one thread."""
    steps = [(told, turns[lo : lo + AT_ONCE]) for told, turns in asked for lo in range(0, len(turns), AT_ONCE)]

    def step(told: Told, turns: Ints) -> None:
        loops().lists_of(*views, told, turns, lists, np.zeros(len(COUNTED), dtype=np.int64))

    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(step, *told) for told in steps]:
            one.result()


def told_in_portions(views: Views, turns: NDArray[np.int64]) -> Iterator[Told]:
    """What is told of those who ask, in an order in which neighbours share heads and places.

    A portion is halved until it has no more than MOST_CELLS cells, so that memory does not grow with those who ask.
    """
    askers, shelf, _ = views
    kinds, whose, n_kinds = loops().numbered(askers, shelf, turns)
    near = np.lexsort((kinds[:, 0], kinds[:, 1]))
    n_beside = n_kinds[2:].sum() * (shelf.heads.shape[1] - 1)
    if len(turns) > 1 and n_kinds @ np.diff(shelf.tuples_at) + n_beside >= MOST_CELLS:
        for half in np.array_split(turns[near], 2):
            yield from told_in_portions(views, half)
        return
    yield loops().told_of(askers, shelf, turns[near], kinds[near], whose, n_kinds)


def searcher(askers: Askers, shelf: Shelf, ranking: Ranking, *, top: int) -> Callable[[int, int], Found]:
    """The compiled search for those who ask from `lo` to `hi`, everything it reads made ready."""
    run, views = loops().first_of_each, views_of(askers, shelf, ranking)

    def search(lo: int, hi: int) -> Found:
        shape, turns = (hi - lo, top), np.arange(lo, hi, dtype=np.int64)
        # Written to the end by the loop: what `empty` fills in would be written twice.
        at, verdict, worth = np.empty(shape, np.int64), np.empty(shape, np.int8), np.empty(shape, np.int64)
        run(*views, turns, Lists(at, verdict, worth, lo))
        return Found(at, verdict, worth)

    return search


def views_of(askers: Askers, shelf: Shelf, ranking: Ranking) -> Views:
    """The arrays of all three; those of a shelf and of a ranking are made once."""
    seen = _SEEN.get(shelf)
    if seen is None:
        # Two threads may both look at a shelf for the first time: they see the same.
        seen = _SEEN[shelf] = (view_of_shelf(shelf), WeakKeyDictionary())
    view, rankings = seen
    if ranking not in rankings:
        rankings[ranking] = view_of_ranking(ranking, shelf)
    return view_of_askers(askers), view, rankings[ranking]


def empty(n: int, top: int) -> Found:
    """Lists of n who ask, before anything is found."""
    shape = (n, top)
    return Found(np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int64))


@cache
def loops() -> Any:
    """The compiled module, brought in when it is first used: half a second."""
    from matcher.kernels import loops as module

    return module
