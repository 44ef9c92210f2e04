"""Candidates of each worker in large rosters: chosen with capacity in mind, and some of every channel.

The best by score alone are the same posts for everybody. So rough prices are solved over a sample of the workers
first, and what is best net of them is kept, with the best few of each channel beside it (QUALITY section 4: the top
20 by score lose 5 %, 40 chosen so lose next to nothing). Only the solver looks at fewer pairs; lists never do.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.priced import Floats, solve_priced
from matcher.pairs import Pairs

SAMPLE_PAIRS: Final = 250_000
"""Pairs on which rough prices are solved."""
ROUGH_STEPS: Final = 40
PER_CHANNEL: Final = 4
"""Best of each channel that are kept beside the best of all; a crowd's plan keeps one fewer, see `plan_crowd`."""


def rough_prices(pairs: Pairs, q: Floats, v: Floats, openings: Floats, *, top: int, taken: float) -> Floats:
    """Prices over every so many-th worker with the same share of the openings, float64 of shape (n_vacancies,).

    q, v : of each pair, shape (n_pairs,); openings : shape (n_vacancies,); they and the rest as in `solve_priced`
    """
    every = -(-len(pairs) // SAMPLE_PAIRS)
    drawn = np.flatnonzero(pairs.worker_ix % every == 0)
    share = len(np.unique(pairs.worker_ix[drawn])) / max(1, len(np.unique(pairs.worker_ix)))
    plan = solve_priced(
        pairs.take(drawn), q[drawn], v[drawn], openings * share, top=top, taken=taken, iterations=ROUGH_STEPS
    )
    return plan.prices


def narrowed(
    pairs: Pairs, net: Floats, *, channel: NDArray[np.int8], tie: NDArray[np.uint64], width: int
) -> NDArray[np.intp]:
    """Positions of the pairs kept, rising: the best `width` of each worker, and the best PER_CHANNEL of each channel.

    pairs : sorted by worker; net : q * (v - rough price) of each; channel : of each vacancy; tie : of each pair, the
    smaller first among equal ones, so that not everybody keeps the same of them
    """
    best = np.lexsort((tie, -net, pairs.worker_ix))
    keep = np.zeros(len(pairs), dtype=np.bool_)
    keep[best[_place(pairs.worker_ix[best]) < width]] = True
    group = pairs.worker_ix.astype(np.int64) * (int(channel.max(initial=0)) + 1) + channel[pairs.vacancy_ix]
    by_channel = best[np.argsort(group[best], kind="stable")]
    keep[by_channel[_place(group[by_channel]) < PER_CHANNEL]] = True
    return np.flatnonzero(keep)


def _place(group: NDArray[np.signedinteger]) -> NDArray[np.intp]:
    """Position of each row in its run of equal values."""
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, dtype=np.intp)
    return np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
