"""Whom a query finds: a mask per chip over the columns of a roster, put together by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.geography import code_number, place_class_codes, written
from matcher.language.trade_words import folded
from matcher.orders.search.columns import NO_DAY, Mask, PeopleColumns, Postings
from matcher.orders.search.names import NameColumns, called
from matcher.orders.search.query import LITERAL, UNKNOWN, About, Chip, Contacted, Departs, Query
from matcher.pairs import UNSTATED
from matcher.records import TravelRange

WEEK_DAYS: Final = 7
MONTH_DAYS: Final = 30
NEVER: Final = -1
CONTACTS: Final = {"agreed": 1, "refused": 0, "not_asked": UNSTATED}
VERDICTS: Final = {"yes": 2, "unknown": 1}


@dataclass(frozen=True)
class People:
    """A roster on a day: its columns and what changes from day to day, shape (n,) each.

    called_on : ordinal day of the last call or look at the number, NEVER without one; together : of a household with
    another one who could go; verdict : in an order 2 yes, 1 to be asked, 0 not in its list; fresh : new since a
    saved search was opened. names : opened when a name is first asked for
    """

    columns: PeopleColumns
    names: Callable[[], NameColumns]
    on: date
    called_on: NDArray[np.int32]
    together: Mask
    verdict: NDArray[np.int8] | None = None
    fresh: Mask | None = None

    def __len__(self) -> int:
        return len(self.columns)

    @cached_property
    def departs(self) -> NDArray[np.int8]:
        """Position in `Departs` of the day each can leave."""
        today = self.on.toordinal()
        return _n_below((today, today + WEEK_DAYS, today + MONTH_DAYS, NO_DAY - 1), self.columns.available)

    @cached_property
    def contacted(self) -> NDArray[np.int8]:
        """Position in `Contacted` of the last call: within a week, within a month, earlier, never."""
        today = self.on.toordinal()
        # Someone called `days` days ago rests that many days: the day itself is the first.
        return _n_below((NEVER, today - MONTH_DAYS, today - WEEK_DAYS), self.called_on)


def _n_below(bounds: tuple[int, ...], days: NDArray[np.int32]) -> NDArray[np.int8]:
    """How many of the bounds each day lies behind; a comparison each, a twentieth of what a search in them takes."""
    found = np.zeros(len(days), dtype=np.int8)
    for bound in bounds:
        found += days > bound
    return found


class Sieve:
    """A query over people, each kind's mask made once: who fits all of it, and who would with one kind let go."""

    def __init__(self, people: People, query: Query, within: Mask) -> None:
        """within : whom the search is over at all, shape (n,)."""
        self.people, self.query, self.within = people, query, within
        self._wanted: Final[dict[About, Mask]] = {}
        self._left = within.copy()
        for about in About:
            if wanted := query.of(about):
                self._wanted[about] = _any_of(people, about, wanted)
            if unwanted := query.of(about, negated=True):
                self._left &= ~_any_of(people, about, unwanted)

    @cached_property
    def fits(self) -> Mask:
        """Who fits every kind, shape (n,)."""
        return self.but()

    def but(self, *open_to: About) -> Mask:
        """Who fits every kind except these; what is not wanted stays out."""
        found = self._left
        for about, mask in self._wanted.items():
            if about not in open_to:
                found = found & mask
        return found


def matching(people: People, query: Query) -> Mask:
    """Who fits every kind of the query, shape (n,)."""
    return Sieve(people, query, np.ones(len(people), dtype=np.bool_)).fits


def holding(people: People, chip: Chip) -> Mask:
    """Whom the condition of one chip holds for, negated or not."""
    return _HOLDS[chip.about](people, chip.value)


def _any_of(people: People, about: About, values: tuple[str, ...]) -> Mask:
    found = np.zeros(len(people), dtype=np.bool_)
    for value in values:
        found |= _HOLDS[about](people, value)
    return found


def _nobody(people: People) -> Mask:
    return np.zeros(len(people), dtype=np.bool_)


def _having(people: People, postings: Postings, fits: Callable[[str], bool]) -> Mask:
    found = _nobody(people)
    for at, word in enumerate(postings.words):
        if fits(word):
            found[postings.of(at)] = True
    return found


def _skilled(people: People, value: str) -> Mask:
    if not value.startswith(LITERAL):
        return _having(people, people.columns.terms, lambda term: term == value)
    text = folded(value.removeprefix(LITERAL))
    return _having(people, people.columns.texts, lambda word: bool(text) and text in word)


def _going(people: People, value: str) -> Mask:
    """Who accepts a range just so, or would go to a place: it lies inside the range, or is wished for."""
    ranks = people.columns.travel_rank
    if value == UNKNOWN:
        return np.asarray(ranks == UNSTATED)
    if value in set(TravelRange):
        return np.asarray(ranks == TravelRange(value).rank)
    if not (value.isascii() and value.isdigit()):
        return _nobody(people)
    classes = place_class_codes(people.columns.homes, np.array(code_number(written(value))))
    inside = classes[people.columns.home] <= ranks
    return inside | _having(people, people.columns.places, lambda code: code.startswith(value))


def _departing(people: People, value: str) -> Mask:
    """Who can leave in a span, or by a day; an unknown day is none."""
    if value in set(Departs):
        return np.asarray(people.departs == tuple(Departs).index(Departs(value)))
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _nobody(people)
    return np.asarray(people.columns.available <= day.toordinal())


def _contacted(people: People, value: str) -> Mask:
    if value not in set(Contacted):
        return _nobody(people)
    return np.asarray(people.contacted == tuple(Contacted).index(Contacted(value)))


def _coded(codes: NDArray[np.int32], values: tuple[str, ...], value: str) -> Mask:
    return np.asarray(codes == values.index(value)) if value in values else np.zeros(len(codes), dtype=np.bool_)


def _verdict(people: People, value: str) -> Mask:
    if people.verdict is None:
        return _nobody(people)
    return np.asarray(people.verdict == VERDICTS.get(value, NEVER))


def _shares(people: People, value: str) -> Mask:
    return np.asarray(people.columns.shares == CONTACTS[value]) if value in CONTACTS else _nobody(people)


_HOLDS: Final[Mapping[About, Callable[[People, str], Mask]]] = {
    About.SKILL: _skilled,
    About.NAME: lambda people, value: called(people.names(), value),
    About.TOWNSHIP: lambda people, value: _coded(people.columns.township, people.columns.townships, value),
    About.VILLAGE: lambda people, value: _coded(people.columns.village, people.columns.villages, value),
    About.GOING: _going,
    About.DEPARTS: _departing,
    About.CONTACTED: _contacted,
    About.TOGETHER: lambda people, _: people.together,
    About.CONTACT: _shares,
    About.VERDICT: _verdict,
    About.FRESH: lambda people, _: _nobody(people) if people.fresh is None else people.fresh,
}


def pairs_of(columns: PeopleColumns, free: Mask) -> Mask:
    """Who is of a household in which at least two are willing and without work, shape (n,)."""
    could = free & columns.willing & (columns.household >= 0)
    if not could.any():
        return could
    in_household = np.bincount(columns.household[could], minlength=int(columns.household.max()) + 1)
    return np.asarray(could & (in_household[columns.household] > 1))


def neutral_order(columns: PeopleColumns, ties: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Everybody's rows by the day they registered, the longest waiting first, without a day last; ties by their keys.

    Some of the people stand in it as they stand among all: `order[mask[order]]`.
    """
    return np.lexsort((ties, columns.waiting))
