"""Homes and places of work as people here say them."""

from __future__ import annotations

from typing import Final

from matcher.geography import gazetteer, significant
from matcher.geography.regions import PLACEHOLDER_NAMES
from matcher.records import TOWNSHIP_DIGITS

_COMMITTEES: Final = ("村村民委员会", "村民委员会", "村委会")


def home_words(place_code: str) -> str:
    """A home as neighbours say it, township and village: 百朋镇里团村; the county where nothing finer is known."""
    steps = _named_steps(place_code, from_digits=TOWNSHIP_DIGITS)
    return "".join(steps) or _short(gazetteer().short_name(place_code)) or place_code


def work_words(place_code: str) -> str:
    """A place of work from the city down: 柳州市柳江区, 东莞市; the province where nothing finer is known."""
    return "".join(_named_steps(place_code, from_digits=4)) or gazetteer().name(place_code) or place_code


def township_of(place_code: str) -> str:
    """Code of the township a home lies in; the whole code where it is coarser than a township."""
    return significant(place_code)[:TOWNSHIP_DIGITS]


def _named_steps(place_code: str, *, from_digits: int) -> list[str]:
    digits, units = significant(place_code), gazetteer().units
    steps = [units.get(digits[:end]) for end in (4, 6, 9, 12) if from_digits <= end <= len(digits)]
    return [_short(unit.name) for unit in steps if unit is not None and unit.name not in PLACEHOLDER_NAMES]


def _short(name: str) -> str:
    """里团村 for 里团村民委员会."""
    return next((f"{name.removesuffix(ending)}村" for ending in _COMMITTEES if name.endswith(ending)), name)
