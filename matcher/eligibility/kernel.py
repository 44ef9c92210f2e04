"""The rules of `rules/` over columns: one verdict per pair, equal to the specification in every test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.eligibility.columns import ABILITIES, VacancyLimits, WorkerLimits
from matcher.eligibility.rules.frame import Frame
from matcher.eligibility.rules.wishes import DAILY_RETURN_RANK
from matcher.explanation import Verdict
from matcher.geography import place_class_codes
from matcher.pairs import UNSTATED, Column, Pairs
from matcher.policy.evaluation.labels import LOCAL, local_to, worker_flags
from matcher.records import LabourAbility, Worker

Verdicts = NDArray[np.int8]
NO, UNKNOWN, YES = np.int8(Verdict.NO), np.int8(Verdict.UNKNOWN), np.int8(Verdict.YES)
STATES: Mapping[bool | None, np.int8] = {True: YES, None: UNKNOWN, False: NO}
"""What a flag says of a post that is kept for whoever has it."""
WEAK = tuple(ABILITIES.index(ability) for ability in (LabourAbility.WEAK, LabourAbility.HALF))


def _choose(*cases: tuple[NDArray[np.bool_], np.int8]) -> Verdicts:
    """The verdict of the first case that holds, YES where none does."""
    return np.select([mask for mask, _ in cases], [verdict for _, verdict in cases], default=YES).astype(np.int8)


class _Columns:
    """Worker and vacancy columns seen through the pairs' indices; place classes are worked out once."""

    def __init__(self, pairs: Pairs, workers: WorkerLimits, vacancies: VacancyLimits, frame: Frame) -> None:
        self.w, self.v, self.frame = workers, vacancies, frame
        self.worker_ix, self.vacancy_ix = pairs.worker_ix, pairs.vacancy_ix
        self.place_rank = place_class_codes(workers.place[pairs.worker_ix], vacancies.place[pairs.vacancy_ix])

    def of_worker(self, name: str) -> Column:
        """A worker column seen from the pairs."""
        return np.asarray(getattr(self.w, name)[self.worker_ix])

    def of_vacancy(self, name: str) -> Column:
        """A vacancy column seen from the pairs."""
        return np.asarray(getattr(self.v, name)[self.vacancy_ix])


def _age_limits(c: _Columns) -> Verdicts:
    """under_16, age_min and age_max together: they read the same two columns."""
    age, low, high = c.of_worker("age"), c.of_vacancy("age_min"), c.of_vacancy("age_max")
    outside = (age < c.frame.ages.minimum) | ((low != UNSTATED) & (age < low)) | ((high != UNSTATED) & (age > high))
    return _choose((age == UNSTATED, UNKNOWN), (outside, NO))


def _protected(c: _Columns) -> Verdicts:
    age = c.of_worker("age")
    young = (age >= c.frame.ages.minimum) & (age < c.frame.ages.protected_below)
    kinds = [c.of_vacancy(kind) for kind in c.frame.ages.protections]
    none = np.zeros(len(age), dtype=np.bool_)
    barred = np.logical_or.reduce([kind == 1 for kind in kinds], initial=False) if kinds else none
    unstated = np.logical_or.reduce([kind == UNSTATED for kind in kinds], initial=False) if kinds else none
    open_age = (age == UNSTATED) & (barred | unstated)
    return _choose((young & barred, NO), ((young & unstated) | open_age, UNKNOWN))


def _open(c: _Columns) -> Verdicts:
    """not_publishable, validity and filled together: nothing but their sentences tells them apart."""
    return _choose((~c.v.open_today[c.vacancy_ix], NO))


def _wish(c: _Columns) -> Verdicts:
    wish = c.of_worker("wish")
    return _choose((wish == 0, NO), (wish == UNSTATED, UNKNOWN))


def _ability(c: _Columns) -> Verdicts:
    """labour_ability and heavy_work; in public the post alone decides."""
    if c.frame.public:
        return _choose((c.of_vacancy("heavy_work") == 1, UNKNOWN))
    ability, heavy = c.of_worker("ability"), c.of_vacancy("heavy_work")
    weak = np.isin(ability, WEAK)
    none = ability == ABILITIES.index(LabourAbility.NONE)
    return _choose((none | (weak & (heavy == 1)), NO), ((ability == UNSTATED) | (weak & (heavy == UNSTATED)), UNKNOWN))


def _distance(c: _Columns) -> Verdicts:
    """travel_range, daily_return and night_shift: what leaving home means."""
    reach, home = c.of_worker("travel_rank"), c.w.daily_return[c.worker_ix]
    too_far = ((reach != UNSTATED) & (c.place_rank > reach)) | (home & (c.place_rank > DAILY_RETURN_RANK))
    ask = ((reach == UNSTATED) & (c.place_rank > 0)) | (home & (c.of_vacancy("night_shift") == 1))
    return _choose((too_far, NO), (ask, UNKNOWN))


def _education(c: _Columns) -> Verdicts:
    have, wanted = c.of_worker("education_rank"), c.of_vacancy("education_rank")
    asked = wanted > 0
    return _choose((asked & (have == UNSTATED), UNKNOWN), (asked & (have < wanted), NO))


def _wage(c: _Columns) -> Verdicts:
    floor, low, high = c.of_worker("wage_floor"), c.of_vacancy("wage_low"), c.of_vacancy("wage_high")
    stated = floor > 0
    return _choose((stated & (high != UNSTATED) & (high < floor), NO), (stated & (low < floor), UNKNOWN))


