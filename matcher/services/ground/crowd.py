"""The people of a roster on one shelf, kept from one state of the store to the next: what every order asks of.

Nothing here knows an order's document: who comes first stands beside the crowd (`roster_columns.ranked`), so that one
crowd serves every order of the day.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher import kernels, shortlist
from matcher.kernels.everybody import Everybody, everybody
from matcher.records import Vacancy, Worker
from matcher.scoring.kernel import logistic_table
from matcher.services.ground.carried import Origins, carried_on
from matcher.services.ground.many_askers import (
    WorkerIndex,
    coded_workers,
    ranges_of,
    shelved_workers,
    unranked_rows,
    vacancy_asking,
)
from matcher.services.ground.relations import RESERVED, Book, beside, standings
from matcher.services.ground.roster_columns import ROSTERS_KEPT
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, encoded_workers

GONE: Final = -1


@dataclass(frozen=True, slots=True)
class Crowd:
    """A roster by codes, numbered by position. n_added : people encoded into the index since it was made anew"""

    index: WorkerIndex
    n_added: int = 0

    def asked(self, vacancy: Vacancy) -> Everybody:
        """Verdict and fit of everybody for a vacancy, in the order of the roster."""
        index = self.index
        found = everybody(vacancy_asking(index, vacancy), index.shelf, logistic_table())
        at, n = index.shelf.rows.number, len(index)
        verdict, fit = np.empty(n, dtype=np.int8), np.empty(n, dtype=np.int64)
        verdict[at], fit[at] = found.verdict, found.fit
        return Everybody(verdict, fit)

    def keys(self) -> NDArray[np.uint64]:
        """Keys of the last tie, in the order of the roster."""
        rows = self.index.shelf.rows
        told = np.empty(len(rows), dtype=np.uint64)
        told[rows.number] = rows.key
        return told


def crowd_of(workers: Sequence[Worker], ground: Ground, means: Means) -> Crowd:
    """The crowd of a shared list, kept for the day, the readers and the seed. Raises as `layout_of_model`."""
    return carried_on(
        means.remembered,
        "crowds",
        workers,
        make=lambda: _of_other_readers(workers, ground, means) or made_of(workers, ground),
        carry=lambda before, moved: with_moves(before, workers, moved),
        by=_by(ground),
        n_kept=2 * ROSTERS_KEPT,
    )


def _by(ground: Ground, *, other: bool = False) -> Hashable:
    return ground.frame.on, ground.frame.public is not other, ground.seed


def _of_other_readers(workers: Sequence[Worker], ground: Ground, means: Means) -> Crowd | None:
    """The crowd out of that of other readers, if there is one: only what reserved posts ask is another question."""
    known = means.remembered.known("crowds", _by(ground, other=True))
    crowd = next((value for lists, value in known if lists[0] is workers), None)
    return None if crowd is None else for_readers(crowd, workers, ground)


def for_readers(crowd: Crowd, workers: Sequence[Worker], ground: Ground) -> Crowd:
    """The crowd of these very workers for other readers: nobody is encoded but one for each different standing."""
    index, rows = crowd.index, crowd.index.shelf.rows
    known: dict[Hashable, int] = {}
    standing = np.array([known.setdefault(key, len(known)) for key in standings(workers, ground.frame)], dtype=np.int32)
    _, first = np.unique(standing, return_index=True)
    stand_ins = encoded_workers([workers[ix] for ix in first.tolist()], ground.frame)
    book = index.book
    n_before = len(book.records.codes.place)
    codes, at = list(book.codes), list(book.at)
    codes[RESERVED], at[RESERVED] = known, np.arange(n_before, n_before + len(first), dtype=np.int32)
    book = Book(tuple(codes), beside(book.records, stand_ins), tuple(at))
    told = np.stack([kernels.codes_of(index.shelf, relation) for relation in range(len(codes))], 1)
    told[:, RESERVED] = standing[rows.number]
    in_order = np.argsort(rows.number)
    return Crowd(shelved_workers(told[in_order], book, rows.base[in_order], rows.key[in_order], ground), crowd.n_added)


def made_of(workers: Sequence[Worker], ground: Ground) -> Crowd:
    """The crowd of a roster, everybody encoded."""
    codes, book, own = coded_workers(workers, ground)
    return Crowd(shelved_workers(codes, book, own, _ties(workers, ground), ground))


def with_moves(before: Crowd, workers: Sequence[Worker], moved: Origins) -> Crowd | None:
    """The crowd of the list after: only who is new there is encoded. None once more were added than there are people,
    for codes nobody uses any more stay in the book."""
    index, n_added = before.index, before.n_added + len(moved.fresh)
    if n_added > len(workers):
        return None
    number = np.full(len(index), GONE, dtype=np.int64)
    stays = np.flatnonzero(moved.before >= 0)
    number[moved.before[stays]] = stays
    shelf = index.shelf
    renumbered = replace(shelf, rows=replace(shelf.rows, number=number[shelf.rows.number]))
    new = [workers[ix] for ix in moved.fresh.tolist()]
    codes, book, own = coded_workers(new, index.ground, index.book) if new else (_none(index), index.book, _no_cells())
    rows = unranked_rows(moved.fresh.astype(np.int64), codes, own, _ties(new, index.ground))
    after = kernels.changed(renumbered, np.array([GONE], dtype=np.int64), rows, ranges_of(book))
    return Crowd(WorkerIndex(index.ground, book, after), n_added)


def _ties(workers: Sequence[Worker], ground: Ground) -> NDArray[np.uint64]:
    return shortlist.tie_keys([worker.worker_id for worker in workers], ground.seed)


def _none(index: WorkerIndex) -> NDArray[np.int32]:
    return np.zeros((0, len(index.book.codes)), dtype=np.int32)


def _no_cells() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)
