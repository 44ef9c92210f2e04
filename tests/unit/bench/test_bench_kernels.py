"""The kernels' peers are held against one another before anything is timed, and a difference fails the run."""

from __future__ import annotations

import importlib

import pytest


@pytest.fixture(scope="module")
def tasks():
    return importlib.import_module("tests.bench.kernel_tasks")


@pytest.fixture(scope="module")
def kernels():
    return importlib.import_module("tests.bench.kernels")


def counted(lines):
    """A method that says the same to everybody, and what it was asked."""
    asked = []

    def ask(question):
        asked.append(question)
        return lines

    return ask, asked


def test_all_agree_before_anybody_is_timed(tasks, kernels):
    (ours, seen), (peer, seen_by_peer) = counted([(1, 2, 3)]), counted([(1, 2, 3)])
    told = tasks._in_turns({"ours": (ours, 2), "peer": (peer, 1), "plain": (peer, 1)}, [4, 5], 3)
    assert seen == [4, 5] * 4
    assert seen_by_peer == [4, 4] + [4] * 3
    assert [len(told[name]["wall"]) for name in ("ours", "peer", "plain")] == [6, 3, 1]
    assert kernels._broken(told) == []


def test_one_other_tie_stops_the_timing_and_breaks_the_run(tasks, kernels):
    (ours, seen), (peer, _) = counted([(1, 2, 3), (4, 2, 3)]), counted([(4, 2, 3), (1, 2, 3)])
    told = tasks._in_turns({"ours": (ours, 2), "peer": (peer, 2)}, [4, 5], 3)
    assert seen == [4, 5]
    assert kernels._broken(told) == ["peer: equal 0/2 lists"]


def test_a_batch_is_held_against_its_own_lists(tasks, kernels):
    (one_by_one, _), batch = counted([(1, 2, 3)]), [[(1, 2, 3)], [(9, 2, 3)]]
    told = tasks._in_turns({"ours": (one_by_one, 2)}, [0, 1], 1, lambda asker: batch[asker])
    assert kernels._broken(told) == ["ours: equal 1/2 lists"]
