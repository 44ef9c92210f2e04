"""Which open posts suit somebody of a group, by the limits every round uses; scores and places in a list play no part.

A village is not asked person by person for every post: a post that suits one of its people is not tried on the others,
so the tries of a group are little more than those of its first people and of the posts that suit nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher import candidates, eligibility
from matcher.candidates import Openings
from matcher.explanation import Verdict
from matcher.pairs import Pairs
from matcher.ports import Shared
from matcher.records import Vacancy, Worker
from matcher.services.ground.roster_columns import RosterColumns, Rosters
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match_round import law_frame

N_AT_ONCE: Final = 1 << 20
"""Pairs looked at in one step: some tens of megabytes of columns."""


def suitable_posts(
    groups: Mapping[str, Sequence[Worker]], vacancies: Sequence[Vacancy], means: Means, on: date
) -> dict[str, NDArray[np.intp]]:
    """Of each group the positions of the open posts that at least one of its people may be offered without a question.

    Rising positions in `vacancies`; plots of land are no posts.
    """
    posts = vacancies if isinstance(vacancies, Shared) else Shared(vacancies)
    every = candidates.openings(posts, on)
    return {name: _of_group(people, posts, every, means, on) for name, people in groups.items()}


def n_suitable(workers: Sequence[Worker], vacancies: Sequence[Vacancy], means: Means, on: date) -> dict[str, int]:
    """Worker id -> how many open posts the person may be offered without a question."""
    posts = vacancies if isinstance(vacancies, Shared) else Shared(vacancies)
    every = candidates.openings(posts, on)
    counts: dict[str, int] = {}
    step = max(1, N_AT_ONCE // max(1, len(every.open_ix)))
    for start in range(0, len(workers), step):
        people = workers[start : start + step]
        told = np.bincount(offered(people, posts, every, means, on).worker_ix, minlength=len(people))
        counts |= {worker.worker_id: int(n) for worker, n in zip(people, told, strict=True)}
    return counts


def _of_group(
    people: Sequence[Worker], posts: Shared[Vacancy], every: Openings, means: Means, on: date
) -> NDArray[np.intp]:
    suits = np.zeros(len(posts), dtype=np.bool_)
    left, start, step = every, 0, 1
    while start < len(people) and len(left.open_ix):
        # Those who come later meet few posts that are still to be tried: they are asked in ever larger parts.
        most = max(1, N_AT_ONCE // len(left.open_ix))
        some = people[start : start + min(step, most)]
        suits[offered(some, posts, left, means, on).vacancy_ix] = True
        still = ~suits[left.open_ix]
        left = replace(left, open_ix=left.open_ix[still], at=left.at[still])
        start, step = start + len(some), 2 * step
    return np.flatnonzero(suits)


def offered(people: Sequence[Worker], posts: Shared[Vacancy], left: Openings, means: Means, on: date) -> Pairs:
    """Pairs that nothing speaks against and nothing has to be asked for."""
    columns = RosterColumns(Rosters(workers=people, vacancies=posts, households={}), means, law_frame(means, on))
    pairs = candidates.within_reach(candidates.homes(people), left)
    near, workers, vacancies = columns.limits(pairs)
    verdict = eligibility.assess(near, workers, vacancies, columns.frame)["verdict"]
    return pairs.take(np.asarray(verdict == Verdict.YES))
