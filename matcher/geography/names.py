"""Every way a unit is written, as one index: full name, short name, former name, level left out or changed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from matcher.geography.codes import significant
from matcher.geography.regions import PLACEHOLDER_NAMES, OldName, RegionTable, Unit
from matcher.records import COUNTY_DIGITS

LONGEST_NAME = 26

_COUNTY_SUFFIX = re.compile(r"(新区|[市县区旗])$")
_AUTONOMOUS = re.compile(r"自治([县旗州])$")
_TOWN_SUFFIX = re.compile(r"(街道办事处|街道办|办事处|街道|镇|乡|区)$")
_PEOPLES_TOWNSHIP = re.compile(r"(?<=..)[^镇乡]{1,4}族乡$")
_VILLAGE_SUFFIX = re.compile(r"(社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会|社区|村委)$")
_ZONE = re.compile(r"(高新|经济|经开)[^区]*区$")
_ZONE_NAME = {"高新": "高新区", "经济": "经开区", "经开": "经开区"}


class Hit(msgspec.Struct, frozen=True):
    """One unit a written name may mean.

    digits : significant digits; bare : written without its level (柳江); former : the old unit, if it is one
    """

    digits: str
    bare: bool = False
    former: OldName | None = None

    @property
    def scope(self) -> str:
        """Digits that must lie in the context: a town moved away is looked for where it was."""
        return significant(self.former.within) if self.former else self.digits


class NameIndex:
    """Tiers of names; the first tier that knows a name inside the context answers."""

    def __init__(self, table: RegionTable) -> None:
        self._tiers: tuple[dict[str, list[Hit]], ...] = tuple(defaultdict(list) for _ in range(5))
        self._below: tuple[dict[str, list[Hit]], ...] = tuple(defaultdict(list) for _ in range(2))
        for digits, unit in table.units.items():
            if unit.name in PLACEHOLDER_NAMES:
                continue
            if len(digits) > COUNTY_DIGITS:
                self._add_below(digits, unit)
            else:
                self._add_region(digits, unit, table)
        for old in table.old_names:
            self._add_former(old)

    def regions(self, written: str, contexts: Iterable[str]) -> list[Hit]:
        """Units of county level and above of that name inside any of the contexts ("" is the whole country)."""
        inside = tuple(contexts)
        for number, tier in enumerate(self._tiers):
            if number == len(self._tiers) - 1 and "" in inside:
                return []  # development zones share their names; they are read inside a city only
            hits = _inside(tier.get(written, ()), inside)
            if hits:
                return hits
        return []

    def changed_level(self, written: str, contexts: Iterable[str]) -> list[Hit]:
        """Counties of the same stem under another level word: 合川市 is 合川区 today."""
        stem = _COUNTY_SUFFIX.sub("", written)
        if stem == written or len(stem) < 2:
            return []
        hits = [h for h in self.regions(stem, contexts) if len(h.digits) == COUNTY_DIGITS]
        return [Hit(h.digits, bare=False, former=h.former) for h in hits]

    def below(self, written: str, contexts: Iterable[str]) -> list[Hit]:
        """Towns and villages of that name inside the contexts; never in the whole country."""
        inside = tuple(c for c in contexts if c)
        if not inside:
            return []
        forms = (written, *_stems(written))
        for tier in self._below:
            for form in forms:
                hits = _inside(tier.get(form, ()), inside)
                if hits:
                    return hits
        return []

    def _add_region(self, digits: str, unit: Unit, table: RegionTable) -> None:
        full, _, variants, _, zones = self._tiers
        full[unit.name].append(Hit(digits))
        if unit.short and unit.short != unit.name:
            variants[unit.short].append(Hit(digits, bare=True))
            autonomous = _AUTONOMOUS.search(unit.name)
            if autonomous:
                variants[unit.short + autonomous[1]].append(Hit(digits))
        if digits[4:5] == "7":
            for form in _zone_forms(unit, table.units[digits[:2]].short, table.units[digits[:4]].short):
                zones[form].append(Hit(digits))

    def _add_below(self, digits: str, unit: Unit) -> None:
        full, stems = self._below
        full[unit.name].append(Hit(digits))
        for stem in _stems(unit.name):
            stems[stem].append(Hit(digits, bare=not stem.endswith("村")))

    def _add_former(self, old: OldName) -> None:
        _, former, _, former_stems, _ = self._tiers
        whole = significant(old.within) if len(old.successors) > 1 else significant(old.successors[0])
        if old.kind == "moved":
            self._below[1][old.old_name].append(Hit(whole, former=old))
            return
        former[old.old_name].append(Hit(whole, former=old))
        stem = _COUNTY_SUFFIX.sub("", old.old_name)
        if stem != old.old_name and len(stem) > 1:
            former_stems[stem].append(Hit(whole, bare=True, former=old))


def _inside(hits: Iterable[Hit], contexts: tuple[str, ...]) -> list[Hit]:
    return [hit for hit in hits if hit.scope.startswith(contexts)]


def _stems(name: str) -> tuple[str, ...]:
    """Shorter forms of a town's or village's name; both sides are cut alike: 东城区 and 东城街道 meet in 东城."""
    village = _VILLAGE_SUFFIX.sub("", name)
    if village != name:
        return tuple({village, village.removesuffix("村")} - {""})
    if name.endswith("村"):
        return (name[:-1],) if len(name) > 2 else ()
    town = _TOWN_SUFFIX.sub("", _PEOPLES_TOWNSHIP.sub("", name))
    return (town,) if town != name and len(town) > 1 else ()


def _zone_forms(unit: Unit, province: str, city: str) -> set[str]:
    """How a development zone is written inside its city: 长春高新技术产业开发区 is 高新区 there."""
    local = re.sub(f"^({province}省?)?({city}市?)?", "", unit.name) if province and city else unit.name
    forms = {local, unit.name} - {""}
    zone = _ZONE.match(local)
    return forms | ({_ZONE_NAME[zone[1]]} if zone else set())


def zone_name(written: str) -> str:
    """The common short form of a development zone's written name, or the name itself."""
    zone = _ZONE.match(written)
    return _ZONE_NAME[zone[1]] if zone else written
