"""A text as pieces that can be recorded once: known sentences and words, numbers, and what only data knows.

A text is cut at its punctuation; of the clauses from the left as many as there is an entry for become one piece, a
clause without one is cut by longest match. Numbers are read as Chinese reads them. What is left, a firm's name or a
place, is a piece too: it has a key like any other, so it may be recorded where it is worth it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final

import msgspec

KEY_LENGTH: Final = 12
DIGITS: Final = "零一二三四五六七八九"
TWO: Final = "两"
"""2 before a measure word and before 百, 千, 万."""
POINT: Final = "点"
UP_TO: Final = "到"
_UNITS: Final = ((1000, "千"), (100, "百"), (10, "十"))
_MYRIAD: Final = 10_000
_COUNTED: Final = frozenset("个人公天张份")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_CLAUSE: Final = re.compile(r"(?:[^\W_]|(?<=\d)[.–](?=\d)|\s)+")
_RANGE: Final = re.compile(r"(?<=\d)\s*[–—~-]\s*(?=\d)")
_SPACE: Final = re.compile(r"\s+")


class Piece(msgspec.Struct, frozen=True):
    """What is said in one breath; `known` is False for words that only the data knows."""

    text: str
    key: str
    known: bool


class Lexicon:
    """The texts that have an entry, compared without spaces and punctuation."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = frozenset(normal for text in texts if (normal := normalise(text)))

    def __contains__(self, normal: str) -> bool:
        return normal in self._texts

    @cached_property
    def longest(self) -> int:
        """Length of the longest entry."""
        return max(map(len, self._texts), default=0)


def normalise(text: str) -> str:
    """A text without spaces and punctuation: what is heard of it. A range keeps its dash."""
    return "".join(clauses(text))


def key_of(text: str) -> str:
    """The name of a text's recording; texts that sound alike have one."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:KEY_LENGTH]


def spoken(text: str, lexicon: Lexicon, *, digit_by_digit: bool = False) -> list[Piece]:
    """The pieces of a text in their order. digit_by_digit : of a code, whose digits are no number."""
    if digit_by_digit:
        return [_piece(DIGITS[int(sign)] if sign.isdecimal() else sign) for sign in normalise(text)]
    parts, said, at = clauses(text), [], 0
    while at < len(parts):
        end = _longest_run(parts, at, lexicon)
        said += [_piece("".join(parts[at:end]))] if end else _cut(parts[at], lexicon)
        at = end or at + 1
    return said


def number_words(number: str) -> list[str]:
    """A decimal as it is read, in words that are recorded once each: 2600 is 两千 六百. Above 10**8, digit by digit."""
    whole, _, part = number.partition(".")
    value = int(whole)
    words = list(_whole(value)) if value < _MYRIAD**2 else [DIGITS[int(sign)] for sign in whole]
    return [*words, POINT, *(DIGITS[int(sign)] for sign in part)] if part else words


def all_number_words() -> list[str]:
    """Every word that numbers are read with."""
    parts = [f"{_times(digit, unit)}{unit}" for _, unit in _UNITS for digit in range(1, 10)]
    return [*DIGITS, TWO, "十", *parts, "万", POINT, UP_TO]


def clauses(text: str) -> list[str]:
    """A text cut at its punctuation, without blanks; decimals and ranges stay whole."""
    bare = (_SPACE.sub("", clause) for clause in _CLAUSE.findall(_RANGE.sub("–", text)))
    return [clause for clause in bare if clause]


def _longest_run(clauses: list[str], at: int, lexicon: Lexicon) -> int:
    """End of the most clauses from `at` that are one entry; 0 if there is none."""
    joined, found = "", 0
    for end in range(at + 1, len(clauses) + 1):
        joined += clauses[end - 1]
        if len(joined) > lexicon.longest:
            break
        if joined in lexicon:
            found = end
    return found


def _cut(clause: str, lexicon: Lexicon) -> list[Piece]:
    said: list[Piece] = []
    unknown, at = "", 0
    while at < len(clause):
        words, end = _next(clause, at, lexicon, after_number=bool(said) and not unknown and clause[at - 1].isdecimal())
        if not words:
            unknown, at = unknown + clause[at], at + 1
            continue
        if unknown:
            said.append(_piece(unknown, known=False))
        unknown, at = "", end
        said += map(_piece, words)
    return [*said, _piece(unknown, known=False)] if unknown else said


def _next(clause: str, at: int, lexicon: Lexicon, *, after_number: bool) -> tuple[list[str], int]:
    """The entry or number that begins here, and where it ends; no words if neither does.

    An entry of one sign counts beside a number alone: in a name it would be a syllable.
    """
    for end in range(min(len(clause), at + lexicon.longest), at, -1):
        beside = after_number or clause[end : end + 1].isdecimal()
        if clause[at:end] in lexicon and (end - at > 1 or beside) and not _splits_number(clause, at, end):
            return [clause[at:end]], end
    number = _NUMBER.match(clause, at)
    if number is None:
        return ([UP_TO], at + 1) if after_number and clause[at] == "–" else ([], at)
    words = number_words(number[0])
    if words == [DIGITS[2]] and clause[number.end() : number.end() + 1] in _COUNTED:
        words = [TWO]
    return words, number.end()


def _splits_number(clause: str, at: int, end: int) -> bool:
    begins = at > 0 and clause[at - 1].isdecimal() and clause[at].isdecimal()
    ends = end < len(clause) and clause[end - 1].isdecimal() and clause[end].isdecimal()
    return begins or ends


def _whole(value: int) -> Iterator[str]:
    """10 to 19 begin with 十 alone; a gap of empty places is one 零."""
    if value >= _MYRIAD:
        yield from [TWO] if value // _MYRIAD == DIGITS.index("二") else _below_myriad(value // _MYRIAD, leads=True)
        yield "万"
        value %= _MYRIAD
        if 0 < value < _MYRIAD // 10:
            yield DIGITS[0]
        if value:
            yield from _below_myriad(value, leads=False)
    else:
        yield from _below_myriad(value, leads=True)


def _below_myriad(value: int, *, leads: bool) -> Iterator[str]:
    if value == 0:
        yield DIGITS[0]
        return
    is_gap, begun = False, False
    for size, unit in _UNITS:
        digit, value = divmod(value, size)
        if not digit:
            is_gap = begun
            continue
        if is_gap:
            yield DIGITS[0]
        is_short_ten = unit == "十" and digit == 1 and leads and not begun
        yield unit if is_short_ten else f"{_times(digit, unit)}{unit}"
        is_gap, begun = False, True
    if value:
        if is_gap:
            yield DIGITS[0]
        yield DIGITS[value]


def _times(digit: int, unit: str) -> str:
    """两百 and 两千, but 二十."""
    return TWO if DIGITS[digit] == "二" and unit != "十" else DIGITS[digit]


def _piece(text: str, *, known: bool = True) -> Piece:
    return Piece(text, key_of(text), known)
