"""Both profiles run at tiny sizes; loops are found in every work, timed, and put back."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CALLED = {
    "auction": {"allocation.bidding.bid_all"},
    "csv": {"intake.bulk.lines.cut", "intake.bulk.scan.id_classes"},
    "trades": {"language.nearest_loops.search"},
    "orders": {"kernels.everybody_loop.tell"},
    "tables": {"scoring.adding_loop.add"},
    "balanced": {"kernels.choice_loop.chosen", "kernels.told_loops.told_of"},
}


@pytest.fixture(scope="module")
def profile():
    return importlib.import_module("tests.bench.profile_loops")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CALLED))
def test_the_loops_of_a_work_are_timed(profile, name, tmp_path, monkeypatch):
    works = importlib.import_module("tests.bench.profile_works")
    for module, constant in (("matcher.language.nearest", "FEW_PAIRS"), ("matcher.intake.sheets", "BULK_ROWS")):
        # Tiny sizes set these aside for the length of a process.
        monkeypatch.setattr(f"{module}.{constant}", getattr(importlib.import_module(module), constant))
    _, n, work = works.WORKS[name](tmp_path, works.TINY)
    seconds, loops = profile.profiled(work)
    assert CALLED[name] <= {loop.name for loop in loops}
    assert 0 < sum(sum(loop.spent) for loop in loops) <= seconds
    lines = list(profile.told("", n, seconds, loops))
    assert len(lines) == len(loops) + 2
    assert sum(float(line.split()[-3].replace(",", "")) for line in lines[1:]) == pytest.approx(seconds * 1e3, abs=1)


def test_loops_are_put_back_even_after_a_fault(profile):
    lines = importlib.import_module("matcher.intake.bulk.lines")
    before = lines.cut

    def fails():
        if lines.cut is not before:
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        profile.profiled(fails)
    assert lines.cut is before


@pytest.mark.slow
def test_the_searches_are_taken_apart():
    arguments = ["--people", "60", "--workers", "300", "--vacancies", "80", "--asked", "5"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.profile_kernels", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    heads = [line for line in done.stdout.splitlines() if line.startswith("w")]
    assert [head.split(":")[0] for head in heads] == ["w1", "w2", "w3"]
    assert done.stdout.count("bounds of heads") == 3
