"""How many people each further choice would leave, counted over the columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.orders.search.columns import Mask
from matcher.orders.search.matching import CONTACTS, VERDICTS, People, Sieve
from matcher.orders.search.query import LITERAL, PAIR, UNKNOWN, About, Contacted, Departs
from matcher.records import TravelRange

N_CHOICES: Final = 12
"""Choices of a facet that are told; a county has hundreds of villages, and nobody reads hundreds of boxes."""
N_COMPARED: Final = 32
"""Values of which each is compared with everybody's; with more of them one count over the rows costs less."""

Counts = Mapping[str, int]


class Choice(NamedTuple):
    """A value of a facet: how many people it would leave of what the other kinds leave."""

    value: str
    n: int
    chosen: bool


class Facet(NamedTuple):
    """Choices of one kind, those most people have first, the chosen ones always; how many more there are."""

    about: About
    choices: tuple[Choice, ...]
    n_more: int


class Crowd:
    """Some of the people: as a mask, and as the rows it names."""

    def __init__(self, people: People, mask: Mask) -> None:
        self.people, self.mask = people, mask

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Rising rows of the mask."""
        return np.flatnonzero(self.mask)

    def counts(self, codes: NDArray[np.signedinteger], values: Sequence[str], *, first: int = 0) -> Counts:
        """How many have each value; `first` is the code of the first one, anything before it is nobody's."""
        if len(values) <= N_COMPARED:
            return self.of_codes({value: code for code, value in enumerate(values, first)}, codes)
        held = codes[self.rows] - codes.dtype.type(first)
        counts = np.bincount(held[held >= 0], minlength=len(values))
        return dict(zip(values, counts.tolist(), strict=False))

    def of_codes(self, told: Mapping[str, int], codes: NDArray[np.signedinteger]) -> Counts:
        """How many have each value, by its code."""
        return {value: int(np.count_nonzero((codes == code) & self.mask)) for value, code in told.items()}


def facets(sieve: Sieve, kinds: Sequence[About]) -> list[Facet]:
    """The facets of some kinds. Choices of a short list keep their places while one narrows; those of the long ones
    (trades, villages) are the ones most people are left of."""
    everybody, fitting = Crowd(sieve.people, sieve.within), Crowd(sieve.people, sieve.fits)
    told = []
    for about in kinds:
        chosen = sieve.query.of(about)
        left = _COUNTS[about](Crowd(sieve.people, sieve.but(about)) if chosen else fitting)
        every = left if about in _LONG else _COUNTS[about](everybody)
        told.append(_facet(about, left, every, chosen))
    return told


def _facet(about: About, left: Counts, every: Counts, chosen: tuple[str, ...]) -> Facet:
    values = _FIXED.get(about) or sorted(every, key=lambda value: (-every[value], value))
    present = [value for value in values if every.get(value) or value in chosen]
    shown = present[:N_CHOICES] + [value for value in present[N_CHOICES:] if value in chosen]
    told = tuple(Choice(value, left.get(value, 0), value in chosen) for value in shown)
    return Facet(about, told, len(present) - len(shown))


def _skills(crowd: Crowd) -> Counts:
    columns = crowd.people.columns
    terms = dict(zip(columns.terms.words, columns.terms.counts(crowd.mask).tolist(), strict=True))
    untold = [f"{LITERAL}{text}" for text in columns.untold.words]
    return terms | dict(zip(untold, columns.untold.counts(crowd.mask).tolist(), strict=True))


def _verdicts(crowd: Crowd) -> Counts:
    return {} if crowd.people.verdict is None else crowd.of_codes(VERDICTS, crowd.people.verdict)


_RANGES: Final = (UNKNOWN, *TravelRange)
_LONG: Final = frozenset({About.SKILL, About.VILLAGE})
_COUNTS: Final[Mapping[About, Callable[[Crowd], Counts]]] = {
    About.SKILL: _skills,
    About.TOWNSHIP: lambda some: some.counts(some.people.columns.township, some.people.columns.townships),
    About.VILLAGE: lambda some: some.counts(some.people.columns.village, some.people.columns.villages),
    About.GOING: lambda some: some.counts(some.people.columns.travel_rank, _RANGES, first=-1),
    About.DEPARTS: lambda some: some.counts(some.people.departs, tuple(Departs)),
    About.CONTACTED: lambda some: some.counts(some.people.contacted, tuple(Contacted)),
    About.TOGETHER: lambda some: {PAIR: int(np.count_nonzero(some.people.together & some.mask))},
    About.CONTACT: lambda some: some.of_codes(CONTACTS, some.people.columns.shares),
    About.VERDICT: _verdicts,
}
_FIXED: Final[Mapping[About, tuple[str, ...]]] = {
    About.GOING: (*reversed(TravelRange), UNKNOWN),
    About.DEPARTS: tuple(Departs),
    About.CONTACTED: tuple(Contacted),
    About.TOGETHER: (PAIR,),
    About.CONTACT: tuple(CONTACTS),
    About.VERDICT: tuple(VERDICTS),
}
"""Kinds whose choices have an order of their own."""
KINDS: Final = tuple(_COUNTS)
