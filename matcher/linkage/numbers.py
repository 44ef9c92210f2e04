"""How two identity numbers agree; a slip breaks the checksum, so two right numbers that nearly agree are two people."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA, Hamming

from matcher.linkage.entries import Entry, Form
from matcher.linkage.weights import NumberPoints

_FULL: Final = 18
_MOST_SLIPS: Final = 2
_PLACE: Final = 6
_BIRTH: Final = slice(6, 14)
_TAIL: Final = slice(14, 18)


class NumberLevel(StrEnum):
    """From the same number down to another one."""

    SAME = "same"
    CHECK_DIGIT = "check_digit"
    TURNED = "turned"
    ONE_DIGIT = "one_digit"
    TWO_DIGITS = "two_digits"
    BOTH_RIGHT = "both_right"
    MASKED = "masked"
    DIFFERENT = "different"
    MISSING = "missing"


NEAR: Final = frozenset({NumberLevel.CHECK_DIGIT, NumberLevel.TURNED, NumberLevel.ONE_DIGIT, NumberLevel.TWO_DIGITS})
"""One number with a slip."""
TELLS_BIRTH: Final = NEAR | {NumberLevel.SAME, NumberLevel.BOTH_RIGHT}
"""Where the birth date inside the number has been weighed with it."""


def number_level(left: Entry, right: Entry) -> NumberLevel:
    """How the numbers of two rows agree."""
    a, b = left.number, right.number
    if not a or not b:
        return NumberLevel.MISSING
    if Form.MASKED in (left.form, right.form):
        return _masked_level(a, b)
    if a == b:
        return NumberLevel.SAME
    return _near_level(a, b, both_right=left.form is Form.RIGHT and right.form is Form.RIGHT)


def number_points(level: NumberLevel, left: Entry, right: Entry, points: NumberPoints) -> int:
    """What a level is worth; a masked number as far as it can be read."""
    if level is not NumberLevel.MASKED:
        return int(getattr(points, level.value))
    a, b = left.number, right.number
    birth = points.masked_birth if _readable(a, b, _BIRTH) else 0
    return birth + (points.masked_tail if _readable(a, b, _TAIL) else 0)


def reads_birth(level: NumberLevel, left: Entry, right: Entry) -> bool:
    """Whether the number has told the birth date already, so that a column of its own adds nothing."""
    if level is NumberLevel.MASKED:
        return _readable(left.number, right.number, _BIRTH)
    return level in TELLS_BIRTH


def _near_level(a: str, b: str, *, both_right: bool) -> NumberLevel:
    whole = OSA.distance(a, b, score_cutoff=_MOST_SLIPS)
    full = len(a) == len(b) == _FULL
    # An old number is given its check digit by us: a slip in it shows twice.
    body = OSA.distance(a[:-1], b[:-1], score_cutoff=_MOST_SLIPS) if full else whole
    slips = min(whole, body)
    if slips > _MOST_SLIPS:
        return NumberLevel.DIFFERENT
    if both_right:
        return NumberLevel.BOTH_RIGHT
    if slips == 0:
        return NumberLevel.CHECK_DIGIT
    if slips == 1:
        turned = full and Hamming.distance(a[:-1], b[:-1]) == _MOST_SLIPS
        return NumberLevel.TURNED if turned else NumberLevel.ONE_DIGIT
    return NumberLevel.TWO_DIGITS


def _masked_level(a: str, b: str) -> NumberLevel:
    if len(a) != len(b):
        return NumberLevel.MISSING
    fits = all(x in ("*", y) or y == "*" for x, y in zip(a, b, strict=True))
    if not fits:
        return NumberLevel.DIFFERENT
    tells = _readable(a, b, _BIRTH) or _readable(a, b, _TAIL)
    return NumberLevel.MASKED if tells else NumberLevel.MISSING


def _readable(a: str, b: str, part: slice) -> bool:
    return "*" not in a[part] and "*" not in b[part]
