"""Signs that a placement may be false: each asks somebody to look, none is a finding; limits and words are data.

Phones and cards come in as keys that say only whether two are the same; nothing here knows a number or a name.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from matcher.errors import InvalidInput
from matcher.geography import distance_km
from matcher.policy.evaluation.conventions import add_months, age_on
from matcher.records import COUNTY_DIGITS, EvidenceKind, Placement
from matcher.records.codes import PREFECTURE_DIGITS

FILE: Final = "signs.toml"
TEN: Final = 10
HEARD: Final = frozenset({EvidenceKind.OWN_REPLY, EvidenceKind.VISIT, EvidenceKind.WAGE_ROLL, EvidenceKind.INSURANCE})
"""Evidence that somebody has seen or heard of a person, or paid them, after the start."""


class Sign(StrEnum):
    """What may be wrong."""

    SHARED_PHONE = "shared_phone"
    SHARED_CARD = "shared_card"
    TWO_PLACES = "two_places"
    LOW_WAGE = "low_wage"
    NO_CONTACT = "no_contact"
    ROUND_AGES = "round_ages"
    FUTURE = "future"


class WageRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameter whose county figure is the lowest wage."""

    pack: str
    parameter: str


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which numbers on a sign is one; each says itself in `signs.toml`."""

    phone_people: int
    card_people: int
    apart_km: int
    silent_months: int
    round_people: int


class SignRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of signs."""

    document: str
    clause: str
    reading: str
    wage: WageRule
    limits: Limits
    words: dict[Sign, str]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A placement with what is looked at beside it.

    village : code of the home; phone, card : equal for equal numbers, "" where none is recorded
    heard : somebody has answered or met the person in a check
    """

    placement: Placement
    village: str = ""
    birth_date: date | None = None
    phone: str = ""
    card: str = ""
    heard: bool = False


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A sign at a placement; beside : the other placements it is seen in, sorted."""

    sign: Sign
    beside: tuple[str, ...] = ()


@cache
def sign_rules() -> SignRules:
    """The committed signs."""
    return read_rules(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def read_rules(text: str) -> SignRules:
    """The signs of a file's text. Raises InvalidInput for a misfit or a sign without words."""
    try:
        read = msgspec.convert(tomllib.loads(text), SignRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the signs do not fit: {error}", where=FILE) from None
    if set(read.words) != set(Sign):
        raise InvalidInput("each sign has words", where=FILE, remedy="Write a line for each.")
    return read


def signs_of(
    cases: Sequence[Case], rules: SignRules, on: date, *, lowest_yuan_month: int | None
) -> dict[str, tuple[Seen, ...]]:
    """Placement id -> its signs on a day, in the order of `Sign`; placements without any are left out.

    lowest_yuan_month : the figure of the wage rule, None where nobody has entered it: no wage is judged then
    """
    limits = rules.limits
    found: dict[str, dict[Sign, set[str]]] = defaultdict(dict)

    def tell(sign: Sign, ids: Iterable[str]) -> None:
        together = set(ids)
        for one in together:
            found[one].setdefault(sign, set()).update(together - {one})

    for ids in _shared(cases, lambda case: case.phone, limits.phone_people):
        tell(Sign.SHARED_PHONE, ids)
    for ids in _shared(cases, lambda case: case.card, limits.card_people):
        tell(Sign.SHARED_CARD, ids)
    for ids in _apart(cases, limits.apart_km, on):
        tell(Sign.TWO_PLACES, ids)
    for ids in _round(cases, limits.round_people, on):
        tell(Sign.ROUND_AGES, ids)
    for case in cases:
        for sign in _alone(case, limits, on, lowest_yuan_month):
            tell(sign, (case.placement.placement_id,))
    return {
        one: tuple(Seen(sign=sign, beside=tuple(sorted(signs[sign]))) for sign in Sign if sign in signs)
        for one, signs in sorted(found.items())
    }


def not_looked_for(lowest_yuan_month: int | None) -> tuple[Sign, ...]:
    """Signs nobody can look for yet."""
    return (Sign.LOW_WAGE,) if lowest_yuan_month is None else ()


def _alone(case: Case, limits: Limits, on: date, lowest_yuan_month: int | None) -> Iterator[Sign]:
    """The signs of one placement by itself."""
    placement = case.placement
    wage = placement.wage_yuan_month
    if lowest_yuan_month is not None and wage is not None and wage < lowest_yuan_month:
        yield Sign.LOW_WAGE
    heard = case.heard or any(
        one.kind in HEARD and one.on is not None and placement.start <= one.on <= on for one in placement.evidence
    )
    running = placement.end is None or placement.end >= on
    if running and not heard and add_months(placement.start, limits.silent_months) <= on:
        yield Sign.NO_CONTACT
    if any(one.on is not None and one.on > on for one in placement.evidence):
        yield Sign.FUTURE


def _groups(cases: Iterable[Case], key: Callable[[Case], Hashable]) -> Mapping[Hashable, list[Case]]:
    found: dict[Hashable, list[Case]] = defaultdict(list)
    for case in cases:
        if key(case):
            found[key(case)].append(case)
    return found


def _shared(cases: Sequence[Case], key: Callable[[Case], str], people: int) -> Iterator[list[str]]:
    """Placements of so many different people under one key."""
    for group in _groups(cases, key).values():
        if len({case.placement.worker_id for case in group}) >= people:
            yield [case.placement.placement_id for case in group]


def _apart(cases: Sequence[Case], km: int, on: date) -> Iterator[list[str]]:
    """Two placements of one person that run on the same day in prefectures so far apart."""
    for group in _groups(cases, lambda case: case.placement.worker_id).values():
        placed = sorted((case.placement for case in group), key=lambda one: (one.start, one.placement_id))
        for at, first in enumerate(placed):
            for second in placed[at + 1 :]:
                if second.start < min(first.end or on, on) and _far(first.place_code, second.place_code, km):
                    yield [first.placement_id, second.placement_id]


def _far(a: str | None, b: str | None, km: int) -> bool:
    """Whether two places are so far apart, by their prefectures where nothing finer has coordinates."""
    if not a or not b or a[:PREFECTURE_DIGITS] == b[:PREFECTURE_DIGITS]:
        return False
    between = distance_km(a[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"), b[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return between is not None and between >= km


def _round(cases: Sequence[Case], people: int, on: date) -> Iterator[list[str]]:
    """The placements of villages where so many people are placed and all their ages end in 0."""
    for group in _groups((case for case in cases if case.birth_date), lambda case: case.village).values():
        ages = {case.placement.worker_id: age_on(case.birth_date, on) for case in group if case.birth_date}
        if len(ages) >= people and all(age % TEN == 0 for age in ages.values()):
            yield [case.placement.placement_id for case in group]
