"""Each record encoded once into codes; pair terms computed from them."""

from matcher.features.columns import (
    Readings,
    VacancyCodes,
    WorkerCodes,
    encode_vacancies,
    encode_workers,
    vacancy_texts,
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
    "encode_vacancies",
    "encode_workers",
    "term_values",
    "vacancy_texts",
    "worker_texts",
]
