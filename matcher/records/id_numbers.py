"""Citizen identity numbers (GB 11643): read, checked and brought to one form.

A 15-digit number and its 18-digit form name the same person. Nothing is repaired here: a number that lost
digits or is masked is a problem of its own kind, so that the reader is told what to do about it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from operator import mul
from typing import Final

import msgspec

from matcher.records.codes import Sex

MAX_AGE: Final = 120
"""Oldest age a number may state; older is a slip of the pen."""

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
# The weights are applied to ASCII bytes; what the zero byte adds seventeen times over is taken off once.
_ZERO_BYTES: Final = ord("0") * sum(_WEIGHTS)
_CENTURY_OF_OLD_NUMBERS: Final = "19"

_FULL: Final = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_OLD: Final = re.compile(r"[0-9]{15}", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"[0-9]\.?[0-9]*E\+?[0-9]+", re.ASCII)
_FRACTION: Final = re.compile(r"[0-9]+\.[0-9]+", re.ASCII)
_MASK: Final = frozenset("*×●•■?#_")
_INVISIBLE: Final = re.compile("[\\s'’‘`\\-\u2010-\u2015\u200b-\u200f\u2060\ufeff]+")


class IdNumberProblem(StrEnum):
    """What is wrong with an identity number; `expected` and `fix` say it to the person at the desk."""

    EMPTY = "empty"
    MASKED = "masked"
    LOST_DIGITS = "lost_digits"
    LENGTH = "length"
    CHARACTERS = "characters"
    BIRTH_DATE = "birth_date"
    FUTURE = "future"
    TOO_OLD = "too_old"
    CHECKSUM = "checksum"

    @property
    def expected(self) -> str:
        """What a right number looks like here, in Chinese."""
        return _ADVICE[self][0]

    @property
    def fix(self) -> str:
        """How to mend it, in Chinese."""
        return _ADVICE[self][1]


_ADVICE: Final[dict[IdNumberProblem, tuple[str, str]]] = {
    IdNumberProblem.EMPTY: ("18位身份证号", "请填写身份证号。"),
    IdNumberProblem.MASKED: ("完整的18位身份证号", "号码中有被遮盖的位，请向本人核对证件后填写完整号码。"),
    IdNumberProblem.LOST_DIGITS: (
        "文本格式的18位身份证号",
        "号码被表格软件当作数字，末几位已丢失，无法还原；请把该列设为文本格式后按证件重新填写。",
    ),
    IdNumberProblem.LENGTH: ("18位（或旧式15位）身份证号", "位数不对，请按证件核对是否漏填或多填。"),
    IdNumberProblem.CHARACTERS: ("前17位为数字，末位为数字或X", "号码中有不应出现的字符，请按证件重新填写。"),
    IdNumberProblem.BIRTH_DATE: ("第7至14位为真实存在的出生日期", "号码中的出生日期不存在，请按证件核对第7至14位。"),
    IdNumberProblem.FUTURE: ("不晚于当天的出生日期", "号码中的出生日期在未来，请按证件核对第7至14位。"),
    IdNumberProblem.TOO_OLD: (f"不超过{MAX_AGE}周岁的出生日期", "号码中的出生日期过早，请按证件核对第7至14位。"),
    IdNumberProblem.CHECKSUM: ("末位与前17位相符", "末位校验不通过，多为抄错一位或两位颠倒，请按证件逐位核对。"),
}


class IdNumberReading(msgspec.Struct, frozen=True, kw_only=True):
    """One number as read.

    normal : the 18-character form where there is one, else the text without spaces and in capitals
    birth_date, sex, region_code (6 digits as printed on the card) : set only when `problem` is None
    """

    normal: str
    birth_date: date | None = None
    sex: Sex | None = None
    region_code: str | None = None
    problem: IdNumberProblem | None = None


def check_digit(first_17: str) -> str:
    """Last character of an 18-character number (ISO 7064 MOD 11-2), from its first 17 digits."""
    return _CHECK_CHARACTERS[(sum(map(mul, _WEIGHTS, first_17.encode("ascii"))) - _ZERO_BYTES) % 11]


def normalise_id_number(text: str) -> str:
    """The form under which one person has one number: half-width, capitals, 15 digits made 18.

    Text that is no identity number comes back cleaned of spaces and hyphens only.
    Old numbers get century 19: the order codes once reserved for people born earlier name nobody in work today.
    """
    cleaned = text if text.isascii() and text.isalnum() else _clean(text)
    cleaned = cleaned.upper()
    if len(cleaned) != 15 or not _OLD.fullmatch(cleaned):
        return cleaned
    first_17 = cleaned[:6] + _CENTURY_OF_OLD_NUMBERS + cleaned[6:]
    return first_17 + check_digit(first_17)


def check_id_number(text: str, *, on: date) -> IdNumberReading:
    """Read a number and say what it states, or what is wrong with it.

    `on` is the day of reading: a birth date after it, or more than MAX_AGE years before it, is a problem.
    An 18-digit number that ends in 000 counts as cut by a spreadsheet only where its check digit fails too,
    because one real number in about eleven hundred ends so.
    """
    normal = normalise_id_number(text)
    if not _FULL.fullmatch(normal):
        return IdNumberReading(normal=normal, problem=_shape_problem(normal))
    try:
        birth_date = date(int(normal[6:10]), int(normal[10:12]), int(normal[12:14]))
    except ValueError:
        return IdNumberReading(normal=normal, problem=_lost_or(normal, IdNumberProblem.BIRTH_DATE))
    problem = _date_problem(birth_date, on)
    if check_digit(normal[:17]) != normal[17]:
        problem = _lost_or(normal, problem or IdNumberProblem.CHECKSUM)
    if problem:
        return IdNumberReading(normal=normal, problem=problem)
    return IdNumberReading(
        normal=normal,
        birth_date=birth_date,
        sex=Sex.MALE if int(normal[16]) % 2 else Sex.FEMALE,
        region_code=normal[:6],
    )


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _lost_or(normal: str, otherwise: IdNumberProblem) -> IdNumberProblem:
    return IdNumberProblem.LOST_DIGITS if normal.endswith("000") else otherwise


def _date_problem(birth_date: date, on: date) -> IdNumberProblem | None:
    if birth_date > on:
        return IdNumberProblem.FUTURE
    age = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    return IdNumberProblem.TOO_OLD if age > MAX_AGE else None


def _shape_problem(normal: str) -> IdNumberProblem:
    """Why a text has not the shape of a number; only reached for text that has not."""
    if not normal:
        return IdNumberProblem.EMPTY
    if _SCIENTIFIC.fullmatch(normal) or _FRACTION.fullmatch(normal):
        return IdNumberProblem.LOST_DIGITS
    if _MASK.intersection(normal) or _masked_with_x(normal):
        return IdNumberProblem.MASKED
    if len(normal) != 18:
        return IdNumberProblem.LENGTH
    return IdNumberProblem.CHARACTERS


def _masked_with_x(normal: str) -> bool:
    body = normal[:-1]
    return "X" in body and body.replace("X", "0").isdigit()
