"""Plausible pairs: workers and vacancies blocked by place and travel range, so that hopeless pairs are never made.

Recall is 1 by construction against the limits used here (travel range, wish, openness): a pair left out has
verdict no. What is kept is only plausible; `eligibility` has the word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.geography import code_number, place_class_codes
from matcher.pairs import Pairs
from matcher.records import Channel, Vacancy, Worker


def is_open(vacancy: Vacancy, on: date) -> bool:
    """Whether a post may be listed at all on the day: open, and no plot of land."""
    return vacancy.channel is not Channel.MICRO_FARM and vacancy.open_on(on)


def generate(workers: Sequence[Worker], vacancies: Sequence[Vacancy], *, on: date) -> Pairs:
    """Pairs of willing or not yet asked workers with open vacancies inside their travel range, worker by worker."""
    open_ix = np.array([ix for ix, vacancy in enumerate(vacancies) if is_open(vacancy, on)], dtype=np.int32)
    by_place: dict[int, list[int]] = defaultdict(list)
    for ix in open_ix:
        by_place[code_number(vacancies[ix].place_code)].append(int(ix))
    places = np.array(list(by_place), dtype=np.int64)
    reach: dict[tuple[str, int], NDArray[np.int32]] = {}
    parts = []
    for worker in workers:
        if worker.wish_to_work is False or not len(places):
            parts.append(np.zeros(0, dtype=np.int32))
            continue
        key = (worker.place_code, -1 if worker.travel_range is None else worker.travel_range.rank)
        if key not in reach:
            reach[key] = _within(key, places, by_place)
        parts.append(reach[key])
    counts = np.array([len(part) for part in parts], dtype=np.intp)
    worker_ix = np.repeat(np.arange(len(workers), dtype=np.int32), counts)
    return Pairs(worker_ix, np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32))


def _within(key: tuple[str, int], places: NDArray[np.int64], by_place: Mapping[int, list[int]]) -> NDArray[np.int32]:
    home, rank = key
    classes = place_class_codes(np.full(len(places), code_number(home), dtype=np.int64), places)
    inside = places if rank < 0 else places[classes <= rank]
    return np.array(sorted(ix for place in inside for ix in by_place[int(place)]), dtype=np.int32)


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
