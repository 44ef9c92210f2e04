"""Workload http: a list asked for over HTTP, beside an empty Flask route behind the same server in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.measure import ROOT, Timing, in_child
from tests.bench.report import Goal, Row, Table

EMPTY, KEPT = "/empty", "/kept"
TOP = 3
# What one worker's list may cost over HTTP, in empty routes, and in seconds at the slowest in a hundred.
RATIO, P99_S = 30.0, 0.2
# A county's server that is started again answers within this.
RESTART_S = 5.0


@contextmanager
def own_server(home: str) -> Iterator[dict[str, Any]]:
    """The server in a process of its own: its port, a token, who may be asked for, the seconds until it answered."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.http_server", home],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        told = process.stdout.readline()
        if not told:
            raise RuntimeError("the server of the http workload did not start")
        yield {**json.loads(told), "started_s": time.perf_counter() - began}
        process.stdin.close()


def http(home: str, county: dict[str, Any], sizes: dict[str, Any]) -> Table:
    """GET recommendations of many workers, one after the other; each is reckoned, logged and written to the audit."""
    ids, n_calls = county["worker_ids"], sizes["http_calls"]
    paths = [f"/api/v1/workers/{ids[ix % len(ids)]}/recommendations?top={TOP}" for ix in range(n_calls)]
    with own_server(home) as server:
        started_s = server.pop("started_s")
        server.pop("willing")
        measured = in_child("tests.bench.http_tasks:calls", paths=paths, beside=[EMPTY], **server)
    return told_table({**measured.value, "started_s": started_s}, sizes)


def told_table(told: dict[str, Any], sizes: dict[str, Any]) -> Table:
    """The table of what the client saw: seconds of `ours` and `beside`, `statuses`, number of `items`, the start."""
    rows = [row("GET recommendations", told["ours"]), row("GET of an empty Flask route", told["beside"][EMPTY])]
    good = told["statuses"] == [200] and told["items"] > 0
    ratios = {
        name: round(of(rows[0].timing.seconds) / of(rows[1].timing.seconds), 1)
        for name, of in (("p50 over empty", p50), ("p99 over empty", p99))
    }
    return Table(
        "http",
        f"one worker's list, {sizes['http_workers']:,} workers x {sizes['http_vacancies']:,} vacancies stored",
        rows,
        (
            Goal("p50 over empty", ratios["p50 over empty"], RATIO, "x"),
            Goal("p99", p99(told["ours"]), P99_S, "s"),
            Goal("start to ready", round(told["started_s"], 2), RESTART_S, "s"),
        ),
        ("wall seconds of one keep-alive connection, the two calls in turn; client and server share the machine",),
        [] if good else [f"statuses {told['statuses']}, {told['items']} items"],
        ratios,
    )


def row(method: str, seconds: list[float]) -> Row:
    """A method by the seconds of its calls; the processor's belong to the server: wall seconds stand in for them."""
    return Row(method, Timing(tuple(seconds), tuple(seconds)), 1)


def p50(seconds: Any) -> float:
    """The middle one."""
    return sorted(seconds)[len(seconds) // 2]


def p99(seconds: Any) -> float:
    """The slowest of the fastest 99 in a hundred."""
    return sorted(seconds)[-(-99 * len(seconds) // 100) - 1]
