"""The assign workload: its methods over one small market, and what its table calls broken."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from tests.bench import assign_tasks as tasks
from tests.bench.assigns import _broken, _goals
from tests.bench.measure import Timing


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
    assert told["flow"]["value"] == best(path)
    assert told["greedy"]["value"] < told["flow"]["value"]


def timing(value, **more):
    return Timing(
        (1.0,), (1.0,), {"value": value, "keeps": True, "bound": value, "gap": 0.0, "objective": value} | more
    )


def test_a_plan_worth_less_than_the_programme_is_broken():
    fine, less = timing(100), timing(99)
    assert _broken(fine, fine, fine, fine, fine, fine) == []
    assert _broken(less, fine, fine, fine, fine, fine)
    assert _broken(fine, timing(100, bound=98), fine, fine, fine, fine) == [
        "the auction's bound lies below the best plan"
    ]
    assert _broken(fine, fine, fine, fine, timing(5, keeps=False), fine)


def test_the_gates_are_those_of_the_issue():
    goals = _goals(timing(110), timing(110, gap=0.0005), timing(100), Timing((1,), (9.0,), {}))
    assert [goal.met for goal in goals] == [True, True, True, False]
