"""Workers and vacancies as columns of codes, encoded once per record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.geography import code_number
from matcher.language.skills import held_terms, normalise_skill
from matcher.pairs import UNSTATED, flag_column, number_column
from matcher.records import Channel, Vacancy, Worker
from matcher.records.wishes import accepted_rank

CHANNELS = tuple(Channel)
# Occupation codes kept per person and per post: more would not change the best level in practice.
WORKER_CODES, VACANCY_CODES = 6, 3

Readings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WorkerCodes:
    """Workers as columns, shape (n_workers,) or (n_workers, k); -1 is unknown or none.

    occupations, preferred : occupation codes as 7-digit numbers; skills : canonical terms
    """

    place: NDArray[np.int64]
    travel_rank: NDArray[np.int8]
    preferred_places: tuple[tuple[str, ...] | None, ...]
    occupations: NDArray[np.int32]
    preferred: NDArray[np.int32]
    preferred_words: tuple[tuple[str, ...], ...]
    skills: tuple[frozenset[str] | None, ...]
    education_rank: NDArray[np.int8]
    wage_floor: NDArray[np.int32]
    start_gap: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class VacancyCodes:
    """Vacancies as columns, shape (n_vacancies,) or (n_vacancies, k); -1 is not stated."""

    place: NDArray[np.int64]
    places: tuple[str, ...]
    titles: tuple[str, ...]
    occupations: NDArray[np.int32]
    skills_preferred: tuple[frozenset[str], ...]
    education_rank: NDArray[np.int8]
    wage: NDArray[np.int32]
    lodging: NDArray[np.int8]
    board: NDArray[np.int8]
    night: NDArray[np.int8]
    heavy: NDArray[np.int8]
    contract_months: NDArray[np.int32]
    insured: NDArray[np.int8]
    channel: NDArray[np.int8]


def occupation_number(code: str) -> int:
    """6-11-01-01 as the number 6110101, so that integer division yields the higher levels."""
    return int(code.replace("-", ""))


def typical_wage(vacancy: Vacancy) -> int | None:
    """Yuan a month a person may expect: the middle of a range, else the bound that is stated."""
    low, high = vacancy.wage_low_yuan_month, vacancy.wage_high_yuan_month
    if low is None or high is None:
        return low if high is None else high
    return (low + high) // 2


def worker_texts(worker: Worker) -> tuple[str, ...]:
    """The texts of a worker that are read as occupations: trades, then skills, then wished trades."""
    return (*(worker.trades or ()), *(worker.skills or ()), *(worker.preferred_trades or ()))


def vacancy_texts(vacancy: Vacancy) -> tuple[str, ...]:
    """The text of a vacancy that is read as an occupation; none when the import has read it already."""
    return () if vacancy.occupations is not None else (vacancy.title,)


def _codes(rows: Iterable[Iterable[str]], width: int) -> NDArray[np.int32]:
    told = b"".join(_code_row(tuple(row), width) for row in rows)
    return np.frombuffer(told, dtype=np.int32).reshape(-1, width).copy()


# A county's people and posts name some thousand different lists of occupations.
@lru_cache(maxsize=1 << 14)
def _code_row(codes: tuple[str, ...], width: int) -> bytes:
    """The first `width` different codes as numbers of 32 bits, filled up to so many."""
    told = [occupation_number(code) for code in list(dict.fromkeys(codes))[:width]]
    return np.array(told + [UNSTATED] * (width - len(told)), dtype=np.int32).tobytes()


def days_until_start(worker: Worker, on: date) -> int | None:
    """Days until a worker can start, 0 for who can start today; None is unknown."""
    return None if worker.available_from is None else max(0, (worker.available_from - on).days)


def occupations_of(worker: Worker, readings: Readings) -> Sequence[str]:
    """Codes of the occupations a worker knows: those of the record, else what its trades and skills name."""
    if worker.occupations is not None:
        return worker.occupations
    return _read((*(worker.trades or ()), *(worker.skills or ())), readings)


def wished_occupations(worker: Worker, readings: Readings) -> Sequence[str]:
    """Codes of the occupations a worker wishes for."""
    return _read(worker.preferred_trades, readings)


def skills_of(worker: Worker) -> frozenset[str] | None:
    """Canonical terms of what a worker knows; None where neither skills nor trades are stated."""
    if worker.skills is None and worker.trades is None:
        return None
    return held_terms((*(worker.skills or ()), *(worker.trades or ())))


def code_numbers(codes: Iterable[str]) -> tuple[int, ...]:
    """A row of the columns `occupations` and `preferred` of a worker."""
    return tuple(memoryview(_code_row(tuple(codes), WORKER_CODES)).cast("i"))


def _read(texts: Sequence[str] | None, readings: Readings) -> list[str]:
    return [code for text in texts or () for code in readings.get(text, ())]


def encode_workers(workers: Sequence[Worker], readings: Readings, *, on: date) -> WorkerCodes:
    """Columns of the workers; `readings` maps each of their `worker_texts` to occupation codes."""
    return WorkerCodes(
        place=np.array([code_number(w.place_code) for w in workers], dtype=np.int64),
        travel_rank=number_column([accepted_rank(w) for w in workers], np.int8),
        preferred_places=tuple(w.preferred_places or None for w in workers),
        occupations=_codes([occupations_of(w, readings) for w in workers], WORKER_CODES),
        preferred=_codes([wished_occupations(w, readings) for w in workers], WORKER_CODES),
        preferred_words=tuple(w.preferred_trades or () for w in workers),
        skills=tuple(map(skills_of, workers)),
        education_rank=number_column([None if w.education is None else w.education.rank for w in workers], np.int8),
        wage_floor=number_column([w.wage_floor_yuan_month for w in workers], np.int32),
        start_gap=number_column([days_until_start(w, on) for w in workers], np.int32),
    )


def encode_vacancies(vacancies: Sequence[Vacancy], readings: Readings) -> VacancyCodes:
    """Columns of the vacancies; `readings` maps each of their `vacancy_texts` to occupation codes."""
    occupations = [
        vacancy.occupations if vacancy.occupations is not None else _read((vacancy.title,), readings)
        for vacancy in vacancies
    ]
    return VacancyCodes(
        place=np.array([code_number(v.place_code) for v in vacancies], dtype=np.int64),
        places=tuple(v.place_code for v in vacancies),
        titles=tuple(v.title for v in vacancies),
        occupations=_codes(occupations, VACANCY_CODES),
        skills_preferred=tuple(frozenset(normalise_skill(t) for t in v.skills_preferred or ()) for v in vacancies),
        education_rank=number_column(
            [None if v.education_min is None else v.education_min.rank for v in vacancies], np.int8
        ),
        wage=number_column([typical_wage(v) for v in vacancies], np.int32),
        lodging=flag_column([v.lodging for v in vacancies]),
        board=flag_column([v.board for v in vacancies]),
        night=flag_column([v.night_shift for v in vacancies]),
        heavy=flag_column([v.heavy_work for v in vacancies]),
        contract_months=number_column([v.contract_months for v in vacancies], np.int32),
        insured=flag_column([v.insured for v in vacancies]),
        channel=np.array([CHANNELS.index(v.channel) for v in vacancies], dtype=np.int8),
    )
