"""What a search asks of each village, trade and skill, told for everybody at once before the first of them asks.

A process that has just begun would tell it one asker at a time; the rows are the same, and go when a record changes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

import numpy as np

from matcher import features
from matcher.errors import ModelError, UsageError
from matcher.pairs import Pairs
from matcher.ports import RosterStore, Shared
from matcher.services.ground.answering import prices_of, vacancies_at, workers_at
from matcher.services.ground.kept_index import FEWEST_INDEXED, kept_indexes
from matcher.services.ground.relations import RELATIONS, Workers, cells, worker_keys
from matcher.services.ground.rulebook import Means
from matcher.services.ground.told_rows import MOST_BYTES
from matcher.services.ground.vacancy_index import TERMS_OF, Ground, VacancyIndex, encoded_workers
from matcher.services.rounds.match_round import law_frame
from matcher.services.rounds.posts_at_once import Asked

MOST_ASKERS: Final = 50_000
"""People whose villages, trades and skills are looked at; the others' are mostly the same."""
MOST_PAIRS: Final = 1 << 19
"""Pairs told in one step: other threads wait for no step longer than some tenths of a second."""


def tell_rows_ahead(store: RosterStore, means: Means, asked: Asked) -> int:
    """Tell the rows of the index that lists of these readers are searched in; how many, 0 where there is no index."""
    vacancies, workers = vacancies_at(store, asked.revision), workers_at(store, asked.revision)
    if not isinstance(vacancies, Shared) or not isinstance(workers, Shared) or len(vacancies) < FEWEST_INDEXED:
        return 0
    ground = Ground(means.model, law_frame(means, asked.on, public=asked.public), asked.seed)
    try:
        index = kept_indexes(means).of(vacancies, ground, prices_of(asked.plan))
    except (ModelError, UsageError):
        # As the first list will be told: the whole round says which price or table it is.
        return 0
    if not len(index):
        return 0
    told = encoded_workers(workers[:MOST_ASKERS], ground.frame)
    return sum(_told(index, ix, keys, told) for ix, keys in enumerate(worker_keys(told, ground.frame)))


def _told(index: VacancyIndex, relation: int, keys: Iterable[Hashable], told: Workers) -> int:
    """Tell the rows of a relation for one worker of each key, while half of the room is free; how many."""
    first: dict[Hashable, int] = {}
    for at, key in enumerate(keys):
        first.setdefault(key, at)
    fresh = [(key, at) for key, at in first.items() if index.told.get((relation, key)) is None]
    n_codes = len(index.book.at[relation])
    step = max(1, MOST_PAIRS // max(1, n_codes))
    for start in range(0, len(fresh), step):
        if index.told.n_bytes > MOST_BYTES // 2:
            return start
        _tell(index, relation, fresh[start : start + step], told)
    return len(fresh)


def _tell(index: VacancyIndex, relation: int, fresh: list[tuple[Hashable, int]], told: Workers) -> None:
    """Cells and term values of one worker of each key beside every code of the relation."""
    (model, frame, _), at = index.ground, index.book.at[relation]
    people = np.array([worker_ix for _, worker_ix in fresh], dtype=np.int32)
    pairs, shape = Pairs(np.repeat(people, len(at)), np.tile(at, len(people))), (len(people), len(at))
    packed = index.shelf.layout.pack(
        relation, cells(RELATIONS[relation], told, index.book.records, pairs, model, frame)
    )
    values = features.term_values(pairs, told.codes, index.book.records.codes, TERMS_OF[relation])
    # Each row is a copy of its own: it may give way to another while its neighbours stay.
    for (key, _), row in zip(fresh, packed.reshape(shape), strict=True):
        index.told.keep((relation, key), row.copy())
    for term, told_of_term in values.items():
        for (key, _), told_row in zip(fresh, told_of_term.reshape(shape), strict=True):
            index.told.keep((term, key), told_row.copy())
