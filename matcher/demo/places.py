"""Villages and names of places as the demo needs them: codes of the geography room, text as people write it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from matcher.geography import gazetteer, significant
from matcher.geography.regions import PLACEHOLDER_NAMES

_FIRST_VILLAGE_COMMITTEE = 200
_COMMITTEE = re.compile(r"(?<=村)(村民委员会|民委员会|委会)$")


class Village(NamedTuple):
    """A village or residents' committee with its township and county."""

    code: str
    name: str
    township: str
    township_name: str
    county_name: str

    @property
    def is_town_committee(self) -> bool:
        """Residents' committee of a town (the last three digits of its code lie below 200)."""
        return int(self.code[9:]) < _FIRST_VILLAGE_COMMITTEE

    @property
    def short(self) -> str:
        """The name without the word for its committee: 里团村."""
        return _COMMITTEE.sub("", self.name)


@cache
def villages(counties: tuple[str, ...]) -> tuple[Village, ...]:
    """All villages of the counties given (six-digit codes), by code."""
    units = gazetteer().units
    return tuple(
        Village(code, units[code].name, code[:9], units[code[:9]].name, units[code[:6]].name)
        for code in sorted(units)
        if len(code) == 12 and code.startswith(counties)
    )


def place_name(code: str) -> str:
    """Own name of a place: 宝安区 for 440306, 里团村 for a village."""
    return _COMMITTEE.sub("", gazetteer().units[significant(code)].name)


def city_name(code: str) -> str:
    """Name of the city a place lies in, 深圳市 for 440306; the place's own where its city has none."""
    city = gazetteer().units[code[:4]].name
    return place_name(code) if city in PLACEHOLDER_NAMES else city


def written_place(code: str, *, in_full: bool = False) -> str:
    """A place as a form writes it, from the city (abroad) or the county (below it) down: 柳江区百朋镇里团村.

    in_full : with the word for the village's committee.
    """
    digits = significant(code)
    steps = [digits[:end] for end in ((4, 6) if len(digits) <= 6 else (6, 9, 12)) if end <= len(digits)]
    names = [gazetteer().units[step].name for step in steps]
    return "".join(name if in_full else _COMMITTEE.sub("", name) for name in names if name not in PLACEHOLDER_NAMES)
