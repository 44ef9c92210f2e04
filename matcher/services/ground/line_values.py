"""Values of every term of the model for the few lines of a search, as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import features
from matcher.pairs import Pairs
from matcher.records import Vacancy
from matcher.scoring.offsets import EMPLOYER, ROUTE, TOWN, employer_of, positions, route_positions, town_of
from matcher.services.ground.asking import Asking, told_of_codes
from matcher.services.ground.best_lines import Lines
from matcher.services.ground.relations import OF_WORKER, OWN_OFFSETS
from matcher.services.ground.vacancy_index import OF_POST, TERMS_OF, VacancyIndex

OF_PERSON: Final = tuple(term for term in OF_WORKER.terms if term not in OWN_OFFSETS)
ANY_PAIR: Final = Pairs(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32))
Values = tuple[int, ...]
LAYOUTS_KEPT: Final = 8
"""Ways to bundle relations whose terms are kept: those of the indexes of a few counties and days."""
Groups = list[tuple[tuple[str, ...], Sequence[Values]]]
"""What is told of some lines: terms that are met together, and of each line their values.

A group is a bundle of relations on the shelf, the post, the person or the offsets.
"""


def line_values(index: VacancyIndex, asking: Asking, found: Lines, vacancies: Mapping[str, Vacancy]) -> Groups:
    """Terms and values of each line; vacancies : those of the lines, by id.

    The numbers of `features.term_values` and of the offsets of the model, where it has any.
    """
    posts = [vacancies[line.vacancy_id] for line in found.lines]
    person = [_of_person(index, asking)] * len(posts)
    groups: Groups = [
        *_of_bundles(index, asking, found.rows),
        (OF_POST, _of_posts(index, found.rows)),
        (OF_PERSON, person),
    ]
    if index.ground.model.names:
        columns = _offsets(index, asking, posts)
        groups.append((tuple(columns), list(zip(*columns.values(), strict=True))))
    return groups


def _of_bundles(
    index: VacancyIndex, asking: Asking, rows: NDArray[np.int64]
) -> Iterator[tuple[tuple[str, ...], list[Values]]]:
    """What the relations of each bundle that say anything tell of rows of the shelf."""
    shelf = index.shelf
    bundled = shelf.rows.codes.take(rows, axis=0)
    for at, terms, places in _told_in(shelf.bundles):
        # As positions lying together, numpy reads by them without making a copy of each column first.
        codes = shelf.parts[at].take(bundled[:, at], axis=0).T.astype(np.intp, order="C")
        columns = [
            told_of_codes(index, asking, relation, term)[codes[ix]].tolist()
            for (ix, relation), term in zip(places, terms, strict=True)
        ]
        yield terms, list(zip(*columns, strict=True))


class _Told(NamedTuple):
    """What a bundle says. at : its place; terms, and of each the place of its relation in the bundle, and that"""

    at: int
    terms: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


@lru_cache(maxsize=LAYOUTS_KEPT)
def _told_in(bundles: tuple[tuple[int, ...], ...]) -> tuple[_Told, ...]:
    """The bundles that say anything."""
    told = []
    for at, bundle in enumerate(bundles):
        said = [((ix, relation), term) for ix, relation in enumerate(bundle) for term in TERMS_OF[relation]]
        if said:
            places, terms = zip(*said, strict=True)
            told.append(_Told(at, terms, places))
    return tuple(told)


def _of_person(index: VacancyIndex, asking: Asking) -> Values:
    """What the worker alone says, beside whichever post: of few kinds, each asked about once."""
    key = (OF_PERSON, asking.person.keys.alone)
    said = index.told.get(key)
    if said is None:
        values = features.term_values(ANY_PAIR, asking.person.told.codes, index.book.records.codes, OF_PERSON)
        said = np.concatenate([values[term] for term in OF_PERSON])
        index.told.keep(key, said)
    return tuple(said.tolist())


def _of_posts(index: VacancyIndex, rows: NDArray[np.int64]) -> list[Values]:
    """What the posts of rows of the shelf say alone."""
    return [tuple(said) for said in index.said[index.shelf.rows.number[rows]].tolist()]


def _offsets(index: VacancyIndex, asking: Asking, posts: Sequence[Vacancy]) -> dict[str, list[int]]:
    """Where the firm, the town and the route of each line stand in the offsets of the model; of kinds that it has."""
    model, worker = index.ground.model, asking.person.worker
    columns = {}
    if EMPLOYER in model.names:
        columns[EMPLOYER] = positions(model, EMPLOYER, map(employer_of, posts))
    if TOWN in model.names:
        columns[TOWN] = np.repeat(positions(model, TOWN, [town_of(worker)]), len(posts))
    if ROUTE in model.names:
        works, at = [post.place_code for post in posts], np.arange(len(posts), dtype=np.intp)
        columns[ROUTE] = route_positions(model, [worker.place_code], works, np.zeros_like(at), at)
    return {kind: column.tolist() for kind, column in columns.items()}
