"""How names sound: readings of characters without tones, surnames, pinyin as people type it.

`data/pinyin.csv` gives every character its readings; `data/surnames.csv` which characters are surnames and how they are
read as such (覃 is qin in Guangxi and tan elsewhere; 单 is shan, 仇 is qiu). Tones are left out: who searches does not
type them, and roll calls in dialect do not keep them.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import islice
from types import MappingProxyType
from typing import Final

import msgspec

MOST_SPELLINGS: Final = 24
"""Ways to cut typed letters that are tried: fangan is fan gan or fang an."""
LONGEST_SPELLING: Final = 36

_DOTS: Final = re.compile(r"[\s·•・．‧∙]+")
_NO_LETTER: Final = re.compile(r"[^a-z]")
_INITIALS: Final = frozenset("bpmfdtnlgkhjqxrzcsyw") | {"zh", "ch", "sh"}
_DOUBLE: Final = 2
_LONGEST_SYLLABLE: Final = 6


class Sounds(msgspec.Struct, frozen=True):
    """The committed tables. readings : character -> every reading; common : the readings a name is heard with."""

    readings: Mapping[str, tuple[str, ...]]
    common: Mapping[str, tuple[str, ...]]
    surnames: frozenset[str]
    syllables: frozenset[str]


class Spelled(msgspec.Struct, frozen=True):
    """One typed sound. whole : a syllable that is read just so; else the first letters of one.

    A vowel alone is a syllable and a first letter as well: the o of oyxy begins 欧.
    """

    letters: str
    whole: bool

    def heard_in(self, readings: tuple[str, ...]) -> bool:
        """Whether one of the readings sounds so."""
        if self.whole and len(self.letters) > 1:
            return self.letters in readings
        return any(reading.startswith(self.letters) for reading in readings)


@cache
def sounds() -> Sounds:
    """The tables, read once."""
    first: dict[str, str] = {}
    others: dict[str, list[str]] = defaultdict(list)
    syllables = set()
    for row in _rows("pinyin.csv"):
        syllables.add(row["syllable"])
        first.update(dict.fromkeys(row["first"], row["syllable"]))
        for character in row["others"]:
            others[character].append(row["syllable"])
    own = {row["surname"]: tuple(filter(None, row["readings"].split("|"))) for row in _rows("surnames.csv")}
    common = {character: own.get(character) or (syllable,) for character, syllable in first.items()}
    readings = {
        character: tuple(dict.fromkeys((*common[character], syllable, *others.get(character, ()))))
        for character, syllable in first.items()
    }
    return Sounds(MappingProxyType(readings), MappingProxyType(common), frozenset(own), frozenset(syllables))


def plain_name(name: str | None) -> str:
    """A name as names are compared: NFKC, without blanks and middle dots."""
    return _DOTS.sub("", unicodedata.normalize("NFKC", name or ""))


def begins_with_surname(name: str) -> bool:
    """Whether a text may be a name: it begins with a known surname of one or two characters."""
    known = sounds().surnames
    return name[:1] in known or name[:_DOUBLE] in known


def plain_pinyin(text: str) -> str:
    """Typed letters as they are compared: WÉI xiao-ying3 -> weixiaoying; ü and u: are v, lyu is lv; "" if none."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    folded = folded.replace("u\u0308", "v").replace("u:", "v")
    letters = _NO_LETTER.sub("", folded)
    return re.sub(r"(?<=[ln])yu(?![aeo])", "v", letters)


def spellings(text: str) -> tuple[tuple[Spelled, ...], ...]:
    """Every way to read typed letters as sounds of characters with as few mere initials as can be; () if there is none.

    weixy is wei + x + y, never w + ei + x + y; xian is xian or xi + an. At most MOST_SPELLINGS of them.
    """
    letters = plain_pinyin(text)
    if not letters or len(letters) > LONGEST_SPELLING:
        return ()
    fewest = _fewest_initials(letters)
    if fewest[0] is None:
        return ()
    return tuple(islice(_cut(letters, 0, fewest, fewest[0]), MOST_SPELLINGS))


def _heads(letters: str, start: int) -> Iterator[Spelled]:
    """What may stand at a place, longest first, a whole syllable before an initial."""
    for end in range(min(start + _LONGEST_SYLLABLE, len(letters)), start, -1):
        head = letters[start:end]
        if head in sounds().syllables:
            yield Spelled(head, whole=True)
        elif head in _INITIALS:
            yield Spelled(head, whole=False)


def _fewest_initials(letters: str) -> list[int | None]:
    """For each place how few initials the rest can be read with, None if it cannot be read at all."""
    fewest: list[int | None] = [None] * len(letters) + [0]
    for start in reversed(range(len(letters))):
        rests = [
            rest + (not head.whole)
            for head in _heads(letters, start)
            if (rest := fewest[start + len(head.letters)]) is not None
        ]
        fewest[start] = min(rests, default=None)
    return fewest


def _cut(letters: str, start: int, fewest: list[int | None], allowed: int) -> Iterator[tuple[Spelled, ...]]:
    """Ways to read the rest from a place with exactly so many initials; no way is tried that leads nowhere."""
    if start == len(letters):
        yield ()
        return
    for head in _heads(letters, start):
        rest, left = fewest[start + len(head.letters)], allowed - (not head.whole)
        if rest is not None and rest <= left:
            for tail in _cut(letters, start + len(head.letters), fewest, left):
                yield (head, *tail)


def _rows(table: str) -> Iterator[dict[str, str]]:
    text = (resources.files("matcher.language") / "data" / table).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
