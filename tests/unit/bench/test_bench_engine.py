"""The engine workload: equal lists by every engine, efficiency of equal turns, and a difference is broken."""

from __future__ import annotations

import pytest

from matcher.services.rounds import plan_crowd
from tests.bench import engine_tasks, engines
from tests.bench.engine_tasks import stages
from tests.bench.measure import Timing

SIZES = {"engine_workers": 100, "engine_vacancies": 30, "engine_parts": 3, "engine_repeats": 3}


def facts(**changed):
    made = {"digest": "d", "workers": 100, "pairs": 64, "start_s": 0.5, "kept_mib": 1 / 1024, "by_index": True}
    return {**made, "between_s": 3.0, "broken_promises": 0, **changed}


@pytest.fixture
def table(monkeypatch):
    """The workload where two processes take so long, and a Dask cluster gives such lists."""

    def made(seconds, digest="d", broken_promises=0):
        alone = facts(broken_promises=broken_promises)
        told = {"in turn": (10.0, alone), "local": (seconds, facts()), "dask": (8.0, facts(digest=digest))}

        def child(_task, *, name, **_):
            return Timing((told[name][0],), (9.0,), told[name][1], 7.0)

        monkeypatch.setattr(engines, "in_child", child)
        return engines.engine(SIZES)

    return made


def test_two_processes_are_efficient_where_they_take_about_half_the_time(table):
    told = table(5.5)
    assert told.broken == []
    assert [len(row.timing.seconds) for row in told.rows] == [3, 3, 3]
    local, dask = told.goals
    assert (local.measured, local.met) == (pytest.approx(10 / 11), True)
    assert (dask.measured, dask.met) == (pytest.approx(10 / 16), False)
    assert not table(6.0).goals[0].met
    assert told.facts["cpu_s_per_million_workers"] == 90_000
    assert told.facts["cpu_s_per_million_workers_between_stages"] == 30_000
    # Thirty times as many, stages and what is between them, in hours.
    assert told.facts["core_hours_of_30_million_extrapolated"] == 30 * (90_000 + 30_000) / 3600
    assert told.facts["cpu_over_one_process"] == {"local": 1, "dask": 1}
    assert told.facts["bytes_kept_per_pair"] == 16


def test_other_lists_are_broken(table):
    assert table(5.0, digest="e").broken == ["dask differs from one process"]


def test_lists_that_break_a_promise_are_broken(table):
    assert table(5.0, broken_promises=2).broken == ["the plan's own check: 2 promises broken"]


@pytest.mark.parametrize("many", [1, 1 << 60])
def test_the_stages_give_the_same_by_one_process_and_by_two(many, monkeypatch):
    """By the way the product takes: the index from so many pairs on."""
    monkeypatch.setattr(plan_crowd, "MANY", many)
    shape = {"workers": 60, "vacancies": 30, "parts": 3, "repeats": 1}
    (_, one), (laps, two) = stages("in turn", 1, **shape), stages("local", 2, **shape)
    assert two["digest"] == one["digest"]
    assert two["broken_promises"] == one["broken_promises"] == 0
    assert two["by_index"] == one["by_index"] == (many == 1)
    assert one["pairs"] == two["pairs"] > 0
    assert len(laps.wall) == len(laps.cpu) == 1
    assert one["between_s"] >= 0


def test_what_the_check_of_a_plan_finds_is_counted(monkeypatch):
    made = engine_tasks.solve

    def one_list_short(*asked):
        line, told = made(*asked)
        return line, told[1:]

    monkeypatch.setattr(engine_tasks, "solve", one_list_short)
    assert stages("in turn", 1, workers=60, vacancies=30, parts=3, repeats=1)[1]["broken_promises"] == 1
