"""Region codes as numbers and prefixes: GB/T 2260 to county (6 digits), statistical codes below (9 and 12).

A code is read in groups: province 2 digits, city 2, county 2, township 3, village 3. A group of zeros names nothing:
450200 is a city, 450206000000 is the county 450206.
"""

from __future__ import annotations

from functools import lru_cache

from matcher.errors import InvalidInput
from matcher.records import COUNTY_DIGITS, TOWNSHIP_DIGITS
from matcher.records.codes import PREFECTURE_DIGITS, PROVINCE_DIGITS

LEVELS = ("province", "city", "county", "township", "village")
CODE_DIGITS = 12
LEVEL_DIGITS = (PROVINCE_DIGITS, PREFECTURE_DIGITS, COUNTY_DIGITS, TOWNSHIP_DIGITS, CODE_DIGITS)
SHORTEST_CODE_DIGITS = COUNTY_DIGITS


def padded(code: str) -> str:
    """The 12-digit form of a code of 6 to 12 digits; raises InvalidInput for anything else."""
    if not (code.isascii() and code.isdigit() and SHORTEST_CODE_DIGITS <= len(code) <= CODE_DIGITS):
        raise InvalidInput("a region code has 6 to 12 digits", where=repr(code), remedy="Use e.g. 450206 or 450206102.")
    return code.ljust(CODE_DIGITS, "0")


# A county has a few hundred places and asks for them once per record.
@lru_cache(maxsize=1 << 16)
def code_number(code: str) -> int:
    """A code as the integer of its 12-digit form, for `place_class_codes`."""
    return int(padded(code))


def significant(code: str) -> str:
    """The digits that name the unit, to the end of its last group that is not zero: 450200000000 -> 4502."""
    full = padded(code)
    for start, end in reversed(tuple(zip((0, *LEVEL_DIGITS), LEVEL_DIGITS, strict=False))):
        if full[start:end].strip("0"):
            return full[:end]
    return full[:2]


def level_of(code: str) -> str:
    """province, city, county, township or village."""
    return LEVELS[LEVEL_DIGITS.index(len(significant(code)))]


def in_place(code: str, area_code: str) -> bool:
    """Does the unit `code` lie in (or equal) `area_code`? A coarser code never lies in a finer one."""
    return padded(code).startswith(significant(area_code))


def shared_level(a: str, b: str) -> str | None:
    """Finest level whose digits agree, zeros of a coarser code not counted; None in different provinces."""
    full_a, full_b, found, start = padded(a), padded(b), None, 0
    for level, end in zip(LEVELS, LEVEL_DIGITS, strict=True):
        if full_a[:end] != full_b[:end]:
            break
        if full_a[start:end].strip("0"):
            found = level
        start = end
    return found


def written(digits: str) -> str:
    """The usual written form of significant digits: 6 to county, then 9 or 12: 4502 -> 450200."""
    return digits.ljust(SHORTEST_CODE_DIGITS, "0")
