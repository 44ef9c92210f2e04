"""Records as the codes `matcher.kernels` searches: which facts each rule and term reads together, and what they give.

Nothing here knows a rule or a term: of every different pair of codes one pair of records stands for all, and the
product's own stages are asked about it. A term of the model that stood in no relation would be missing from every
score, so `PARTS` must name each of them once; `layout_of_model` refuses a model with another one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from matcher import eligibility, features, kernels
from matcher.errors import ModelError
from matcher.pairs import Pairs
from matcher.policy.evaluation.labels import worker_flags
from matcher.records import COUNTY_DIGITS, Vacancy, Worker
from matcher.scoring import STAGES, AdditiveModel
from matcher.scoring.kernel import cell_index
from matcher.scoring.offsets import EMPLOYER, ROUTE, TOWN, employer_of, positions, route_positions, town_of

C = TypeVar("C")
Keys = list[Hashable]


class Workers(NamedTuple):
    """Workers as the two encoders tell them; the records stand in `limits.workers`."""

    limits: eligibility.WorkerLimits
    codes: features.WorkerCodes

    def __len__(self) -> int:
        return len(self.limits.workers)


class Vacancies(NamedTuple):
    """Vacancies as the two encoders tell them, and the records themselves."""

    limits: eligibility.VacancyLimits
    codes: features.VacancyCodes
    records: tuple[Vacancy, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One relation, or what one side says alone: rules of `eligibility.kernel`, terms and offsets of the model.

    of_workers, of_vacancies : keys of the records; two records of one key are one to these rules and terms
    """

    name: str
    rules: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    of_workers: Callable[[Workers, eligibility.Frame], Iterable[Hashable]] | None = None
    of_vacancies: Callable[[Vacancies, eligibility.Frame], Iterable[Hashable]] | None = None


def _rows(table: NDArray[np.int32]) -> Iterable[Hashable]:
    return map(tuple, table.tolist())


def standings(workers: Sequence[Worker], frame: eligibility.Frame) -> Iterable[Hashable]:
    """What reserved posts ask of workers, and the county that makes somebody local: all that depends on the reader."""
    if frame.public:
        return ((),) * len(workers)
    known: dict[Hashable, Hashable] = {}
    return [_standing_of(worker, frame, known) for worker in workers]


def _standing_of(worker: Worker, frame: eligibility.Frame, known: dict[Hashable, Hashable]) -> Hashable:
    # Few workers differ in the fields the flags are made of; the flags of each kind are worked out once.
    kind = _flag_facts(worker)
    home = (worker.hukou_code or worker.place_code)[:COUNTY_DIGITS]
    if kind not in known:
        known[kind] = tuple(worker_flags(worker, on=frame.on, vocabulary=frame.vocabulary).values())
    return known[kind], home


FLAG_FIELDS: Final = (
    "registered_poor", "registered_from", "left_poverty_on", "out_of_poverty", "monitored_type", "monitored_from",
    "monitored_to", "relocated", "relocated_from", "relocation_site", "deep_poverty_village", "deep_poverty_township",
    "former_extreme_poverty", "rural_low_income", "low_income_from", "low_income_to", "poor_village",
    "labour_ability", "hard_to_employ", "employment_status", "returned_on", "travel_range",
    "wish_to_go_out",
)  # fmt: skip
"""Fields of a worker that `policy.evaluation.labels.worker_flags` reads, but for the place; a test holds it to them."""
_flag_facts: Final[Callable[[Worker], Hashable]] = attrgetter(*FLAG_FIELDS)


def _set_of(name: str) -> Callable[[Vacancies, eligibility.Frame], Iterable[Hashable]]:
    def keys(posts: Vacancies, _: eligibility.Frame) -> Iterable[Hashable]:
        sets = getattr(posts.limits, f"{name}_sets")
        return [sets[ix] for ix in getattr(posts.limits, f"{name}_set").tolist()]

    return keys


