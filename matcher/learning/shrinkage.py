"""What is left of firms and towns once the tables are known: offsets drawn to 0 by empirical Bayes.

How much firms differ at all is read from the log (method of moments, Morris 1983): where they differ no more than luck
would make them, a record counts for nothing; at most it counts half after ten rows (n0 = 10, QUALITY section 6). A firm
nobody knows has no offset, nor has a name behind which few households stand: a model file can be read by anybody, and
what it says of the way from a village to a city must not say what two people did.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.learning.calibration import probability
from matcher.learning.limits import limits

Floats = NDArray[np.float64]
PSEUDO_COUNT: Final = 10.0
LIMIT: Final = 1.0
"""Most that a firm's or a town's record may add or take away (log-odds)."""
STEPS: Final = 8


def offsets(
    names: NDArray[np.str_],
    log_odds: Floats,
    label: NDArray[np.bool_],
    weight: Floats,
    *,
    pseudo: float = PSEUDO_COUNT,
    cluster: NDArray[np.int64] | None = None,
) -> dict[str, float]:
    """Name -> offset in log-odds: the mode under a Gaussian prior worth `pseudo` average rows or more; "" is nobody.

    cluster : post of each row; rows of one post share what is peculiar to it, which is no record of a firm: they count
    for less, by how much posts of one name differ among themselves. Empty where names differ no more than by luck.
    """
    mine = names != ""
    known, of = np.unique(names[mine], return_inverse=True)
    if not len(known):
        return {}
    base, yes, given = log_odds[mine], label[mine], weight[mine]
    p = probability(base)
    alone = given
    if cluster is not None:
        given = given * _of_posts(of * (int(cluster.max()) + 1) + cluster[mine], of, given, yes - p, p * (1 - p))
    surplus = np.bincount(of, given * (yes - p), len(known))
    # What rows of one post share is in their weight already: it spreads as far as so many rows alone would.
    spread = np.bincount(of, given * alone * p * (1 - p), len(known))
    information = np.bincount(of, given * p * (1 - p), len(known))
    variance = float((surplus**2 - spread).sum() / (information**2).sum())
    if variance <= 0:
        return {}
    held = max(1.0 / variance, pseudo * float(np.average(p * (1 - p), weights=given)))
    told = np.zeros(len(known))
    for _ in range(STEPS):
        p = probability(base + told[of])
        gradient = np.bincount(of, given * (yes - p), len(known)) - held * told
        step = gradient / (np.bincount(of, given * p * (1 - p), len(known)) + held)
        told = np.clip(told + np.clip(step, -LIMIT, LIMIT), -LIMIT, LIMIT)
    return {str(name): float(value) for name, value in zip(known, told, strict=True)}


def _of_posts(post: NDArray[np.int64], of: NDArray[np.intp], given: Floats, left: Floats, slope: Floats) -> Floats:
    """What each row counts for, at most 1: that of a post's rows together is bounded by 1 / variance between posts.

    The variance between posts of one name is that of all posts less that of names, which is read off products of
    different posts of a name: these share nothing but the name.
    """
    _, first, inner = np.unique(post, return_index=True, return_inverse=True)
    name, n = of[first], int(of.max()) + 1
    surplus, information = np.bincount(inner, given * left), np.bincount(inner, given * slope)
    spread = np.bincount(inner, given**2 * slope)
    crossed = (np.bincount(name, information, n) ** 2).sum() - (information**2).sum()
    names = ((np.bincount(name, surplus, n) ** 2).sum() - (surplus**2).sum()) / crossed if crossed > 0 else 0.0
    posts = max(0.0, float((surplus**2 - spread).sum() / (information**2).sum() - max(0.0, names)))
    return np.asarray(1.0 / (1.0 + posts * information[inner]))


def of_many(names: NDArray[np.str_], homes: NDArray[np.int64]) -> NDArray[np.str_]:
    """The names, "" in place of those with rows of fewer than `limits.fewest_households` households."""
    known, of = np.unique(names, return_inverse=True)
    pairs = np.unique(np.stack([of, homes]), axis=1)
    n_homes = np.bincount(pairs[0], minlength=len(known))
    return np.asarray(np.where(n_homes[of] >= limits().fewest_households, names, ""))


def offset_of(names: NDArray[np.str_], known: dict[str, float]) -> Floats:
    """The offset of each row, 0 for whom nothing is known of."""
    return np.array([known.get(name, 0.0) for name in names.tolist()], dtype=np.float64)
