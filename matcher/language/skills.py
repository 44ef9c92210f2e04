"""Skill and certificate words -> one term each, so that 二保焊 is found where 电焊 is asked for.

`data/skills.csv` lists, per term, the words that mean it and the wider terms it includes. Only listed words meet:
a near word (车床工, 车衣工) is another trade. Certificates of classes include lower ones: who drives A2 drives B2.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType

import msgspec

_SEPARATORS = re.compile(r"[、,;/|\s]+")
_PRAISE = re.compile(
    r"^(?:会|懂|熟悉|精通|熟练(?:掌握|使用|操作)?|掌握|能够?|有|持有?|具有|具备|取得|获得)+"
    r"|(?:技术|技能|操作技能|操作|经验|工作经验|熟练|优先|者优先|者|能力|技巧|手艺)+$"
)


class _Terms(msgspec.Struct, frozen=True):
    term_of: Mapping[str, str]
    included: Mapping[str, frozenset[str]]


def split_terms(text: str) -> tuple[str, ...]:
    """Terms of a list cell, separated by 、 , ; / | or spaces (half or full width); order kept, no doubles."""
    folded = unicodedata.normalize("NFKC", text)
    return tuple(dict.fromkeys(term for term in _SEPARATORS.split(folded) if term))


# A county's rosters repeat a few thousand words a few hundred thousand times.
@lru_cache(maxsize=1 << 16)
def normalise_skill(text: str) -> str:
    """The canonical term of a skill (会电焊 and 二保焊 are 电焊); an unknown one folded, without spaces."""
    plain = _folded(text)
    terms = _terms().term_of
    return terms.get(plain) or terms.get(_PRAISE.sub("", plain), plain)


def held_terms(texts: Iterable[str]) -> frozenset[str]:
    """Canonical terms of what somebody knows, with the wider terms they include; wanted terms are looked up in it."""
    return _held_terms(tuple(texts))


# People of one trade state the same words: a county's workers have some thousand different lists.
@lru_cache(maxsize=1 << 14)
def _held_terms(texts: tuple[str, ...]) -> frozenset[str]:
    return with_included(normalise_skill(text) for text in texts)


def known_words() -> Mapping[str, str]:
    """Every listed word, folded, with its term."""
    return _terms().term_of


def with_included(terms: Iterable[str]) -> frozenset[str]:
    """Terms with the wider ones they include."""
    held = frozenset(terms)
    included = _terms().included
    return held.union(*(included.get(term, frozenset()) for term in held))


def _folded(text: str) -> str:
    """NFKC, lower case, no spaces; normalised again because letters may have met their marks."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", bare.lower())


@cache
def _terms() -> _Terms:
    """The committed table; included terms are closed under inclusion."""
    term_of: dict[str, str] = {}
    direct: dict[str, frozenset[str]] = {}
    table = resources.files("matcher.language") / "data" / "skills.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        term = row["term"]
        for word in (term, *filter(None, row["words"].split("|"))):
            term_of[_folded(word)] = term
        direct[term] = frozenset(filter(None, row["includes"].split("|")))
    return _Terms(MappingProxyType(term_of), MappingProxyType({term: _closure(term, direct) for term in direct}))


def _closure(term: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Every term reached from one by inclusion."""
    reached: set[str] = set()
    waiting = [term]
    while waiting:
        for included in direct.get(waiting.pop(), frozenset()) - reached:
            reached.add(included)
            waiting.append(included)
    return frozenset(reached)
