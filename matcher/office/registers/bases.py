"""How many people of a place the base year had: as the county states it, as a list has it, else as work proves it.

Clause 二2 of the masked county compares with entries of the national system. Where nobody recorded any the number is
unknown and is asked for: it is never 0 by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import InvalidInput
from matcher.office.registers.schedule import Step
from matcher.office.registers.standing import Standing
from matcher.office.registers.work import Span
from matcher.records.base import Count
from matcher.records.deeds import Deed, NewDeed

PREFIX: Final = "base:"
SAID: Final = "base.stated"


class Basis(StrEnum):
    """What the number of the base year rests on."""

    STATED = "stated"
    LISTED = "listed"
    PROVED = "proved"
    UNKNOWN = "unknown"


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """A number an officer took from a paper. n : None takes back what was stated before."""

    year: int
    n: Count | None
    source: str
    by: str = ""
    on: str = ""


class Base(NamedTuple):
    """The base year of one place. n : None = unknown; ids : people behind it, none where a number alone was stated."""

    n: int | None
    basis: Basis
    ids: tuple[str, ...] = ()
    stated: Stated | None = None


class Bases(NamedTuple):
    """Base years of villages and towns, and what was stated: (code of the place, year) -> the number."""

    year: int
    town_year: int
    stated: Mapping[tuple[str, int], Stated] = {}


def bases_of(span: Span, deeds: Iterable[Deed] = (), reach: Sequence[str] = ()) -> Bases:
    """The base years of a span, with numbers stated of places in `reach` (leading digits; empty: everywhere)."""
    told: dict[tuple[str, int], Stated] = {}
    for deed in deeds:
        code = deed.stream.removeprefix(PREFIX)
        if reach and not code.startswith(tuple(reach)):
            continue
        said = msgspec.convert({**deed.body, "by": deed.by, "on": deed.on.isoformat()}, Stated)
        told.pop((code, said.year), None)
        if said.n is not None:
            told[code, said.year] = said
    return Bases(*span.base_years, told)


def base_of(members: Sequence[Standing], year: int, stated: Stated | None) -> Base:
    """The base year of a village; a list of the year counts alone, for who worked beside it was not entered."""
    listed = [one.worker_id for one in members if year in one.listed]
    ids = tuple(listed or (one.worker_id for one in members if year in one.work.years))
    if stated is not None:
        return Base(stated.n, Basis.STATED, ids, stated)
    if not ids:
        return Base(None, Basis.UNKNOWN)
    return Base(len(ids), Basis.LISTED if listed else Basis.PROVED, ids)


def sum_of(villages: Sequence[Base], stated: Stated | None) -> Base:
    """The base year of a town: as stated, else the sum of its villages; unknown while that of one of them is."""
    ids = tuple(one for base in villages for one in base.ids)
    if stated is not None:
        return Base(stated.n, Basis.STATED, ids, stated)
    known = [base.n for base in villages if base.n is not None]
    if len(known) < len(villages) or not known:
        return Base(None, Basis.UNKNOWN, ids)
    weakest = max((base.basis for base in villages), key=list(Basis).index)
    return Base(sum(known), weakest, ids)


def stream_of_base(place: str) -> str:
    """Name of the stream of a place's base numbers."""
    return f"{PREFIX}{place}"


def state(year: int, n: int | None, source: str, step: Step) -> NewDeed:
    """Record the number of a place in a year, or take it back with n None. Raises InvalidInput without a source."""
    if not source:
        raise InvalidInput("没有写这个数是哪里来的", where="source", remedy="请写明文件、报表或者系统名单的名称。")
    body: dict[str, Any] = {"year": year, "n": n, "source": source}
    return NewDeed(kind=SAID, at=step.at, on=step.on, by=step.actor, body=body)
