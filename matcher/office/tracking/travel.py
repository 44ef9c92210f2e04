"""Where one person is said to have been: two places at once, and places nobody gets to in the time between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from matcher.geography import distance_km
from matcher.records import COUNTY_DIGITS, EvidenceKind, Placement
from matcher.records.codes import PREFECTURE_DIGITS

Pair = tuple[str, str]
"""Ids of two placements, the one that began first first."""


def two_places(placed: Sequence[Placement], apart_km: int, on: date) -> Iterator[Pair]:
    """Pairs of one person's placements, over or not, that say of one day that it was worked in places so far apart.

    Either the placements overlap, or a check-in of the one lies inside the other, or both have one of the same day. The
    day on which one ends and the other begins is a move.
    """
    for first, second in _pairs(placed):
        apart = km_between(first.place_code, second.place_code)
        if apart is None or apart < apart_km:
            continue
        here, there = arrivals(first, on), arrivals(second, on)
        inside = any(_inside(day, second, on) for day in here) or any(_inside(day, first, on) for day in there)
        if here & there or inside or second.start < min(first.end or on, on):
            yield first.placement_id, second.placement_id


def too_fast(placed: Sequence[Placement], km_a_day: int, on: date) -> Iterator[Pair]:
    """Pairs of one person's placements with check-ins on different days that nobody could have come to in between."""
    for first, second in _pairs(placed):
        apart = km_between(first.place_code, second.place_code)
        if apart is None:
            continue
        days = (abs((one - other).days) for one in arrivals(first, on) for other in arrivals(second, on))
        if any(apart > km_a_day * n for n in days if n):
            yield first.placement_id, second.placement_id


def arrivals(placement: Placement, on: date) -> set[date]:
    """The days up to one on which somebody checked in for a placement."""
    dated = (one.on for one in placement.evidence if one.kind is EvidenceKind.CHECK_IN)
    return {day for day in dated if day is not None and day <= on}


def km_between(a: str | None, b: str | None) -> float | None:
    """How far two places are apart, by their prefectures where nothing finer has coordinates; 0 inside one of them."""
    if not a or not b:
        return None
    if a[:PREFECTURE_DIGITS] == b[:PREFECTURE_DIGITS]:
        return 0.0
    return distance_km(a[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"), b[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))


def _pairs(placed: Iterable[Placement]) -> Iterator[tuple[Placement, Placement]]:
    return combinations(sorted(placed, key=lambda one: (one.start, one.placement_id)), 2)


def _inside(day: date, placement: Placement, on: date) -> bool:
    """Whether a day lies between the first and the last of a placement."""
    return placement.start < day < min(placement.end or on, on)
