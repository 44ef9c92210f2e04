"""Job titles as written -> the parts that name a trade.

"急招！某某公司招聘电焊工/普工 包吃住6000+" -> 电焊工 (weight 1), 普工 (.9). Everything else in an advert's title
is pay, welfare, urgency, place or company; what such words look like stands in `data/title_noise.csv`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

import msgspec

FIRST, LATER, ASIDE = 1.0, 0.9, 0.7  # weight of the first part, of further ones, of brackets and welfare clauses
MIN_LENGTH = 2  # one character names no trade
LONGEST = 200
"""Characters of a title that are read: no advert's is as long, and the time a reading takes grows with their square."""

_BRACKETS = re.compile(r"[(\[【〔{《<]([^)\]】〕}》>]*)[)\]】〕}》>]?")
_SPACED = re.compile(r"(?<![^\W\d_])([\u4e00-\u9fff])(?:\s+[\u4e00-\u9fff](?![^\W\d_]))+")
_SEPARATORS = re.compile(r"[/,、;|·+!?。:~#&\"'“”‘’\-—_=*★☆\s]+")
_NUMBERS = re.compile(r"^[a-z]{0,3}\d{3,}[a-z]*|[a-z]{0,3}\d{2,}[a-z]*$|^招?\d+[个名位]|\d{1,4}[个名位人]$")
_SYMBOLS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27bf\ufe0f\u200b…]|\.{2,}")
_LATIN_NAME = re.compile(r"(?=.*[a-z])[a-z0-9+#./]{2,}")
_DEPARTMENT = re.compile(r"(?<=.{2})部(?=经理|主管|总监|主任|文员|专员|助理|部长)")


class Part(msgspec.Struct, frozen=True):
    """One part of a title that may name a trade, and how much it counts (0..1)."""

    text: str
    weight: float


def plain(text: str) -> str:
    """NFKC, lower case, no symbols, and no spaces inside spaced-out words (普 工)."""
    text = _SYMBOLS.sub(" ", unicodedata.normalize("NFKC", text).lower())
    return _SPACED.sub(lambda match: re.sub(r"\s+", "", match[0]), text).strip()


def parts(title: str) -> tuple[Part, ...]:
    """Parts of a title in the order of their weight; empty if nothing in it can name a trade.

    Only its first LONGEST characters are read.
    """
    noise = _noise()
    text = plain(title[:LONGEST])
    bare = _BRACKETS.sub(" ", text)
    aside = [piece for inside in _BRACKETS.findall(text) for piece in _pieces(inside)]
    # What stands before 急招 is the firm, unless nothing but urgency follows: 电工 急招!!!
    found = _named(noise.before_trade.sub("", bare), aside) or _named(bare, aside)
    if not found and _LATIN_NAME.fullmatch(bare):
        found = {bare: FIRST}  # a name made of separators: c++
    return tuple(Part(text, weight) for text, weight in sorted(found.items(), key=lambda item: -item[1]))


def _named(text: str, aside: Sequence[str]) -> dict[str, float]:
    """Pieces of a text, and of what stood in brackets, that may name a trade, with their weights."""
    noise = _noise()
    clean: list[str] = []
    beside = list(aside)
    for piece in _pieces(text):
        if noise.welfare.search(piece):
            beside += [rest for rest in noise.welfare.sub(" ", piece).split() if len(rest) >= MIN_LENGTH]
        else:
            clean.append(piece)
    clean = clean or beside[:1]
    found = dict.fromkeys(clean[1:], LATER) | dict.fromkeys(clean[:1], FIRST)
    for piece in beside:
        if not noise.welfare.search(piece):
            found.setdefault(piece, ASIDE)
    return {piece: weight for piece, weight in found.items() if noise.lead.sub("", piece)}


# A part is cut for likeness, for spelling and for the model's n-grams.
@lru_cache(maxsize=1 << 12)
def forms(part: str) -> tuple[str, ...]:
    """A part as written, then without urgency in front, level words behind, both; and 营销部经理 as 营销经理."""
    noise = _noise()
    without_lead = _cut(noise.lead, part)
    candidates = (part, without_lead, _cut(noise.tail, part), core(part), _DEPARTMENT.sub("", without_lead))
    return tuple(dict.fromkeys(candidates))


@lru_cache(maxsize=1 << 12)
def core(part: str) -> str:
    """A part without urgency in front and level words behind, as long as two characters are left."""
    noise = _noise()
    return _cut(noise.tail, _cut(noise.lead, part))


def _cut(pattern: re.Pattern[str], text: str) -> str:
    rest = pattern.sub("", text)
    return rest if len(rest) >= MIN_LENGTH else text


class _Noise(msgspec.Struct, frozen=True):
    welfare: re.Pattern[str]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    before_trade: re.Pattern[str]


@cache
def _noise() -> _Noise:
    """The word lists of `data/title_noise.csv` as patterns."""
    table = resources.files("matcher.language") / "data" / "title_noise.csv"
    words: dict[str, list[str]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        words.setdefault(row["kind"], []).append(row["pattern"])

    def either(kind: str) -> str:
        return "|".join(sorted(words[kind], key=lambda word: (-len(word), word)))

    return _Noise(
        welfare=re.compile(either("welfare")),
        lead=re.compile(f"^(?:{either('lead')})+"),
        tail=re.compile(f"(?:{either('tail')})+$"),
        before_trade=re.compile(f"^.*?.{{2}}(?:{either('hiring')})(?!{either('hiring_trade')})(?=.{{2}})"),
    )


def _pieces(text: str) -> list[str]:
    """Text between separators, numbers of order and of pay cut off."""
    pieces = (_NUMBERS.sub("", piece.strip(". ")) for piece in _SEPARATORS.split(text))
    return [piece for piece in pieces if len(piece) >= MIN_LENGTH]
