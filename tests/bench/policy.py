"""Workload policy: every rule of the packs for a county of workers, in columns, by a plain loop and in DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.policy_tasks"
GOAL_S = 10
"""Seconds for every rule of every document over a county."""
FACTS = "the facts are drawn and laid out before the clock runs, for each method in its own form"


def policy(sizes: dict[str, Any]) -> Iterator[Table]:
    """Two tables: all rules beside the evaluator called in a loop, and those that SQL says as well beside DuckDB."""
    workers, sample = sizes["policy_workers"], min(sizes["policy_sample"], sizes["policy_workers"])
    told = in_child(f"{TASKS}:coverage").value
    fast = {"workers": workers, "repeats": sizes["repeats"], "sample": sample}
    ours = in_child(f"{TASKS}:columns", **fast, only_sql=False)
    loop = in_child(f"{TASKS}:objects", workers=workers, sample=sample, repeats=sizes["slow_repeats"])
    n_rules = len(told["columns"])
    left = sorted(set(told["rules"]) - set(told["columns"]))
    yield _table(
        "policy_rules",
        f"{n_rules} of {len(told['rules'])} rules x {workers:,} workers; answers of {sample:,} compared in full",
        {"ours: columns": (ours, workers * n_rules), "plain loop of the same evaluator": (loop, sample * n_rules)},
        (Goal("all rules", _median(ours), GOAL_S, "s"),),
        {"one by one, over tables of free keys": ", ".join(left)},
    )
    ours = in_child(f"{TASKS}:columns", **fast, only_sql=True)
    duck = in_child(f"{TASKS}:sql", workers=workers, repeats=sizes["repeats"])
    n_rules = len(told["sql"])
    yield _table(
        "policy_sql",
        f"{n_rules} rules that SQL says as well x {workers:,} workers; outcomes, reasons and amounts of all compared",
        {"ours: columns": (ours, workers * n_rules), f"DuckDB {duck.value['duckdb']}": (duck, workers * n_rules)},
        (),
        {"rules": ", ".join(told["sql"])},
    )


def _table(
    workload: str,
    title: str,
    methods: dict[str, tuple[Timing, int]],
    goals: tuple[Goal, ...],
    facts: dict[str, Any],
) -> Table:
    """Every method beside the first, which is ours; answers that differ are named by rule."""
    rows, broken = [], []
    right = next(iter(methods.values()))[0].value["digests"]
    for method, (timing, units) in methods.items():
        found = timing.value["digests"]
        unlike = sorted(rule for rule in right if found.get(rule) != right[rule])
        broken += [f"{method}: {rule} differs" for rule in unlike]
        rows.append(Row(method, timing, units, f"{len(right) - len(unlike)} of {len(right)} rules equal"))
    return Table(workload, title, rows, goals, (FACTS,), broken, facts)


def _median(timing: Timing) -> float:
    return sorted(timing.seconds)[len(timing.seconds) // 2]
