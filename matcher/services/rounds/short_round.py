"""One worker's round over the few vacancies that can be listed: found by the index, reckoned by the same stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import kernels, priority, scoring, shortlist
from matcher.errors import ModelError, UsageError
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.policy import tiers
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
    Listed,
    Rosters,
    Round,
    bound_pack,
    in_force,
    law_frame,
    prepare,
    ranked_alone,
    width_of_bands,
)
from matcher.services.rounds.stretch import FEWEST_LINES, asking_wide, wide_lines
from matcher.services.rounds.term_shares import Pieces, TermShares, shares_of

LOOKED_THROUGH: Final = 16
"""Lines of a longer list, among which the one that widens the choice is looked for first."""
FEWEST_COMPILED: Final = 5_000
"""Records below which numpy is as quick as anybody notices."""
NO_PAIRS: Final = Pairs(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))
NO_VALUES: Final[Mapping[str, NDArray[np.int32]]] = {}
NO_KEYS: Final = np.zeros(0, dtype=np.uint64)
LOOKED_AT: Final = (4, 256)
"""Lines that would widen the choice, looked at in turn."""


def prepare_list(rosters: Rosters, means: Means, brief: Brief, *, top: int, stretch: bool = False) -> Round:
    """The round of one worker, with nothing but the first `top` lines (`listed`) where an index stands ready for it.

    What is told of these lines is the same to the last byte, reckoned in plain numbers: of a dozen lines an array
    costs more than they do. Only lists a process keeps, or finds kept, are indexed; prices must be given.
    stretch : the last line may widen the choice
    """
    index = _index_of(rosters, means, brief)
    if index is None:
        return prepare(rosters, means, brief)
    ranked = _ranked(rosters, means, brief)
    if not len(index):
        return _round_of(rosters, means, brief, ranked, ())
    asking = asking_of(index, rosters.workers[0], int(ranked.factor[0]))
    search = _Search(rosters, means, brief, index, asking, _measures(rosters, means, brief))
    listed = search.listed(top, stretch=stretch and top >= FEWEST_LINES)
    return prepare(rosters, means, brief) if listed is None else _round_of(rosters, means, brief, ranked, listed)


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


class _Found(NamedTuple):
    """Lines of a search. posts : their records by id; told : the terms of each; wide : whether it widens the choice"""

    lines: Lines
    posts: Mapping[str, Vacancy]
    told: Sequence[Pieces]
    wide: Sequence[bool]


@dataclass(frozen=True, slots=True)
class _Search:
    """One worker's search of an index, and the lines of what it finds."""

    rosters: Rosters
    means: Means
    brief: Brief
    index: VacancyIndex
    asking: Asking
    measures: _Measures

    def best(self, asking: Asking, top: int) -> Lines:
        """The first `top` lines of the index."""
        return best_lines(self.index, asking, mode=self.brief.mode, top=top)

    def listed(self, top: int, *, stretch: bool) -> tuple[Listed, ...] | None:
        """The list; None where what widens it cannot be told from the first lines of its kind."""
        found = self._told(self.best(self.asking, max(top, LOOKED_THROUGH) if stretch else top))
        lines = tuple(self._listed(found, range(min(top, len(found.lines)))))
        full = len(lines) >= top and lines[-1].verdict is Verdict.YES
        if not (stretch and full) or any(found.wide[:top]):
            return lines
        wider = self._widest(found, top)
        if wider is None:
            told, wider = self._among_the_wide()
            if not told:
                return None
        return lines if wider is None else (*lines[:-1], wider._replace(stretch=True))

    def _among_the_wide(self) -> tuple[bool, Listed | None]:
        """Whether the best line that widens the choice is told, looked for among those of each kind alone; and it."""
        kinds = asking_wide(self.index, self.asking)
        for n in LOOKED_AT:
            more = [self._told(self.best(asking, n).sure()) for asking in kinds]
            # Below the floor of fit a line widens nothing, and the first few of a kind may all lie there.
            first = [self._widest(found, 0) for found in more]
            if all(len(found.lines) < n or line is not None for found, line in zip(more, first, strict=True)):
                return True, self._first_of([line for line in first if line is not None])
        return False, None

    def _widest(self, found: _Found, start: int) -> Listed | None:
        """The first line from a place on that may be offered, is good enough, and widens the choice."""
        lines = found.lines.lines
        wide = (ix for ix in range(start, len(lines)) if found.wide[ix] and lines[ix].verdict == Verdict.YES)
        return next((line for line in self._listed(found, wide) if line.fit >= self.measures.floor), None)

    def _first_of(self, lines: Sequence[Listed]) -> Listed | None:
        """The one that stands before the others in a list."""
        if len({line.score for line in lines}) == len(lines):
            return max(lines, key=attrgetter("score"), default=None)
        worker, seed = self.rosters.workers[0].worker_id, self.brief.seed
        return min(lines, key=lambda line: (-line.score, shortlist.pair_tie(worker, line.vacancy.vacancy_id, seed)))

    def _told(self, lines: Lines) -> _Found:
        """Lines with what is told of each."""
        if not lines.lines:
            return _Found(lines, {}, (), ())
        posts = self._posts(lines)
        values = line_values(self.index, self.asking, lines, posts)
        return _Found(lines, posts, self.measures.shares.pieces(values.groups), wide_lines(values))

    def _listed(self, found: _Found, at: Iterable[int]) -> Iterator[Listed]:
        """Some of the lines by the numbers that the stages of a round tell of them."""
        prices, (shares, width, _) = self.index.shelf.rows.price, self.measures
        for ix in at:
            line, told = found.lines.lines[ix], found.told[ix]
            p_apply, p_hire, p_keep = scoring.probabilities(shares.log_odds(told))
            fit = p_apply * p_hire * p_keep
            yield Listed(
                worker_ix=0,
                vacancy=found.posts[line.vacancy_id],
                verdict=Verdict(line.verdict),
                told=told,
                p=(p_apply, p_hire, p_keep),
                fit=fit,
                fit_band=scoring.band_of(fit, width),
                price=int(prices[found.lines.rows[ix]]),
                score=line.score,
            )

    def _posts(self, found: Lines) -> Mapping[str, Vacancy]:
        """The records of the lines, by id."""
        vacancies = self.rosters.vacancies
        if isinstance(vacancies, ShelvedPosts):
            return _by_id(vacancies.of([line.vacancy_id for line in found.lines]))
        return self.means.remembered.get("vacancies by id", (vacancies,), lambda: _by_id(vacancies))


def _measures(rosters: Rosters, means: Means, brief: Brief) -> _Measures:
    first = in_force(rosters.workers, means, brief).order[0]
    floor = scoring.fit_floor(means.settings.fit_floor_permille)
    return _Measures(shares_of(means), width_of_bands(first, means), floor)


def _round_of(
    rosters: Rosters, means: Means, brief: Brief, ranked: priority.Priority, listed: tuple[Listed, ...]
) -> Round:
    """The round whose one list is known. A list begins with what may be offered, if anything may."""
    bound, order, weights = in_force(rosters.workers, means, brief)
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
