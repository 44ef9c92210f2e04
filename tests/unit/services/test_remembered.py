"""What is remembered is what would be worked out anew, made once, and let go of in turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from matcher.services.ground.remembered import N_KEPT, Remembered


def test_equal_lists_are_not_the_same_list():
    kept, one, other = Remembered(), ["a"], ["a"]
    assert kept.get("n", (one,), lambda: "one") == "one"
    assert kept.get("n", (one,), lambda: "again") == "one"
    assert kept.get("n", (other,), lambda: "other") == "other"


def test_names_and_values_keep_results_apart():
    kept, roster = Remembered(), ["a"]
    for what, by in (("n", 1), ("n", 2), ("m", 1)):
        assert kept.get(what, (roster,), lambda told=(what, by): told, by=by) == (what, by)


def test_the_one_used_longest_ago_gives_way():
    kept, made = Remembered(), []
    lists = [[n] for n in range(N_KEPT + 1)]

    def ask(ix):
        return kept.get("n", (lists[ix],), lambda: made.append(ix) or ix)

    for ix in (*range(N_KEPT), 0, N_KEPT, 0):
        assert ask(ix) == ix
    assert made == [*range(N_KEPT), N_KEPT]
    ask(1)
    assert made[-1] == 1


def test_a_list_is_held_so_that_no_other_takes_its_place():
    kept = Remembered()
    for n in range(200):
        assert kept.get("n", ([n],), lambda n=n: n) == n


def test_what_was_asked_for_last_is_not_told_of_another():
    kept, roster, other = Remembered(), ["a"], ["a"]
    asked = [((roster,), 1), ((roster,), 1), ((roster,), 2), ((other,), 2), ((roster, other), 2), ((other, roster), 2)]
    for lists, by in asked:
        assert kept.get("n", lists, lambda told=(lists, by): told, by=by, n_kept=1) == (lists, by)


def test_a_failure_is_not_remembered():
    kept, roster = Remembered(), []
    with pytest.raises(ZeroDivisionError):
        kept.get("n", (roster,), lambda: 1 // 0)
    assert kept.get("n", (roster,), lambda: 7) == 7


def test_who_asks_for_another_thing_does_not_wait():
    kept, roster, begun, other_done = Remembered(), ["a"], Event(), Event()

    def slow():
        begun.set()
        assert other_done.wait(30), "the quick one had to wait for the slow one"
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(kept.get, "n", (roster,), slow, by=1)
        assert begun.wait(30)
        assert kept.get("n", (roster,), lambda: "quick", by=2) == "quick"
        other_done.set()
        assert told.result() == "slow"


def test_many_at_once_make_it_once():
    kept, roster, made, start = Remembered(), ["a"], [], Barrier(8)

    def ask(_):
        start.wait()
        return kept.get("n", (roster,), lambda: made.append(1) or object())

    with ThreadPoolExecutor(8) as pool:
        told = set(map(id, pool.map(ask, range(8))))
    assert (len(told), len(made)) == (1, 1)
