"""What a job fair would bring: by township, day and employers, from the chances of the engine's own lists.

An estimate for planning: people who seek work and live in the township come, each counts once, with the post likeliest
to become work among the employers who are invited. Of a large township some people stand for all, evenly spread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple, cast

import numpy as np

from matcher import scoring
from matcher.explanation import Verdict
from matcher.office.planning import Fair, alone, invited, readings, together
from matcher.ports import RosterStore, Shared
from matcher.records import Kind, Vacancy, Worker
from matcher.services.ground.answering import households_of
from matcher.services.ground.place_words import township_of
from matcher.services.ground.rulebook import Means
from matcher.services.office.class_worth import NO_JOBS, spread
from matcher.services.office.people import seekers
from matcher.services.rounds.match_round import Brief, Rosters, prepare

DAYS_PER_WEEK: Final = 7


class Guest(NamedTuple):
    """An employer at a fair: key, and how many people it would take on if it came alone, and at this fair."""

    employer: str
    alone: float
    here: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Pairs of a township's people with posts. stands_for : people each of those looked at stands for."""

    code: str
    n_people: int
    stands_for: float
    fair: Fair
    employers: tuple[str, ...]
    posts: Sequence[Vacancy]

    def on(self, day: date, most: int = 0) -> tuple[float, list[Guest]]:
        """People a fair of a day would bring to work, and its guests: each adds most to those before it.

        most : guests at most, 0 = as many as the committed reading invites
        """
        open_then = np.array([post.open_on(day) for post in self.posts], dtype=np.bool_)
        fair = self.fair.of(open_then[self.fair.post]) if len(open_then) else self.fair
        chosen, by_employer = invited(fair, most or readings().fair.most_invited), alone(fair)
        taken = together(fair.of(np.isin(fair.employer[fair.post], chosen)))
        here = np.bincount(fair.employer, weights=taken, minlength=len(by_employer)).astype(np.float64)
        guests = [Guest(self.employers[one], float(by_employer[one]), float(here[one])) for one in chosen]
        return float(taken.sum()), guests


def towns_of(store: RosterStore, means: Means, jurisdiction: str, on: date) -> list[Town]:
    """Every township with somebody who seeks work; of shared rosters worked out once for a day."""
    kinds = (Kind.WORKERS, Kind.PLACEMENTS, Kind.VACANCIES, Kind.HOUSEHOLDS)
    lists = tuple(store.records(kind) for kind in kinds)

    def made() -> list[Town]:
        return _towns(store, means, jurisdiction, on)

    return means.remembered.of_shared("towns of fairs", lists, made, by=(on, jurisdiction), n_kept=4)


def days_to_choose(on: date) -> list[date]:
    """The next free days, the first not before people and employers can be told."""
    said = readings().fair
    first = on + timedelta(days=said.days_to_tell)
    first += timedelta(days=(said.weekday - first.isoweekday()) % DAYS_PER_WEEK)
    return [first + timedelta(weeks=week) for week in range(said.days_offered)]


def employer_of(post: Vacancy) -> str:
    """What tells employers apart: the id, else the name as written."""
    return post.employer_id or "".join((post.employer_name or "").split())


def _towns(store: RosterStore, means: Means, jurisdiction: str, on: date) -> list[Town]:
    by_town: dict[str, list[Worker]] = defaultdict(list)
    for worker in seekers(store, on):
        by_town[township_of(worker.place_code)].append(worker)
    every = cast("list[Vacancy]", store.records(Kind.VACANCIES))
    posts = every if isinstance(every, Shared) else Shared(every)
    brief = Brief(on=on, jurisdiction=jurisdiction, seed=0, prices={})
    return [_town(code, people, posts, store, means, brief) for code, people in sorted(by_town.items())]


def _town(
    code: str, people: list[Worker], posts: Shared[Vacancy], store: RosterStore, means: Means, brief: Brief
) -> Town:
    asked = spread(people, readings().fair.most_asked)
    rosters = Rosters(workers=asked, vacancies=posts, households=households_of(store, asked, None))
    pairs = prepare(rosters, means, brief).pairs
    pairs = pairs.take(np.asarray(pairs["verdict"] == Verdict.YES))
    used, post = np.unique(pairs.vacancy_ix, return_inverse=True)
    met = [posts[ix] for ix in used.tolist()]
    names = sorted({employer_of(one) for one in met if one.channel not in NO_JOBS} - {""})
    place = {name: ix for ix, name in enumerate(names)}
    jobs = np.array([one.channel not in NO_JOBS and employer_of(one) in place for one in met], dtype=np.bool_)
    chance = pairs["p_apply"].astype(np.float64) * pairs["p_hire"] / scoring.P_ONE**2
    stands_for = len(people) / len(asked)
    fair = Fair(
        worker=pairs.worker_ix.astype(np.intp),
        post=post.reshape(-1).astype(np.intp),
        chance=chance * stands_for,
        employer=np.array([place.get(employer_of(one), 0) for one in met], dtype=np.intp),
        places=np.array([one.places_left for one in met], dtype=np.int64),
    )
    return Town(
        code=code,
        n_people=len(people),
        stands_for=stands_for,
        fair=fair.of(jobs[fair.post]) if met else fair,
        employers=tuple(names),
        posts=met,
    )
