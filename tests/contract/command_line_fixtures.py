"""Homes for the tests of the command line: an empty one, and a small county that is imported once a session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import COUNTY, KINDS, ON, SEASON, Office

from matcher.demo import DemoCounty, clean_records
from matcher.intake import export_form, write_export
from matcher.records import Kind

N_WORKERS, N_VACANCIES = 200, 60
FORMS = {"households": "csv", "workers": "xlsx", "vacancies": "jsonl"}


@pytest.fixture(scope="session", autouse=True)
def own_settings() -> Iterator[None]:
    """What the machine's owner has set must not reach a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MATCHER_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def blank_home(own_settings, tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("blank") / "home"
    Office(home).ok("init")
    return home


@pytest.fixture
def blank(blank_home, tmp_path) -> Office:
    """An office with an empty database."""
    return Office(Path(shutil.copytree(blank_home, tmp_path / "home")))


@pytest.fixture(scope="session")
def demo_home(own_settings, tmp_path_factory) -> Path:
    """The home that `make demo` leaves behind, made by the command of the README; tests work on copies."""
    home = tmp_path_factory.mktemp("demo") / "var"
    command = (sys.executable, "-m", "matcher", "--home", str(home), "demo", "--no-serve")
    subprocess.run(command, cwd=home.parent, check=True, capture_output=True, timeout=240)
    return home


@pytest.fixture(scope="session")
def records() -> DemoCounty:
    """What the small county holds."""
    return clean_records(COUNTY, 0, N_WORKERS, N_VACANCIES)


@pytest.fixture(scope="session")
def county_files(records, tmp_path_factory) -> dict[str, Path]:
    """Kind -> file with its records, in the three forms an export knows."""
    folder = tmp_path_factory.mktemp("county-files")
    identities = {identity.worker_id: identity for identity in records.identities}
    written = {}
    for kind in KINDS:
        path = folder / f"{kind}.{FORMS.get(kind, 'csv')}"
        written[kind] = path
        found = getattr(records, kind)
        write_export(path, export_form(path.name), Kind(kind), found, identities=identities)
    return written


@pytest.fixture(scope="session")
def county_home(blank_home, county_files, tmp_path_factory) -> Path:
    office = Office(Path(shutil.copytree(blank_home, tmp_path_factory.mktemp("county") / "home")))
    for kind, path in county_files.items():
        summary = office.load(kind, path)
        assert summary["accepted"] == summary["rows"] > 0, summary["problems"]
    return office.home


@pytest.fixture(scope="session")
def planned_home(county_home, tmp_path_factory) -> Path:
    office = Office(Path(shutil.copytree(county_home, tmp_path_factory.mktemp("planned") / "home")))
    office.ok("plan", "--season", SEASON, "--on", ON, "--jurisdiction", COUNTY, "--out", office.home / "plan.jsonl")
    return office.home


@pytest.fixture(scope="session")
def readable_county(county_home) -> Office:
    """The small county, shared: for tests that only read."""
    return Office(county_home)


@pytest.fixture
def county(county_home, tmp_path) -> Office:
    """The small county, a copy of one's own."""
    return Office(Path(shutil.copytree(county_home, tmp_path / "home")))


@pytest.fixture
def planned(planned_home, tmp_path) -> Office:
    """The small county with a plan of the season in `plan.jsonl`."""
    return Office(Path(shutil.copytree(planned_home, tmp_path / "home")))
