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
from typing import Annotated, Final

import msgspec

from matcher.errors import InvalidInput
from matcher.office.tracking.travel import too_fast, two_places
from matcher.policy.evaluation.conventions import add_months, age_on
from matcher.records import EvidenceKind, Placement

FILE: Final = "signs.toml"
TEN: Final = 10
HEARD: Final = frozenset({EvidenceKind.OWN_REPLY, EvidenceKind.VISIT, EvidenceKind.WAGE_ROLL, EvidenceKind.INSURANCE})
"""Evidence that somebody has seen or heard of a person, or paid them, after the start."""
PAPERS: Final = frozenset({EvidenceKind.CONTRACT, EvidenceKind.WAGE_ROLL, EvidenceKind.INSURANCE})
"""Evidence that money or the state stands behind, or a signature."""


class Sign(StrEnum):
    """What may be wrong."""

    SHARED_PHONE = "shared_phone"
    SHARED_CARD = "shared_card"
    TWO_PLACES = "two_places"
    TOO_FAST = "too_fast"
    LOW_WAGE = "low_wage"
    NO_CONTACT = "no_contact"
    ROUND_AGES = "round_ages"
    JUMP = "jump"
    FUTURE = "future"


class WageRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document's parameter whose county figure is the lowest wage."""

    pack: str
    parameter: str


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which numbers on a sign is one; each says itself in `signs.toml`."""

    phone_people: int
    card_people: int
    apart_km: int
    km_a_day: int
    ended_months: int
    silent_months: int
    round_people: int
    jump_days: int
    jump_people: int


class SignRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of signs. wage : by document, the first where the one that binds names none."""

    document: str
    clause: str
    reading: str
    wage: Annotated[tuple[WageRule, ...], msgspec.Meta(min_length=1)]
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


def wage_rule(rules: SignRules, bound: str) -> WageRule:
    """Where the lowest wage is written: in the document that binds, else in the first that names one."""
    return next((one for one in rules.wage if one.pack == bound), rules.wage[0])


def looked_for(placement: Placement, limits: Limits, on: date) -> bool:
    """Whether a placement is looked at on a day: it runs, or ended not long before."""
    return placement.start <= on and (placement.end is None or add_months(placement.end, limits.ended_months) >= on)


def signs_of(
    cases: Sequence[Case], rules: SignRules, on: date, *, lowest_yuan_month: int | None
) -> dict[str, tuple[Seen, ...]]:
    """Placement id -> its signs on a day, in the order of `Sign`; placements without any are left out.

    Of what is over, it is asked only where the person was: all other signs are of those that run.
    lowest_yuan_month : the figure of the wage rule, None where nobody has entered it: no wage is judged then
    """
    limits = rules.limits
    running = [case for case in cases if _runs(case.placement, on)]
    found: dict[str, dict[Sign, set[str]]] = defaultdict(dict)
    for sign, ids in (*_among(running, limits, on), *_travelled(cases, limits, on)):
        together = set(ids)
        for one in together:
            found[one].setdefault(sign, set()).update(together - {one})
    for case in running:
        for sign in _alone(case, limits, on, lowest_yuan_month):
            found[case.placement.placement_id].setdefault(sign, set())
    return {
        one: tuple(Seen(sign=sign, beside=tuple(sorted(signs[sign]))) for sign in Sign if sign in signs)
        for one, signs in sorted(found.items())
    }


def not_looked_for(lowest_yuan_month: int | None) -> tuple[Sign, ...]:
    """Signs nobody can look for yet."""
    return (Sign.LOW_WAGE,) if lowest_yuan_month is None else ()


def _among(running: Sequence[Case], limits: Limits, on: date) -> Iterator[tuple[Sign, Sequence[str]]]:
    """What placements that run show together."""
    yield from ((Sign.SHARED_PHONE, ids) for ids in _shared(running, lambda case: case.phone, limits.phone_people))
    yield from ((Sign.SHARED_CARD, ids) for ids in _shared(running, lambda case: case.card, limits.card_people))
    yield from ((Sign.ROUND_AGES, ids) for ids in _round(running, limits.round_people, on))
    yield from ((Sign.JUMP, ids) for ids in _jumps(running, limits, on))


def _travelled(cases: Sequence[Case], limits: Limits, on: date) -> Iterator[tuple[Sign, Sequence[str]]]:
    """Where one person cannot have been."""
    for group in _groups(cases, lambda case: case.placement.worker_id).values():
        placed = [case.placement for case in group]
        yield from ((Sign.TWO_PLACES, pair) for pair in two_places(placed, limits.apart_km, on))
        yield from ((Sign.TOO_FAST, pair) for pair in too_fast(placed, limits.km_a_day, on))


def _alone(case: Case, limits: Limits, on: date, lowest_yuan_month: int | None) -> Iterator[Sign]:
    """The signs of one placement that runs, by itself."""
    placement = case.placement
    wage = placement.wage_yuan_month
    if lowest_yuan_month is not None and wage is not None and wage < lowest_yuan_month:
        yield Sign.LOW_WAGE
    heard = case.heard or any(
        one.kind in HEARD and one.on is not None and placement.start <= one.on <= on for one in placement.evidence
    )
    if not heard and add_months(placement.start, limits.silent_months) <= on:
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


def _runs(placement: Placement, on: date) -> bool:
    return placement.start <= on and (placement.end is None or placement.end >= on)


def _round(cases: Sequence[Case], people: int, on: date) -> Iterator[list[str]]:
    """The placements of villages where so many people are placed and all their ages end in 0, or did as they began.

    Ages made up for a list go on by a year each year: looked at on the day alone they would show for one year at most.
    """
    for group in _groups((case for case in cases if case.birth_date), lambda case: case.village).values():
        born = [(case, case.birth_date) for case in group if case.birth_date]
        enough = len({case.placement.worker_id for case, _ in born}) >= people
        now, then = (
            all(age_on(birth, day or case.placement.start) % TEN == 0 for case, birth in born) for day in (on, None)
        )
        if enough and (now or then):
            yield [case.placement.placement_id for case in group]


def _jumps(cases: Sequence[Case], limits: Limits, on: date) -> Iterator[list[str]]:
    """The placements of villages where so many people began within so few days and no paper says so of any of them."""
    bare = [case for case in cases if not _on_paper(case.placement, on)]
    for group in _groups(bare, lambda case: case.village).values():
        placed = sorted((case.placement for case in group), key=lambda one: (one.start, one.placement_id))
        first = 0
        for last, one in enumerate(placed):
            while (one.start - placed[first].start).days >= limits.jump_days:
                first += 1
            near = placed[first : last + 1]
            if len({placement.worker_id for placement in near}) >= limits.jump_people:
                yield [placement.placement_id for placement in near]


def _on_paper(placement: Placement, on: date) -> bool:
    return any(one.kind in PAPERS and (one.on is None or one.on <= on) for one in placement.evidence)
