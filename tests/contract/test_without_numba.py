"""Without numba every answer has the same bytes: each compiled loop is used in one process, its twin in the other.

Both run the same commands over copies of one county. What says from which size on a loop is worth its start is set to
one in both, so that a county of a test is large enough.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from command_line import COUNTY, ON, SEASON, Office

from matcher.demo import DemoCounty

COMMANDS = """
import importlib, json, sys
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
if sys.argv[1] == "without":
    sys.modules["numba"] = None
from matcher import kernels
for module, name in json.loads(sys.argv[2]):
    found = importlib.import_module(f"matcher.{module}")
    assert isinstance(vars(found)[name], int), (module, name)
    vars(found)[name] = 1
assert kernels.make_ready() is (sys.argv[1] == "with")
from matcher.cli import run
home = Path(sys.argv[3])
for name, command in json.loads(sys.argv[4]).items():
    out = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(out):
        code = run(["--home", str(home), *command])
    assert code == 0, (name, code)
    (home / f"{name}.out").write_bytes(out.buffer.getvalue())
made = [name for name in sys.modules if name.startswith("matcher.") and name.endswith(("loops", "_loop"))]
print(json.dumps(sorted(made) if sys.modules["numba"] else None))
"""
SIZES = (
    ("services.rounds.plan_crowd", "MANY"),
    ("services.rounds.whole_order", "FEWEST_INDEXED"),
    ("services.rounds.short_round", "FEWEST_INDEXED"),
    ("services.rounds.short_round", "FEWEST_COMPILED"),
    ("allocation.sweeps", "MANY"),
    ("scoring.adding", "MANY"),
    ("scoring.adding", "MANY_MORE"),
    ("language.nearest", "FEW_PAIRS"),
    ("intake.sheets", "BULK_ROWS"),
    ("intake.textual", "LARGE_BYTES"),
    ("intake.unpacking", "LARGE_PART"),
)
"""From how many on a loop is compiled: modules and names."""
LOOPS = {"kernels.choice_loop", "kernels.everybody_loop", "kernels.loops", "allocation.offers_loop"}
"""What the process with numba must have brought in."""
DAY = ("--on", ON, "--jurisdiction", COUNTY)
OWN = {"decision_id", "at", "batch_id"}
"""Names of one call, another one each time."""


def commands(office: Office, files: dict[str, Path], round_file: Path) -> dict[str, list[str]]:
    """What is asked of each of the two: a name, and the arguments."""
    people = [one["worker_id"] for one in office.objects("workers")[::50]]
    posts = [one["vacancy_id"] for one in office.objects("vacancies")[::20]]
    season = ("--season", SEASON)
    told: dict[str, list[str]] = {
        "match": ["match", "--input", str(round_file)],
        "plan": ["plan", *season, "--out", "plan.jsonl", "--explain", *DAY],
        "plan_again": ["plan", *season, "--out", "plan_again.jsonl", "--from-current", *DAY],
        "allocate": ["allocate", "--channel", "other_labour_export", "--out", "sent.jsonl", *DAY],
        "replan": ["allocate", "--channel", "other_labour_export", "--replan", "sent.jsonl", "--out", "re.jsonl", *DAY],
    }
    for ix, (person, post) in enumerate(zip(people, posts, strict=False)):
        told[f"recommend_{ix}"] = ["recommend", "--worker", person, "--top", "5", *DAY]
        told[f"candidates_{ix}"] = ["candidates", "--vacancy", post, "--top", "20", *DAY]
    for kind in ("households", "workers", "vacancies"):
        where = ("--jurisdiction", COUNTY, "--on", ON)
        told[f"import_{kind}"] = ["import", kind, str(files[kind]), "--dry-run", *where]
    return told


def round_of(county: DemoCounty) -> dict:
    """What `match` is told: people and posts of the county."""
    names = ("workers", "vacancies", "households")
    found = {name: [msgspec.to_builtins(one) for one in getattr(county, name)] for name in names}
    return {"on": ON, "jurisdiction": COUNTY, "seed": 3, "top": 5, **found}


def without_own(value):
    """An answer without what names this one call."""
    if isinstance(value, dict):
        return {name: without_own(one) for name, one in value.items() if name not in OWN}
    return [without_own(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("mode", ["balanced", "priced"])
def test_the_same_bytes_without_numba(mode, records, county_home, county_files, tmp_path):
    round_file = tmp_path / "round.json"
    office = Office(Path(shutil.copytree(county_home, tmp_path / "read")))
    round_file.write_bytes(msgspec.json.encode(round_of(records)))
    asked = commands(office, county_files, round_file)
    told = {}
    for way in ("with", "without"):
        home = Path(shutil.copytree(county_home, tmp_path / way))
        (home / "matcher.toml").write_text(f'plan_mode = "{mode}"\nplan_part_workers = 50\n', "utf-8")
        arguments = (way, json.dumps(SIZES), str(home), json.dumps(asked))
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, *arguments], cwd=home, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        loops = json.loads(done.stdout.splitlines()[-1])
        assert (loops is None) == (way == "without")
        if loops is not None:
            wanted = LOOPS if mode == "priced" else LOOPS - {"allocation.offers_loop"}
            assert {f"matcher.{name}" for name in wanted} <= set(loops)
        told[way] = {path.name: path.read_bytes() for path in [*home.glob("*.out"), *home.glob("*.jsonl")]}
    assert told["with"].keys() == told["without"].keys() >= {f"{name}.out" for name in asked}
    assert {"plan.jsonl", "plan_again.jsonl", "sent.jsonl", "re.jsonl"} <= told["with"].keys()
    for name in told["with"]:
        said = [told[way][name] for way in ("with", "without")]
        if name.endswith(".out") and said[0]:
            said = [msgspec.json.encode(without_own(msgspec.json.decode(body))) for body in said]
        assert said[0] == said[1], name
    assert sum(b'"items":[{' in line for line in told["with"]["plan.jsonl"].splitlines()) > 50
