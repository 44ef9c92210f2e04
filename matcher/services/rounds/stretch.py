"""One line of a longer list that widens the choice: another trade or place, inside what the person would travel.

DESIGN section 2: lists of five or more may carry one, named as such; kiosk and text messages never do. It takes the
last place, and only where the list holds nothing of the kind already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher import kernels, shortlist
from matcher.explanation import Verdict
from matcher.features import VOCABULARY
from matcher.kernels.layout import NO_AT
from matcher.pairs import Pairs
from matcher.services.ground.asking import Asking, cells_where
from matcher.services.ground.relations import TRADE, WISH_PLACE, WISH_TRADE
from matcher.services.ground.vacancy_index import VacancyIndex
from matcher.services.rounds.match_round import Round, floor_of_fit

FEWEST_LINES: Final = 5
"""A shorter list has no place to give away."""
RELATION_OF: Final = {"trade": TRADE, "preferred_trade": WISH_TRADE, "preferred_place": WISH_PLACE}
"""Terms that say whether a pair widens the choice, and the relations that hold them."""
NO_TRADE_OF_MINE: Final = ("trade", "none")
NO_WISH_OF_MINE: Final = ("preferred_trade", "other", "not_stated")
ANOTHER_PLACE: Final = ("preferred_place", "other")
"""A term, and its values."""


Kind = Mapping[int, NDArray[np.int64]]
"""What some relations say of nothing but what is of a kind: cells by relation, see `asking.cells_where`."""


def _cells(term: str, *cells: str) -> tuple[int, ...]:
    names = VOCABULARY[term] or ()
    return tuple(names.index(cell) for cell in cells)


_TRADES: Final = _cells(*NO_TRADE_OF_MINE)
_WISHED_TRADES: Final = _cells(*NO_WISH_OF_MINE)
_PLACES: Final = _cells(*ANOTHER_PLACE)


def ranked_lines(solved: Round, *, top: int, stretch: bool) -> Pairs:
    """The lines of every worker's list, best first; with `stretch` the last of a full one may widen the choice.

    Column stretch (int8) says which line does.
    """
    ranked = shortlist.worker_lists(solved.pairs, solved.worker_keys, solved.vacancy_keys, top=top)
    if not stretch or top < FEWEST_LINES:
        return ranked.with_columns(stretch=np.zeros(len(ranked), dtype=np.int8))
    best = shortlist.worker_lists(_wider(solved), solved.worker_keys, solved.vacancy_keys, top=1)
    return _replaced(ranked, best, _wide(solved, ranked), top)


def wide_kinds(index: VacancyIndex, asking: Asking) -> list[Kind]:
    """What widens the choice of a worker: another trade, or another place; no kind that nothing on the shelf is of."""
    kinds = ({"trade": _TRADES, "preferred_trade": _WISHED_TRADES}, {"preferred_place": _PLACES})
    told = [
        {RELATION_OF[term]: cells_where(index, asking, RELATION_OF[term], term, cells) for term, cells in kind.items()}
        for kind in kinds
    ]
    return [kind for kind in told if all(len(row) for row in kind.values())]


def is_any_of(index: VacancyIndex, kind: Kind, rows: NDArray[np.int64]) -> bool:
    """Whether any of some rows of the shelf, which may all be listed, is of a kind."""
    told = [row[kernels.codes_of(index.shelf, relation, rows)] < 1 << NO_AT for relation, row in kind.items()]
    return bool(np.logical_and.reduce(told).any())


def _wider(solved: Round) -> Pairs:
    """Pairs that may take the last place of a list: sure, good enough, and of a wider choice."""
    pairs, floor = solved.pairs, floor_of_fit(solved.order[0], solved.means)
    return pairs.take((pairs["verdict"] == Verdict.YES) & (pairs["fit"] >= floor) & _wide(solved, pairs))


def _wide(solved: Round, pairs: Pairs) -> NDArray[np.bool_]:
    """Which pairs widen the choice."""
    return _is_wide({term: solved.values[term][pairs["row"]] for term in RELATION_OF})


def _is_wide(values: Mapping[str, NDArray[np.int32]]) -> NDArray[np.bool_]:
    """Values of a trade that is neither the worker's own nor wished, or of a place beside those that were wished."""
    another_trade = _is(values, *NO_TRADE_OF_MINE) & _is(values, *NO_WISH_OF_MINE)
    return np.asarray(another_trade | _is(values, *ANOTHER_PLACE))


def _is(values: Mapping[str, NDArray[np.int32]], term: str, *cells: str) -> NDArray[np.bool_]:
    return np.asarray(np.logical_or.reduce([values[term] == cell for cell in _cells(term, *cells)]))


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