TRADE, WISH_TRADE, SKILLS_PREFERRED, PLACE, WISH_PLACE = range(5)
HEAD: Final = (TRADE, WISH_TRADE, SKILLS_PREFERRED)
"""Relations by which a shelf is sorted first: what moves a score most."""
WHERE: Final = (PLACE, WISH_PLACE)
RESERVED: Final = 12
"""The relation whose keys of workers are others for other readers."""
RELATIONS: Final = (
    Part(
        "trade", (), ("trade",),
        lambda w, _: _rows(w.codes.occupations), lambda v, _: _rows(v.codes.occupations),
    ),
    Part(
        "wish_trade", (), ("preferred_trade",),
        lambda w, _: zip(_rows(w.codes.preferred), w.codes.preferred_words, strict=True),
        lambda v, _: zip(_rows(v.codes.occupations), v.codes.titles, strict=True),
    ),
    Part(
        "skills_preferred", (), ("skills_preferred",),
        lambda w, _: w.codes.skills, lambda v, _: v.codes.skills_preferred,
    ),
    Part(
        "place", ("distance",), ("distance", "travel_margin", "lodging", ROUTE),
        lambda w, _: zip(
            (worker.place_code for worker in w.limits.workers), w.limits.travel_rank.tolist(),
            w.limits.daily_return.tolist(), strict=True,
        ),
        lambda v, _: zip(v.codes.places, v.codes.lodging.tolist(), v.limits.night_shift.tolist(), strict=True),
    ),
    Part(
        "wish_place", (), ("preferred_place",),
        lambda w, _: w.codes.preferred_places, lambda v, _: v.codes.places,
    ),
    Part(
        "ages", ("ages", "protected_16_17"), (),
        lambda w, _: w.limits.age.tolist(),
        lambda v, frame: zip(
            v.limits.age_min.tolist(), v.limits.age_max.tolist(),
            *(getattr(v.limits, kind).tolist() for kind in frame.ages.protections), strict=True,
        ),
    ),
    Part(
        "strength", ("ability",), (),
        lambda w, _: w.limits.ability.tolist(), lambda v, _: v.limits.heavy_work.tolist(),
    ),
    Part(
        "education", ("education",), ("education",),
        lambda w, _: w.limits.education_rank.tolist(), lambda v, _: v.limits.education_rank.tolist(),
    ),
    Part(
        "pay", ("wage_floor",), ("wage_margin",),
        lambda w, _: w.limits.wage_floor.tolist(),
        lambda v, _: zip(v.limits.wage_low.tolist(), v.limits.wage_high.tolist(), strict=True),
    ),
    Part(
        "start", ("available_from",), (),
        lambda w, _: w.limits.available_day.tolist(), lambda v, _: v.limits.last_day.tolist(),
    ),
    Part(
        "skills", ("skills_required",), (),
        lambda w, _: zip(w.limits.skills, w.limits.skills_stated.tolist(), strict=True), _set_of("skill"),
    ),
    Part(
        "certificates", ("certificates_required",), (),
        lambda w, _: zip(w.limits.certificates, w.limits.certificates_stated.tolist(), strict=True),
        _set_of("certificate"),
    ),
    Part(
        "reserved", ("reserved_for",), (),
        lambda w, frame: standings(w.limits.workers, frame), _set_of("reserved"),
    ),
)  # fmt: skip
OF_WORKER: Final = Part(
    "worker",
    ("wish",),
    ("start_gap", TOWN),
    lambda w, _: zip(w.limits.wish.tolist(), w.codes.start_gap.tolist(), map(town_of, w.limits.workers), strict=True),
)
OF_VACANCY: Final = Part(
    "vacancy",
    ("open",),
    ("wage", "board", "night_shift", "heavy_work", "contract_months", "insured", "channel", EMPLOYER),
)
PARTS: Final = (*RELATIONS, OF_WORKER, OF_VACANCY)
WORKER_PART, VACANCY_PART = len(RELATIONS), len(RELATIONS) + 1
OWN_OFFSETS: Final = (TOWN, EMPLOYER, ROUTE)


def layout_of_model(model: AdditiveModel) -> kernels.Layout:
    """Where the sums of the model lie in a cell. Raises ModelError for a model that cannot be indexed: a
    term that stands in no relation, or tables that spread too far.
    """
    known = {term for part in PARTS for term in part.terms}
    missing = sorted({term for stage in STAGES for term in model.stages[stage].tables} - known)
    if missing:
        raise ModelError(f"no relation holds the terms: {', '.join(missing)}", remedy="Name them in PARTS.")
    spans = np.zeros((len(PARTS), len(STAGES), 2), dtype=np.int64)
    for ix, part in enumerate(PARTS):
        for stage_ix, stage in enumerate(STAGES):
            tables = model.stages[stage].tables
            told = [tables[term] for term in part.terms if term in tables]
            spans[ix, stage_ix] = sum(int(t.min()) for t in told), sum(int(t.max()) for t in told)
    return kernels.layout_of(spans, [model.stages[stage].intercept for stage in STAGES])


def cells(
    part: Part, workers: Workers, vacancies: Vacancies, pairs: Pairs, model: AdditiveModel, frame: eligibility.Frame
) -> kernels.Cells:
    """What a part says of pairs of records, asked of the product's own stages; shape (n_pairs,)."""
    verdict = eligibility.assess(pairs, workers.limits, vacancies.limits, frame, part.rules)["verdict"]
    terms = [term for term in part.terms if any(term in model.stages[stage].tables for stage in STAGES)]
    named = [term for term in terms if term not in OWN_OFFSETS]
    values = features.term_values(pairs, workers.codes, vacancies.codes, named)
    values |= {term: _offset(term, workers, vacancies, pairs, model) for term in terms if term in OWN_OFFSETS}
    odds = np.zeros((len(pairs), len(STAGES)), dtype=np.int32)
    for ix, stage in enumerate(STAGES):
        tables = model.stages[stage].tables
        for term in terms:
            if term in tables:
                odds[:, ix] += tables[term][cell_index(model, term, values[term])]
    return kernels.Cells(np.asarray(verdict, dtype=np.int8), odds)


