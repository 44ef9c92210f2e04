"""Plausible pairs: workers and vacancies blocked by place and travel range, so that hopeless pairs are never made.

Recall is 1 by construction against the limits used here (travel range, wish, openness): a pair left out has
verdict no. What is kept is only plausible; `eligibility` has the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.geography import code_number, place_class_codes
from matcher.pairs import UNSTATED, Pairs
from matcher.records import Channel, Vacancy, Worker
from matcher.records.wishes import accepted_rank

N_AT_ONCE: Final = 1 << 18
"""Homes times places compared in one step: two megabytes of codes."""


def is_open(vacancy: Vacancy, on: date) -> bool:
    """Whether a post may be listed at all on the day: open, and no plot of land."""
    return vacancy.channel is not Channel.MICRO_FARM and vacancy.open_on(on)


@dataclass(frozen=True, slots=True)
class Homes:
    """Workers as the blocking sees them. kind : position in the distinct (home, range) of each, -1 does not wish.

    place, travel_rank : of each distinct kind; rank -1 is not asked
    """

    kind: NDArray[np.int32]
    place: NDArray[np.int64]
    travel_rank: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Openings:
    """Vacancies as the blocking sees them: positions of the open ones, rising, and where each of these lies.

    at : position in `place`, the distinct places of work
    """

    open_ix: NDArray[np.int32]
    at: NDArray[np.intp]
    place: NDArray[np.int64]


def homes(workers: Sequence[Worker]) -> Homes:
    """Who may want to work, by home and range: a county of people has some hundred kinds."""
    kinds: dict[tuple[str, int], int] = {}
    kind = [
        -1
        if worker.wish_to_work is False
        else kinds.setdefault(
            (worker.place_code, UNSTATED if (rank := accepted_rank(worker)) is None else rank), len(kinds)
        )
        for worker in workers
    ]
    return Homes(
        kind=np.array(kind, dtype=np.int32),
        place=np.array([code_number(home) for home, _ in kinds], dtype=np.int64),
        travel_rank=np.array([rank for _, rank in kinds], dtype=np.int8),
    )


def _rank(worker: Worker) -> int:
    rank = accepted_rank(worker)
    return UNSTATED if rank is None else rank


def openings(vacancies: Sequence[Vacancy], on: date) -> Openings:
    """The vacancies that may be listed on the day, by place."""
    open_ix = [ix for ix, vacancy in enumerate(vacancies) if is_open(vacancy, on)]
    codes = np.array([code_number(vacancies[ix].place_code) for ix in open_ix], dtype=np.int64)
    place, at = np.unique(codes, return_inverse=True)
    return Openings(open_ix=np.array(open_ix, dtype=np.int32), at=at.reshape(-1), place=place)


def within_reach(people: Homes, posts: Openings) -> Pairs:
    """Pairs of willing or not yet asked workers with open vacancies inside their travel range, worker by worker."""
    of_kind = [posts.open_ix[inside[posts.at]] for inside in _inside(people, posts.place)]
    n_of_kind = np.array([len(part) for part in of_kind], dtype=np.intp)
    reaching = np.flatnonzero(people.kind >= 0)
    reaching = reaching[n_of_kind[people.kind[reaching]] > 0]
    kinds = people.kind[reaching]
    return Pairs(
        np.repeat(reaching.astype(np.int32), n_of_kind[kinds]),
        np.concatenate([np.zeros(0, dtype=np.int32), *(of_kind[kind] for kind in kinds.tolist())]),
    )


def _inside(people: Homes, places: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
    """For each kind of home, which places lie in its range; some thousand comparisons at a time."""
    n_places = len(places)
    step = max(1, N_AT_ONCE // max(1, n_places))
    for start in range(0, len(people.place), step):
        home, rank = people.place[start : start + step], people.travel_rank[start : start + step]
        classes = place_class_codes(np.repeat(home, n_places), np.tile(places, len(home))).reshape(len(home), n_places)
        yield from (rank[:, None] == UNSTATED) | (classes <= rank[:, None])


def not_shown(
    pairs: Pairs, workers: Sequence[Worker], vacancies: Sequence[Vacancy], shown: Mapping[str, frozenset[str]]
) -> NDArray[np.bool_]:
    """Which pairs were not listed before; shown : worker id -> vacancies not to be listed again. Shape (n_pairs,)."""
    position = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(vacancies)}
    listed = {
        worker_ix * len(vacancies) + position[vacancy_id]
        for worker_ix, worker in enumerate(workers)
        for vacancy_id in shown.get(worker.worker_id, ())
        if vacancy_id in position
    }
    keys = pairs.worker_ix.astype(np.int64) * len(vacancies) + pairs.vacancy_ix
    return ~np.isin(keys, np.fromiter(listed, dtype=np.int64, count=len(listed)))
