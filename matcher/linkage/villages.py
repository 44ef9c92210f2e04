"""Villages that changed their name between two ledgers, learnt from the people whose numbers agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from matcher.linkage.entries import Entry
from matcher.linkage.weights import VillagePoints


def moved_villages(pairs: Iterable[tuple[Entry, Entry]], points: VillagePoints) -> frozenset[tuple[str, str]]:
    """(name in the left ledger, name in the right) of villages that are one, by people found by number.

    A village counts if enough of its people, and a large enough share of them, stand under the other name; a few
    who moved house do not make two villages one.
    """
    both: Counter[tuple[str, str]] = Counter()
    of_left: Counter[str] = Counter()
    for left, right in pairs:
        if left.villages and right.villages:
            of_left[left.villages[0]] += 1
            both[left.villages[0], right.villages[0]] += 1
    return frozenset(
        (old, new)
        for (old, new), n in both.items()
        if old != new and n >= points.moved_people and n >= points.moved_share * of_left[old]
    )
