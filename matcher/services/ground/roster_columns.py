"""Records of a round as the columns its stages read: of a shared list made once, of any other for this round only.

Both ways give the same columns of the same pairs. Of a shared list everything is encoded, for the next call may ask
for the rest; of any other only the records that stand in a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher import candidates, eligibility, features, priority, shortlist
from matcher.language.readings import read_texts
from matcher.pairs import Pairs
from matcher.policy import Tier
from matcher.policy.weights import CountyWeights
from matcher.ports import Shared
from matcher.records import Household, Record, Vacancy, Worker
from matcher.scoring.offsets import EMPLOYER, ROUTE, TOWN, employer_of, positions, route_positions, town_of
from matcher.services.ground.carried import Origins, carried_on
from matcher.services.ground.rulebook import Means

T = TypeVar("T")
R = TypeVar("R", bound=Record)
LOCAL = "local"
ROSTERS_KEPT = 4
"""Lists of workers whose columns are kept: views of a few regions, or a day and the one before."""
ORDERS_KEPT = 12
"""Orders of lists of workers that are kept: some services of each list; ten megabytes each of 200,000 people."""


@dataclass(frozen=True, slots=True)
class Rosters:
    """The records of one round, in a fixed order; households of others than the workers change nothing."""

    workers: Sequence[Worker]
    vacancies: Sequence[Vacancy]
    households: Mapping[str, Household]


@dataclass(frozen=True, slots=True)
class RosterColumns:
    """The columns of a round's records on the day of the frame, each made when it is first asked for."""

    rosters: Rosters
    means: Means
    frame: eligibility.Frame

    def plausible(self) -> Pairs:
        """The pairs of `candidates.within_reach`."""
        on = self.frame.on
        workers, vacancies = self.rosters.workers, self.rosters.vacancies
        return candidates.within_reach(
            self._kept("homes", workers, lambda: candidates.homes(workers), by_day=False),
            self._kept("openings", vacancies, lambda: candidates.openings(vacancies, on)),
        )

    def limits(self, pairs: Pairs) -> tuple[Pairs, eligibility.WorkerLimits, eligibility.VacancyLimits]:
        """What `eligibility.assess` reads, the pairs by their positions in it."""
        workers, worker_ix = in_view(self.rosters.workers, pairs.worker_ix)
        vacancies, vacancy_ix = in_view(self.rosters.vacancies, pairs.vacancy_ix)
        return (
            Pairs(worker_ix, vacancy_ix),
            self._kept("worker limits", workers, lambda: eligibility.encode_workers(workers, self.frame)),
            self._kept("vacancy limits", vacancies, lambda: eligibility.encode_vacancies(vacancies, self.frame)),
        )

    def codes(self, pairs: Pairs) -> tuple[Pairs, features.WorkerCodes, features.VacancyCodes]:
        """What `features.term_values` reads, the pairs by their positions in it."""
        on = self.frame.on
        workers, worker_ix = in_view(self.rosters.workers, pairs.worker_ix)
        vacancies, vacancy_ix = in_view(self.rosters.vacancies, pairs.vacancy_ix)

        def worker_codes() -> features.WorkerCodes:
            return features.encode_workers(workers, _readings(workers, features.worker_texts), on=on)

        def vacancy_codes() -> features.VacancyCodes:
            return features.encode_vacancies(vacancies, _readings(vacancies, features.vacancy_texts))

        return (
            Pairs(worker_ix, vacancy_ix),
            self._kept("worker codes", workers, worker_codes),
            self._kept("vacancy codes", vacancies, vacancy_codes, by_day=False),
        )

    def offsets(self, pairs: Pairs) -> dict[str, NDArray[np.int32]]:
        """Of each pair where its firm, town and route stand in the offsets of the model; of kinds that it has."""
        model = self.means.model
        told = {}
        if EMPLOYER in model.names:
            vacancies, vacancy_ix = in_view(self.rosters.vacancies, pairs.vacancy_ix)
            told[EMPLOYER] = self._kept(
                "employers", vacancies, lambda: positions(model, EMPLOYER, map(employer_of, vacancies)), by_day=False
            )[vacancy_ix]
        if TOWN in model.names:
            workers, worker_ix = in_view(self.rosters.workers, pairs.worker_ix)
            told[TOWN] = self._kept(
                "towns", workers, lambda: positions(model, TOWN, map(town_of, workers)), by_day=False
            )[worker_ix]
        if ROUTE in model.names:
            workers, worker_ix = in_view(self.rosters.workers, pairs.worker_ix)
            vacancies, vacancy_ix = in_view(self.rosters.vacancies, pairs.vacancy_ix)
            homes, works = [w.place_code for w in workers], [v.place_code for v in vacancies]
            told[ROUTE] = route_positions(model, homes, works, worker_ix.astype(np.intp), vacancy_ix.astype(np.intp))
        return told

    def ranked(
        self,
        order: tuple[Tier, ...],
        positions: NDArray[np.intp] | None,
        *,
        work_place: str = "",
        weights: CountyWeights | None = None,
    ) -> priority.Priority:
        """Tier, factors and weight of the workers at these positions, of all if None; the place of work counts only
        where the order asks who is local, so that one order of many posts is kept once."""
        workers, households = self.rosters.workers, self.rosters.households
        place = work_place if any(LOCAL in test.flags for row in order for test in (row.when, *row.lifts)) else ""
        if not isinstance(workers, Shared):
            return self._rank(taken(workers, positions), order, place, weights)

        def carried(before: priority.Priority, moved: Origins) -> priority.Priority:
            fresh = self._rank(taken(workers, moved.fresh), order, place, weights)
            homes = priority.household_factors(workers, households, self.means.settings)
            return before.carried(moved.before, moved.fresh, fresh, homes)

        ranked = carried_on(
            self.means.remembered,
            "priority",
            workers,
            make=lambda: self._rank(workers, order, place, weights),
            carry=carried,
            by=(self.frame.on, order, place, weights),
            beside=(households,),
            n_kept=ORDERS_KEPT,
        )
        return ranked if positions is None else ranked.take(positions)

    def worker_keys(self, seed: int, positions: NDArray[np.intp] | None) -> NDArray[np.uint64]:
        """Keys of the last tie of the workers at these positions, of all if None."""
        workers = self.rosters.workers
        if not isinstance(workers, Shared):
            return shortlist.tie_keys([worker.worker_id for worker in taken(workers, positions)], seed)
        keys = self.means.remembered.get(
            "worker keys",
            (workers,),
            lambda: shortlist.tie_keys([w.worker_id for w in workers], seed),
            by=seed,
            n_kept=ROSTERS_KEPT,
        )
        return keys if positions is None else keys[positions]

    def vacancy_keys(self, seed: int) -> NDArray[np.uint64]:
        """Keys of the last tie of the vacancies."""
        vacancies = self.rosters.vacancies

        def made() -> NDArray[np.uint64]:
            return shortlist.tie_keys([vacancy.vacancy_id for vacancy in vacancies], seed)

        if not isinstance(vacancies, Shared):
            return made()
        return self.means.remembered.get("vacancy keys", (vacancies,), made, by=seed)

    def _rank(
        self, workers: Sequence[Worker], order: tuple[Tier, ...], work_place: str, weights: CountyWeights | None
    ) -> priority.Priority:
        return priority.rank_workers(
            workers,
            self.rosters.households,
            order,
            on=self.frame.on,
            vocabulary=self.means.packs.vocabulary,
            settings=self.means.settings,
            work_place_code=work_place or None,
            weights=weights,
        )

    def _kept(self, what: str, records: Sequence[Record], build: Callable[[], T], *, by_day: bool = True) -> T:
        """The columns of a shared list, kept for the day; no encoder reads whether the round is in public."""
        if not isinstance(records, Shared):
            return build()
        by = self.frame.on if by_day else None
        return self.means.remembered.get(what, (records,), build, by=by, n_kept=ROSTERS_KEPT)


def in_view(records: Sequence[R], index: NDArray[np.int32]) -> tuple[Sequence[R], NDArray[np.int32]]:
    """A shared list with the index as it is; of any other the records the index names, and their positions there."""
    if isinstance(records, Shared):
        return records, index
    at, narrow = in_use(index, len(records))
    return [records[ix] for ix in at.tolist()], narrow


def in_use(index: NDArray[np.int32], n: int) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Positions of 0 .. n - 1 that the index names, rising, and the index by its place among them."""
    held = np.zeros(n, dtype=np.bool_)
    held[index] = True
    position = np.cumsum(held, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(held), position[index]


def taken(records: Sequence[R], positions: NDArray[np.intp] | None) -> Sequence[R]:
    """The records at these positions, all of them if None."""
    return records if positions is None else [records[ix] for ix in positions.tolist()]


def _readings(records: Sequence[T], texts_of: Callable[[T], tuple[str, ...]]) -> features.Readings:
    """Occupation codes of every distinct text of the records."""
    return read_texts(sorted({text for record in records for text in texts_of(record)}))
