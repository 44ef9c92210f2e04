"""Records as columns of small integers: what the limits need, encoded once per record."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.eligibility.rules.frame import Frame
from matcher.geography import code_number
from matcher.language.skills import held_terms, normalise_skill
from matcher.pairs import flag_column, number_column
from matcher.policy.evaluation.conventions import age_on
from matcher.records import Group, LabourAbility, Vacancy, Worker
from matcher.records.wishes import accepted_rank

FAR_FUTURE = date.max.toordinal()
ABILITIES = tuple(LabourAbility)
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Workers as columns, shape (n_workers,); -1 is unknown. `workers` is read only for reserved posts."""

    age: NDArray[np.int16]
    place: NDArray[np.int64]
    travel_rank: NDArray[np.int8]
    daily_return: NDArray[np.bool_]
    education_rank: NDArray[np.int8]
    ability: NDArray[np.int8]
    wish: NDArray[np.int8]
    wage_floor: NDArray[np.int32]
    available_day: NDArray[np.int32]
    skills: tuple[frozenset[str], ...]
    skills_stated: NDArray[np.bool_]
    certificates: tuple[frozenset[str], ...]
    certificates_stated: NDArray[np.bool_]
    workers: tuple[Worker, ...]


@dataclass(frozen=True, slots=True)
class VacancyLimits:
    """Vacancies as columns, shape (n_vacancies,); -1 is not stated.

    skill_set, certificate_set, reserved_set : index into the tuples of distinct sets, so that a set of texts is
    compared once per worker and not once per pair.
    """

    place: NDArray[np.int64]
    age_min: NDArray[np.int16]
    age_max: NDArray[np.int16]
    education_rank: NDArray[np.int8]
    wage_low: NDArray[np.int32]
    wage_high: NDArray[np.int32]
    night_shift: NDArray[np.int8]
    heavy_work: NDArray[np.int8]
    last_day: NDArray[np.int32]
    open_today: NDArray[np.bool_]
    skill_set: NDArray[np.int32]
    skill_sets: tuple[frozenset[str], ...]
    certificate_set: NDArray[np.int32]
    certificate_sets: tuple[frozenset[str], ...]
    reserved_set: NDArray[np.int32]
    reserved_sets: tuple[tuple[frozenset[str], str], ...]


def age_of(worker: Worker, frame: Frame) -> int | None:
    """Age on the day of `frame` as it counts; None is unknown."""
    if worker.birth_date is None:
        return None
    return age_on(worker.birth_date, frame.on, basis=frame.age_basis, leap=frame.leap)


def ability_of(worker: Worker) -> int | None:
    """Position of the ability to work in `ABILITIES`; None is unknown."""
    return None if worker.labour_ability is None else ABILITIES.index(worker.labour_ability)


def encode_workers(workers: Sequence[Worker], frame: Frame) -> WorkerLimits:
    """Columns of the workers on the day of `frame`."""
    return WorkerLimits(
        age=number_column([age_of(w, frame) for w in workers], np.int16),
        place=np.array([code_number(w.place_code) for w in workers], dtype=np.int64),
        travel_rank=number_column([accepted_rank(w) for w in workers], np.int8),
        daily_return=np.array([bool(w.needs_daily_return) for w in workers], dtype=np.bool_),
        education_rank=number_column([None if w.education is None else w.education.rank for w in workers], np.int8),
        ability=number_column([ability_of(w) for w in workers], np.int8),
        wish=flag_column([w.wish_to_work for w in workers]),
        wage_floor=number_column([w.wage_floor_yuan_month for w in workers], np.int32),
        available_day=number_column(
            [None if w.available_from is None else w.available_from.toordinal() for w in workers], np.int32
        ),
        skills=tuple(held_terms((*(w.skills or ()), *(w.trades or ()))) for w in workers),
        skills_stated=np.array([w.skills is not None for w in workers], dtype=np.bool_),
        certificates=tuple(frozenset(w.certificates or ()) for w in workers),
        certificates_stated=np.array([w.certificates is not None for w in workers], dtype=np.bool_),
        workers=tuple(workers),
    )


def _distinct(items: Iterable[T]) -> tuple[NDArray[np.int32], tuple[T, ...]]:
    """The position of each item among the distinct ones, shape (n_items,), and these in order of appearance."""
    order: dict[T, int] = {}
    index = np.array([order.setdefault(item, len(order)) for item in items], dtype=np.int32)
    return index, tuple(order)


def _reserved(vacancy: Vacancy) -> tuple[frozenset[str], str]:
    """Groups a post is kept for, and its place: only who is local depends on it, else one answer serves all places."""
    groups = vacancy.reserved_for or ()
    return frozenset(group.value for group in groups), vacancy.place_code if Group.LOCAL in groups else ""


def encode_vacancies(vacancies: Sequence[Vacancy], frame: Frame) -> VacancyLimits:
    """Columns of the vacancies on the day of `frame`."""
    skill_set, skill_sets = _distinct(frozenset(map(normalise_skill, v.skills_required or ())) for v in vacancies)
    certificate_set, certificate_sets = _distinct(frozenset(v.certificates_required or ()) for v in vacancies)
    reserved_set, reserved_sets = _distinct(_reserved(v) for v in vacancies)
    return VacancyLimits(
        place=np.array([code_number(v.place_code) for v in vacancies], dtype=np.int64),
        age_min=number_column([v.age_min for v in vacancies], np.int16),
        age_max=number_column([v.age_max for v in vacancies], np.int16),
        education_rank=number_column(
            [None if v.education_min is None else v.education_min.rank for v in vacancies], np.int8
        ),
        wage_low=number_column([v.wage_low_yuan_month for v in vacancies], np.int32),
        wage_high=number_column([v.wage_high_yuan_month for v in vacancies], np.int32),
        night_shift=flag_column([v.night_shift for v in vacancies]),
        heavy_work=flag_column([v.heavy_work for v in vacancies]),
        last_day=np.array([FAR_FUTURE if v.valid_to is None else v.valid_to.toordinal() for v in vacancies], np.int32),
        open_today=np.array([v.open_on(frame.on) for v in vacancies], dtype=np.bool_),
        skill_set=skill_set,
        skill_sets=skill_sets,
        certificate_set=certificate_set,
        certificate_sets=certificate_sets,
        reserved_set=reserved_set,
        reserved_sets=reserved_sets,
    )
