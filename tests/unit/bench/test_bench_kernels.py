"""The kernels' peers are held against one another before anything is timed; what their ratios are made of."""

from __future__ import annotations

import importlib
import itertools

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


def always(ask, n):
    """A method that is made at once, and how many questions it is asked."""
    return (lambda: ask), n


def test_all_agree_before_anybody_is_timed(tasks, kernels):
    (ours, seen), (peer, seen_by_peer) = counted([(1, 2, 3)]), counted([(1, 2, 3)])
    methods = {"ours": always(ours, 2), "peer": always(peer, 1), "plain": always(peer, 1)}
    told = tasks._in_turns(methods, [4, 5], 3)[1]["methods"]
    # Held once, three turns, and once between the others, question by question.
    assert seen == [4, 5] * 5
    assert seen_by_peer == [4, 4] + [4] * 3 + [4]
    assert len(told["ours"]["between"]) == 2
    assert [len(told[name]["wall"]) for name in ("ours", "peer", "plain")] == [6, 3, 1]
    assert kernels._broken(told) == []


def test_a_turn_is_all_questions_of_a_method_and_the_last_pass_goes_question_by_question(tasks):
    order = []

    def named(name):
        return lambda question: order.append((name, question)) or [(1, 2, 3)]

    tasks._in_turns({"ours": always(named("ours"), 2), "peer": always(named("peer"), 2)}, [4, 5], 1)
    turn = [("ours", 4), ("ours", 5), ("peer", 4), ("peer", 5)]
    assert order == [*turn, *turn, ("ours", 4), ("peer", 4), ("ours", 5), ("peer", 5)]


def test_one_other_tie_stops_the_timing_and_breaks_the_run(tasks, kernels):
    (ours, seen), (peer, _) = counted([(1, 2, 3), (4, 2, 3)]), counted([(4, 2, 3), (1, 2, 3)])
    told = tasks._in_turns({"ours": always(ours, 2), "peer": always(peer, 2)}, [4, 5], 3)[1]["methods"]
    assert seen == [4, 5]
    assert kernels._broken(told) == ["peer: equal 0/2 lists"]


def test_a_batch_is_held_against_the_lists_of_everybody(tasks, kernels):
    right, done = [[(1, 2, 3)], [(9, 2, 3)]], []

    def told(lists):
        return lambda: ((lambda: done.append(lists)), lambda _: lists)

    methods = {"ours": told(right), "peer": told([[(1, 2, 3)], [(1, 2, 3)]]), "plain": told(right[:1])}
    assert kernels._broken(tasks._side_by_side(methods, right, 5)) == ["peer: equal 1/2 lists"]
    assert len(done) == 3
    agreed = tasks._side_by_side({"ours": told(right), "plain": told(right[:1])}, right, 5)
    assert [len(agreed[name]["cpu"]) for name in ("ours", "plain")] == [5, 1]


def test_a_sample_of_a_batch_is_runs_of_neighbours(tasks):
    from tests.bench.kernel_market import market, of_list

    made = market(60, 80, 300)
    question = tasks.Question(made.askers(), made.index.shelf, of_list(), 10)
    sample = tasks._neighbours(question, 20, 5)
    assert len(sample) == len(set(sample)) == 20
    assert tasks._neighbours(question, 20, 5) == sample == sorted(sample)
    views = tasks.kernels.use.views_of(question.askers, question.shelf, question.ranking)
    (told,) = tasks.kernels.use.told_in_portions(views, tasks.np.arange(300))
    at = sorted(told.turns.tolist().index(one) for one in sample)
    assert [b - a for a, b in itertools.pairwise(at)].count(1) == 16


def laps(seconds, asked=1, **other):
    """What a child tells of a method whose laps took so long."""
    told = {"wall": list(seconds), "cpu": list(seconds), "asked": asked, "equal": asked, "peak_mib": 7.0}
    return told | other


def timing(measured, value):
    return measured.Timing((1.0,), (1.0,), value)


@pytest.fixture(scope="module")
def measured():
    return importlib.import_module("tests.bench.measure")


def goals(table):
    return {goal.name: (goal.measured, goal.met) for goal in table.goals}


def test_ratios_are_of_the_questions_a_peer_was_asked(kernels, measured):
    ours = laps([0.001, 0.009] * 100, asked=2)
    server = laps([0.3] * 100, asked=1, cpu=[9.0] * 100)
    methods = {"ours": ours, "numpy": laps([0.024] * 100), "polars": laps([0.020] * 100), "postgresql": server}
    methods |= {"duckdb": laps([1.0] * 99 + [5.0]), "plain": laps([2.0])}
    table = kernels.one_by_one("w1", "", timing(measured, {"methods": methods}), 5)
    told = goals(table)
    assert told["numpy / ours"] == (pytest.approx(24), False)
    assert told["polars / ours"] == (pytest.approx(20), True)
    assert told["postgresql / ours"] == (pytest.approx(300), True)
    assert told["polars / ours, p99 by the clock"] == (pytest.approx(20), True)
    assert [row.timing.peak_mib for row in table.rows] == [7.0] * 6
    assert table.broken == []


def test_a_p99_of_too_few_laps_is_missed(kernels, measured):
    methods = {name: laps([1.0] * 99) for name in ("ours", "numpy", "polars", "duckdb", "postgresql", "plain")}
    for name, goal in (("w1", "polars / ours, p99 by the clock"), ("w2", "duckdb / ours, p99 by the clock")):
        table = kernels.one_by_one(name, "", timing(measured, {"methods": methods}), 5)
        assert goals(table)[goal] == (None, False)
        (line,) = (goal.told for goal in table.goals if goal.measured is None)
        assert line.endswith("not measured of 4 x: MISSED" if name == "w1" else "not measured of 6 x: MISSED")


def test_the_batch_is_judged_by_the_workers_of_its_peers(kernels, measured):
    told = {"ours": laps([0.1] * 5, 9), "numpy": laps([4.0] * 5, 9), "duckdb": laps([14.0] * 5, 9)}
    told["plain"] = laps([9.0], 2)
    cosine = {"ours": laps([0.5] * 5, 9), "words": laps([0.1] * 5, 0), "pairs": laps([1.0] * 5, 0)}
    value = {"methods": told, "cosine": cosine, "n_listed": 4, "n_asked": 9, "n_cosine": 9, "batch_peak_mib": 5000.0}
    value["run"] = 3
    table = kernels.everybody("", timing(measured, value), 100)
    assert goals(table) == {
        "numpy / ours, CPU": (pytest.approx(40), True),
        "duckdb / ours, CPU": (pytest.approx(140), False),
        "CPU / sparse_dot_topn of words": (pytest.approx(5), False),
        "memory of the batch": (5000.0, False),
    }
    assert [row.exact for row in table.rows][1:5] == ["equal 9/9 lists"] * 3 + ["equal 2/2 lists"]
    cosine["ours"]["equal"] = 8
    assert kernels.everybody("", timing(measured, value), 100).broken == ["ours beside the cosine: equal 8/9 lists"]


def test_memory_of_one_method_is_what_it_needed(measured):
    _, small = measured.peak_of(lambda: None)
    _, large = measured.peak_of(lambda: len(bytearray(64 << 20)))
    assert small < 16
    assert 60 < large < 90
