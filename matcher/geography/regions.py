"""The region tables as one lookup: names, parents, coordinates, predecessors of codes."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from importlib.resources import files

import msgspec

from matcher.geography.codes import significant, written

PLACEHOLDER_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class Unit(msgspec.Struct, frozen=True):
    """One unit in force; lon and lat in degrees, None where unknown (everything below county)."""

    code: str
    name: str
    short: str = ""
    lon: float | None = None
    lat: float | None = None


class OldName(msgspec.Struct, frozen=True):
    """A former unit: `within` the unit it lay in, one successor or, where it was split, several.

    kind : renamed, merged, split or moved (a town given to another county; it has no old code here)
    """

    old_code: str
    old_name: str
    within: str
    successors: tuple[str, ...]
    year: str
    kind: str


class CurrentCode(msgspec.Struct, frozen=True):
    """A code in force for a code that may be former; `reason` (Chinese) is empty when nothing changed."""

    code: str
    reason: str = ""


class RegionTable:
    """Units in force by code, and former names; `places.gazetteer()` holds the one of the committed data."""

    def __init__(self, units: Mapping[str, Unit], old_names: tuple[OldName, ...], preferred: Mapping[str, str]) -> None:
        self.units = units
        self.old_names = old_names
        self.preferred = preferred
        self._old_by_code = {old.old_code: old for old in old_names if old.old_code}

    def exists(self, code: str) -> bool:
        """Is the code in force and in the table? Villages are known for the counties of the documents only."""
        return significant(code) in self.units

    def parent(self, code: str) -> str | None:
        """Code of the next named unit up (a district of 重庆 lies in 500000); None above a province."""
        above = next(iter(self._chain(significant(code)[:-1])), None)
        return written(above) if above else None

    def short_name(self, code: str) -> str:
        """柳江 for 450206, 东城街道 for a town; empty for an unknown code."""
        unit = self.units.get(significant(code))
        return (unit.short or unit.name) if unit else ""

    def name(self, code: str) -> str:
        """Full path name, as far down as the table knows the code: 广西壮族自治区柳州市柳江区."""
        return "".join(reversed([self.units[prefix].name for prefix in self._chain(significant(code))]))

    def coordinates(self, code: str) -> tuple[float, float] | None:
        """(lon, lat) of a unit of county level or above; None below and where no source has them."""
        unit = self.units.get(significant(code))
        return None if unit is None or unit.lon is None or unit.lat is None else (unit.lon, unit.lat)

    def current_code(self, code: str) -> CurrentCode:
        """The code in force for a former one, with the reason; a code of no known predecessor comes back as it is.

        Below a renamed county the last digits stay. Where the county was split, or the town is no longer there, the
        city is all that is certain.
        """
        digits = significant(code)
        old = self._old_by_code.get(digits[:6])
        if digits in self.units or old is None:
            return CurrentCode(written(digits))
        year = f"{old.year}年" if old.year else ""
        target = old.successors[0]
        if len(old.successors) > 1:
            names = "、".join(self.units[s].name for s in old.successors)
            return CurrentCode(written(target[:4]), f"{old.old_name}{year}已拆分为{names}，只能定到市")
        reason = f"{old.old_name}{year}已改为{self.name(target)}"
        if len(digits) <= len(old.old_code):
            return CurrentCode(target, reason)
        if old.kind == "renamed" and target + digits[6:] in self.units:
            return CurrentCode(target + digits[6:], reason)
        return CurrentCode(written(target[:4]), f"{reason}，原乡镇代码无法对应，只能定到市，请核对")

    def _chain(self, digits: str) -> Iterator[str]:
        """Known, named prefixes of a code, finest first."""
        for end in (12, 9, 6, 4, 2):
            if end <= len(digits):
                unit = self.units.get(digits[:end])
                if unit is not None and unit.name not in PLACEHOLDER_NAMES:
                    yield digits[:end]


def read_units() -> dict[str, Unit]:
    """Significant digits -> unit, from `regions.csv` and `places.csv`."""
    units = {
        significant(row["code"]): Unit(
            row["code"],
            row["name"],
            row["short"],
            float(row["lon"]) if row["lon"] else None,
            float(row["lat"]) if row["lat"] else None,
        )
        for row in _rows("regions.csv")
    }
    units.update((row["code"], Unit(row["code"], row["name"])) for row in _rows("places.csv"))
    return units


def read_old_names() -> tuple[OldName, ...]:
    """Former units of `old_names.csv`."""
    return tuple(
        OldName(r["old_code"], r["old_name"], r["within"], tuple(r["successors"].split(";")), r["year"], r["kind"])
        for r in _rows("old_names.csv")
    )


def read_preferred() -> dict[str, str]:
    """Bare short names decided by hand: name -> code, or an empty code for "never without its province"."""
    return {row["name"]: row["code"] for row in _rows("short_names.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("matcher.geography") / "data" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
