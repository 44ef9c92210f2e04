"""A worker who asks of an index: what is the same for everybody of one key is worked out once."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher import eligibility, features, shortlist
from matcher.kernels.askers import Askers, asking_alone
from matcher.kernels.layout import NO_AT
from matcher.records import Worker
from matcher.services.ground.asker_keys import AskerKeys, asker_keys
from matcher.services.ground.relations import OF_WORKER, RELATIONS, WORKER_PART, Workers, cells
from matcher.services.ground.vacancy_index import VacancyIndex, beside_one, encoded_workers


@dataclass(frozen=True)
class Person:
    """A worker who asks; the columns are made where an index has not been asked by anybody of a key."""

    worker: Worker
    frame: eligibility.Frame
    keys: AskerKeys

    @cached_property
    def told(self) -> Workers:
        """The worker's columns."""
        return encoded_workers([self.worker], self.frame)


@dataclass(frozen=True, slots=True)
class Asking:
    """A worker who asks of an index. keys : of each relation; askers : for its shelf"""

    person: Person
    askers: Askers

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """Of each relation."""
        return self.person.keys.relations


def cells_where(
    index: VacancyIndex, asking: Asking, relation: int, term: str, values: Collection[int]
) -> NDArray[np.int64]:
    """Cells of a relation that refuse whatever gives a term another value; none at all where nothing would be left."""
    key = ("only", term, tuple(values), asking.keys[relation])
    row = index.told.get(key)
    if row is None:
        among = np.isin(told_of_codes(index, asking, relation, term), list(values))
        own = asking.askers.row(0, relation)
        row = np.where(among, own, own | (1 << NO_AT)) if among.any() else own[:0]
        index.told.keep(key, row)
    return np.asarray(row)


def asking_of(index: VacancyIndex, worker: Worker, factor: int) -> Asking:
    """A worker as one who asks of an index: every relation asked of the records that stand for its codes."""
    _, frame, seed = index.ground
    person = Person(worker, frame, asker_keys(worker, frame))
    rows = [_row(index, ix, key, person) for ix, key in enumerate(person.keys.relations)]
    return Asking(person, asking_alone(rows, _own(index, person), factor, shortlist.tie_key(worker.worker_id, seed)))


def _own(index: VacancyIndex, person: Person) -> int:
    """The cell of what a worker says alone; of few kinds, each asked about once."""
    key = (WORKER_PART, person.keys.alone)
    cell = index.told.get(key)
    if cell is None:
        alone, (model, frame, _) = beside_one(np.zeros(1, dtype=np.int32)), index.ground
        told = cells(OF_WORKER, person.told, index.book.records, alone, model, frame)
        cell = index.shelf.layout.pack(WORKER_PART, told)
        index.told.keep(key, cell)
    return int(cell[0])


def _row(index: VacancyIndex, ix: int, key: Hashable, person: Person) -> NDArray[np.int64]:
    """Cells of a worker of a key and every code of a relation; whoever has the same key asks once more for nothing."""
    row = index.told.get((ix, key))
    if row is None:
        pairs, (model, frame, _) = beside_one(index.book.at[ix]), index.ground
        row = index.shelf.layout.pack(ix, cells(RELATIONS[ix], person.told, index.book.records, pairs, model, frame))
        index.told.keep((ix, key), row)
    return row


def told_of_codes(index: VacancyIndex, asking: Asking, relation: int, term: str) -> NDArray[np.int32]:
    """Values of a term of a relation for a worker and each of its codes; int32, shape (n_codes,)."""
    key = asking.keys[relation]
    values = index.told.get((term, key))
    if values is None:
        pairs = beside_one(index.book.at[relation])
        values = features.term_values(pairs, asking.person.told.codes, index.book.records.codes, [term])[term]
        index.told.keep((term, key), values)
    return np.asarray(values)
