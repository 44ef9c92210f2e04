"""The three probabilities of pairs that are known already, by the same cells as the search; compiled, or by numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher import machine_code
from matcher.kernels.askers import Askers
from matcher.kernels.layout import N_STAGES, UNKNOWN_AT, chances_of_sums
from matcher.kernels.ranking import BALANCED, Ranking
from matcher.kernels.shelf import Shelf
from matcher.kernels.use import is_ready, views_of

AT_ONCE: Final = 1 << 17
"""Pairs whose columns stay in the cache."""


def chances_of(
    askers: Askers, shelf: Shelf, logistic: NDArray[np.int64], who: NDArray[np.int32], at: NDArray[np.int32],
    *, threads: int = 1,
) -> NDArray[np.int16]:  # fmt: skip
    """p_apply, p_hire and p_keep (of 2**14) of each pair, shape (3, n_pairs); verdicts are not looked at.

    who : position of who asks; at : row of the shelf, both shape (n_pairs,); logistic : as in `Ranking`
    """
    many = is_ready() or len(who) >= AT_ONCE
    means = compiled if many and machine_code.is_available() else interpreted
    return means(askers, shelf, logistic, who, at, threads=threads)


def compiled(
    askers: Askers, shelf: Shelf, logistic: NDArray[np.int64], who: NDArray[np.int32], at: NDArray[np.int32],
    *, threads: int = 1,
) -> NDArray[np.int16]:  # fmt: skip
    """The probabilities by the compiled loop."""
    told = np.empty((N_STAGES, len(who)), dtype=np.int16)
    ranking = Ranking(logistic, BALANCED, np.zeros(0, dtype=np.int64))
    asking, offering, rules = views_of(askers, shelf, ranking)
    run = _loop().reckon

    def reckon(lo: int) -> None:
        run(asking, offering, rules, who, at, lo, min(lo + AT_ONCE, len(who)), told)

    _all(reckon, len(who), threads)
    return told


def interpreted(
    askers: Askers, shelf: Shelf, logistic: NDArray[np.int64], who: NDArray[np.int32], at: NDArray[np.int32],
    *, threads: int = 1,
) -> NDArray[np.int16]:  # fmt: skip
    """The probabilities by numpy."""
    told = np.empty((N_STAGES, len(who)), dtype=np.int16)
    tables = list(_tables(shelf, logistic))

    def reckon(lo: int) -> None:
        hi = lo + AT_ONCE
        sums = _sums(askers, shelf, who[lo:hi], at[lo:hi])
        for stage, (shift, mask, table) in enumerate(tables):
            told[stage, lo:hi] = table[(sums >> shift) & mask]

    _all(reckon, len(who), threads)
    return told


def _all(reckon: Callable[[int], None], n: int, threads: int) -> None:
    """Every portion of n pairs, threads beside each other if there are several portions."""
    steps = range(0, n, AT_ONCE)
    if threads == 1 or len(steps) < 2:
        for lo in steps:
            reckon(lo)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(reckon, steps))


@cache
def _loop() -> Any:
    """The compiled loop, brought in when it is first used."""
    from matcher.kernels import chances_loop

    return chances_loop


def _tables(shelf: Shelf, logistic: NDArray[np.int64]) -> Iterator[tuple[int, int, NDArray[np.int16]]]:
    """Of each stage where its sum lies and the probability of every sum."""
    layout = shelf.layout
    tables = chances_of_sums(layout.widths, layout.least, logistic)
    for shift, width, table in zip(layout.shifts, layout.widths, tables, strict=True):
        yield shift, (1 << width) - 1, table.astype(np.int16)


def _sums(askers: Askers, shelf: Shelf, who: NDArray[np.int32], at: NDArray[np.int32]) -> NDArray[np.int64]:
    """Packed sums of all cells of pairs, their verdicts taken off."""
    packed = shelf.rows.base[at] + askers.own[who]
    for ix, bundle in enumerate(shelf.bundles):
        tuples = shelf.parts[ix][shelf.rows.codes[at, ix]]
        for offset, relation in enumerate(bundle):
            cell = askers.cells_at[relation] + askers.n_codes[relation] * askers.codes[who, relation].astype(np.int64)
            packed += askers.values[askers.values_at[relation] + askers.cells[cell + tuples[:, offset]]]
    return np.asarray(packed & ((1 << UNKNOWN_AT) - 1))
