"""All open vacancies of a day on one shelf of `matcher.kernels`: the first k of a worker without looking at the rest.

An index is never changed. `with_changes` makes the next one from it, so that whoever still reads the old one is safe.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import candidates, eligibility, features, kernels, shortlist
from matcher.kernels.askers import mixed
from matcher.language.readings import read_texts
from matcher.pairs import Pairs
from matcher.records import COUNTY_DIGITS, Vacancy, Worker
from matcher.scoring import AdditiveModel
from matcher.services.ground.relations import (
    HEAD,
    OF_VACANCY,
    OWN_OFFSETS,
    PLACE,
    RELATIONS,
    VACANCY_PART,
    WHERE,
    Book,
    Vacancies,
    Workers,
    cells,
    coded,
    layout_of_model,
    standing_for,
    vacancy_keys,
)
from matcher.services.ground.told_rows import ToldRows

NOBODY: Final = Worker(worker_id="", place_code="0" * COUNTY_DIGITS)
"""Stands beside vacancies where a pair is asked of what the vacancy says alone."""
TERMS_OF: Final = tuple(tuple(term for term in part.terms if term not in OWN_OFFSETS) for part in RELATIONS)
"""Terms that stand in each relation, without offsets, which are told by name."""
OF_POST: Final = tuple(term for term in OF_VACANCY.terms if term not in OWN_OFFSETS)
"""Terms that a vacancy says alone, without offsets."""
NO_PRICE: Final[Mapping[str, float]] = {}


class Ground(NamedTuple):
    """What an index is made for: another model, day, way of reading or seed needs another index."""

    model: AdditiveModel
    frame: eligibility.Frame
    seed: int


@dataclass(frozen=True, slots=True)
class VacancyIndex:
    """Open vacancies by codes. ids : of each number on the shelf; numbers : of each id that may be listed

    said : what the vacancy of each number says alone, terms of OF_POST, int32, shape (n_numbers, n_terms)
    told : cells of a relation, or values of a term, for the workers of one key, kept for the next of them
    """

    ground: Ground
    book: Book
    shelf: kernels.Shelf
    said: NDArray[np.int32]
    ids: tuple[str, ...]
    numbers: Mapping[str, int]
    told: ToldRows = field(default_factory=ToldRows, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.shelf)


def encoded_vacancies(vacancies: Sequence[Vacancy], frame: eligibility.Frame) -> Vacancies:
    """The columns of vacancies; titles are read as occupations where the import has not done it."""
    texts = sorted({text for vacancy in vacancies for text in features.vacancy_texts(vacancy)})
    return Vacancies(
        eligibility.encode_vacancies(vacancies, frame),
        features.encode_vacancies(vacancies, read_texts(texts)),
        tuple(vacancies),
    )


def encoded_workers(workers: Sequence[Worker], frame: eligibility.Frame) -> Workers:
    """The columns of workers; their words are read as occupations where the import has not done it."""
    texts = sorted({text for worker in workers for text in features.worker_texts(worker)})
    return Workers(
        eligibility.encode_workers(workers, frame),
        features.encode_workers(workers, read_texts(texts), on=frame.on),
    )


def indexed(vacancies: Sequence[Vacancy], ground: Ground, prices: Mapping[str, float] = NO_PRICE) -> VacancyIndex:
    """The index of the vacancies that may be listed on the day. Raises as `layout_of_model`."""
    # First of all: a model that cannot be indexed is asked again with every list.
    layout = layout_of_model(ground.model)
    open_ones = [vacancy for vacancy in vacancies if candidates.is_open(vacancy, ground.frame.on)]
    told = encoded_vacancies(open_ones, ground.frame)
    codes, keys = coded(vacancy_keys(told, ground.frame), None)
    book = standing_for(codes, keys, told, None)
    rows = _rows(open_ones, told, codes, 0, ground, prices)
    shelf = kernels.shelved(rows, layout, head=HEAD, reach=WHERE, area_of=_areas(book))
    ids = tuple(vacancy.vacancy_id for vacancy in open_ones)
    return VacancyIndex(ground, book, shelf, _said(told, ground.frame), ids, {key: ix for ix, key in enumerate(ids)})


def with_changes(
    index: VacancyIndex,
    written: Sequence[Vacancy],
    gone: Collection[str] = (),
    prices: Mapping[str, float] = NO_PRICE,
) -> VacancyIndex:
    """The index after vacancies were written (new, changed, filled, withdrawn) and some ids are gone.

    It lists what an index of all present vacancies would; codes nobody uses any more stay in the book.
    """
    ground = index.ground
    open_ones = [vacancy for vacancy in written if candidates.is_open(vacancy, ground.frame.on)]
    told = encoded_vacancies(open_ones, ground.frame)
    codes, keys = coded(vacancy_keys(told, ground.frame), index.book)
    book = standing_for(codes, keys, told, index.book)
    touched = {vacancy.vacancy_id for vacancy in written} | set(gone)
    out = np.array(sorted(index.numbers[key] for key in touched if key in index.numbers), dtype=np.int64)
    rows = _rows(open_ones, told, codes, len(index.ids), ground, prices)
    ids = (*index.ids, *(vacancy.vacancy_id for vacancy in open_ones))
    numbers = {key: number for key, number in index.numbers.items() if key not in touched}
    numbers |= {key: number for number, key in enumerate(ids[len(index.ids) :], len(index.ids))}
    return replace(
        index,
        told=ToldRows(),
        book=book,
        shelf=kernels.changed(index.shelf, out, rows, _areas(book)),
        said=np.concatenate([index.said, _said(told, ground.frame)]),
        ids=ids,
        numbers=numbers,
    )


def repriced(index: VacancyIndex, prices: Mapping[str, float]) -> VacancyIndex:
    """The index at the prices of another plan."""
    told = [prices.get(index.ids[number], 0.0) for number in index.shelf.rows.number.tolist()]
    price = shortlist.quantise(np.array(told, dtype=np.float64))
    return replace(index, shelf=kernels.repriced(index.shelf, price))


def beside_one(at: NDArray[np.int32]) -> Pairs:
    """One worker and every record of some."""
    return Pairs(np.zeros(len(at), dtype=np.int32), at)


def _rows(
    vacancies: Sequence[Vacancy],
    told: Vacancies,
    codes: NDArray[np.int32],
    first: int,
    ground: Ground,
    prices: Mapping[str, float],
) -> kernels.Rows:
    """Vacancies as rows of the shelf, numbered from `first`."""
    model, frame, seed = ground
    n, ids = len(vacancies), [vacancy.vacancy_id for vacancy in vacancies]
    alone = beside_one(np.arange(n, dtype=np.int32))
    base = cells(OF_VACANCY, encoded_workers([NOBODY], frame), told, alone, model, frame)
    none = np.zeros(n, dtype=np.int64)
    return kernels.Rows(
        number=np.arange(first, first + n, dtype=np.int64),
        key=mixed(shortlist.tie_keys(ids, seed)),
        base=layout_of_model(model).pack(VACANCY_PART, base),
        price=shortlist.quantise(np.array([prices.get(key, 0.0) for key in ids], dtype=np.float64)),
        status=none,
        waiting=none,
        weight=none,
        codes=codes,
    )


def _said(told: Vacancies, frame: eligibility.Frame) -> NDArray[np.int32]:
    """What vacancies say beside whichever worker, shape (n, n_terms)."""
    alone = beside_one(np.arange(len(told.records), dtype=np.int32))
    values = features.term_values(alone, encoded_workers([NOBODY], frame).codes, told.codes, OF_POST)
    return np.stack([values[term].astype(np.int32) for term in OF_POST], axis=1)


def _areas(book: Book) -> NDArray[np.int32]:
    """The place of work of each place code, as a number that stays when codes are added."""
    known: dict[Hashable, int] = {}
    places = (key[0] for key in book.codes[PLACE] if isinstance(key, tuple))
    return np.array([known.setdefault(place, len(known)) for place in places], dtype=np.int32)
