"""Candidates of a crowd, where the pairs are too many to be made: the index lists each worker's best at given prices.

`choose` is the stage of a plan in parts that does it, once at the first prices and once more at those solved since.
Nobody's candidates depend on who else stands in the part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher import kernels
from matcher.kernels.askers import Askers
from matcher.kernels.ranking import order_named
from matcher.pairs import Pairs
from matcher.policy import pack_for, tiers
from matcher.priority import Priority
from matcher.records import Channel, Vacancy
from matcher.scoring.kernel import logistic_table
from matcher.services.ground.many_askers import askers_of
from matcher.services.ground.packed_arrays import packed, unpacked
from matcher.services.ground.roster_columns import RosterColumns, Rosters
from matcher.services.ground.rulebook import Means
from matcher.services.ground.vacancy_index import Ground, VacancyIndex, indexed
from matcher.services.rounds.match_round import Brief, law_frame
from matcher.services.rounds.plan_parts import CHANCES, OF_WORKER, People, Scope
from matcher.shortlist import PlanMode

Ints = NDArray[np.int64]
YES: Final = 2
OF_ASKERS: Final = tuple(one.name for one in fields(Askers) if one.name != "factor")
"""What the second choice takes over from the first; a factor moves with the household's."""


@dataclass(frozen=True, slots=True)
class SeasonPosts:
    """The open posts of a plan on one shelf, the same for everybody it is made for.

    vacancy_at : position in the roster of each row of the shelf; row_of : the other way round, -1 for none
    channel : of each row; at : position in the roster of each id
    """

    index: VacancyIndex
    vacancy_at: NDArray[np.int32]
    row_of: NDArray[np.int32]
    channel: NDArray[np.int8]
    at: Mapping[str, int]


def posts_of(vacancies: Sequence[Vacancy], means: Means, brief: Brief) -> SeasonPosts:
    """The posts of a round, put up once for a shared list. Raises ModelError as `vacancy_index.indexed`."""
    frame = law_frame(means, brief.on, public=brief.public)

    def made() -> SeasonPosts:
        index = indexed(vacancies, Ground(means.model, frame, brief.seed))
        at = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(vacancies)}
        vacancy_at = np.array([at[name] for name in index.ids], dtype=np.int32)[index.shelf.rows.number]
        row_of = np.full(len(vacancies), -1, dtype=np.int32)
        row_of[vacancy_at] = np.arange(len(vacancy_at), dtype=np.int32)
        known = {channel: ix for ix, channel in enumerate(Channel)}
        channel = np.array([known[vacancy.channel] for vacancy in vacancies], dtype=np.int8)[vacancy_at]
        return SeasonPosts(index, vacancy_at, row_of, channel, at)

    by = (brief.on, brief.public, brief.seed)
    return means.remembered.of_shared("season posts", (vacancies,), made, by=by)


