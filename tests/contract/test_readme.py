"""The README's tour is run, its output compared, its table of rooms held against the house."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from written_commands import fault, written

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def tour() -> list[tuple[str, list[str]]]:
    """Commands of the tour's and the policy section's console blocks, each with the output shown below it."""
    section = "".join(README.split(head)[1].split("\n## ")[0] for head in ("## Five-minute tour", "## Policy is data"))
    steps: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return [step for step in steps if "activate" not in step[0] and not step[0].startswith("export ")]


@pytest.fixture
def county(demo_home: Path, tmp_path: Path) -> Path:
    """A folder with a copy of what `make demo` leaves behind."""
    shutil.copytree(demo_home, tmp_path / "var")
    return tmp_path


@pytest.mark.slow
def test_the_tour_runs_as_written(county: Path):
    steps = tour()
    assert len(steps) >= 25
    for command, shown in steps:
        ran = subprocess.run(
            ["bash", "-c", command], cwd=county, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "PATH": PATH, "MATCHER_HOME": "var"},
        )  # fmt: skip
        assert ran.returncode == 0, f"{command}\n{ran.stderr}"
        for line in shown:
            assert line in ran.stdout, f"{command}: {line} is not in\n{ran.stdout}"


PAGES = [ROOT / "README.md", *sorted((ROOT / "api/help").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_written_as_it_is_taken(page: Path):
    told = {command: fault(command) for command in written(page.read_text("utf-8"))}
    assert {command: why for command, why in told.items() if why} == {}


def test_what_a_page_leaves_out_or_gets_wrong_is_told():
    page = README + (
        "\n`matcher claims pay --out x.csv`, `matcher claims reply p-1`, `matcher plan --quick`, `matcher plant`, "
        "`matcher\nexport people x.csv` but `matcher claims reply`, `matcher plan … --from-current`, "
        "`matcher import KIND FILE`\n```console\n$ cat x | xargs matcher policy show --loud\n```\n"
    )
    wrong = {command: fault(command) for command in written(page)}
    assert {command for command, why in wrong.items() if why} == {
        "matcher claims pay --out x.csv", "matcher claims reply p-1", "matcher plan --quick", "matcher plant",
        "matcher export people x.csv", "matcher policy show --loud",
    }  # fmt: skip
    assert wrong["matcher claims reply p-1"] == "file is missing; --by is missing"


def test_the_table_of_rooms_is_the_house():
    told = set(re.findall(r"`(\w+(?:\.py|/))`", README.split("## How it flows")[1].split("\n## ")[0]))
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / "matcher").iterdir()
        if not path.name.startswith("__") or path.name == "__main__.py"
    }
    assert told == rooms


def test_every_dependency_has_its_line():
    wanted = re.findall(r"^    ([A-Za-z-]+)[=<>\[]", (ROOT / "setup.cfg").read_text("utf-8"), re.MULTILINE)
    core = wanted[: wanted.index("click") + 1]
    section = README.split("## Dependencies")[1].split("\n## ")[0]
    assert [name for name in core if name.lower() not in section.lower()] == []
