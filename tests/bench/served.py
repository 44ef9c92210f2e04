"""Workload http, second part: how many lists with reasons a second `matcher serve` gives on this machine.

Everybody is asked for once, so that nothing is answered from memory; each list is reckoned, its decision and the entry
of the audit are durable before it leaves.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.measure import ROOT, Timing, in_child
from tests.bench.report import Goal, Row, Table
from tests.bench.web import EMPTY, KEPT, exact, one_by_one, own_server, p50, p99, row, unfit

# As `tests.bench.county` fills the store; importing it here would bring the product into the parent process.
JURISDICTION, SEED, DAY = "liujiang_2018", 0, "2018-06-01"

PROCESSES = 2
CONNECTIONS = (8, 16)
"""At once, one load after the other. Each waits for its answer: with four of a process all four may be at the disk."""
TOP = 10
REASONS = f"top={TOP}&explain=true"
P99_RATIO, PER_SECOND, CPU_MS = 3.0, 500.0, 4.0
"""500 lists a second on two cores: of the processor, 4 ms each."""
READY_S = 240.0
LAST_WARMED = '"part": "search"'


def served(home: str, sizes: dict[str, Any]) -> list[Table]:
    """A list beside an empty route, one after the other; then as many as come from several connections at once."""
    with own_server(home) as server:
        alone, paths = one_by_one(
            home, server, sizes["served_calls"], top=TOP, query=REASONS, beside=[EMPTY, KEPT]
        )  # fmt: skip
    tables = [alone_table(alone, sizes)]
    if not sizes["served_seconds"]:
        return tables
    with _serve(home) as (port, pid):
        together = in_child(
            "tests.bench.served_tasks:asked", port=port, token=server["token"], paths=paths, pid=pid,
            warm=len(paths) // 4, loads=CONNECTIONS, seconds=float(sizes["served_seconds"]),
        )  # fmt: skip
    return [*tables, *(together_table(told, sizes) for told in together.value)]


@contextmanager
def _serve(home: str) -> Iterator[tuple[int, int]]:
    """Port and process id of `matcher serve` with several processes over a home, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    own = {"JURISDICTION": JURISDICTION, "SEED": str(SEED), "TODAY": DAY, "REQUESTS_PER_MINUTE": str(10**9)}
    log = Path(home, "serve.log")
    with log.open("wb") as out, subprocess.Popen(
        [sys.executable, "-m", "matcher", "--home", home, "serve", "--port", str(port), "--workers", str(PROCESSES)],
        cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **{f"MATCHER_{name}": told for name, told in own.items()}},
    ) as process:  # fmt: skip
        try:
            _wait(process, log, port)
            yield port, process.pid
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Until every process has said that the last thing it warms is warm."""
    end, told = time.monotonic() + READY_S, ""
    while time.monotonic() < end and process.poll() is None:
        told = log.read_text("utf-8", "replace")
        if told.count(LAST_WARMED) >= PROCESSES:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/healthz").read()
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server of the http workload did not start:\n{told[-2000:]}")


def alone_table(told: dict[str, Any], sizes: dict[str, Any]) -> Table:
    """The table of the seconds of `ours` and `beside`, `statuses` and the number of `items`."""
    ours, empty, kept = told["ours"], told["beside"][EMPTY], told["beside"][KEPT]
    rows = [
        row("GET recommendations with reasons", ours, exact(told["held"])),
        row("GET of an empty route, an entry kept", kept),
        row("GET of an empty Flask route", empty),
    ]
    return Table(
        "http",
        f"a list with reasons beside an empty route, {_stored(sizes)}",
        rows,
        (Goal("p99 over empty", round(p99(ours) / p99(empty), 2), P99_RATIO, "x"),),
        (
            "everybody is asked for once; wall seconds of one keep-alive connection, the calls in turn",
            "an entry that is kept is durable before the answer leaves, as the decision of a list is",
        ),
        unfit(told),
        {
            "p50 over empty": round(p50(ours) / p50(empty), 2),
            "p99 over empty with an entry kept": round(p99(ours) / p99(kept), 2),
            "p50 over empty with an entry kept": round(p50(ours) / p50(kept), 2),
        },
    )


def _stored(sizes: dict[str, Any]) -> str:
    return f"{sizes['served_workers']:,} workers x {sizes['served_vacancies']:,} vacancies stored"


def together_table(value: dict[str, Any], sizes: dict[str, Any]) -> Table:
    """The table of [seconds, status] of every answer in `seen`, the seconds of all, the processor's, `connections`."""
    seconds = tuple(sorted(took for took, _ in value["seen"])) or (0.0,)
    statuses = sorted({status for _, status in value["seen"]})
    per_second, cpu_ms = len(value["seen"]) / value["seconds"], 1000 * value["server_cpu"] / len(seconds)
    return Table(
        "http",
        f"lists with reasons from {PROCESSES} processes, {value['connections']} connections at once, {_stored(sizes)}",
        [Row("GET recommendations with reasons", Timing(seconds, seconds), 1)],
        (
            Goal("lists a second", round(per_second, 1), PER_SECOND, "/s", least=True),
            Goal("processor of the server a list", round(cpu_ms, 2), CPU_MS, "ms"),
        ),
        ("client and server share two cores; whatever the client takes is missing to the server",),
        [] if statuses == [200] else [f"statuses {statuses}"],
        {
            "processor of the client a list": f"{1000 * value['client_cpu'] / len(seconds):.2f} ms",
            "processors of the machine in use": f"{value['busy']:.0%}",
        },
    )
