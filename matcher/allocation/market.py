"""Who may be sent where, what that is worth and what limits it; and a plan of it. Integers only.

A market holds pairs that may be allocated (verdict yes, consent given); nothing in it knows a name, and nothing in
it is a person's sex. Limits that nest (a post inside a bus inside a convoy) are part of the network; others, land in
mu and groups that go together or not at all, are for the integer model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import UsageError
from matcher.pairs import Pairs

Ints = NDArray[np.int64]
NOBODY: Final = -1
"""In `Plan.vacancy_of` no place, in `Market.together` no group, in `Market.land` no limit of land."""
LARGEST_WORTH: Final = 1 << 40
"""No pair and no bonus is worth more: sums over a nation stay inside 64 bits."""
WORST: Final = -(1 << 60)
"""What somebody without a pair wins: less than any worth net of any price."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A limit several vacancies share: seats of a bus, beds of a dormitory, places of a firm.

    vacancies : positions, each once; at_most : people over all of them, >= 0
    """

    vacancies: tuple[int, ...]
    at_most: int


@dataclass(frozen=True, kw_only=True)
class Market:
    """What is to be allocated.

    pairs : what may be allocated, each pair once; worth : of each pair, 1 .. LARGEST_WORTH
    room : people each vacancy still takes, shape (n_vacancies,), any size from 0
    home : household of each worker, 0 .. n_homes - 1; bonus : what its first member with work adds, shape (n_homes,)
    kept_free : of the room of each vacancy, places only pairs `of_group` may take; shape (n_vacancies,)
    together : number of each worker's group, NOBODY without one; it goes whole to one vacancy or not at all
    load : land each pair takes, land : land of each vacancy (NOBODY: no limit), both in 0.0001 mu
    tie : a well-mixed number of each pair; decides between plans of equal value and nothing else
    """

    pairs: Pairs
    worth: Ints
    room: Ints
    home: NDArray[np.intp]
    bonus: Ints
    kept_free: Ints
    of_group: NDArray[np.bool_]
    together: NDArray[np.intp]
    shared: tuple[Shared, ...] = ()
    load: Ints
    land: Ints
    tie: NDArray[np.uint64]

    def __post_init__(self) -> None:
        """Raise UsageError for columns that do not fit together; a market is made by a program, not typed."""
        broken = [why for why, fault in self._faults() if fault]
        if broken:
            raise UsageError("; ".join(broken), where="market", remedy="Build the market anew from the records.")

    def _faults(self) -> tuple[tuple[str, bool], ...]:
        """What may be wrong with the columns, and whether it is."""
        n, m = self.n_workers, self.n_vacancies
        by_pair = (self.worth, self.of_group, self.load, self.tie)
        counts = np.concatenate([self.room, self.kept_free, self.load])
        return (
            ("a column of the pairs has another length", any(len(one) != len(self.pairs) for one in by_pair)),
            ("a column of the vacancies has another length", any(len(one) != m for one in (self.kept_free, self.land))),
            ("a column of the workers has another length", len(self.together) != n),
            ("a worth is not between 1 and 2**40", _outside(self.worth, 1, LARGEST_WORTH)),
            ("a bonus is not between 0 and 2**40", _outside(self.bonus, 0, LARGEST_WORTH)),
            ("a room, a load or a number of kept places is negative", _outside(counts, 0)),
            ("a pair names nobody of the market", _outside(self.pairs.worker_ix, 0, n - 1)),
            ("a pair names no vacancy of the market", _outside(self.pairs.vacancy_ix, 0, m - 1)),
            ("a worker's household is none", _outside(self.home, 0, len(self.bonus) - 1)),
            ("a pair stands twice", len(np.unique(self.key)) != len(self.pairs)),
        )

    @property
    def n_workers(self) -> int:
        """People of the market, with a pair or without."""
        return len(self.home)

    @property
    def n_vacancies(self) -> int:
        """Vacancies of the market, with a pair or without."""
        return len(self.room)

    @cached_property
    def key(self) -> Ints:
        """One number for each pair, rising by worker, then vacancy."""
        return self.pairs.worker_ix.astype(np.int64) * max(1, self.n_vacancies) + self.pairs.vacancy_ix

    @cached_property
    def whole(self) -> bool:
        """Whether the integer model is needed: a group of two and more, or land that may run out."""
        sizes = np.bincount(self.together[self.together >= 0], minlength=1)
        needed = np.bincount(self.pairs.vacancy_ix, weights=self.load, minlength=self.n_vacancies)
        return bool((sizes > 1).any() or ((self.land >= 0) & (needed > self.land)).any())


def market(
    pairs: Pairs, worth: Ints, room: Ints, *, home: NDArray[np.intp] | None = None, n_workers: int = 0, **limits: Any
) -> Market:
    """A market in which everything that is not given limits nothing and earns nothing.

    home : without it everybody stands alone; n_workers : without `home` how many people there are
    """
    homes = np.arange(n_workers, dtype=np.intp) if home is None else home
    n_homes = int(homes.max(initial=-1)) + 1
    plain: dict[str, Any] = {
        "bonus": np.zeros(n_homes, dtype=np.int64),
        "kept_free": np.zeros(len(room), dtype=np.int64),
        "of_group": np.zeros(len(pairs), dtype=np.bool_),
        "together": np.full(len(homes), NOBODY, dtype=np.intp),
        "load": np.zeros(len(pairs), dtype=np.int64),
        "land": np.full(len(room), NOBODY, dtype=np.int64),
        "tie": np.zeros(len(pairs), dtype=np.uint64),
    }
    return Market(pairs=pairs, worth=worth, room=room, home=homes, **(plain | limits))


@dataclass(frozen=True, slots=True)
class Plan:
    """Who goes where: `vacancy_of` each worker (NOBODY: nowhere), its value, and a value no plan exceeds.

    method : flow (exact), integer (with its gap), auction (with its gap)
    """

    vacancy_of: NDArray[np.int32]
    value: int
    bound: int
    method: str

    @property
    def gap(self) -> float:
        """Share of the bound that may be missing; 0 is proven best."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def chosen(of: Market, vacancy_of: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which pairs of the market a plan uses, shape (n_pairs,)."""
    return np.asarray(vacancy_of[of.pairs.worker_ix] == of.pairs.vacancy_ix)


def value_of(of: Market, vacancy_of: NDArray[np.int32]) -> int:
    """Worth of the pairs a plan uses and the bonus of each household with somebody placed.

    vacancy_of : the plan, the vacancy of each worker, NOBODY without one, shape (n_workers,)
    """
    covered = np.unique(of.home[vacancy_of >= 0])
    return int(of.worth[chosen(of, vacancy_of)].sum()) + int(of.bonus[covered].sum())


def _outside(column: NDArray[Any], least: int, most: int | None = None) -> bool:
    return bool((column < least).any() or (most is not None and (column > most).any()))
