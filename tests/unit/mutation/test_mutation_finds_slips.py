"""The mutation run itself: what it changes, that a change runs, and that judgements name slips that exist."""

from __future__ import annotations

import gc
import sys
from importlib import util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE = '''\
from typing import Final

LIMIT: Final = 3


def within(value: int, strict: bool) -> bool:
    """Left alone: 1 < 2."""
    if value < 0:
        raise ValueError("below 0")
    return value < LIMIT or (not strict and value == LIMIT)


TABLE = {"double": lambda value: value * 2}
'''


@pytest.fixture(scope="module", autouse=True)
def tree():
    """`tests` as a package of the checkout, as `python -m tests.mutation` sees it."""
    sys.path.insert(0, str(ROOT))
    yield
    sys.path.remove(str(ROOT))


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(SOURCE, "utf-8")
    spec = util.spec_from_file_location("sample", path)
    loaded = util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return path, loaded


def test_conditions_constants_and_returns_are_changed_and_words_are_not(module):
    from tests.mutation.mutants import mutants

    names = {slip.name for slip in mutants(module[0])}
    assert {
        "sample.within: value < 0 -> value <= 0",
        "sample.within: value < 0 -> value >= 0",
        "sample.within: not strict -> strict",
        "sample.within: value == LIMIT -> value != LIMIT",
        "sample.within: not strict and value == LIMIT -> value == LIMIT",
        "sample.<lambda>: value * 2 -> value // 2",
        "sample.<lambda>: 2 -> 3",
    } <= names
    assert not any("below" in name or "Left" in name or "LIMIT:" in name for name in names)
    assert len(names) == len(mutants(module[0]))


def test_a_slip_runs_in_the_function_that_everybody_already_holds(module):
    from tests.mutation.mutants import mutants
    from tests.mutation.oracle import exchange

    path, loaded = module
    held, double = loaded.within, loaded.TABLE["double"]
    slips = {slip.name: slip for slip in mutants(path)}
    assert held(3, strict=False)
    # As the tests' own conftest does when it has collected them.
    gc.freeze()
    slip = slips["sample.within: value == LIMIT -> value != LIMIT"]
    assert exchange(slip.code(), path, slip.function) == 1
    assert not held(3, strict=False)
    slip = slips["sample.<lambda>: 2 -> 3"]
    assert exchange(slip.code(), path, slip.function) == 1
    assert double(5) == 15
    assert not held(3, strict=False)


@pytest.mark.slow
def test_every_judgement_names_a_slip_and_says_why():
    from tests.mutation.__main__ import MODULES, judged, of_module

    names = {slip.name for name in MODULES for slip in of_module(name)}
    assert [slip for slip in judged() if slip not in names] == []
    assert all(len(reason) > 20 for reason in judged().values())


def test_survivors_of_an_earlier_output_are_tried_again_by_name():
    from tests.mutation.__main__ import survived

    output = "alive a.py:1 m.f: x -> y\nSURVIVED a.py:1 m.f: x -> y (again 2)\n3 seen, 1 survived, 0 not reachable\n"
    assert survived(output) == {"m.f: x -> y (again 2)"}
