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
    "duckdb": "DuckDB in memory, cells as a list, all threads",
    "postgresql": "PostgreSQL, cells as an array",
    "plain": "plain Python specification",
}
AT_ONCE = TITLES | {
    "ours": "ours on the same workers, 2 threads",
    "duckdb": "DuckDB, all asked in one query, all threads",
}
COSINES = {
    "ours": "ours on the workers of the cosine, 2 threads",
    "words": "sparse_dot_topn, words, no rules, 2 threads",
    "pairs": "sparse_dot_topn, pairs of letters, no rules",
}
GATES = {
    "w1": {"duckdb": 120, "postgresql": 160, "polars": 20, "numpy": 25},
    "w2": {"duckdb": 20, "postgresql": 70},
    "w3": {"duckdb": 150, "numpy": 40},
}
SERVERS = frozenset({"postgresql"})
P99_GATES = {"w1": {"polars": 4}, "w2": {"duckdb": 6}}
COSINE_GATE, MEMORY_GATE_MIB = 4, 4096
SAME = (
    "all methods were first held against one another, then took turns, each asked all its questions, the same ones, "
    "before the next, each peer the first of them; goals are ratios on those alone, of CPU time, beside PostgreSQL and "
    "of the p99 by the clock"
)
MEMORY = (
    "peak: what all share, and what a method added while it was made ready and first asked (PostgreSQL: its server too)"
)


def w1(sizes: dict[str, Any]) -> Table:
    """One worker x all vacancies, top 10."""
    done = in_child(
        f"{TASKS}:one_worker", people=sizes["w1_people"], vacancies=sizes["w1_vacancies"],
        queries=_queries(sizes, "w1"), repeats=sizes["kernel_repeats"], top=10,
    )  # fmt: skip
    n = done.value["n_listed"]
    return one_by_one("w1", f"one worker x {sizes['w1_vacancies']:,} vacancies ({n:,} open), top 10", done, n)


def w2(sizes: dict[str, Any]) -> Table:
    """One vacancy x all workers, top 50."""
    done = in_child(
        f"{TASKS}:one_vacancy", people=sizes["w2_people"], vacancies=sizes["w2_vacancies"],
        workers=sizes["w2_workers"], queries=_queries(sizes, "w2"), repeats=sizes["kernel_repeats"], top=50,
    )  # fmt: skip
    return one_by_one("w2", f"one vacancy x {sizes['w2_workers']:,} workers, top 50", done, sizes["w2_workers"])


def w3(sizes: dict[str, Any]) -> Table:
    """Every worker x all vacancies, top 10 each."""
    done = in_child(
        f"{TASKS}:whole_batch", people=sizes["w3_people"], vacancies=sizes["w3_vacancies"],
        workers=sizes["w3_workers"], repeats=sizes["kernel_repeats"], top=10,
        sample={name: sizes[f"w3_{name}"] for name in ("peers", "run", "plain", "cosine")},
    )  # fmt: skip
    return everybody(
        f"{sizes['w3_workers']:,} workers x {sizes['w3_vacancies']:,} vacancies", done, sizes["w3_workers"]
    )


