"""All open vacancies of a day on one shelf of `matcher.kernels`: the first k of a worker without looking at the rest.

An index is never changed. `with_changes` makes the next one from it, so that whoever still reads the old one is safe.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import candidates, eligibility, features, kernels, shortlist
from matcher.explanation import Verdict
from matcher.kernels.askers import Askers, asking_alone, mixed
from matcher.kernels.layout import NO_AT
from matcher.kernels.ranking import order_named
from matcher.language.readings import read_texts
from matcher.pairs import Pairs
from matcher.records import COUNTY_DIGITS, Vacancy, Worker
from matcher.scoring import AdditiveModel
from matcher.scoring.kernel import logistic_table
from matcher.services.ground.relations import (
    HEAD,
    OF_VACANCY,
    OF_WORKER,
    OWN_OFFSETS,
    PLACE,
    RELATIONS,
    VACANCY_PART,
    WHERE,
    WORKER_PART,
    Book,
    Vacancies,
    Workers,
    cells,
    coded,
    layout_of_model,
    standing_for,
    vacancy_keys,
    worker_keys,
)
from matcher.services.ground.told_rows import ToldRows
from matcher.shortlist import PlanMode

NOBODY: Final = Worker(worker_id="", place_code="0" * COUNTY_DIGITS)
"""Stands beside vacancies where a pair is asked of what the vacancy says alone."""
TERMS_OF: Final = tuple(tuple(term for term in part.terms if term not in OWN_OFFSETS) for part in RELATIONS)
"""Terms that stand in each relation, without offsets, which are told by name."""
NO_PRICE: Final[Mapping[str, float]] = {}


class Ground(NamedTuple):
    """What an index is made for: another model, day, way of reading or seed needs another index."""

    model: AdditiveModel
    frame: eligibility.Frame
    seed: int


class Line(NamedTuple):
    """A vacancy of a list: id, verdict (1 unknown, 2 yes), score of 2**60."""

    vacancy_id: str
    verdict: int
    score: int


@dataclass(frozen=True, slots=True)
class VacancyIndex:
    """Open vacancies by codes. ids : of each number on the shelf; numbers : of each id that may be listed

    told : cells of a relation, or values of a term, for the workers of one key, kept for the next of them
    """

    ground: Ground
    book: Book
    shelf: kernels.Shelf
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
    return VacancyIndex(ground, book, shelf, ids, {key: ix for ix, key in enumerate(ids)})


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
        ids=ids,
        numbers=numbers,
    )


def repriced(index: VacancyIndex, prices: Mapping[str, float]) -> VacancyIndex:
    """The index at the prices of another plan."""
    told = [prices.get(index.ids[number], 0.0) for number in index.shelf.rows.number.tolist()]
    price = shortlist.quantise(np.array(told, dtype=np.float64))
    return replace(index, shelf=kernels.repriced(index.shelf, price))


def best_of(index: VacancyIndex, worker: Worker, *, factor: int, mode: PlanMode, top: int) -> tuple[Line, ...]:
    """The first `top` vacancies of a worker, as `shortlist.worker_lists` orders them; factor : of 2**18."""
    return best_lines(index, asking_of(index, worker, factor), mode=mode, top=top).lines if len(index) else ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a list, best first, and their rows on the shelf."""

    lines: tuple[Line, ...]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def ids(self) -> frozenset[str]:
        """Their vacancies."""
        return frozenset(line.vacancy_id for line in self.lines)

    def take(self, at: Sequence[int]) -> Lines:
        """Those at some places."""
        return Lines(tuple(self.lines[ix] for ix in at), self.rows[list(at)])

    def first(self, n: int) -> Lines:
        """The first n."""
        return Lines(self.lines[:n], self.rows[:n])

    def sure(self) -> Lines:
        """Those with verdict yes, which come first."""
        return self.first(sum(line.verdict == Verdict.YES for line in self.lines))

    def beside(self, others: Iterable[Lines]) -> Lines:
        """These, and of the others each line that does not stand there yet."""
        rows = dict(zip(self.lines, self.rows.tolist(), strict=True))
        for lines in others:
            rows |= dict(zip(lines.lines, lines.rows.tolist(), strict=True))
        return Lines(tuple(rows), np.array(list(rows.values()), dtype=np.int64))


def best_lines(index: VacancyIndex, asking: Asking, *, mode: PlanMode, top: int) -> Lines:
    """As `best_of`, for a worker who may ask more than once."""
    found = kernels.fastest(asking.askers, index.shelf, _by_score(mode), top=top)
    rows = found.at[0][found.at[0] >= 0]
    told = zip(index.shelf.rows.number[rows].tolist(), found.verdict[0].tolist(), found.worth[0].tolist(), strict=False)
    return Lines(tuple(Line(index.ids[number], verdict, score) for number, verdict, score in told), rows)