@dataclass(frozen=True, slots=True)
class SeasonCrowd:
    """People a plan is made for as those who ask of its posts.

    shown : of each worker the positions of vacancies that are not listed again
    """

    ranked: Priority
    posts: SeasonPosts
    askers: Askers
    often: kernels.Often
    shown: Mapping[int, frozenset[int]]

    def held_by(self, household: Ints | None) -> SeasonCrowd:
        """The crowd with other household factors, of 64; None: with those it has."""
        if household is None:
            return self
        ranked = replace(self.ranked, household=household)
        return replace(self, ranked=ranked, askers=replace(self.askers, factor=ranked.factor))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Pairs with verdict yes by worker; with_yes : who may be offered any post, listed before or not."""

    pairs: Pairs
    with_yes: NDArray[np.bool_]

    def of(self, share: NDArray[np.intp]) -> bytes:
        """What is listed of the workers at these rising positions, numbered among them."""
        within = np.full(len(self.with_yes), -1, dtype=np.int32)
        within[share] = np.arange(len(share), dtype=np.int32)
        worker_ix = within[self.pairs.worker_ix]
        here = np.flatnonzero(worker_ix >= 0)
        return packed(
            {
                "worker_ix": worker_ix[here],
                "vacancy_ix": self.pairs.vacancy_ix[here],
                "with_yes": self.with_yes[share],
            }
        )


def choose(scope: Scope, people: People) -> bytes:
    """Stage: candidates of the part at the prices of the scope, its best `top` and the best `each` of each channel.

    Of a part that has candidates already these stay, and neither it nor its people are told in codes again.
    """
    posts = posts_of(scope.vacancies, scope.means, scope.brief)
    if people.assessed:
        read = {name: array.copy() for name, array in unpacked(people.assessed).items()}
        held: Pairs | None = Pairs(read["worker_ix"], read["vacancy_ix"])
        ranked = Priority(**{name: read[name] for name in OF_WORKER}, results=())
        askers = Askers(**{name: read[name] for name in OF_ASKERS}, factor=ranked.factor)
        crowd = _asking(ranked, posts, askers, people)
    else:
        held, crowd = None, crowd_for(scope, people)
    prices = np.zeros(len(scope.vacancies), dtype=np.int64) if scope.prices is None else scope.prices
    held_by = crowd.held_by(people.household)
    found = best_of_each(held_by, prices, scope.brief.mode, top=scope.top, each=scope.each, held=held, threads=1)
    told: dict[str, NDArray[Any]] = {name: getattr(crowd.ranked, name) for name in OF_WORKER}
    return packed(
        {
            "worker_ix": found.pairs.worker_ix,
            "vacancy_ix": found.pairs.vacancy_ix,
            **{name: found.pairs[name] for name in CHANCES},
            **told,
            **({} if people.assessed else {name: getattr(crowd.askers, name) for name in OF_ASKERS}),
            "with_yes": found.with_yes,
        }
    )


def crowd_for(scope: Scope, people: People) -> SeasonCrowd:
    """People as a crowd, in the order of the pack that binds. Raises ModelError as `vacancy_index.indexed`."""
    means, brief = scope.means, scope.brief
    frame = law_frame(means, brief.on, public=brief.public)
    order = tiers(pack_for(means.packs, brief.jurisdiction, brief.on).pack, brief.service)
    rosters = Rosters(workers=people.workers, vacancies=scope.vacancies, households=people.households)
    ranked = RosterColumns(rosters, means, frame).ranked(order, None)
    posts = posts_of(scope.vacancies, means, brief)
    return _asking(ranked, posts, askers_of(posts.index, people.workers, ranked.factor), people)


def _asking(ranked: Priority, posts: SeasonPosts, askers: Askers, people: People) -> SeasonCrowd:
    return SeasonCrowd(
        ranked=ranked,
        posts=posts,
        askers=askers,
        often=kernels.Often(askers, posts.index.shelf, of_many=True),
        shown={
            ix: frozenset(posts.at[one] for one in people.shown[worker.worker_id] if one in posts.at)
            for ix, worker in enumerate(people.workers)
            if worker.worker_id in people.shown
        },
    )


def best_of_each(
    crowd: SeasonCrowd,
    prices: Ints,
    mode: PlanMode,
    *,
    top: int,
    each: int = 0,
    who: NDArray[np.intp] | None = None,
    held: Pairs | None = None,
    threads: int = 1,
) -> Chosen:
    """The best `top` posts of each worker (or of `who`) that may be offered and were not listed to them before.

    Sorted by worker, then vacancy; each pair once, with p_apply, p_hire and p_keep (of 2**14) and verdict yes.
    prices : of the vacancies of the roster, of 2**30; each : best of each channel beside them
    held : pairs, sorted by worker, that are chosen as well
    """
    posts, n = crowd.posts, len(crowd.askers)
    who = np.arange(n) if who is None else who
    wanted = kernels.Wanted(
        top=top,
        each=each,
        kinds=posts.channel,
        held=None if held is None else _rows_of(posts, held, n),
        barred=None if not crowd.shown else _rows_of(posts, _shown(crowd), n),
    )
    ranking = kernels.Ranking(logistic_table(), order_named(mode.value), np.zeros(0, dtype=np.int64))
    shelf = kernels.repriced(posts.index.shelf, prices[posts.vacancy_at])
    found = crowd.often.chosen(crowd.askers, shelf, ranking, who, wanted, threads=threads)
    worker_ix = np.repeat(who, np.maximum(found.n_of, 0)).astype(np.int32)
    pairs = Pairs(worker_ix, posts.vacancy_at[found.at])
    return Chosen(_certain(pairs, found.chances), found.n_of >= 0)


def _rows_of(posts: SeasonPosts, pairs: Pairs, n: int) -> kernels.Named:
    """The rows of the shelf in pairs that are sorted by worker, of n workers."""
    return kernels.Named(np.bincount(pairs.worker_ix, minlength=n), posts.row_of[pairs.vacancy_ix].astype(np.int32))


def _shown(crowd: SeasonCrowd) -> Pairs:
    """Whom each vacancy that still stands on the shelf was shown to."""
    told = [(ix, vacancy) for ix in sorted(crowd.shown) for vacancy in sorted(crowd.shown[ix])]
    worker_ix, vacancy_ix = np.array(told, dtype=np.int32).reshape(-1, 2).T
    here = crowd.posts.row_of[vacancy_ix] >= 0
    return Pairs(worker_ix[here], vacancy_ix[here])


def _certain(pairs: Pairs, chances: NDArray[np.int16]) -> Pairs:
    """Pairs of verdict yes with their chances."""
    told = dict(zip(CHANCES, chances, strict=True))
    return pairs.with_columns(verdict=np.full(len(pairs), YES, dtype=np.int8), **told)
