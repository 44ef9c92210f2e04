"""Workload broker: a query with its facets and fifty rows over 200,000 people, in the service and in the browser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.measure import ROOT, Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.search_tasks"
BROWSER_P95_S = 0.3
INDEX_MIB = 200.0


def broker(home: str, sizes: dict[str, Any]) -> list[Table]:
    """The service beside its peers, then what a broker waits for in a browser."""
    return [_service(home, sizes), _in_browser(home, sizes)]


def _service(home: str, sizes: dict[str, Any]) -> Table:
    n = sizes["workers"]
    index = in_child(f"{TASKS}:make_index", home=home)
    ours = in_child(f"{TASKS}:ours", home=home, repeats=sizes["search_repeats"])
    plain = in_child(f"{TASKS}:plain", home=home)
    in_sql = {"home": home, "repeats": sizes["search_repeats"]}
    text, like = in_child(f"{TASKS}:full_text", **in_sql), in_child(f"{TASKS}:like", **in_sql)
    faults = [line for line, found in plain.value["found"].items() if ours.value["found"][line] != found]
    n_equal = len(plain.value["found"]) - len(faults)
    unequal = [name for name, timing in (("FTS5", text), ("LIKE", like)) if timing.value["n"] != timing.value["looped"]]
    rows = [
        Row(
            "ours: line read, 8 facets, 50 people masked", ours, n, f"equal {n_equal}/{len(plain.value['found'])} lines"
        ),
        Row("plain Python loop, ids alone", plain, n, "the reference"),
        Row("SQLite FTS5, trades alone, 1 facet, 50 ids", text, n, "not equal" if "FTS5" in unequal else "equal"),
        Row("SQLite LIKE, trades alone, 1 facet, 50 ids", like, n, "not equal" if "LIKE" in unequal else "equal"),
        Row("making the index, names opened", index, n),
    ]
    memory = index.value
    return Table(
        "broker",
        f"a search over {n:,} people",
        rows,
        (Goal("p95 of the service", _p95(ours), BROWSER_P95_S, "s"),
         Goal("index in memory", memory["resident_mib"], INDEX_MIB, "MiB")),
        (
            "the loop has no facets, opens nobody and knows no names; SQLite answers for the trade alone",
            "memory of the index beside the records: what the process holds on to after it was made",
        ),
        [f"{what} finds others than the loop" for what in (*faults, *unequal)],
        {"columns, MiB": round(memory["columns_mib"], 1), "index resident, MiB": round(memory["resident_mib"], 1)},
    )  # fmt: skip


def _in_browser(home: str, sizes: dict[str, Any]) -> Table:
    with served(home) as server:
        drawn = in_child("tests.bench.search_browser:searches", repeats=sizes["browser_repeats"], **server)
    told = drawn.value
    rows = [
        Row(f"{name}: key or click to the list drawn anew", Timing(tuple(seconds), tuple(seconds)), 1)
        for name, seconds in told["seconds"].items()
    ]
    return Table(
        "broker pages",
        f"what a broker waits for in Chromium, {sizes['workers']:,} people stored, server and browser on this machine",
        rows,
        tuple(Goal(f"p95 {row.method.partition(':')[0]}", _p95(row.timing), BROWSER_P95_S, "s") for row in rows),
        ("wall seconds from the click until the new list is in the page and a frame was drawn; warmed once",),
        told["faults"],
        {"rows on the page": told["rows"], "facets on the page": told["facets"]},
    )


@contextmanager
def served(home: str) -> Iterator[dict[str, Any]]:
    """The server of a home in a process of its own: port, the cookie of a broker, an order."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.broker_server", home],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        told = process.stdout.readline()
        if not told:
            raise RuntimeError("the server of the broker workload did not start")
        yield json.loads(told)
        process.stdin.close()


def _p95(timing: Timing) -> float:
    seconds = sorted(timing.seconds)
    return seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
