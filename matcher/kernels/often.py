"""Many who choose from one shelf again and again, at other prices: what its codes say of them is told once.

A choice is a set, not a list: the best of all by score, the best of each kind of row, and what is held from before,
with the probabilities of each. It is compiled where numba is installed, with a numpy twin that chooses the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher import machine_code
from matcher.kernels import twin, use
from matcher.kernels.askers import Askers
from matcher.kernels.layout import N_STAGES, UNKNOWN_AT
from matcher.kernels.ranking import Ranking
from matcher.kernels.shelf import Shelf
from matcher.kernels.views import BASE, Codes, Ints, ShelfView, Sieve, Told, WantedView

MOST_KEPT: Final = 1 << 27
"""Cells that are kept between two times, 8 bytes each."""
AT_ONCE: Final = 1 << 10
"""Choices worked out in one step of one thread."""
NOTHING: Final = -1
NOBODY: Final = -1
WORD: Final = 64
"""Rows whose bits stand in one number."""


@dataclass(frozen=True, slots=True)
class Named:
    """Rows that each of some who ask has already, one after the other. n_of : int64, shape (n,); at : int32"""

    n_of: Ints
    at: Codes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is chosen by score, never what may not be offered for certain.

    top : best of all; each : best of each kind; kinds : of each row of the shelf, 0 or more, None: all are one
    held : chosen whatever else is better; barred : never chosen; both of everybody who asks
    """

    top: int
    each: int = 0
    kinds: NDArray[np.int8] | None = None
    held: Named | None = None
    barred: Named | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows chosen by those who ask, one after the other, of each by rising number.

    n_of : int64, shape (n,), NOTHING where nothing may be offered, not even what is barred
    at : int32, shape (n_rows,); chances : p_apply, p_hire, p_keep (of 2**14), int16, shape (3, n_rows)
    """

    n_of: Ints
    at: Codes
    chances: NDArray[np.int16]


class Often:
    """Those who ask, by their codes, and one shelf; every shelf asked of differs from it in prices alone.

    of_many : they are a part of so many that the start of the compiled loops is soon made up, however few stand here
    """

    def __init__(self, askers: Askers, shelf: Shelf, *, of_many: bool = False) -> None:
        self._askers, self._shelf = askers, shelf
        self._compiled: Final = of_many and machine_code.is_available()
        self._told: tuple[tuple[Told, Sieve], ...] | None = None
        self._lock = Lock()

    def chosen(
        self, askers: Askers, shelf: Shelf, ranking: Ranking, who: NDArray[np.intp], wanted: Wanted, *, threads: int = 1
    ) -> Choice:
        """What some of those who ask choose by a worker's score, no floor of fit beneath; who : rising positions.

        askers : all of them, with any factors
        """
        if not len(who) or not len(shelf) or not (self._compiled or use.is_worth_it(len(who) * len(shelf))):
            return interpreted(askers, shelf, ranking, who, wanted)
        views, view = use.views_of(askers, shelf, ranking), _view(wanted, shelf)
        n_of, steps = np.full(len(askers), NOTHING, dtype=np.int64), []
        with ThreadPoolExecutor(threads) as pool:
            for told, nths in self._asked(ranking, who, threads):
                shares = [nths[lo : lo + AT_ONCE] for lo in range(0, len(nths), AT_ONCE)]
                chosen = partial(_loop().chosen, *views, *told, view)
                for share, (n_chosen, *rows) in zip(shares, pool.map(chosen, shares), strict=True):
                    turns = told[0].turns[share]
                    n_of[turns] = n_chosen
                    steps.append((turns, n_chosen, *rows))
            return _joined(n_of, who, steps, pool)

    def _asked(
        self, ranking: Ranking, who: NDArray[np.intp], threads: int
    ) -> Iterator[tuple[tuple[Told, Sieve], Ints]]:
        """What is told of those who ask, and which turns of it are theirs."""
        told = self._kept(ranking, threads)
        if not told:
            portions = self._portions(ranking, who.astype(np.int64), threads)
            yield from ((one, np.arange(len(one[0].turns))) for one in portions)
            return
        wanted = np.zeros(len(self._askers), dtype=np.bool_)
        wanted[who] = True
        yield from ((one, np.flatnonzero(wanted[one[0].turns])) for one in told)

    def _kept(self, ranking: Ranking, threads: int) -> tuple[tuple[Told, Sieve], ...]:
        """What is told of everybody, nothing where that is too much to be kept."""
        with self._lock:
            if self._told is None:
                kept = []
                for told in self._portions(ranking, np.arange(len(self._askers), dtype=np.int64), threads):
                    kept.append(told)
                    if sum(one.cells.size + one.beside.size + sieve.bits.size for one, sieve in kept) > MOST_KEPT:
                        kept.clear()
                        break
                self._told = tuple(kept)
            return self._told

    def _portions(self, ranking: Ranking, who: Ints, threads: int) -> Iterator[tuple[Told, Sieve]]:
        views = use.views_of(self._askers, self._shelf, ranking)
        return ((told, _sieve(views[1], told, threads)) for told in use.told_in_portions(views, who))


def _joined(
    n_of: Ints, who: NDArray[np.intp], steps: Sequence[tuple[Ints, Ints, Codes, Any]], pool: ThreadPoolExecutor
) -> Choice:
    """The choices of all steps in the order of those who ask."""
    starts = np.cumsum(np.maximum(n_of, 0)) - np.maximum(n_of, 0)
    n = sum(len(at) for _, _, at, _ in steps)
    at, chances = np.empty(n, dtype=np.int32), np.empty((N_STAGES, n), dtype=np.int16)
    list(pool.map(lambda one: _loop().placed(*one[1:], starts[one[0]], at, chances), steps))
    return Choice(n_of[who], at, chances)


def _sieve(shelf: ShelfView, told: Told, threads: int) -> Sieve:
    """The sieve of what is told of a shelf."""
    n_lines, lets = 0, []
    of = np.full(int(told.kinds_at[-1]), NOBODY, dtype=np.int64)
    for bundle, n_kinds in enumerate(np.diff(told.kinds_at).tolist()):
        width, first = int(np.diff(shelf.tuples_at)[bundle]), int(told.cells_at[:, bundle].min())
        through = told.cells[first : first + n_kinds * width].reshape(n_kinds, width) < 1 << UNKNOWN_AT
        some = np.flatnonzero(~through.all(axis=1))
        of[told.kinds_at[bundle] + some] = n_lines + np.arange(len(some))
        codes = np.ascontiguousarray(shelf.codes[:, bundle])
        lets += [(through[at].view(np.uint8), codes) for at in np.array_split(some, len(some) // AT_ONCE + 1)]
        n_lines += len(some)
    sure = (shelf.rows[BASE] < 1 << UNKNOWN_AT).astype(np.int32)
    lets.append((np.array([[0, 1]], dtype=np.uint8), sure))
    bits = np.empty((n_lines + 1, -(-len(sure) // WORD)), dtype=np.uint64)
    starts = np.cumsum([len(part) for part, _ in lets])[:-1]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda one: _loop().sift(*one[0], one[1]), zip(lets, np.split(bits, starts), strict=True)))
    return Sieve(bits, of, bits[-1])


def interpreted(askers: Askers, shelf: Shelf, ranking: Ranking, who: NDArray[np.intp], wanted: Wanted) -> Choice:
    """The choices by the numpy twin."""
    ranking = replace(ranking, floor=0)
    n_of, told, chances = np.full(len(who), NOTHING, dtype=np.int64), [], []
    held, barred = (_sets(named, len(askers)) for named in (wanted.held, wanted.barred))
    for line, asker in enumerate(who.tolist()):
        at, _, _ = twin.first(askers, shelf, ranking, asker, len(shelf))
        packed = twin.cells_of(askers, shelf, asker)
        at = at[packed[at] < 1 << UNKNOWN_AT]
        if not len(at):
            continue
        at = at[~np.isin(at, barred[asker])]
        kept = np.isin(at, held[asker])
        kept[: wanted.top] = True
        kinds = np.zeros(len(at), dtype=np.int8) if wanted.kinds is None else wanted.kinds[at]
        for kind in np.unique(kinds).tolist():
            kept[np.flatnonzero(kinds == kind)[: wanted.each]] = True
        at = at[kept]
        at = at[np.argsort(shelf.rows.number[at], kind="stable")]
        n_of[line] = len(at)
        told.append(at.astype(np.int32))
        chances.append(twin.probabilities(packed[at], shelf, ranking).astype(np.int16))
    none = np.zeros(0, dtype=np.int32), np.zeros((N_STAGES, 0), dtype=np.int16)
    return Choice(n_of, np.concatenate([none[0], *told]), np.concatenate([none[1], *chances], axis=1))


def _sets(named: Named | None, n: int) -> list[Codes]:
    """The rows named of each."""
    if named is None:
        return [np.zeros(0, dtype=np.int32)] * n
    return np.split(named.at, np.cumsum(named.n_of)[:-1])


def _view(wanted: Wanted, shelf: Shelf) -> WantedView:
    """What is wanted as plain arrays."""
    rank = np.empty(len(shelf), dtype=np.int64)
    rank[np.argsort(shelf.rows.number, kind="stable")] = np.arange(len(shelf))
    kinds = np.zeros(len(shelf), dtype=np.int32) if wanted.kinds is None else wanted.kinds.astype(np.int32)
    none = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    held, barred = (
        none if named is None else (np.concatenate([[0], np.cumsum(named.n_of)]).astype(np.int64), named.at)
        for named in (wanted.held, wanted.barred)
    )
    return WantedView(wanted.top, wanted.each, rank, kinds, int(kinds.max()) + 1, *held, *barred)


@cache
def _loop() -> Any:
    """The compiled loop, brought in when it is first used."""
    use.loops()
    from matcher.kernels import choice_loop

    return choice_loop
