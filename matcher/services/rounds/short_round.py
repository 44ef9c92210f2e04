"""One worker's round over the few vacancies that can be listed: found by the index, reckoned by the same stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher import kernels, priority, scoring, shortlist
from matcher.errors import ModelError, UsageError
from matcher.explanation import Verdict
from matcher.kernels.askers import Askers
from matcher.pairs import Pairs
from matcher.policy import Tier, tiers
from matcher.ports import RosterStore, Shared
from matcher.records import Kind, Vacancy
from matcher.services.ground.asking import Asking, asking_of
from matcher.services.ground.best_lines import Lines, best_lines
from matcher.services.ground.kept_index import FEWEST_INDEXED, kept_indexes
from matcher.services.ground.line_values import line_values
from matcher.services.ground.rulebook import Means
from matcher.services.ground.shelved_posts import ShelvedPosts
from matcher.services.ground.vacancy_index import Ground, VacancyIndex
from matcher.services.rounds.match_round import (
    Brief,
    InForce,
    Listed,
    Rosters,
    Round,
    bound_pack,
    floor_of_fit,
    in_force,
    law_frame,
    prepare,
    ranked_alone,
    width_of_bands,
)
from matcher.services.rounds.stretch import FEWEST_LINES, is_any_of, wide_kinds
from matcher.services.rounds.term_shares import TermShares, shares_of

FEWEST_COMPILED: Final = 5_000
"""Records below which numpy is as quick as anybody notices."""
VERDICTS: Final = tuple(Verdict)
"""By their numbers."""
NO_PAIRS: Final = Pairs(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))
NO_VALUES: Final[Mapping[str, NDArray[np.int32]]] = {}
NO_KEYS: Final = np.zeros(0, dtype=np.uint64)


def prepare_list(rosters: Rosters, means: Means, brief: Brief, *, top: int, stretch: bool = False) -> Round:
    """The round of one worker, with nothing but the first `top` lines (`listed`) where an index stands ready for it.

    What is told of these lines is the same to the last byte, reckoned in plain numbers: of a dozen lines an array
    costs more than they do. Only lists a process keeps, or finds kept, are indexed; prices must be given.
    stretch : the last line may widen the choice
    """
    index = _index_of(rosters, means, brief)
    if index is None:
        return prepare(rosters, means, brief)
    ranked, rules = _ranked(rosters, means, brief), in_force(rosters.workers, means, brief)
    if not len(index):
        return _round_of(rosters, means, brief, rules, ranked, ())
    asking = asking_of(index, rosters.workers[0], int(ranked.factor[0]))
    search = _Search(rosters, means, brief, index, asking, _measures(rules.order[0], means))
    listed = search.listed(top, stretch=stretch and top >= FEWEST_LINES)
    return _round_of(rosters, means, brief, rules, ranked, listed)


def make_search_ready(store: RosterStore, means: Means) -> bool:
    """Bring compiled search into memory for a process that will answer many; whether it is worth it and stands.

    Until it is there, and where numba is not, numpy says the same.
    """
    n_most = max(len(store.records(kind)) for kind in (Kind.VACANCIES, Kind.WORKERS))
    return n_most >= FEWEST_COMPILED and kernels.make_ready(means.settings.home)


def _index_of(rosters: Rosters, means: Means, brief: Brief) -> VacancyIndex | None:
    """The index of the vacancies, None where a whole round is as quick or the only way."""
    vacancies = rosters.vacancies
    if isinstance(vacancies, ShelvedPosts):
        return vacancies.shelved
    if not isinstance(vacancies, Shared) or len(vacancies) < FEWEST_INDEXED or brief.prices is None or brief.shown:
        return None
    ground = Ground(means.model, law_frame(means, brief.on, public=brief.public), brief.seed)
    try:
        return kept_indexes(means).of(vacancies, ground, brief.prices)
    except (ModelError, UsageError):
        # A model whose tables spread too far for a cell, or a price beyond reckoning: the whole round says which.
        return None


class _Measures(NamedTuple):
    """What lines are told by. width : of the fit bands in permille; floor : smallest fit of a line that widens"""

    shares: TermShares
    width: int
    floor: int


@dataclass(frozen=True, slots=True)
class _Search:
    """One worker's search of an index, and the lines of what it finds."""

    rosters: Rosters
    means: Means
    brief: Brief
    index: VacancyIndex
    asking: Asking
    measures: _Measures

    def listed(self, top: int, *, stretch: bool) -> tuple[Listed, ...]:
        """The list; where it is full and nothing in it widens the choice, the last line gives way to one that does."""
        found = self._best(self.asking.askers, top)
        wider = self._wider(found) if stretch and found.n_sure == top else None
        told = tuple(self._told(found if wider is None else found.ending_in(wider)))
        return told if wider is None else (*told[:-1], msgspec.structs.replace(told[-1], stretch=True))

    def _best(self, askers: Askers, top: int, floor: int = 0) -> Lines:
        """The first `top` lines of the index."""
        return best_lines(self.index, askers, mode=self.brief.mode, top=top, floor=floor)

    def _wider(self, found: Lines) -> Lines | None:
        """The best line that widens the choice, may be offered and is good enough, if no line found widens it."""
        kinds = wide_kinds(self.index, self.asking)
        if any(is_any_of(self.index, kind, found.rows) for kind in kinds):
            return None
        best = [self._best(self.asking.askers.told(kind), 1, self.measures.floor) for kind in kinds]
        sure = [line for line in best if line.n_sure]
        return min(sure, key=self._standing) if len(sure) > 1 else next(iter(sure), None)

    def _standing(self, found: Lines) -> tuple[int, int]:
        """What decides which of two lines stands first in a list, the smaller one."""
        line, worker = found.lines[0], self.rosters.workers[0].worker_id
        return -line.score, shortlist.pair_tie(worker, line.vacancy_id, self.brief.seed)

    def _told(self, found: Lines) -> Iterator[Listed]:
        """The lines by the numbers that the stages of a round tell of them."""
        if not found.lines:
            return
        shares, width, _ = self.measures
        posts, prices = self._posts(found), self.index.shelf.rows.price[found.rows].tolist()
        pieces = shares.pieces(line_values(self.index, self.asking, found, posts))
        for line, price, told in zip(found.lines, prices, pieces, strict=True):
            odds = shares.log_odds(told)
            p_apply, p_hire, p_keep = scoring.probabilities(odds)
            fit = p_apply * p_hire * p_keep
            yield Listed(
                worker_ix=0,
                vacancy=posts[line.vacancy_id],
                verdict=VERDICTS[line.verdict],
                told=told,
                odds=odds,
                p=(p_apply, p_hire, p_keep),
                fit=fit,
                fit_band=scoring.band_of(fit, width),
                price=price,
                score=line.score,
            )

    def _posts(self, found: Lines) -> Mapping[str, Vacancy]:
        """The records of the lines, by id."""
        vacancies = self.rosters.vacancies
        if isinstance(vacancies, ShelvedPosts):
            return _by_id(vacancies.of([line.vacancy_id for line in found.lines]))
        return self.means.remembered.get("vacancies by id", (vacancies,), lambda: _by_id(vacancies))


