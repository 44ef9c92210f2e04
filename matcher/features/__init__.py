"""Each record encoded once into codes; pair terms computed from them."""

from matcher.features.columns import (
    Readings,
    VacancyCodes,
    WorkerCodes,
    code_numbers,
    days_until_start,
    encode_vacancies,
    encode_workers,
    occupations_of,
    skills_of,
    vacancy_texts,
    wished_occupations,
    worker_texts,
)
from matcher.features.pairs import term_values
from matcher.features.term import Term
from matcher.features.terms import BY_NAME, TERMS, VOCABULARY

__all__ = [
    "BY_NAME",
    "TERMS",
    "VOCABULARY",
    "Readings",
    "Term",
    "VacancyCodes",
    "WorkerCodes",
    "code_numbers",
    "days_until_start",
    "encode_vacancies",
    "encode_workers",
    "occupations_of",
    "skills_of",
    "term_values",
    "vacancy_texts",
    "wished_occupations",
    "worker_texts",
]
