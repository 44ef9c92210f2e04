"""The numpy twin: every row of the shelf, one after the other for each who asks; needs no compiler."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.kernels.askers import Askers
from matcher.kernels.layout import MOST_PARTS, N_STAGES, NO_AT, P_ONE, UNKNOWN, UNKNOWN_AT, YES
from matcher.kernels.ranking import ADDITIVE, BALANCED, IN_BAND, PRICED, STRICT_TIER, WEIGHT_ONE, Ranking
from matcher.kernels.shelf import Shelf

Places = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def first(askers: Askers, shelf: Shelf, ranking: Ranking, asker: int, top: int) -> Places:
    """Positions on the shelf of the first `top`, their verdicts, and their scores or fits."""
    packed = cells_of(askers, shelf, asker)
    at = np.flatnonzero(packed < 1 << NO_AT)
    chances = probabilities(packed[at], shelf, ranking)
    listed = chances.prod(0) >= ranking.floor
    at, (apply, hire, keep) = at[listed], chances[:, listed]
    fit = apply * hire * keep
    if ranking.order > PRICED:
        worth, keys = fit, _order_keys(fit, shelf, ranking, at)
    else:
        worth = _score(apply * hire, keep * askers.factor[asker], shelf.rows.price[at], ranking.order)
        keys = (-worth,)
    verdict = np.where(packed[at] >> UNKNOWN_AT, UNKNOWN, YES).astype(np.int64)
    last = (_ties(askers.key[asker], shelf.rows.key[at]), -shelf.rows.waiting[at])
    best = np.lexsort((*last, *keys, -verdict))[:top]
    return at[best].astype(np.int64), verdict[best], worth[best]


def cells_of(askers: Askers, shelf: Shelf, asker: int) -> NDArray[np.int64]:
    """All cells of one who asks and each row of the shelf added up."""
    packed = shelf.rows.base + askers.own[asker]
    for ix, bundle in enumerate(shelf.bundles):
        packed += bundle_row(askers, asker, bundle, shelf.parts[ix])[shelf.rows.codes[:, ix]]
    return np.asarray(packed)


def bundle_row(askers: Askers, asker: int, bundle: tuple[int, ...], parts: NDArray[np.int32]) -> NDArray[np.int64]:
    """Cells of one who asks and every tuple of a bundle; of several no, or several unknown, one is counted."""
    total = np.zeros(len(parts), dtype=np.int64)
    for ix, relation in enumerate(bundle):
        total += askers.row(asker, relation)[parts[:, ix]]
    sums = total & ((1 << UNKNOWN_AT) - 1)
    no, unknown = total >= 1 << NO_AT, ((total >> UNKNOWN_AT) & MOST_PARTS) != 0
    return np.asarray(sums | (no.astype(np.int64) << NO_AT) | (unknown.astype(np.int64) << UNKNOWN_AT))


def probabilities(packed: NDArray[np.int64], shelf: Shelf, ranking: Ranking) -> NDArray[np.int64]:
    """Probabilities (of 2**14) of packed sums, shape (3, n)."""
    odds = shelf.layout.sums(packed) + np.array(shelf.layout.least, dtype=np.int64)
    table = ranking.logistic
    positive = table[np.minimum(np.abs(odds), len(table) - 1)]
    return np.asarray(np.where(odds >= 0, positive, P_ONE - positive).reshape(-1, N_STAGES).T)


def _score(q: NDArray[np.int64], v: NDArray[np.int64], price: NDArray[np.int64], order: int) -> NDArray[np.int64]:
    return q * v - (price << 30) if order == BALANCED else q * (v - (price << 2))


def _order_keys(
    fit: NDArray[np.int64], shelf: Shelf, ranking: Ranking, at: NDArray[np.intp]
) -> tuple[NDArray[np.int64], ...]:
    """What the order compares, the first comparison last, as `np.lexsort` reads them."""
    status = shelf.rows.status[at]
    band = -np.searchsorted(ranking.bands, fit, side="right")
    if ranking.order == IN_BAND:
        return (-fit, status, band)
    if ranking.order == STRICT_TIER:
        return (-fit, band, status)
    if ranking.order == ADDITIVE:
        return (-fit, -(_mean_bar(fit) * WEIGHT_ONE + shelf.rows.weight[at] * P_ONE))
    return (status, -fit)


def _mean_bar(fit: NDArray[np.int64]) -> NDArray[np.int64]:
    root = np.rint(np.cbrt(fit.astype(np.float64))).astype(np.int64)
    root -= root**3 > fit
    root += (root + 1) ** 3 <= fit
    return root


def _ties(key: np.uint64, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = keys ^ key
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
