"""Names of the towns and villages a roster's people live in, as neighbours say them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from matcher.geography import gazetteer
from matcher.orders.search.query import About, Chip

_TOWN_END: Final = re.compile(r"(?:街道办事处|街道|镇|乡)$")
_VILLAGE_END: Final = re.compile(r"(?:社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会|社区|村委)$")
_SHORTEST: Final = 2


class HomeNames(msgspec.Struct, frozen=True):
    """Every way one of the homes is written -> the codes it may mean."""

    towns: Mapping[str, tuple[str, ...]]
    villages: Mapping[str, tuple[str, ...]]

    def chips(self, said: str) -> Iterator[Chip]:
        """The homes of that name, a town before villages; several of one name are all meant."""
        if said in self.towns:
            yield from (Chip(About.TOWNSHIP, code) for code in self.towns[said])
        else:
            yield from (Chip(About.VILLAGE, code) for code in self.villages.get(said, ()))


def home_names(townships: Iterable[str], villages: Iterable[str]) -> HomeNames:
    """The names of homes by their codes of 9 and 12 digits; a code the tables do not know has none."""
    return HomeNames(towns=_named(townships, _town_forms), villages=_named(villages, _village_forms))


def _named(codes: Iterable[str], forms_of: Callable[[str], tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    units = gazetteer().units
    named: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        unit = units.get(code)
        forms = forms_of(unit.name) if unit is not None else ()
        for form in dict.fromkeys(forms):
            if len(form) >= _SHORTEST:
                named[form].append(code)
    return {form: tuple(sorted(found)) for form, found in named.items()}


def _town_forms(name: str) -> tuple[str, ...]:
    return (name, _TOWN_END.sub("", name))


def _village_forms(name: str) -> tuple[str, ...]:
    stem = _VILLAGE_END.sub("", name)
    bare = stem.removesuffix("村")
    return (name, stem, f"{bare}村", bare)
