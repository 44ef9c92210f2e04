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

from matcher.allocation.sweeps import loads, runs_of
from matcher.pairs import Pairs

# Potentials closer than this between two rounds change no order that the quantised price could show.
TOLERANCE = 1e-7
FIRST_FURTHER = 1.5
GROW = 1.5
FURTHEST = 256.0
"""Of a step of a column of millions of pairs: how much further it goes at first, may go after it, and may go at all."""
LARGEST_POWER = 300.0
"""Of e: up to it products of scalings stay inside a double, for those of a price lie as far below one."""


def _log_sum_exp(values: NDArray[np.float64], starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """ln(sum(exp(values))) of each segment; segments are not empty."""
    top = np.maximum.reduceat(values, starts)
    return top + np.log(np.add.reduceat(np.exp(values - np.repeat(top, sizes)), starts))


def _segments(sorted_ix: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.intp]]:
    starts = np.concatenate([np.zeros(1, dtype=np.intp), np.flatnonzero(np.diff(sorted_ix)) + 1])
    return sorted_ix[starts], starts, np.diff(np.append(starts, len(sorted_ix)))


def solve_balanced(
    pairs: Pairs,
    value: NDArray[np.float64],
    places_left: NDArray[np.int64] | NDArray[np.float64],
    *,
    epsilon: float,
    iterations: int,
    start: NDArray[np.float64] | None = None,
    overfull: float | None = None,
) -> NDArray[np.float64]:
    """Price of each vacancy, float64, shape (n_vacancies,), >= 0; vacancies without a pair have price 0.

    pairs : eligible pairs sorted by worker; value : q * v of each pair, in [0, FACTOR_LIMIT]; places_left : shape
    (n_vacancies,), > 0 for every vacancy that has a pair; epsilon : > 0, in units of value
    start : prices to begin with, as of a plan before: from near the end it takes fewer rounds. Where openings suffice
    every start draws near the same prices, with fewer openings they may stand higher or lower together; and stopped by
    `iterations` or `overfull` each start ends on bytes of its own, its rooms kept to the same measure
    overfull : part of its room by which a vacancy may still be asked for too much, for millions of pairs; None: none
    """
    prices = np.zeros(len(places_left))
    if not len(pairs):
        return prices
    workers, worker_start, worker_size = _segments(pairs.worker_ix)
    used = np.bincount(pairs.vacancy_ix, minlength=len(places_left)) > 0
    columns, column_of = np.flatnonzero(used), (np.cumsum(used) - 1)[pairs.vacancy_ix]
    openings = places_left[columns].astype(np.float64)
    log_room = np.log(openings * max(1.0, len(workers) / openings.sum()))
    log_kernel = value / epsilon
    column = np.zeros(len(columns)) if start is None else np.minimum(0.0, -start[columns] / epsilon)
    if overfull is not None and log_kernel.max() < LARGEST_POWER:
        scaled = _scaled(
            np.exp(log_kernel),
            column_of.astype(np.int32),
            worker_start,
            log_room,
            column,
            iterations,
            overfull,
        )
        prices[columns] = -epsilon * scaled
        return prices
    by_vacancy = np.argsort(pairs.vacancy_ix, kind="stable")
    _, column_start, column_size = _segments(pairs.vacancy_ix[by_vacancy])
    worker_of = np.searchsorted(workers, pairs.worker_ix)
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


def _scaled(
    kernel: NDArray[np.float64],
    column_of: NDArray[np.int32],
    starts: NDArray[np.intp],
    log_room: NDArray[np.float64],
    column: NDArray[np.float64],
    iterations: int,
    overfull: float,
) -> NDArray[np.float64]:
    """Logarithms of the column scalings of millions of pairs: the same rounds by products instead of logarithms.

    A crowded vacancy moves by the same small step round after round. So each column goes as much further than its
    step as a line through its last two rounds says (the secant), never less and never more than FURTHEST steps.
    """
    runs = runs_of(starts, len(kernel))
    best, least = column, np.inf
    before, further = np.zeros(len(column)), np.full(len(column), FIRST_FURTHER)
    for _ in range(iterations):
        step = np.minimum(0.0, log_room - np.log(loads(kernel, column_of, starts, np.exp(column), runs))) - column
        moved = float(np.max(np.abs(step)))
        if moved < least:
            best, least = column + step, moved
        if moved < overfull:
            break
        bent = before - step
        straight = (bent == 0) | (before == 0) | (before * step > 0) & (before * bent <= 0)
        secant = further * before / np.where(straight, 1.0, bent)
        further = np.clip(np.where(straight, np.inf, secant), 1.0, np.minimum(further * GROW, FURTHEST))
        column, before = np.minimum(0.0, column + further * step), step
    return best