def _measures(first: Tier, means: Means) -> _Measures:
    return _Measures(shares_of(means), width_of_bands(first, means), floor_of_fit(first, means))


def _round_of(
    rosters: Rosters,
    means: Means,
    brief: Brief,
    rules: InForce,
    ranked: priority.Priority,
    listed: tuple[Listed, ...],
) -> Round:
    """The round whose one list is known. A list begins with what may be offered, if anything may."""
    bound, order, weights = rules
    offered = bool(listed) and listed[0].verdict is Verdict.YES
    return Round(
        rosters=replace(rosters, vacancies=()),
        means=means,
        on=brief.on,
        bound=bound,
        order=order,
        frame=law_frame(means, brief.on, public=brief.public),
        ranked=ranked,
        pairs=NO_PAIRS,
        values=NO_VALUES,
        with_yes=frozenset(worker.worker_id for worker in rosters.workers if offered),
        mode=brief.mode,
        worker_keys=NO_KEYS,
        vacancy_keys=NO_KEYS,
        weights=weights,
        every_vacancy=rosters.vacancies,
        listed=listed,
    )


def _by_id(vacancies: Sequence[Vacancy]) -> dict[str, Vacancy]:
    return {vacancy.vacancy_id: vacancy for vacancy in vacancies}


def _ranked(rosters: Rosters, means: Means, brief: Brief) -> priority.Priority:
    """The worker's place in the order."""
    if brief.standings is None:
        return ranked_alone(rosters.workers, rosters.households, means, brief)
    order = tiers(bound_pack(rosters.workers, means, brief).pack, brief.service)
    return priority.stand(rosters.workers, brief.standings, order, on=brief.on)