def _start(c: _Columns) -> Verdicts:
    day = c.of_worker("available_day")
    return _choose(((day != UNSTATED) & (day > c.of_vacancy("last_day")), NO))


def _by_set(c: _Columns, set_ix: Column, asked: Sequence[bool], verdict_of: Callable[[int, int], np.int8]) -> Verdicts:
    """YES where the vacancy's set asks for nothing; else the verdict of each (worker, set), worked out once."""
    result = np.full(len(c.worker_ix), YES, dtype=np.int8)
    where = np.flatnonzero(np.array(asked, dtype=np.bool_)[set_ix.astype(np.intp)])
    if len(where):
        n_sets = len(asked)
        key = c.worker_ix[where].astype(np.int64) * n_sets + set_ix[where].astype(np.int64)
        distinct, inverse = np.unique(key, return_inverse=True)
        table = np.array([verdict_of(int(k) // n_sets, int(k) % n_sets) for k in distinct], dtype=np.int8)
        result[where] = table[inverse]
    return result


def _held(
    c: _Columns,
    set_ix: Column,
    wanted: Sequence[frozenset[str]],
    held: Sequence[frozenset[str]],
    stated: NDArray[np.bool_],
) -> Verdicts:
    def verdict(worker_ix: int, ix: int) -> np.int8:
        if wanted[ix] <= held[worker_ix]:
            return YES
        return NO if stated[worker_ix] else UNKNOWN

    return _by_set(c, set_ix, [bool(item) for item in wanted], verdict)


def _skills(c: _Columns) -> Verdicts:
    return _held(c, c.of_vacancy("skill_set"), c.v.skill_sets, c.w.skills, c.w.skills_stated)


def _certificates(c: _Columns) -> Verdicts:
    sets = c.of_vacancy("certificate_set")
    return _held(c, sets, c.v.certificate_sets, c.w.certificates, c.w.certificates_stated)


def _reserved(c: _Columns) -> Verdicts:
    sets = c.v.reserved_sets

    if c.frame.public:
        asking = np.array([bool(groups) for groups, _ in sets], dtype=np.bool_)
        return _choose((asking[c.of_vacancy("reserved_set")], UNKNOWN))

    set_ix, result = c.of_vacancy("reserved_set"), np.full(len(c.worker_ix), YES, dtype=np.int8)
    where = np.flatnonzero(np.array([bool(groups) for groups, _ in sets], dtype=np.bool_)[set_ix.astype(np.intp)])
    if len(where):
        asked = np.zeros(len(c.w.workers), dtype=np.bool_)
        asked[c.worker_ix[where]] = True
        table = _verdicts_of_sets([c.w.workers[ix] for ix in np.flatnonzero(asked).tolist()], sets, c.frame)
        result[where] = table[(np.cumsum(asked) - 1)[c.worker_ix[where]], set_ix[where]]
    return result


def _verdicts_of_sets(
    workers: Sequence[Worker], sets: Sequence[tuple[frozenset[str], str]], frame: Frame
) -> NDArray[np.int8]:
    """Verdict of each worker for each set of groups: the best that one of its groups says, shape (n_workers, n_sets).

    Of all flags one alone depends on the place of work: the others are read once a worker.
    """
    asks: dict[tuple[str, str], list[int]] = {}
    for ix, (groups, place_code) in enumerate(sets):
        for group in groups:
            asks.setdefault((group, place_code if group == LOCAL else ""), []).append(ix)
    flags = [worker_flags(worker, on=frame.on, vocabulary=frame.vocabulary) for worker in workers]
    table = np.full((len(workers), len(sets)), NO, dtype=np.int8)
    for (group, place_code), of_sets in asks.items():
        states = _local_states(workers, place_code) if group == LOCAL else [STATES[told[group]] for told in flags]
        table[:, of_sets] = np.maximum(table[:, of_sets], np.array(states, dtype=np.int8)[:, None])
    return table


def _local_states(workers: Sequence[Worker], place_code: str) -> list[np.int8]:
    """What being local to a place of work says of each worker, told once for each home."""
    known: dict[str, np.int8] = {}
    homes = [worker.hukou_code or worker.place_code for worker in workers]
    for worker, home in zip(workers, homes, strict=True):
        if home not in known:
            known[home] = STATES[local_to(worker, place_code)]
    return [known[home] for home in homes]


KERNELS: Mapping[str, Callable[[_Columns], Verdicts]] = {
    "ages": _age_limits,
    "protected_16_17": _protected,
    "open": _open,
    "wish": _wish,
    "ability": _ability,
    "distance": _distance,
    "education": _education,
    "wage_floor": _wage,
    "available_from": _start,
    "skills_required": _skills,
    "certificates_required": _certificates,
    "reserved_for": _reserved,
}


def assess(
    pairs: Pairs,
    workers: WorkerLimits,
    vacancies: VacancyLimits,
    frame: Frame,
    rules: Collection[str] = tuple(KERNELS),
) -> Pairs:
    """The pairs with column `verdict` (int8, `Verdict`) and `place_rank` (int8, 0 same village .. 5 other province).

    A pair is no if any rule says no, else unknown if any is open, else yes. rules : names of KERNELS, all by default
    """
    columns = _Columns(pairs, workers, vacancies, frame)
    verdict = np.full(len(pairs), YES, dtype=np.int8)
    for name in rules:
        np.minimum(verdict, KERNELS[name](columns), out=verdict)
    return pairs.with_columns(verdict=verdict, place_rank=columns.place_rank)
