"""From a written place to a region code: separators, short and old names, towns and villages; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import msgspec

from matcher.geography.codes import level_of, significant, written
from matcher.geography.names import LONGEST_NAME, Hit, NameIndex, zone_name
from matcher.geography.regions import OldName, RegionTable, read_old_names, read_preferred, read_units
from matcher.records import COUNTY_DIGITS

CACHE_SIZE = 200_000
MAX_ALTERNATIVES = 12

_SEPARATOR = re.compile(r"[\s\-‐-―·•・./\\|>,，、;；:：_~〜]+")
_CODE = re.compile(r"\d{6,12}")
_SEVERAL = re.compile(r"[,，、;；/\s]|或|和|及")
_ABROAD = re.compile(r"海外|国外|境外|出国")
_UNSTATED = re.compile(r"不限|全国|各地|异地|待定|面议|无$")
# What follows a bare short name and makes it part of another name: 南京路 is a street, not a city.
_OTHER_NAME = re.compile(r"路|街|大道|道|巷|桥|村|屯|社区|居委|镇|乡|大学|学院|医院|公司|集团|厂|广场|中心|酒店|店|商")
_LOCAL_UNIT = re.compile(r"(村|镇|乡|街道|街道办|办事处|社区|委会|村委|屯)$")
_ELLIPSIS = re.compile(r"\.{2,}|…+$")


class Alternative(msgspec.Struct, frozen=True):
    """A unit a name may also mean."""

    code: str
    name: str


class PlaceMatch(msgspec.Struct, frozen=True):
    """What a written place means.

    code : region code, or None when it cannot be told; name : full path; level : province .. village.
    problem : Chinese, None when all is read. With a code it is a warning: the place is known, a finer part is not.
    note : Chinese, what was brought up to date (a former name, a town that moved).
    """

    code: str | None = None
    name: str | None = None
    level: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    problem: str | None = None
    note: str = ""


class _Reading(msgspec.Struct, frozen=True):
    """Units that fit what was read so far, and what could not be read."""

    hits: tuple[Hit, ...]
    rest: str = ""


class Gazetteer(RegionTable):
    """The region table that also reads written places; build it with `gazetteer()`."""

    def __init__(self, table: RegionTable) -> None:
        super().__init__(table.units, table.old_names, table.preferred)
        self._index = NameIndex(self)
        self._found: dict[tuple[str, str | None], PlaceMatch] = {}

    def find(self, text: str, near: str | None = None) -> PlaceMatch:
        """Read a place; `near` (a region code) lets town and village names stand alone and settles homonyms.

        A homonym without context has a problem and its alternatives. Answers are kept per distinct text.
        """
        key = (text, near)
        match = self._found.get(key)
        if match is None:
            match = self._find(text, near)
            if len(self._found) >= CACHE_SIZE:
                self._found.clear()
            self._found[key] = match
        return match

    def _find(self, text: str, near: str | None) -> PlaceMatch:
        clean = unicodedata.normalize("NFKC", text).strip().removeprefix("中国")
        if _CODE.fullmatch(clean):
            return self._by_code(clean)
        if not clean or _UNSTATED.match(clean):
            return PlaceMatch(problem="没有写明具体地点，请填写省、市、县（区）")
        if _ABROAD.search(clean):
            return PlaceMatch(problem="境外地点没有行政区划代码，请改填境内工作地；境外岗位请另行登记")
        reading = self._read(_ELLIPSIS.sub("", clean), near)
        if not reading.hits:
            return PlaceMatch(problem=f"区划表里没有“{text.strip()}”，请按“省 市 县（区）乡镇 村”填写现用名称")
        return self._settle(clean, reading, near)

    def _by_code(self, code: str) -> PlaceMatch:
        current = self.current_code(code)
        if self.exists(current.code):
            return PlaceMatch(current.code, self.name(current.code), level_of(current.code), note=current.reason)
        known = self.name(current.code)
        if not known:
            return PlaceMatch(problem=f"没有以“{code[:2]}”开头的区划代码，请核对")
        if len(significant(code)) > COUNTY_DIGITS and self.exists(code[:COUNTY_DIGITS]):
            return PlaceMatch(written(significant(code)), known, level_of(code))
        return PlaceMatch(problem=f"区划代码{code}不在现行代码表里（属{known}），请核对")

    def _read(self, clean: str, near: str | None) -> _Reading:
        """Read token by token from the country, or from around `near`, downwards."""
        scopes = _home_county(near)
        tokens = [token for token in _SEPARATOR.split(clean) if token]
        local = bool(tokens) and bool(_LOCAL_UNIT.search(tokens[0]))
        starts = [*scopes, ""] if local else ["", *scopes]
        best = _Reading(())
        for start in starts:
            reading = self._read_from(tokens, start, local=bool(start))
            if reading.hits and not reading.rest:
                return reading
            if reading.hits and (not best.hits or len(reading.rest) < len(best.rest)):
                best = reading
        return best

    def _read_from(self, tokens: list[str], start: str, *, local: bool) -> _Reading:
        contexts: tuple[str, ...] = (start,)
        hits: tuple[Hit, ...] = ()
        for number, token in enumerate(tokens):
            rest = token
            while rest:
                step = self._longest(rest, contexts, local=local or bool(hits))
                if step is None:
                    return _Reading(hits, "".join((rest, *tokens[number + 1 :])))
                hits, length = step
                contexts = tuple(hit.digits for hit in hits)
                rest = rest[length:]
        return _Reading(hits)

    def _longest(self, rest: str, contexts: tuple[str, ...], *, local: bool) -> tuple[tuple[Hit, ...], int] | None:
        """The longest beginning of `rest` that names units inside the contexts, and its length."""
        for length in range(min(len(rest), LONGEST_NAME), 1, -1):
            part, after = rest[:length], rest[length:]
            hits = self._index.regions(part, contexts)
            if not hits and local:
                hits = self._index.below(part, contexts)
            if not hits:
                hits = self._index.changed_level(part, contexts)
            if not hits and local and not after:
                hits = self._index.regions(zone_name(part), contexts)
            if hits and not _part_of_another_name(hits[0], after):
                return tuple(hits), length
        return None

    def _settle(self, clean: str, reading: _Reading, near: str | None) -> PlaceMatch:
        """One unit out of those that fit, or a problem with all of them."""
        other = self._another_place(clean, reading)
        if other is not None:
            first = self._choose(reading.hits, clean, near)
            places = [*([first] if first else []), *other.hits]
            return PlaceMatch(alternatives=self._named(places), problem="写了几个地点，请每个地点单独填一行")
        chosen = self._choose(reading.hits, clean, near)
        if chosen is None:
            names = self._named(reading.hits)
            return PlaceMatch(alternatives=names, problem=f"“{clean}”在{len(names)}处都有，请写明省、市")
        return self._answer(chosen, reading.rest)

    def _another_place(self, clean: str, reading: _Reading) -> _Reading | None:
        """The second place of a list such as 北京、上海, if what is left is a place of its own."""
        if not reading.rest or not _SEVERAL.search(clean):
            return None
        rest = re.sub(r"^[或和及]", "", reading.rest)
        second = self._read_from([rest], "", local=False)
        wide = [hit for hit in second.hits if len(hit.digits) < COUNTY_DIGITS or not hit.bare]
        return second if wide and not second.rest else None

    def _choose(self, hits: tuple[Hit, ...], clean: str, near: str | None) -> Hit | None:
        """The only unit, the one that holds all others, the nearest, or by rank the one meant by a bare name."""
        if len({hit.digits for hit in hits}) == 1:
            return hits[0]
        widest = min(hits, key=lambda hit: len(hit.digits))
        if all(hit.digits.startswith(widest.digits) for hit in hits):
            return widest
        for scope in _around(near):
            inside = [hit for hit in hits if hit.digits.startswith(scope)]
            if inside:
                return inside[0] if len({hit.digits for hit in inside}) == 1 else None
        return self._by_rank(hits, clean)

    def _by_rank(self, hits: tuple[Hit, ...], clean: str) -> Hit | None:
        """A bare name means the province or city of that name rather than a district elsewhere (中山, 西安).

        `short_names.csv` decides the few names where that is wrong.
        """
        if not all(hit.bare for hit in hits):
            return None
        decided = self.preferred.get(clean)
        if decided is not None:
            return next((hit for hit in hits if hit.digits == decided), None)
        widest = sorted(hits, key=lambda hit: len(hit.digits))
        first, second = widest[0], widest[1]
        return first if len(first.digits) < min(len(second.digits), COUNTY_DIGITS) else None

    def _answer(self, hit: Hit, rest: str) -> PlaceMatch:
        code = written(hit.digits)
        name, note, problem = self.name(code), "", None
        alternatives: tuple[Alternative, ...] = ()
        if hit.former is not None:
            note, problem, alternatives = self._former(hit.former, name)
        if rest and self._finer_unit_missing(hit.digits, rest):
            problem = f"没有找到“{rest}”，只定到{name}，请核对下级区划的现用名称"
        return PlaceMatch(code, name, level_of(code), alternatives, problem, note)

    def _former(self, old: OldName, name: str) -> tuple[str, str | None, tuple[Alternative, ...]]:
        """Note, problem and alternatives of a former name; a split area has no single successor."""
        year = f"{old.year}年" if old.year else ""
        if len(old.successors) == 1:
            moved = old.kind == "moved"
            said = f"已划归{self._city_and_county(old.successors[0]) or name}" if moved else f"已改为{name}"
            return f"{old.old_name}{year}{said}", None, ()
        parts = tuple(Alternative(code, self.name(code)) for code in old.successors)
        listed = "、".join(self.units[code].name for code in old.successors)
        return "", f"{old.old_name}{year}已拆分为{listed}，只定到{name}，请选择现用区县", parts

    def _city_and_county(self, digits: str) -> str:
        """The county a town lies in, with its city and without the province: enough for whoever lives nearby."""
        levels = (digits[:4], digits[:COUNTY_DIGITS]) if len(digits) > COUNTY_DIGITS else ()
        return "".join(self.units[code].name for code in levels if code in self.units)

    def _finer_unit_missing(self, digits: str, rest: str) -> bool:
        """Is what could not be read a finer unit, not just a street inside a known county?"""
        if len(digits) < COUNTY_DIGITS:
            return True
        return bool(_LOCAL_UNIT.search(rest)) and len(digits) < COUNTY_DIGITS + 6

    def _named(self, hits: list[Hit] | tuple[Hit, ...]) -> tuple[Alternative, ...]:
        codes = sorted({written(hit.digits) for hit in hits})[:MAX_ALTERNATIVES]
        return tuple(Alternative(code, self.name(code)) for code in codes)


def _part_of_another_name(hit: Hit, after: str) -> bool:
    """Does a bare name with `after` behind it name something else: 南京路, 横琴新区 (but 百朋里团村 is read on)?"""
    if not (hit.bare and after):
        return False
    if len(hit.digits) > COUNTY_DIGITS:
        return not _LOCAL_UNIT.search(after)
    return bool(_OTHER_NAME.match(after))


def _around(near: str | None) -> tuple[str, ...]:
    """County, city and province of a code, nearest first, as far as it names them."""
    if not near:
        return ()
    digits = significant(near)
    return tuple(dict.fromkeys(digits[:end] for end in (9, 6, 4, 2) if end <= len(digits)))


def _home_county(near: str | None) -> tuple[str, ...]:
    """Where a town or village may stand alone: the home town and county, not the city (its names repeat)."""
    return tuple(scope for scope in _around(near) if len(scope) >= COUNTY_DIGITS) or _around(near)[:1]


@cache
def gazetteer() -> Gazetteer:
    """The committed tables, read once per process."""
    return Gazetteer(RegionTable(read_units(), read_old_names(), read_preferred()))
