"""Term values of pairs: the cell index of a coded term, the value of a numeric one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.features.columns import VacancyCodes, WorkerCodes
from matcher.features.terms import VOCABULARY
from matcher.geography import in_place, place_class_codes
from matcher.pairs import UNSTATED, Pairs
from matcher.records import PlaceClass

L = TypeVar("L", bound=Hashable)
R = TypeVar("R", bound=Hashable)
Values = NDArray[np.int32]
# Digits an occupation code loses when it is read at a higher level: exact, small, middle, major group.
LEVEL_DIVISORS = (1, 100, 10_000, 1_000_000)


def _cell(term: str, name: str) -> int:
    cells = VOCABULARY[term]
    if cells is None:
        raise KeyError(f"{term} has no cells")
    return cells.index(name)


def _tri_cells(term: str, values: NDArray[np.int8]) -> Values:
    lookup = np.array([_cell(term, "no"), _cell(term, "yes"), _cell(term, "unknown")], dtype=np.int32)
    return lookup[values.astype(np.intp)]  # -1 reads the last entry: unknown


def occupation_level(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
    """Number of equal levels (0 none .. 4 exact) of the best pair of codes per row; shapes (n, k) and (n, m).

    Codes of -1 match nothing.
    """
    best = np.zeros(len(left), dtype=np.int8)
    for i in range(left.shape[1]):
        for j in range(right.shape[1]):
            stated = (left[:, i] != UNSTATED) & (right[:, j] != UNSTATED)
            if not stated.any():
                continue
            level = np.zeros(len(left), dtype=np.int8)
            for divisor in LEVEL_DIVISORS:
                level += left[:, i] // divisor == right[:, j] // divisor
            best = np.maximum(best, np.where(stated, level, 0)).astype(np.int8)
    return best


def _of_kinds(
    pairs: Pairs, rows: NDArray[np.intp], left: Sequence[L], right: Sequence[R], tell: Callable[[L, R], int]
) -> Values:
    """What is told of the worker's value and the vacancy's at some rows, asked once for each different couple."""
    couple = _kinds(left, pairs.worker_ix[rows]) * len(right) + _kinds(right, pairs.vacancy_ix[rows])
    _, first, back = np.unique(couple, return_index=True, return_inverse=True)
    at = rows[first]
    told = [tell(left[w], right[v]) for w, v in zip(pairs.worker_ix[at], pairs.vacancy_ix[at], strict=True)]
    return np.array(told, dtype=np.int32)[back]


def _kinds(values: Sequence[Hashable], at: NDArray[np.int32]) -> NDArray[np.int64]:
    """A number for the value at each position, the same for equal ones; values nobody asks for are not looked at."""
    used = np.zeros(len(values), dtype=np.bool_)
    used[at] = True
    seen: dict[Hashable, int] = {}
    kinds = np.zeros(len(values), dtype=np.int64)
    kinds[used] = [seen.setdefault(values[ix], len(seen)) for ix in np.flatnonzero(used).tolist()]
    return kinds[at]


def _trade(worker_codes: NDArray[np.int32], vacancy_codes: NDArray[np.int32]) -> Values:
    names = ("none", "major", "middle", "small", "exact")
    lookup = np.array([_cell("trade", name) for name in names], dtype=np.int32)
    cells = lookup[occupation_level(worker_codes, vacancy_codes)]
    unknown = (worker_codes[:, 0] == UNSTATED) | (vacancy_codes[:, 0] == UNSTATED)
    return np.where(unknown, _cell("trade", "unknown"), cells).astype(np.int32)


def _preferred_trade(pairs: Pairs, workers: WorkerCodes, vacancies: VacancyCodes) -> Values:
    """The wished trade by occupation group; a wish that stands word for word in the title (普工, 包装普工) is met."""
    wanted, offered = workers.preferred[pairs.worker_ix], vacancies.occupations[pairs.vacancy_ix]
    lookup = np.array(
        [_cell("preferred_trade", name) for name in ("other", "other", "near", "match", "match")], dtype=np.int32
    )
    cells = lookup[occupation_level(wanted, offered)]
    unread = (wanted[:, 0] == UNSTATED) | (offered[:, 0] == UNSTATED)
    cells = np.where(unread, _cell("preferred_trade", "unknown"), cells)
    wishing = np.array([bool(words) for words in workers.preferred_words], dtype=np.bool_)[pairs.worker_ix]
    rows = np.flatnonzero(wishing)
    named = _of_kinds(
        pairs,
        rows,
        workers.preferred_words,
        vacancies.titles,
        lambda words, title: any(word in title for word in words),
    )
    cells[rows[named > 0]] = _cell("preferred_trade", "match")
    return np.where(wishing, cells, _cell("preferred_trade", "not_stated")).astype(np.int32)


def _preferred_place(pairs: Pairs, workers: WorkerCodes, vacancies: VacancyCodes) -> Values:
    values = np.full(len(pairs), _cell("preferred_place", "not_stated"), dtype=np.int32)
    match, other = _cell("preferred_place", "match"), _cell("preferred_place", "other")
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    asking = np.array([places is not None for places in workers.preferred_places], dtype=np.bool_)
    for row in np.flatnonzero(asking[pairs.worker_ix]):
        wanted = workers.preferred_places[pairs.worker_ix[row]] or ()
        place = vacancies.places[pairs.vacancy_ix[row]]
        if (place, wanted) not in seen:
            seen[place, wanted] = match if any(in_place(place, area) for area in wanted) else other
        values[row] = seen[place, wanted]
    return values


def _skills_preferred(pairs: Pairs, workers: WorkerCodes, vacancies: VacancyCodes) -> Values:
    values = np.full(len(pairs), _cell("skills_preferred", "not_asked"), dtype=np.int32)
    names = {name: _cell("skills_preferred", name) for name in ("none", "some", "all", "unknown")}
    asking = np.array([bool(skills) for skills in vacancies.skills_preferred], dtype=np.bool_)

    def met(held: frozenset[str] | None, wanted: frozenset[str]) -> int:
        if held is None:
            return names["unknown"]
        return names["all" if wanted <= held else "some" if wanted & held else "none"]

    rows = np.flatnonzero(asking[pairs.vacancy_ix])
    values[rows] = _of_kinds(pairs, rows, workers.skills, vacancies.skills_preferred, met)
    return values


def _education(have: NDArray[np.int8], wanted: NDArray[np.int8]) -> Values:
    names = ("below", "meets", "above")
    lookup = np.array([_cell("education", name) for name in names], dtype=np.int32)
    compared = lookup[np.sign(have - wanted).astype(np.intp) + names.index("meets")]
    asked = np.where(have == UNSTATED, _cell("education", "unknown"), compared)
    return np.where(wanted <= 0, _cell("education", "not_asked"), asked).astype(np.int32)


def _lodging(place_rank: NDArray[np.int8], lodging: NDArray[np.int8]) -> Values:
    names = ("not_provided", "provided", "unknown")
    lookup = np.array([_cell("lodging", name) for name in names], dtype=np.int32)
    far = place_rank > PlaceClass.SAME_COUNTY.rank
    return np.where(far, lookup[lodging.astype(np.intp)], _cell("lodging", "near")).astype(np.int32)


def _travel_margin(place_rank: NDArray[np.int8], travel_rank: NDArray[np.int8]) -> Values:
    names = ("outside", "at_edge", "one_inside", "two_inside", "far_inside")
    lookup = np.array([_cell("travel_margin", name) for name in names], dtype=np.int32)
    margin = travel_rank - place_rank + names.index("at_edge")
    cells = lookup[np.clip(margin, 0, len(names) - 1)]
    return np.where(travel_rank == UNSTATED, _cell("travel_margin", "unknown"), cells).astype(np.int32)


def _wage_margin(wage: NDArray[np.int32], floor: NDArray[np.int32]) -> Values:
    stated = (wage != UNSTATED) & (floor > 0)
    percent = wage.astype(np.int64) * 100 // np.maximum(floor, 1)
    return np.where(stated, percent, UNSTATED).astype(np.int32)


class _Seen:
    """Pairs with the codes of both sides; place classes are worked out once, and only where a term asks for them."""

    def __init__(self, pairs: Pairs, workers: WorkerCodes, vacancies: VacancyCodes) -> None:
        self.pairs, self.workers, self.vacancies = pairs, workers, vacancies
        self.w, self.v = pairs.worker_ix, pairs.vacancy_ix

    @cached_property
    def place_rank(self) -> NDArray[np.int8]:
        return place_class_codes(self.workers.place[self.w], self.vacancies.place[self.v])


TERM_VALUES: Mapping[str, Callable[[_Seen], Values]] = {
    "distance": lambda s: s.place_rank.astype(np.int32),
    "travel_margin": lambda s: _travel_margin(s.place_rank, s.workers.travel_rank[s.w]),
    "preferred_place": lambda s: _preferred_place(s.pairs, s.workers, s.vacancies),
    "trade": lambda s: _trade(s.workers.occupations[s.w], s.vacancies.occupations[s.v]),
    "preferred_trade": lambda s: _preferred_trade(s.pairs, s.workers, s.vacancies),
    "skills_preferred": lambda s: _skills_preferred(s.pairs, s.workers, s.vacancies),
    "education": lambda s: _education(s.workers.education_rank[s.w], s.vacancies.education_rank[s.v]),
    "wage": lambda s: s.vacancies.wage[s.v],
    "wage_margin": lambda s: _wage_margin(s.vacancies.wage[s.v], s.workers.wage_floor[s.w]),
    "lodging": lambda s: _lodging(s.place_rank, s.vacancies.lodging[s.v]),
    "board": lambda s: _tri_cells("board", s.vacancies.board[s.v]),
    "night_shift": lambda s: _tri_cells("night_shift", s.vacancies.night[s.v]),
    "heavy_work": lambda s: _tri_cells("heavy_work", s.vacancies.heavy[s.v]),
    "contract_months": lambda s: s.vacancies.contract_months[s.v],
    "insured": lambda s: _tri_cells("insured", s.vacancies.insured[s.v]),
    "channel": lambda s: s.vacancies.channel[s.v].astype(np.int32),
    "start_gap": lambda s: s.workers.start_gap[s.w],
}


def term_values(
    pairs: Pairs, workers: WorkerCodes, vacancies: VacancyCodes, terms: Collection[str] = tuple(TERM_VALUES)
) -> dict[str, Values]:
    """Term name -> int32 column, shape (n_pairs,): cell index of a coded term, value or -1 of a numeric one.

    terms : names of TERM_VALUES, all by default
    """
    seen = _Seen(pairs, workers, vacancies)
    return {name: TERM_VALUES[name](seen) for name in terms}
