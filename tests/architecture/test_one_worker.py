"""The run of the tests: a file is one worker's, files that share a county are one's, and slow ones come first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from one_worker import TOGETHER, OneWorkerAFile, group_of

TESTS = Path(__file__).parents[1]


def test_files_that_belong_together_are_there():
    named = [name for files in TOGETHER.values() for name in files]
    assert [name for name in named if not (TESTS / name).is_file()] == []
    assert len(set(named)) == len(named)


def test_groups_are_those_of_the_table_and_no_marks():
    """Marks of xdist do nothing here, and would be believed."""
    mark = "xdist" + "_group"
    assert [path.name for path in TESTS.rglob("*.py") if mark in path.read_text("utf-8")] == []
    assert group_of("tests/api/test_crawl_doors.py::test_a[b::c]") == group_of("tests/api/test_crawl_reach.py::test_d")
    assert group_of("tests/api/test_crawl_flips.py::test_a") == "api/test_crawl_flips.py"


FILE = """import os, pytest
@pytest.fixture(scope="module", autouse=True)
def built(): print("built", __name__, os.getpid())
@pytest.mark.parametrize("n", range(9))
class TestOne:
    def test_a(self, n): pass
@pytest.mark.parametrize("n", range(9))
class TestTwo:
    def test_a(self, n): pass
"""


ALONE = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Three processes that hand out four files need neither the product nor what other plugins bring."""
NOTHING_MADE = "from contextlib import nullcontext as made_once\n"


def test_each_file_is_built_once_and_slow_ones_first(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / f"test_{name}.py").write_text(FILE)
    (tmp_path / "test_d.py").write_text(FILE.replace("@pytest.mark.param", "@pytest.mark.slow\n@pytest.mark.param"))
    (tmp_path / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"))
    (tmp_path / "made_once.py").write_text(NOTHING_MADE)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nmarkers = slow\npythonpath = {tmp_path} {TESTS}\n")
    plugins = ["-p", "xdist.plugin", "-p", "no:cacheprovider"]
    run = [sys.executable, "-m", "pytest", *plugins, "-rP", "-n", "2", "--dist", "loadscope", "-v"]
    ran = subprocess.run(run, cwd=tmp_path, env=ALONE, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    built = [line.split()[1] for line in ran.stdout.splitlines() if line.startswith("built")]
    assert sorted(built) == ["test_a", "test_b", "test_c", "test_d"]
    begun = [line for line in ran.stdout.splitlines() if "PASSED" in line and line.startswith("[gw")]
    first_of_each = {line.split("]")[0]: line for line in reversed(begun)}
    assert any("test_d.py" in line for line in first_of_each.values()), begun


@pytest.mark.parametrize("file", ["unit/store/test_x.py", "contract/test_readme.py"])
def test_the_scheduler_asks_the_table(file):
    assert OneWorkerAFile._split_scope(object.__new__(OneWorkerAFile), f"tests/{file}::test_y") == group_of(file)
