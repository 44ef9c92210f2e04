"""The search of `nearest`, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.language.nearest import MOST_ALIKE
from matcher.machine_code import compiled

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)


@compiled
def _ones(word: Any) -> Any:
    """How many bits of a word are set."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _in_common(places: Any, characters: Any, lo: int, hi: int, length: int) -> Any:
    """Length of the longest common subsequence; places : bits of the text's characters, by character."""
    left = _ALL
    for at in range(lo, hi):
        met = left & places[characters[at]]
        left = (left + met) | (left - met)
    left = ~left
    if length < 64:
        left &= (_ONE << np.uint64(length)) - _ONE
    return _ones(left)


@compiled
def _shared(text: Any, lo: int, hi: int, index: Any, count: Any, met: Any, seen: Any) -> tuple[int, int]:
    """How many characters each name shares with a text into `count`, the names into `met`; how many names, the most."""
    names, first = index[2], index[3]
    n_met, most = 0, 0
    for at in range(lo, hi):
        character = text[at]
        if character == 0:
            continue
        key = character * (MOST_ALIKE + 1) + min(seen[character], MOST_ALIKE)
        seen[character] += 1
        for entry in range(first[key], first[key + 1]):
            name = names[entry]
            if count[name] == 0:
                met[n_met] = name
                n_met += 1
            count[name] += 1
            most = max(most, count[name])
    return n_met, most


@compiled
def _likest(length: int, level: int, n_met: int, met: Any, count: Any, places: Any, index: Any) -> tuple[int, int, int]:
    """The likest of the names met, what it has in common with the text and the length of both; -1, 0, 1 for none.

    level : the most characters a name shares. Ratios are compared as fractions of whole numbers.
    """
    characters, of_name = index[0], index[1]
    name, common, total = -1, 0, 1
    while level > 0 and level * total >= common * (length + level):
        for nth in range(n_met):
            other = met[nth]
            if count[other] != level:
                continue
            both = length + of_name[other + 1] - of_name[other]
            bound, best = level * total, common * both
            if bound < best or (bound == best and other > name):
                continue
            found = _in_common(places, characters, of_name[other], of_name[other + 1], length)
            if found * total > best or (found * total == best and found and other < name):
                name, common, total = other, found, both
        level -= 1
    return name, common, total


@compiled
def search(text: Any, starts: Any, index: Any, lo: int, hi: int, best: Any, ratio: Any) -> None:
    """The likest name of the texts lo..hi into `best` and `ratio`.

    index : of `nearest.NameIndex`; texts and names have at most 64 characters. A name's last counted character stands
    for all further ones of its kind, so what is counted is never less than what is shared.
    """
    n_names = len(index[1]) - 1
    n_characters = len(index[3]) // (MOST_ALIKE + 1) + 1
    count, met = np.zeros(n_names, dtype=np.int64), np.empty(n_names, dtype=np.int64)
    seen, places = np.zeros(n_characters, dtype=np.int64), np.zeros(n_characters, dtype=np.uint64)
    for row in range(lo, hi):
        start, end = starts[row], starts[row + 1]
        n_met, level = _shared(text, start, end, index, count, met, seen)
        for at in range(start, end):
            if text[at] > 0:
                places[text[at]] |= _ONE << np.uint64(at - start)
        name, common, total = _likest(end - start, level, n_met, met, count, places, index)
        best[row] = name
        ratio[row] = (1.0 - (total - 2 * common) / total) * 100.0 if name >= 0 else 0.0
        for nth in range(n_met):
            count[met[nth]] = 0
        for at in range(start, end):
            seen[text[at]], places[text[at]] = 0, 0