def _offset(kind: str, workers: Workers, vacancies: Vacancies, pairs: Pairs, model: AdditiveModel) -> NDArray[np.int32]:
    people, w, v = workers.limits.workers, pairs.worker_ix.astype(np.intp), pairs.vacancy_ix.astype(np.intp)
    if kind == TOWN:
        return positions(model, TOWN, map(town_of, people))[w]
    if kind == EMPLOYER:
        return positions(model, EMPLOYER, map(employer_of, vacancies.records))[v]
    return route_positions(model, [worker.place_code for worker in people], vacancies.codes.places, w, v)


@dataclass(frozen=True, slots=True)
class Book:
    """The codes given to the keys of each relation, and one record that stands for each code.

    at : of each relation the position in `records` of every code's record
    """

    codes: tuple[dict[Hashable, int], ...]
    records: Any
    at: tuple[NDArray[np.int32], ...]


def coded(keys: Sequence[Iterable[Hashable]], book: Book | None) -> tuple[NDArray[np.int32], tuple[Keys, ...]]:
    """Codes of the records, int32, shape (n, n_relations), and the keys of each relation with new ones at the end."""
    columns, known = [], []
    for ix, told in enumerate(keys):
        codes: dict[Hashable, int] = {} if book is None else dict(book.codes[ix])
        columns.append(np.array([codes.setdefault(key, len(codes)) for key in told], dtype=np.int32))
        known.append(list(codes))
    return np.stack(columns, 1), tuple(known)


def vacancy_keys(vacancies: Vacancies, frame: eligibility.Frame) -> list[Iterable[Hashable]]:
    """Keys of every relation."""
    return [part.of_vacancies(vacancies, frame) for part in RELATIONS if part.of_vacancies is not None]


def worker_keys(workers: Workers, frame: eligibility.Frame) -> list[Iterable[Hashable]]:
    """Keys of every relation."""
    return [part.of_workers(workers, frame) for part in RELATIONS if part.of_workers is not None]


def standing_for(codes: NDArray[np.int32], keys: tuple[Keys, ...], records: Any, book: Book | None) -> Book:
    """The book with the new codes of some records: each code keeps the first record it was met with."""
    at, needed = [], []
    for ix, known in enumerate(keys):
        start = 0 if book is None else len(book.codes[ix])
        new, first = np.unique(codes[:, ix], return_index=True)
        first = first[new >= start]
        needed.append(first)
        at.append(start if book is None else book.at[ix])
        if len(first) != len(known) - start:
            raise ValueError(f"relation {ix} has {len(known) - start} new keys, the records show {len(first)}")
    used, place = np.unique(np.concatenate(needed), return_inverse=True)
    kept = taken(records, used)
    n_before = 0 if book is None else _length(book.records)
    split = np.split((place + n_before).astype(np.int32), np.cumsum([len(first) for first in needed])[:-1])
    return Book(
        tuple({key: ix for ix, key in enumerate(known)} for known in keys),
        kept if book is None else beside(book.records, kept),
        tuple(new if book is None else np.concatenate([book.at[ix], new]) for ix, new in enumerate(split)),
    )


def _length(records: Any) -> int:
    return len(records.codes.place)


SETS: Final = {"skill_sets": "skill_set", "certificate_sets": "certificate_set", "reserved_sets": "reserved_set"}


def taken(records: C, at: NDArray[np.intp]) -> C:
    """The columns of the records at some positions; tables of distinct sets stay whole."""

    def column(name: str, values: Any) -> Any:
        if isinstance(values, np.ndarray):
            return values[at]
        return values if name in SETS else tuple(values[ix] for ix in at.tolist())

    def table(told: Any) -> Any:
        if isinstance(told, tuple):
            return column("", told)
        return replace(told, **{f.name: column(f.name, getattr(told, f.name)) for f in fields(told)})

    return type(records)(*map(table, cast("tuple[Any, ...]", records)))


def beside(left: C, right: C) -> C:
    """The columns of some records and then of others; sets of the latter are counted on."""

    def table(a: Any, b: Any) -> Any:
        if isinstance(a, tuple):
            return (*a, *b)
        joined = {f.name: _after(getattr(a, f.name), getattr(b, f.name)) for f in fields(a)}
        for sets, index in SETS.items():
            if hasattr(a, sets):
                joined[index] = np.concatenate([getattr(a, index), getattr(b, index) + np.int32(len(getattr(a, sets)))])
        return replace(a, **joined)

    tables = zip(cast("tuple[Any, ...]", left), cast("tuple[Any, ...]", right), strict=True)
    return type(left)(*(table(a, b) for a, b in tables))


def _after(a: Any, b: Any) -> Any:
    return np.concatenate([a, b]) if isinstance(a, np.ndarray) else (*a, *b)
