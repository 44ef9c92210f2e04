"""Which rows are worth weighing against each other: rows that share a key, so that nobody compares all with all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from matcher.linkage.entries import Entry, Form

Key = tuple[str, ...]
_BODY: Final = 17
_MONTH: Final = 7


class Blocks(msgspec.Struct, frozen=True):
    """Pairs of (left index, right index) in order, and how many blocks were too large to tell anybody apart."""

    pairs: tuple[tuple[int, int], ...]
    n_too_large: int


def keys_of(entry: Entry, villages: Iterable[str]) -> Iterator[Key]:
    """The keys of a row; one slip in a number, a name, a village or a phone leaves some of them whole.

    villages : under every name that is one with the entry's own
    """
    number, heard = entry.number, entry.heard
    surname = heard.partition(" ")[0]
    if len(number) > _BODY and entry.form is not Form.EMPTY:
        birth, tail = number[6:14], number[14:_BODY]
        if "*" not in birth:
            yield "birth", birth, surname
            yield "day", birth[4:], tail, surname
        if "*" not in tail:
            yield "year", birth[:4], tail, surname
    if entry.phone:
        yield "phone", entry.phone
    if not heard:
        return
    yield "name", heard
    if entry.born:
        yield "name_month", heard, entry.born[:_MONTH]
    for village in villages:
        yield "name_village", heard, village
        yield "surname_birth_village", surname, entry.born or entry.born_by_number, village


def pairs_in_reach(
    left: Sequence[Entry],
    right: Sequence[Entry],
    rows: tuple[Iterable[int], Iterable[int]],
    moved: frozenset[tuple[str, str]],
    largest: int,
) -> Blocks:
    """Pairs of the rows asked for that share a key; a block of more than `largest` pairs is passed over.

    The slow twin compares all with all and keeps whoever shares a key.
    """
    later: dict[str, set[str]] = defaultdict(set)
    for old, new in moved:
        later[old].add(new)
    by_key: tuple[dict[Key, list[int]], dict[Key, list[int]]] = (defaultdict(list), defaultdict(list))
    for ix in rows[0]:
        names = {new for old in left[ix].villages for new in (old, *later[old])}
        for key in set(keys_of(left[ix], sorted(names))):
            by_key[0][key].append(ix)
    for ix in rows[1]:
        for key in set(keys_of(right[ix], right[ix].villages)):
            if key in by_key[0]:
                by_key[1][key].append(ix)
    found: set[tuple[int, int]] = set()
    n_too_large = 0
    for key, theirs in by_key[1].items():
        ours = by_key[0][key]
        if len(ours) * len(theirs) > largest:
            n_too_large += 1
            continue
        found.update((a, b) for a in ours for b in theirs)
    return Blocks(tuple(sorted(found)), n_too_large)
