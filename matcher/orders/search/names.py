"""Names of a roster as arrays: found by characters, by sound, by whole or first letters of pinyin.

Every way to ask becomes one set of characters per place, looked up in the few thousand characters that stand in the
roster; a name fits where its characters lie in the sets one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.language.names import Spelled, plain_name, plain_pinyin, sounds, spellings
from matcher.orders.search.query import EXACTLY

Mask = NDArray[np.bool_]
FEWEST: Final = 2
"""Characters a part of a name needs: one alone is read as a surname, which masked names show anyhow. A single
character anywhere in the name would list a whole clan and let hidden characters be guessed one by one."""


@dataclass(frozen=True, slots=True)
class NameColumns:
    """Names one behind the other. characters : the different ones; letters : of every name, positions in them

    start : where each name begins, shape (n + 1,); an unknown name is empty
    """

    characters: str
    letters: NDArray[np.int32]
    start: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start) - 1


def encode_names(names: Iterable[str | None]) -> NameColumns:
    """The columns of names in their order."""
    plain = [plain_name(name) for name in names]
    lengths = np.array([len(name) for name in plain], dtype=np.int64)
    points = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    known, letters = np.unique(points, return_inverse=True)
    return NameColumns(
        characters="".join(map(chr, known.tolist())),
        letters=letters.reshape(-1).astype(np.int32),
        start=np.concatenate(([0], np.cumsum(lengths))),
    )


def called(names: NameColumns, asked: str) -> Mask:
    """Who is called so, shape (n,): by letters if it is written in them, else by characters and their sound."""
    if asked.isascii():
        return _spelled(names, asked)
    exact = asked.startswith(EXACTLY)
    plain = plain_name(asked.removeprefix(EXACTLY))
    if not plain:
        return np.zeros(len(names), dtype=np.bool_)
    table = sounds().common
    sets = []
    for place, character in enumerate(plain):
        heard = frozenset() if exact else frozenset(_heard(character, surname=place == 0))
        sets.append([known == character or not heard.isdisjoint(table.get(known, ())) for known in names.characters])
    return _standing(names, [np.array(held, dtype=np.bool_) for held in sets], at_start=len(plain) < FEWEST)


def _heard(character: str, *, surname: bool) -> tuple[str, ...]:
    """How a character of a name sounds: as a surname at its head, elsewhere as it is read first."""
    found = sounds()
    common = found.common.get(character, ())
    return common if surname else common[:1]


def _spelled(names: NameColumns, asked: str) -> Mask:
    """By pinyin: whole syllables anywhere, one alone from the start; with mere first letters the whole name."""
    found = np.zeros(len(names), dtype=np.bool_)
    for spelling in spellings(plain_pinyin(asked)):
        whole = all(sound.whole for sound in spelling)
        sets = [_sounding(names, sound) for sound in spelling]
        at_start = not whole or len(spelling) < FEWEST
        found |= _standing(names, sets, at_start=at_start, to_end=not whole)
    return found


def _sounding(names: NameColumns, sound: Spelled) -> Mask:
    readings = sounds().readings
    heard = [sound.heard_in(readings.get(character, ())) for character in names.characters]
    return np.array(heard, dtype=np.bool_)


def _standing(names: NameColumns, sets: Sequence[Mask], *, at_start: bool, to_end: bool = False) -> Mask:
    """Names in which characters of the sets stand one after the other; from the first, or to the last if asked."""
    starts, ends = names.start[:-1], names.start[1:]
    n_letters, n_sets = len(names.letters), len(sets)
    found = np.zeros(len(names), dtype=np.bool_)
    if n_letters < n_sets or any(not held.any() for held in sets):
        return found
    n_places = n_letters - n_sets + 1
    fits = np.ones(n_places, dtype=np.bool_)
    for offset, held in enumerate(sets):
        fits &= held[names.letters[offset : offset + n_places]]
    hits = np.flatnonzero(fits)
    owner = np.searchsorted(starts, hits, side="right") - 1
    # Empty names share their start with the next one; the search from the right names the last, which holds the letter.
    inside = hits + n_sets <= ends[owner]
    if at_start:
        inside &= hits == starts[owner]
    if to_end:
        inside &= hits + n_sets == ends[owner]
    found[owner[inside]] = True
    return found
