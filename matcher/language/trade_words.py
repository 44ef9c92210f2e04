"""Trades and skills in phrases as people say them: 踩电车两年 is sewing, 骑电车送外卖 is not.

`skills.normalise_skill` compares whole entries, for a limit must not be opened by a near word. A search reads on:
every known word inside a phrase counts, the longest first, so that 车床工 is never 车工. `data/trade_words.csv` adds
words of the shop floor and of the dialect; a word without a term there is passed over together with what it holds
(电车司机, 停车位, 洗衣车间). What somebody cannot do or only wants to learn is not a skill.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

from matcher.language.skills import known_words, with_included

N_NAMED: Final = 5
"""Other words of a term that are named beside it, where somebody asks what was understood."""

_SPACES: Final = re.compile(r"\s+")
_NOT_HELD: Final = re.compile(
    r"(?:不会|不懂|不想|不做|不愿|没(?:有)?(?:做|干|学|踩|开|用|摸)?过?|未|"
    r"(?:想|打算|准备|要|愿意?)(?:去)?(?:再)?学习?)(?:做|干|踩|开|用|打)?$"
)
_ABLE: Final = frozenset("会懂能")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class Found(msgspec.Struct, frozen=True):
    """A word of a phrase that names a term, and where it stands."""

    term: str
    start: int
    end: int


@lru_cache(maxsize=1 << 15)
def spoken_terms(phrase: str) -> frozenset[str]:
    """Canonical terms of what a phrase says somebody can do, with the wider terms they include."""
    text = folded(phrase)
    return with_included(found.term for found in found_words(text) if not _NOT_HELD.search(_before(text, found)))


def found_words(text: str) -> Iterator[Found]:
    """Known words of a folded text from left to right, the longest at each place, none inside another."""
    words, start = _words(), 0
    while start < len(text):
        end = next((end for end in _ends(text, start, words.longest) if text[start:end] in words.term_of), start)
        if end == start or not _bounded(text, start, end):
            start += 1
            continue
        term = words.term_of[text[start:end]]
        if term:
            yield Found(term, start, end)
        start = end


def _before(text: str, found: Found) -> str:
    """What stands before a word, with the verb a listed word may begin with: 不会开车 holds the word 会开车."""
    return text[: found.start + 1] if text[found.start] in _ABLE else text[: found.start]


def named_with(term: str) -> tuple[str, ...]:
    """Other words that mean a term, the most usual first, N_NAMED at most."""
    return _words().beside.get(term, ())[:N_NAMED]


def folded(text: str) -> str:
    """NFKC, lower case, no spaces, as phrases are compared."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).lower()


class _Words(msgspec.Struct, frozen=True):
    term_of: Mapping[str, str]
    beside: Mapping[str, tuple[str, ...]]
    longest: int


@cache
def _words() -> _Words:
    """Words of both tables; those of the shop floor overrule."""
    spoken = {folded(row["word"]): row["term"] for row in _rows()}
    term_of = {word: term for word, term in known_words().items() if len(word) > 1} | spoken
    beside: dict[str, list[str]] = {}
    # A word that another one of the term holds says nothing new: 平车 stands for 平车工 as well.
    for word, term in sorted(term_of.items(), key=lambda pair: len(pair[0])):
        if term and word != term and not any(known in word for known in (term, *beside.get(term, ()))):
            beside.setdefault(term, []).append(word)
    told = {term: tuple(sorted(words, key=lambda word: word not in spoken)) for term, words in beside.items()}
    return _Words(MappingProxyType(term_of), MappingProxyType(told), max(map(len, term_of)))


def _ends(text: str, start: int, longest: int) -> Iterable[int]:
    return range(min(len(text), start + longest), start + 1, -1)


def _bounded(text: str, start: int, end: int) -> bool:
    """Whether a word in Latin letters stands for itself: c1 does not stand in abc12."""
    return not (
        (text[start] in _LETTERS and start > 0 and text[start - 1] in _LETTERS)
        or (text[end - 1] in _LETTERS and end < len(text) and text[end] in _LETTERS)
    )


def _rows() -> Iterator[dict[str, str]]:
    table = resources.files("matcher.language") / "data" / "trade_words.csv"
    yield from csv.DictReader(table.read_text(encoding="utf-8").splitlines())
