"""One line of a longer list that widens the choice: another trade or place, inside what the person would travel.

DESIGN section 2: lists of five or more may carry one, named as such; kiosk and text messages never do. It takes the
last place, and only where the list holds nothing of the kind already.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher import scoring, shortlist
from matcher.explanation import Verdict
from matcher.features import VOCABULARY
from matcher.pairs import Pairs
from matcher.services.rounds.match_round import Round

FEWEST_LINES: Final = 5
"""A shorter list has no place to give away."""


def ranked_lines(solved: Round, *, top: int, stretch: bool) -> Pairs:
    """The lines of every worker's list, best first; with `stretch` the last of a full one may widen the choice.

    Column stretch (int8) says which line does.
    """
    ranked = shortlist.worker_lists(solved.pairs, solved.worker_keys, solved.vacancy_keys, top=top)
    if not stretch or top < FEWEST_LINES:
        return ranked.with_columns(stretch=np.zeros(len(ranked), dtype=np.int8))
    pairs, floor = solved.pairs, scoring.fit_floor(solved.means.settings.fit_floor_permille)
    wider = pairs.take((pairs["verdict"] == Verdict.YES) & (pairs["fit"] >= floor) & _wide(solved, pairs))
    best = shortlist.worker_lists(wider, solved.worker_keys, solved.vacancy_keys, top=1)
    return _replaced(ranked, best, _wide(solved, ranked), top)


def _wide(solved: Round, pairs: Pairs) -> NDArray[np.bool_]:
    """Pairs of a trade that is neither the worker's own nor wished, or of a place beside those that were wished."""
    row = pairs["row"]

    def is_(term: str, *cells: str) -> NDArray[np.bool_]:
        names = VOCABULARY[term] or ()
        return np.isin(solved.values[term][row], [names.index(cell) for cell in cells])

    another_trade = is_("trade", "none") & is_("preferred_trade", "other", "not_stated")
    return np.asarray(another_trade | is_("preferred_place", "other"))


def _replaced(ranked: Pairs, best: Pairs, wide: NDArray[np.bool_], top: int) -> Pairs:
    """The last line of each full list without a wide one gives way to the worker's best of that kind."""
    workers, first, n_lines = np.unique(ranked.worker_ix, return_index=True, return_counts=True)
    n_wide = np.bincount(np.searchsorted(workers, ranked.worker_ix), weights=wide, minlength=len(workers))
    sure = ranked["verdict"][first + n_lines - 1] == Verdict.YES
    narrow = (n_lines == top) & (n_wide == 0) & sure
    at = np.searchsorted(workers, best.worker_ix)
    given = narrow[at] if len(at) else np.zeros(0, dtype=np.bool_)
    lines = np.arange(len(ranked))
    lines[(first + n_lines - 1)[at[given]]] = len(ranked) + np.flatnonzero(given)
    both = Pairs(
        np.concatenate([ranked.worker_ix, best.worker_ix]),
        np.concatenate([ranked.vacancy_ix, best.vacancy_ix]),
        {name: np.concatenate([column, best[name]]) for name, column in ranked.columns.items()},
    )
    return both.take(lines).with_columns(stretch=(lines >= len(ranked)).astype(np.int8))
