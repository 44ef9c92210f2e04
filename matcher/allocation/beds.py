"""Beds of a dormitory for people who are already chosen: which rooms each dormitory group gets, and what is missing.

Here alone people are told apart by dormitory group, and too late to change who goes: a room holds one group only, and
where the rooms do not split so that everybody has a bed, the beds that are missing are said, not somebody left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beds:
    """Rooms of a dormitory by group: `rooms` positions of the first group's rooms, the others are the second's.

    missing : beds that each group lacks; unknown : people whose group nobody recorded
    """

    rooms: tuple[int, ...]
    missing: tuple[int, int]
    unknown: int


def beds(rooms: Sequence[int], people: Sequence[bool | None]) -> Beds:
    """The split of rooms by which the fewest beds are missing, the same for the same rooms and numbers.

    rooms : beds of each; people : of each person whether of the first group, None where nobody knows
    """
    n_first, n_second = people.count(True), people.count(False)
    total = sum(rooms)
    ways: dict[int, tuple[int, ...]] = {0: ()}
    for at, size in enumerate(rooms):
        # Sums of before only: a room is given once.
        for beds_given, given in list(ways.items()):
            ways.setdefault(beds_given + size, (*given, at))

    def lacks(given: int) -> tuple[int, int]:
        return max(0, n_first - given), max(0, n_second - (total - given))

    best = min(ways, key=lambda given: (sum(lacks(given)), given))
    return Beds(ways[best], lacks(best), people.count(None))
