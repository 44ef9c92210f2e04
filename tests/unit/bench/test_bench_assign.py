"""The assign workload: its methods over one small market, and what its table calls broken."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from tests.bench import assign_tasks as tasks
from tests.bench.assigns import GREEDY, OURS, _broken, _goals, _rows
from tests.bench.measure import Timing, apart


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = str(tmp_path_factory.mktemp("assign") / "market.npz")
    tasks.make(made, workers=60, vacancies=20, width=8)
    return made


def best(path):
    """The programme of the workload, by the solver of scipy."""
    of = tasks._market(path)
    n, m, each = of.n_workers, of.n_vacancies, np.arange(len(of.pairs))
    homes = np.arange(len(of.bonus))
    rows = np.r_[of.pairs.worker_ix, n + of.pairs.vacancy_ix, n + m + of.home[of.pairs.worker_ix], n + m + homes]
    columns = np.r_[each, each, each, len(each) + homes]
    values = np.r_[np.ones(2 * len(each)), -np.ones(len(each)), np.ones(len(homes))]
    limits = np.r_[np.ones(n), of.room, np.zeros(len(homes))]
    table = csr_array((values, (rows, columns)), shape=(len(limits), len(each) + len(homes)))
    found = linprog(-np.r_[of.worth, of.bonus], A_ub=table, b_ub=limits, bounds=(0, 1), method="highs")
    return -round(found.fun)


def test_the_flow_is_worth_what_the_programme_is_and_nothing_more(path):
    told = {name: getattr(tasks, name)(path, repeats=1)[1] for name in ("flow", "greedy", "greedy_by_score")}
    assert all(one["keeps"] for one in told.values())
    assert told["flow"]["value"] == best(path) == tasks.proof(path)[1]["bound"]
    assert told["greedy"]["value"] < told["flow"]["value"]


def timing(value, cpu=1.0, **more):
    told = {"value": value, "sent": 1, "keeps": True, "bound": value, "gap": 0.0, "objective": value, "solved": True}
    return Timing((cpu,), (cpu,), told | more)


def made(**but):
    """All methods of the table with the same value, but for some."""
    return {name: timing(100) for name in (*OURS, "proof", "programme")} | but


def test_a_plan_worth_less_than_the_programme_or_the_bound_is_broken():
    assert _broken(made()) == []
    assert len(_broken(made(flow=timing(99)))) == 2
    assert _broken(made(proof=timing(100, bound=101))) == ["flow 100, bound by prices alone 101"]
    assert _broken(made(bids=timing(100, bound=98))) == ["the auction's bound lies below the best plan"]
    assert _broken(made(first_come=timing(5, keeps=False))) == ["first_come: a plan goes beyond pairs or room"]


def test_the_gates_are_those_of_the_issue():
    greedy = {name: timing(90) for name in GREEDY}
    found = made(bids=timing(110, gap=0.0005), programme=timing(100, cpu=9.0), **greedy)
    assert [goal.met for goal in _goals(found)] == [True, True, True, True, False]
    # Whichever greedy way is worth most is the one to be beaten.
    for name in GREEDY:
        assert [goal.met for goal in _goals(found | {name: timing(95)})] == [True, True, False, True, False]
    slow = made(flow=timing(99), bids=timing(99, cpu=0.2, gap=0.002), greedy_by_score=timing(95))
    assert [goal.met for goal in _goals(slow)] == [False, False, False, False, True]


def test_a_programme_stopped_on_its_way_is_a_lower_bound_and_no_answer():
    stopped = made(programme=Timing((90.0,), (90.0,), {"solved": False}))
    assert _broken(stopped) == []
    assert _goals(stopped)[1].met
    (told,) = (row.exact for row in _rows(stopped, 10) if row.method.startswith("HiGHS"))
    assert told == "stopped without an answer: it takes longer"


def test_highs_says_when_it_was_stopped(path):
    told = apart("tests.bench.assign_tasks:programme", path=path, repeats=1, seconds=0.0)
    assert told.value == {"solved": False}
