"""What a training class would open: who becomes eligible, for which places, at what cost, beside the next best class.

An estimate: the engine's own limits are asked twice, about people as they are and as they would be with the skill; it
promises nobody a place. Only people who seek work and said they want to learn are asked about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple, cast

import msgspec
import numpy as np

from matcher import candidates
from matcher.candidates import Openings
from matcher.language.skills import normalise_skill
from matcher.office.planning import placed, readings
from matcher.ports import RosterStore, Shared
from matcher.records import Channel, Kind, Vacancy, Worker
from matcher.services.ground.place_words import township_of
from matcher.services.ground.rulebook import Means
from matcher.services.office.people import seekers
from matcher.services.rounds.suitable import N_AT_ONCE, offered

CERTIFICATE: Final = "证"
NO_JOBS: Final = frozenset({Channel.TRAINING, Channel.MICRO_FARM})


class Trade(NamedTuple):
    """What a class would teach: the canonical skill, and the certificates that are named after it."""

    name: str
    certificates: tuple[str, ...]
    posts: tuple[int, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What a trade opens to people who lack it. pairs : (person, post) that are offered with it and not without.

    n_asked : people looked at; n_people : those there are; places : post -> places left
    """

    trade: str
    certificates: tuple[str, ...]
    people: tuple[str, ...]
    towns: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    places: Mapping[int, int]
    n_asked: int
    n_people: int

    @property
    def n_eligible(self) -> int:
        """How many become eligible for something."""
        return len({person for person, _ in self.pairs})

    @property
    def n_places(self) -> int:
        """Places left in the posts that open to somebody."""
        return sum(self.places[post] for post in {post for _, post in self.pairs})

    def placed(self, seats: int, town: str = "") -> int:
        """People of a class who would get a place of their own; of a class for one town its people alone."""
        pairs = (pair for pair in self.pairs if not town or self.towns[pair[0]] == town)
        return placed(pairs, self.places, seats)

    def by_town(self) -> list[tuple[str, int]]:
        """Town -> how many of its people become eligible, most first."""
        towns = Counter(self.towns[person] for person in {person for person, _ in self.pairs})
        return sorted(towns.items(), key=lambda row: (-row[1], row[0]))


def opened_by_trade(store: RosterStore, means: Means, on: date) -> list[Opened]:
    """Every trade that open posts ask for, with what it opens; of shared rosters worked out once for a day."""
    kinds = (Kind.WORKERS, Kind.PLACEMENTS, Kind.VACANCIES)
    lists = tuple(store.records(kind) for kind in kinds)
    return means.remembered.of_shared("opened by trade", lists, lambda: _opened(store, means, on), by=on, n_kept=4)


def _opened(store: RosterStore, means: Means, on: date) -> list[Opened]:
    every = cast("list[Vacancy]", store.records(Kind.VACANCIES))
    posts = every if isinstance(every, Shared) else Shared(every)
    open_now = candidates.openings(posts, on)
    learners = [worker for worker in seekers(store, on) if worker.wish_to_train]
    asked = spread(learners, readings().course.most_asked)
    trades = trades_of(posts, open_now.open_ix.tolist())
    return [_of_trade(trade, asked, len(learners), posts, open_now, (means, on)) for trade in trades]


def spread(people: Sequence[Worker], most: int) -> list[Worker]:
    """Everybody where they are no more than so many, else so many of them, evenly spread."""
    n = min(most, len(people))
    return [people[at * len(people) // n] for at in range(n)]


def trades_of(posts: Sequence[Vacancy], open_ix: Iterable[int]) -> list[Trade]:
    """The skills and certificates that open jobs ask for, a certificate with the trade it is of, by name."""
    certificates: dict[str, set[str]] = defaultdict(set)
    wanted: dict[str, list[int]] = defaultdict(list)
    for ix in open_ix:
        post = posts[ix]
        if post.channel in NO_JOBS:
            continue
        names = {normalise_skill(skill) for skill in post.skills_required or ()}
        for paper in post.certificates_required or ():
            name = normalise_skill(paper.removesuffix(CERTIFICATE))
            certificates[name].add(paper)
            names.add(name)
        for name in names:
            wanted[name].append(ix)
    return [Trade(name, tuple(sorted(certificates[name])), tuple(wanted[name])) for name in sorted(wanted)]


def _of_trade(
    trade: Trade,
    asked: Sequence[Worker],
    n_people: int,
    posts: Shared[Vacancy],
    open_now: Openings,
    rules: tuple[Means, date],
) -> Opened:
    inside = np.isin(open_now.open_ix, np.array(trade.posts, dtype=open_now.open_ix.dtype))
    near = replace(open_now, open_ix=open_now.open_ix[inside], at=open_now.at[inside])
    taught = [with_trade(worker, trade) for worker in asked]
    before, after = (_pairs(people, posts, near, rules) for people in (asked, taught))
    pairs = sorted(after - before)
    return Opened(
        trade=trade.name,
        certificates=trade.certificates,
        people=tuple(worker.worker_id for worker in asked),
        towns=tuple(township_of(worker.place_code) for worker in asked),
        pairs=tuple(pairs),
        places={post: posts[post].places_left for post in trade.posts},
        n_asked=len(asked),
        n_people=n_people,
    )


def with_trade(worker: Worker, trade: Trade) -> Worker:
    """Somebody as they would be after the class: with the skill and the certificates named after it."""
    return msgspec.structs.replace(
        worker,
        skills=(*(worker.skills or ()), trade.name),
        certificates=(*(worker.certificates or ()), *trade.certificates),
    )


def _pairs(
    people: Sequence[Worker], posts: Shared[Vacancy], near: Openings, rules: tuple[Means, date]
) -> set[tuple[int, int]]:
    step = max(1, N_AT_ONCE // max(1, len(near.open_ix)))
    found: set[tuple[int, int]] = set()
    for start in range(0, len(people), step):
        pairs = offered(people[start : start + step], posts, near, *rules)
        found |= set(zip((pairs.worker_ix + start).tolist(), pairs.vacancy_ix.tolist(), strict=True))
    return found


def planned_trade(leads_to: str) -> str:
    """The trade that a planned class leads to, in the words of `trades_of`."""
    return normalise_skill(leads_to.removesuffix(CERTIFICATE))
