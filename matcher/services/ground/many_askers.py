"""Many workers who ask at once, and many workers of whom a vacancy asks: the batch ends of `matcher.kernels`."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher import kernels, shortlist
from matcher.kernels.askers import Askers, asking, asking_alone, mixed
from matcher.pairs import Pairs
from matcher.priority import Priority
from matcher.records import Channel, Vacancy, Worker
from matcher.services.ground.relations import (
    HEAD,
    OF_VACANCY,
    OF_WORKER,
    PLACE,
    RELATIONS,
    VACANCY_PART,
    WHERE,
    WORKER_PART,
    Book,
    cells,
    coded,
    layout_of_model,
    standing_for,
    worker_keys,
)
from matcher.services.ground.vacancy_index import NOBODY, Ground, VacancyIndex, encoded_vacancies, encoded_workers

SUB_TIERS: Final = 128
"""More than any tier has: tier and sub-tier as one number."""
ONE_FACTOR: Final = 1 << 18
ANY_POST: Final = Vacancy(
    vacancy_id="", title="", channel=Channel.FLEXIBLE_WORK, place_code=NOBODY.place_code, headcount=1, occupations=()
)
"""Stands beside workers where a pair is asked of what the worker says alone."""


@dataclass(frozen=True, slots=True)
class WorkerIndex:
    """Workers by codes, as a vacancy asks of them; the numbers of the shelf are positions in the roster."""

    ground: Ground
    book: Book
    shelf: kernels.Shelf

    def __len__(self) -> int:
        return len(self.shelf)


def coded_workers(
    workers: Sequence[Worker], ground: Ground, known: Book | None = None
) -> tuple[NDArray[np.int32], Book, NDArray[np.int64]]:
    """Codes of workers, the book of these, and the packed cells of what each says alone.

    known : a book whose codes stay as they are, new ones after them
    Raises as `layout_of_model`.
    """
    # First of all: a model that cannot be indexed is asked again with every list.
    layout = layout_of_model(ground.model)
    told = encoded_workers(workers, ground.frame)
    codes, keys = coded(worker_keys(told, ground.frame), known)
    n = len(workers)
    alone = Pairs(np.arange(n, dtype=np.int32), np.zeros(n, dtype=np.int32))
    post = encoded_vacancies([ANY_POST], ground.frame)
    own = cells(OF_WORKER, told, post, alone, ground.model, ground.frame)
    return codes, standing_for(codes, keys, told, known), layout.pack(WORKER_PART, own)


def tables_of(book: Book, index: VacancyIndex) -> list[NDArray[np.int64]]:
    """Of each relation the packed cells of workers' codes and vacancies' codes, shape (codes, codes)."""
    ground, layout = index.ground, index.shelf.layout
    tables = []
    for ix, part in enumerate(RELATIONS):
        w, v = book.at[ix], index.book.at[ix]
        pairs = Pairs(np.repeat(w, len(v)), np.tile(v, len(w)))
        told = cells(part, book.records, index.book.records, pairs, ground.model, ground.frame)
        tables.append(layout.pack(ix, told).reshape(len(w), len(v)))
    return tables


def askers_of(index: VacancyIndex, workers: Sequence[Worker], factor: NDArray[np.int64]) -> Askers:
    """Workers as those who ask of the vacancies' shelf; factor : of 2**18, shape (n_workers,)."""
    codes, book, own = coded_workers(workers, index.ground)
    keys = shortlist.tie_keys([worker.worker_id for worker in workers], index.ground.seed)
    return asking(codes, own, factor, keys, tables_of(book, index))


def shelved_workers(
    codes: NDArray[np.int32],
    book: Book,
    own: NDArray[np.int64],
    keys: NDArray[np.uint64],
    ground: Ground,
    ranked: Priority | None = None,
) -> WorkerIndex:
    """The index of workers whose codes are known, numbered by position.

    own : cells of what each says alone; keys : of the last tie
    ranked : None where who comes first is told elsewhere
    """
    rows = unranked_rows(np.arange(len(codes), dtype=np.int64), codes, own, keys)
    if ranked is not None:
        status = ranked.tier.astype(np.int64) * SUB_TIERS + ranked.sub_tier
        rows = replace(rows, status=status, waiting=ranked.waiting_days.astype(np.int64), weight=ranked.weight)
    shelf = kernels.shelved(rows, layout_of_model(ground.model), head=HEAD, reach=WHERE, area_of=ranges_of(book))
    return WorkerIndex(ground, book, shelf)


def unranked_rows(
    number: NDArray[np.int64], codes: NDArray[np.int32], own: NDArray[np.int64], keys: NDArray[np.uint64]
) -> kernels.Rows:
    """Workers as rows of a shelf, nobody before anybody."""
    none = np.zeros(len(number), dtype=np.int64)
    return kernels.Rows(
        number=number, key=keys, base=own, price=none, status=none, waiting=none, weight=none, codes=codes
    )


def ranges_of(book: Book) -> NDArray[np.int32]:
    """How far those of each place code would go, as a number: who would not go far has one area for all far posts."""
    known: dict[Hashable, int] = {}
    ranges = (key[1:] for key in book.codes[PLACE] if isinstance(key, tuple))
    return np.array([known.setdefault(reach, len(known)) for reach in ranges], dtype=np.int32)


def vacancy_asking(index: WorkerIndex, vacancy: Vacancy) -> Askers:
    """A vacancy as one who asks of the workers' shelf."""
    model, frame, seed = index.ground
    told, people, layout = encoded_vacancies([vacancy], frame), index.book.records, index.shelf.layout

    def beside(at: NDArray[np.int32]) -> Pairs:
        return Pairs(at, np.zeros(len(at), dtype=np.int32))

    rows = [
        layout.pack(ix, cells(part, people, told, beside(index.book.at[ix]), model, frame))
        for ix, part in enumerate(RELATIONS)
    ]
    alone = cells(OF_VACANCY, people, told, beside(np.zeros(1, dtype=np.int32)), model, frame)
    own = int(layout.pack(VACANCY_PART, alone)[0])
    return asking_alone(rows, own, ONE_FACTOR, int(mixed(shortlist.tie_keys([vacancy.vacancy_id], seed))[0]))


def vacancies_asking(index: VacancyIndex, people: Book) -> Askers:
    """Every vacancy of an index, in the order of its shelf, as one who asks of workers told by the codes of a book."""
    rows, shelf = index.shelf.rows, index.shelf
    codes = np.empty((len(rows), len(RELATIONS)), dtype=np.int32)
    for ix, bundle in enumerate(shelf.bundles):
        codes[:, list(bundle)] = shelf.parts[ix][rows.codes[:, ix]]
    tables = [np.ascontiguousarray(table.T) for table in tables_of(people, index)]
    return asking(codes, rows.base, np.full(len(rows), ONE_FACTOR, dtype=np.int64), rows.key, tables)
