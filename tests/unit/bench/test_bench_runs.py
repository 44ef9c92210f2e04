"""The benches run, their methods agree, and a disagreement is told and fails the run."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def lists():
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("tests.bench.lists")
    finally:
        sys.path.remove(str(ROOT))


@pytest.mark.slow
def test_tiny_lists_are_exact(tmp_path):
    out = tmp_path / "bench.jsonl"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--only", "recommend", "--only", "candidates", "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "BENCH": "tiny"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (line,) = out.read_text("utf-8").splitlines()
    tables = {table["workload"]: table for table in json.loads(line)["tables"]}
    assert list(tables) == ["recommend", "candidates"]
    assert [row["exact"][:9] for row in tables["recommend"]["rows"]] == ["", "equal 1/1", "equal 3/3", "equal 3/3"]
    assert [row["exact"][:9] for row in tables["candidates"]["rows"]] == ["", "equal 1/1", "", "equal 3/3"]
    assert all(row["seconds"] and min(row["seconds"]) > 0 for table in tables.values() for row in table["rows"])


def test_one_place_out_of_order_is_a_fault(lists):
    ours = [[["v1", 2, 0.5], ["v2", 2, 0.5]], [["v3", 1, 0.1]]]
    assert lists._equal(ours, ours) == ("equal 2/2 lists, 3 places", [])
    told, faults = lists._equal(ours, [ours[0][::-1], ours[1]])
    assert told.startswith("equal 1/2 lists")
    assert len(faults) == 1
