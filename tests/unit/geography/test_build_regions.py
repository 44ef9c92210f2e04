"""The script that writes the region tables refuses doubtful input and stands behind what is committed."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "training_data" / "reference" / "build_regions.py"
DATA = ROOT / "matcher" / "geography" / "data"
NATIONS = ["瑶族", "侗族", "彝族", "蒙古族", "东乡族", "回族"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_regions", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_regions"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A country of one province, unpacked the way the three packages are."""
    tables = {
        "adcodes.csv": "adcode,name,longitude,latitude\n"
        "450000000000,广西壮族自治区,108.3,22.8\n450200000000,柳州市,109.4,24.3\n"
        "450206000000,柳江区,109.3,24.2\n450222000000,柳城县,109.2,24.6\n"
        "710000000000,台湾省,121,25\n810000000000,香港特别行政区,114.2,22.3\n820000000000,澳门特别行政区,113.5,22.2\n",
        "provinces.csv": "code,name\n45,广西壮族自治区\n",
        "cities.csv": "code,name,provinceCode\n4502,柳州市,45\n",
        "areas.csv": "code,name,cityCode,provinceCode\n450206,柳江区,4502,45\n450207,柳城区,4502,45\n",
        "streets.csv": "code,name,areaCode,provinceCode,cityCode\n"
        "450206100,拉堡镇,450206,45,4502\n110101001,甲街道,110101,11,1101\n",
        "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        "450206100001,甲村,450206100,45,4502,450206\n",
        "56_nations.csv": "瑶族\n壮族\n",
        "city_coordinates.json": json.dumps({"柳江区": [109.31, 24.21], "柳州市": [109.4, 24.3]}),
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def hand_tables(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "hand"
    folder.mkdir()
    (folder / "successions.csv").write_text("old_code,old_name,within,successors,year,kind\n", "utf-8")
    (folder / "coordinate_exceptions.csv").write_text("code,name,reason\n", "utf-8")
    monkeypatch.setattr(script, "HERE", folder)
    return folder


def test_tables_join_both_sources_and_find_successors(script: ModuleType, packages: Path, hand_tables: Path) -> None:
    files, problems, _ = script.build(packages)
    assert problems == []
    rows = {r["code"]: r for r in csv.DictReader(files["regions.csv"].splitlines())}
    assert rows["450206"]["lon"] == "109.3"
    assert (rows["450207"]["lon"], rows["450207"]["coordinate_source"]) == ("109.2", "cpca 450222")
    assert "450222,柳城县,450200,450207,,renamed" in files["old_names.csv"]
    assert files["places.csv"].split() == ["code,name", "450206100,拉堡镇", "450206100001,甲村"]


@pytest.mark.parametrize(("longitude", "n_problems"), [(109.7, 0), (109.85, 1)])
def test_a_shift_over_50_km_fails(
    script: ModuleType, packages: Path, hand_tables: Path, longitude: float, n_problems: int
) -> None:
    (packages / "city_coordinates.json").write_text(json.dumps({"柳江区": [longitude, 24.2]}), "utf-8")
    problems = script.build(packages)[1]
    assert len(problems) == n_problems
    assert all("柳江区" in p and "km apart" in p for p in problems)


def test_an_exception_excuses_a_shift_but_must_be_needed(script: ModuleType, packages: Path, hand_tables: Path) -> None:
    (hand_tables / "coordinate_exceptions.csv").write_text("code,name,reason\n450206,柳江区,x\n", "utf-8")
    assert "not needed" in script.build(packages)[1][0]
    (packages / "city_coordinates.json").write_text(json.dumps({"柳江区": [115.0, 24.2]}), "utf-8")
    assert script.build(packages)[1] == []


def test_a_former_county_without_successor_fails(script: ModuleType, packages: Path, hand_tables: Path) -> None:
    with (packages / "adcodes.csv").open("a", encoding="utf-8") as handle:
        handle.write("450223000000,无后县,109,24\n")
    assert script.build(packages)[1] == ["450223 无后县: no successor; add it to successions.csv"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("河口瑶族自治县", "河口"),
        ("三江侗族自治县", "三江"),
        ("东乡族自治县", "东乡"),
        ("积石山保安族东乡族撒拉族自治县", "积石山保安族东乡族撒拉族"),
        ("顺河回族区", "顺河"),
        ("柳江区", "柳江"),
        ("碑林区", "碑林"),
        ("神农架林区", "神农架"),
        ("忠县", "忠县"),
        ("广西壮族自治区", "广西壮族"),
        ("市辖区", ""),
    ],
)
def test_short_names_by_rule(script: ModuleType, name: str, short: str) -> None:
    """Peoples are stripped only if they are in the given list (保安, 撒拉 and 壮族 are not)."""
    assert script.short_name(name, NATIONS) == short


def committed(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text("utf-8").splitlines()))


def test_committed_tables_are_whole() -> None:
    regions = committed("regions.csv")
    codes = {r["code"] for r in regions}
    assert len(codes) == len(regions) > 3300
    assert all(not r["parent"] or r["parent"] in codes for r in regions)
    counties = [r for r in regions if r["level"] == "county" and r["code"][4] != "7" and r["short"]]
    assert sum(1 for r in counties if r["lon"]) / len(counties) > 0.99
    assert all(73 < float(r["lon"]) < 136 and 3 < float(r["lat"]) < 54 for r in regions if r["lon"])
    below = [r["code"] for r in committed("places.csv")]
    assert all(c[:6] in codes for c in below)
    known = codes | set(below)
    assert all(c[:9] in known for c in below)
    old = committed("old_names.csv")
    assert all(s in known for r in old for s in r["successors"].split(";"))
    assert not {r["old_code"] for r in old if r["old_code"]} & codes
