"""Workloads w1, w2 and w3 of the engine: the first k of many beside databases, data frames and a cosine."""

from __future__ import annotations

import statistics
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table, p99

TASKS = "tests.bench.kernel_tasks"
TITLES = {
    "ours": "matcher kernels, compiled, 1 thread",
    "numpy": "numpy twin, every row",
    "polars": "polars, cells gathered, all threads",
    "duckdb": "DuckDB in memory, relations joined, all threads",
    "postgresql": "PostgreSQL, cells as arrays",
    "plain": "plain Python specification",
}
GATES = {
    "w1": {"duckdb": 120, "postgresql": 160, "polars": 20, "numpy": 25},
    "w2": {"duckdb": 20, "postgresql": 70},
    "w3": {"duckdb": 150, "numpy": 40},
}
SERVERS = frozenset({"postgresql"})
P99_GATES = {"w2": {"duckdb": 6}}
COSINE_GATE, MEMORY_GATE_MIB = 4, 4096
SAME = (
    "all methods were first held against one another, then took turns on the same questions, each peer on the first of "
    "them; goals are ratios of medians on those alone, of CPU time, beside PostgreSQL by the clock"
)


def w1(sizes: dict[str, Any]) -> Table:
    """One worker x all vacancies, top 10."""
    done = in_child(
        f"{TASKS}:one_worker", people=sizes["w1_people"], vacancies=sizes["w1_vacancies"],
        queries=_queries(sizes, "w1"), repeats=sizes["kernel_repeats"], top=10,
    )  # fmt: skip
    n = done.value["n_listed"]
    return _table("w1", f"one worker x {sizes['w1_vacancies']:,} vacancies ({n:,} open), top 10", done, n)


def w2(sizes: dict[str, Any]) -> Table:
    """One vacancy x all workers, top 50."""
    done = in_child(
        f"{TASKS}:one_vacancy", people=sizes["w2_people"], vacancies=sizes["w2_vacancies"],
        workers=sizes["w2_workers"], queries=_queries(sizes, "w2"), repeats=sizes["kernel_repeats"], top=50,
    )  # fmt: skip
    return _table("w2", f"one vacancy x {sizes['w2_workers']:,} workers, top 50", done, sizes["w2_workers"])


def w3(sizes: dict[str, Any]) -> Table:
    """Every worker x all vacancies, top 10 each."""
    sample = {"ours": 200, "numpy": 100, "duckdb": 100, "plain": 2, "sparse_dot_topn": 100_000}
    done = in_child(
        f"{TASKS}:whole_batch", people=sizes["w3_people"], vacancies=sizes["w3_vacancies"],
        workers=sizes["w3_workers"], sample=sample, repeats=sizes["kernel_repeats"], top=10,
    )  # fmt: skip
    workers, told = sizes["w3_workers"], done.value
    cpu = statistics.median(done.cpu) / workers
    cosine = Timing(tuple(told["cosine"]["wall"]), tuple(told["cosine"]["cpu"]))
    cosine_cpu = statistics.median(cosine.cpu) / told["n_cosine"]
    rows = [Row("matcher kernels, compiled, 2 threads", done, workers)]
    rows += [Row(TITLES[name], _timing(m), 1, _exact(m)) for name, m in told["methods"].items() if name != "ours"]
    rows.append(Row("sparse_dot_topn, cosine only, no rules", cosine, told["n_cosine"]))
    goals = [
        Goal(f"{name} / ours, CPU per worker", statistics.median(told["methods"][name]["cpu"]) / cpu, gate, "x", True)
        for name, gate in GATES["w3"].items()
    ]
    goals += [
        Goal("CPU per worker / sparse_dot_topn", cpu / cosine_cpu, COSINE_GATE, "x"),
        Goal("memory of the batch", told["batch_peak_mib"], MEMORY_GATE_MIB, "MiB"),
    ]
    return Table(
        "w3",
        f"{workers:,} workers x {sizes['w3_vacancies']:,} vacancies ({told['n_listed']:,} open), top 10 each",
        rows,
        goals,
        (
            f"ours {cpu * 1e6:.1f} us of CPU a worker; {SAME}",
            "the cosine is on the first of the same workers; memory is the highest before any peer was made",
        ),
        _broken(told["methods"]),
    )


def _queries(sizes: dict[str, Any], name: str) -> dict[str, int]:
    n = sizes[f"{name}_queries"]
    return {"ours": n, "numpy": n, "polars": n, "duckdb": n, "postgresql": max(5, n // 2), "plain": 2}


def _table(name: str, title: str, done: Timing, n_listed: int) -> Table:
    methods = done.value["methods"]
    rows = [Row(TITLES[method], _timing(told), n_listed, _exact(told)) for method, told in methods.items()]
    goals = [Goal(f"{peer} / ours", _ratio(methods, peer), gate, "x", True) for peer, gate in GATES[name].items()]
    slowest = {method: p99(told["wall"]) for method, told in methods.items()}
    ours = slowest["ours"]
    goals += [
        Goal(f"{peer} / ours, p99 by the clock", theirs / ours, gate, "x", True)
        for peer, gate in P99_GATES.get(name, {}).items()
        if ours is not None and (theirs := slowest[peer]) is not None
    ]
    told = "too few" if ours is None else f"{ours * 1e6:.0f}"
    facts = {"ours, p50 / p99 us": f"{statistics.median(methods['ours']['wall']) * 1e6:.0f} / {told}"}
    return Table(name, title, rows, goals, (SAME,), _broken(methods), facts)


def _timing(told: dict[str, Any]) -> Timing:
    return Timing(tuple(told["wall"]), tuple(told["cpu"]))


def _exact(told: dict[str, Any]) -> str:
    return f"equal {told['equal']}/{told['asked']} lists"


def _broken(methods: dict[str, Any]) -> list[str]:
    return [f"{name}: {_exact(told)}" for name, told in methods.items() if told["equal"] != told["asked"]]


def _ratio(methods: dict[str, Any], peer: str) -> float:
    """Median of the peer over ours on the questions the peer was asked; by the clock where a server did the work."""
    asked, all_asked = methods[peer]["asked"], methods["ours"]["asked"]
    spent = "wall" if peer in SERVERS else "cpu"
    same = [seconds for ix, seconds in enumerate(methods["ours"][spent]) if ix % all_asked < asked]
    return statistics.median(methods[peer][spent]) / statistics.median(same)