def everybody(title: str, done: Timing, workers: int) -> Table:
    """The table of w3: the whole batch, the peers beside ours on their workers, the cosine beside ours on its own."""
    told, cosine = done.value["methods"], done.value["cosine"]
    cpu, mib = statistics.median(done.cpu) / workers, done.value["batch_peak_mib"]
    rows = [Row("matcher kernels, compiled, 2 threads", Timing(done.seconds, done.cpu, peak_mib=mib), workers)]
    rows += [Row(AT_ONCE[name], _timing(m), m["asked"], _exact(m)) for name, m in told.items()]
    rows += [
        Row(COSINES[name], _timing(m), done.value["n_cosine"], _exact(m) if m["asked"] else "")
        for name, m in cosine.items()
    ]
    spent = {name: statistics.median(m["cpu"]) for name, m in told.items()}
    goals = [
        Goal(f"{peer} / ours, CPU", spent[peer] / spent["ours"], gate, "x", True) for peer, gate in GATES["w3"].items()
    ]
    over = statistics.median(cosine["ours"]["cpu"]) / statistics.median(cosine["words"]["cpu"])
    goals += [
        Goal("CPU / sparse_dot_topn of words", over, COSINE_GATE, "x"),
        Goal("memory of the batch", mib, MEMORY_GATE_MIB, "MiB"),
    ]
    return Table(
        "w3", f"{title} ({done.value['n_listed']:,} open), top 10 each", rows, goals,
        (
            f"ours {cpu * 1e6:.1f} us of CPU a worker of all; all others are held to the lists of that batch",
            f"peers and ours took turns on the same {done.value['n_asked']:,} workers, runs of {done.value['run']} in "
            f"the order of the batch, the cosine and ours on the first {done.value['n_cosine']:,}; goals are ratios of "
            "CPU there",
            MEMORY,
        ),
        _broken(told | {"ours beside the cosine": cosine["ours"]}),
    )  # fmt: skip


def _queries(sizes: dict[str, Any], name: str) -> dict[str, int]:
    n = sizes[f"{name}_queries"]
    few = max(5, n // 2)
    return {"ours": n, "numpy": n, "polars": n, "duckdb": n, "postgresql": few, "plain": min(n, sizes[f"{name}_plain"])}


def one_by_one(name: str, title: str, done: Timing, n_listed: int) -> Table:
    """The table of w1 or w2, and what of it is judged."""
    methods = done.value["methods"]
    rows = [Row(TITLES[method], _timing(told), n_listed, _exact(told)) for method, told in methods.items()]
    goals = [Goal(f"{peer} / ours", _ratio(methods, peer), gate, "x", True) for peer, gate in GATES[name].items()]
    goals += [
        Goal(f"{peer} / ours, p99 by the clock", _tails(methods, peer), gate, "x", True)
        for peer, gate in P99_GATES[name].items()
    ]
    ours = p99(methods["ours"]["wall"])
    told = "too few" if ours is None else f"{ours * 1e6:.0f}"
    facts = {
        "ours, p50 / p99 us": f"{statistics.median(methods['ours']['wall']) * 1e6:.0f} / {told}",
        "ours between all others, question by question, p50 us": (
            f"{statistics.median(methods['ours']['between']) * 1e6:.0f}" if "between" in methods["ours"] else ""
        ),
        "PostgreSQL": methods["postgresql"].get("version", ""),
    }
    return Table(name, title, rows, goals, (SAME, MEMORY), _broken(methods), facts)


def _timing(told: dict[str, Any]) -> Timing:
    return Timing(tuple(told["wall"]), tuple(told["cpu"]), peak_mib=told["peak_mib"])


def _exact(told: dict[str, Any]) -> str:
    return f"equal {told['equal']}/{told['asked']} lists"


def _broken(methods: dict[str, Any]) -> list[str]:
    return [f"{name}: {_exact(told)}" for name, told in methods.items() if told["equal"] != told["asked"]]


def _ratio(methods: dict[str, Any], peer: str) -> float:
    """Median of the peer over ours on the questions the peer was asked; by the clock where a server did the work."""
    spent = "wall" if peer in SERVERS else "cpu"
    return statistics.median(methods[peer][spent]) / statistics.median(_same(methods, peer, spent))


def _tails(methods: dict[str, Any], peer: str) -> float | None:
    """The p99 of the peer over ours on the same questions, by the clock; None of too few laps to have one."""
    theirs, ours = p99(methods[peer]["wall"]), p99(_same(methods, peer, "wall"))
    return None if theirs is None or ours is None else theirs / ours


def _same(methods: dict[str, Any], peer: str, spent: str) -> list[float]:
    """Our laps on the questions the peer was asked: it was asked the first of every turn."""
    asked, all_asked = methods[peer]["asked"], methods["ours"]["asked"]
    return [seconds for ix, seconds in enumerate(methods["ours"][spent]) if ix % all_asked < asked]
