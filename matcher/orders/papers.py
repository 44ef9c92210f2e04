"""What stands against an employer: papers nobody has checked, a code that cannot be, a list of wage arrears; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import msgspec

from matcher.records import Employer
from matcher.records.orders import Arrear

SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs of a unified social credit code (GB 32100-2015): no I, O, S, V, Z."""
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LENGTH: Final = 18
_BRACKETS = re.compile(r"[()（）\[\]【】\s·.,，。\-—]")
_LEGAL_FORM = re.compile(r"(?:股份)?有限(?:责任)?公司$|公司$|厂$|(?:个体)?经营部$|合作社$")
_SHORTEST_CORE: Final = 3


class Listed(msgspec.Struct, frozen=True):
    """An entry of a list of arrears that fits an employer; sure : by code or by the whole name."""

    arrear: Arrear
    sure: bool


def is_credit_code(code: str) -> bool:
    """Whether a unified social credit code is 18 signs of its alphabet and its check sign fits (GB 32100-2015)."""
    if len(code) != _LENGTH or any(sign not in SIGNS for sign in code):
        return False
    total = sum(weight * SIGNS.index(sign) for weight, sign in zip(_WEIGHTS, code, strict=False))
    return SIGNS.index(code[-1]) == -total % len(SIGNS)


def same_name(name: str) -> str:
    """A firm's name as two writings of it meet: half width, no blanks, brackets or points."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def alike(one: str, other: str) -> bool:
    """Whether one of two names holds what is left of the other without its legal form."""
    first, second = same_name(one), same_name(other)
    cores = (_LEGAL_FORM.sub("", first), _LEGAL_FORM.sub("", second))
    short, long = (cores[0], second) if len(cores[0]) <= len(cores[1]) else (cores[1], first)
    return len(short) >= _SHORTEST_CORE and short in long


def employer_named(employers: Iterable[Employer], name: str) -> Employer | None:
    """The employer of a name, by the whole name; the one whose papers were checked last if there are several."""
    found = [employer for employer in employers if same_name(employer.name) == same_name(name)]
    return max(found, key=lambda employer: (employer.vetted_on or date.min, employer.employer_id), default=None)


def arrears_of(arrears: Iterable[Arrear], name: str, credit_code: str, day: date) -> list[Listed]:
    """Entries that stand on a day against a name or a code, sure ones first; an entry taken off no longer counts."""
    found = []
    for arrear in arrears:
        if not arrear.stands_on(day):
            continue
        by_code = bool(credit_code) and arrear.credit_code == credit_code
        by_name = same_name(arrear.employer_name) == same_name(name)
        other_code = bool(credit_code and arrear.credit_code) and not by_code
        if by_code or (by_name and not other_code):
            found.append(Listed(arrear, sure=True))
        elif alike(arrear.employer_name, name) and not other_code:
            found.append(Listed(arrear, sure=False))
    return sorted(found, key=lambda listed: (not listed.sure, listed.arrear.arrear_id))


def vetted(employer: Employer, on: date, *, days: int) -> bool:
    """Whether somebody has checked the employer's papers at most so many days ago."""
    return employer.vetted_on is not None and timedelta(0) <= on - employer.vetted_on <= timedelta(days=days)
