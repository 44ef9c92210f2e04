"""Slot prices in mode `balanced`: entropic transport between workers and openings.

Every worker spreads one unit over vacancies in proportion to exp(value / epsilon), or keeps it; a vacancy takes
no more than its openings. The column scaling that enforces this is the slot price: price = -epsilon ln(scaling),
0 where nobody crowds. When a county has fewer openings than workers, openings are scaled up to the number of
workers, which is the balanced plan of the trial in QUALITY section 3 (hand + OT). Source: entropic optimal
transport by matrix scaling (Cuturi 2013), in the log domain over the pairs that exist.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.pairs import Pairs

# Potentials closer than this between two rounds change no order that the quantised price could show.
TOLERANCE = 1e-7


def _log_sum_exp(values: NDArray[np.float64], starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """ln(sum(exp(values))) of each segment; segments are not empty."""
    top = np.maximum.reduceat(values, starts)
    return top + np.log(np.add.reduceat(np.exp(values - np.repeat(top, sizes)), starts))


def _segments(sorted_ix: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.intp]]:
    distinct, starts, sizes = np.unique(sorted_ix, return_index=True, return_counts=True)
    return distinct, starts.astype(np.intp), sizes.astype(np.intp)


def solve_balanced(
    pairs: Pairs,
    value: NDArray[np.float64],
    places_left: NDArray[np.int64],
    *,
    epsilon: float,
    iterations: int,
) -> NDArray[np.float64]:
    """Price of each vacancy, float64, shape (n_vacancies,), >= 0; vacancies without a pair have price 0.

    pairs : eligible pairs sorted by worker; value : q * v of each pair, in [0, FACTOR_LIMIT]; places_left : shape
    (n_vacancies,), > 0 for every vacancy that has a pair; epsilon : > 0, in units of value
    """
    prices = np.zeros(len(places_left))
    if not len(pairs):
        return prices
    by_vacancy = np.argsort(pairs.vacancy_ix, kind="stable")
    workers, worker_start, worker_size = _segments(pairs.worker_ix)
    columns, column_start, column_size = _segments(pairs.vacancy_ix[by_vacancy])
    worker_of, column_of = np.searchsorted(workers, pairs.worker_ix), np.searchsorted(columns, pairs.vacancy_ix)
    openings = places_left[columns].astype(np.float64)
    log_room = np.log(openings * max(1.0, len(workers) / openings.sum()))
    log_kernel = value / epsilon
    column = np.zeros(len(columns))
    for _ in range(iterations):
        row = -np.logaddexp(0.0, _log_sum_exp(log_kernel + column[column_of], worker_start, worker_size))
        load = _log_sum_exp((log_kernel + row[worker_of])[by_vacancy], column_start, column_size)
        update = np.minimum(0.0, log_room - load)
        moved = float(np.max(np.abs(update - column)))
        column = update
        if moved * epsilon < TOLERANCE:
            break
    prices[columns] = -epsilon * column
    return prices