@cache
def _by_score(mode: PlanMode) -> kernels.Ranking:
    return kernels.Ranking(logistic_table(), order_named(mode.value), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Asking:
    """A worker who asks of an index. told : the worker's columns; keys : of each relation; askers : for its shelf

    rows : packed cells of each relation, which `askers` holds end to end
    """

    told: Workers
    keys: tuple[Hashable, ...]
    askers: Askers
    rows: tuple[NDArray[np.int64], ...]

    def only(self, among: Mapping[int, NDArray[np.int64]]) -> Asking:
        """As if of some relations only a part could be offered. among : relation -> cells"""
        rows = [among.get(ix, row) for ix, row in enumerate(self.rows)]
        own, factor, key = (int(column[0]) for column in (self.askers.own, self.askers.factor, self.askers.key))
        return replace(self, askers=asking_alone(rows, own, factor, key), rows=tuple(rows))


def cells_where(
    index: VacancyIndex, asking: Asking, relation: int, term: str, values: Collection[int]
) -> NDArray[np.int64]:
    """Cells of a relation that refuse whatever gives a term another value; none at all where nothing would be left."""
    key = ("only", term, asking.keys[relation])
    row = index.told.get(key)
    if row is None:
        among = np.isin(told_of_codes(index, asking, relation, term), list(values))
        refused = asking.rows[relation] | (np.int64(1) << np.int64(NO_AT))
        row = np.where(among, asking.rows[relation], refused) if among.any() else refused[:0]
        index.told.keep(key, row)
    return np.asarray(row)


def asker_of(index: VacancyIndex, worker: Worker, factor: int) -> Askers:
    """A worker as one who asks of the shelf."""
    return asking_of(index, worker, factor).askers


def asking_of(index: VacancyIndex, worker: Worker, factor: int) -> Asking:
    """A worker as one who asks of an index: every relation asked of the records that stand for its codes."""
    _, frame, seed = index.ground
    told = encoded_workers([worker], frame)
    keys = tuple(next(iter(keys)) for keys in worker_keys(told, frame))
    rows = tuple(_row(index, ix, key, told) for ix, key in enumerate(keys))
    askers = asking_alone(rows, _own(index, told), factor, int(shortlist.tie_keys([worker.worker_id], seed)[0]))
    return Asking(told, keys, askers, rows)


def _own(index: VacancyIndex, told: Workers) -> int:
    """The cell of what a worker says alone; of few kinds, each asked about once."""
    model, frame, _ = index.ground
    assert OF_WORKER.of_workers is not None  # noqa: S101 - it stands there beside the part
    key = (WORKER_PART, next(iter(OF_WORKER.of_workers(told, frame))))
    cell = index.told.get(key)
    if cell is None:
        alone = _beside_one(np.zeros(1, dtype=np.int32))
        cell = index.shelf.layout.pack(WORKER_PART, cells(OF_WORKER, told, index.book.records, alone, model, frame))
        index.told.keep(key, cell)
    return int(cell[0])


def _row(index: VacancyIndex, ix: int, key: Hashable, told: Workers) -> NDArray[np.int64]:
    """Cells of a worker of a key and every code of a relation; whoever has the same key asks once more for nothing."""
    row = index.told.get((ix, key))
    if row is None:
        pairs, (model, frame, _) = _beside_one(index.book.at[ix]), index.ground
        row = index.shelf.layout.pack(ix, cells(RELATIONS[ix], told, index.book.records, pairs, model, frame))
        index.told.keep((ix, key), row)
    return row


def told_of_codes(index: VacancyIndex, asking: Asking, relation: int, term: str) -> NDArray[np.int32]:
    """Values of a term of a relation for a worker and each of its codes; int32, shape (n_codes,)."""
    key = asking.keys[relation]
    values = index.told.get((term, key))
    if values is None:
        pairs = _beside_one(index.book.at[relation])
        values = features.term_values(pairs, asking.told.codes, index.book.records.codes, [term])[term]
        index.told.keep((term, key), values)
    return np.asarray(values)


def _beside_one(at: NDArray[np.int32]) -> Pairs:
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
    alone = _beside_one(np.arange(n, dtype=np.int32))
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


def _areas(book: Book) -> NDArray[np.int32]:
    """The place of work of each place code, as a number that stays when codes are added."""
    known: dict[Hashable, int] = {}
    places = (key[0] for key in book.codes[PLACE] if isinstance(key, tuple))
    return np.array([known.setdefault(place, len(known)) for place in places], dtype=np.int32)
