"""Workload load: a fair's kiosks and a county's brokers at once on one server, as `matcher serve` runs it."""

from __future__ import annotations

import re
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

P95_S = 0.5
READY_S = 300.0
_IDS = re.compile(r"demo-\d+-[vw]\d+")


def load(home: str, sizes: dict[str, Any]) -> Table:
    """So many kiosks and brokers for so long: how long each waited, and whether anything went wrong."""
    kiosks, brokers, seconds = sizes["load_kiosks"], sizes["load_brokers"], sizes["load_seconds"]
    prepared = in_child("tests.bench.load_home:prepare", home=home, brokers=brokers)
    with _served(home) as port:
        in_child("tests.bench.load_tasks:people", port=port, cookies=[], kiosks=2, seconds=5, seed=1)
        measured = in_child(
            "tests.bench.load_tasks:people",
            port=port, cookies=prepared.value["cookies"], kiosks=kiosks, seconds=seconds, seed=0,
        )  # fmt: skip
    return told_table(measured.value, sizes)


def told_table(told: dict[str, list[list[Any]]], sizes: dict[str, Any]) -> Table:
    """The table of what was asked: of each who asked [what, seconds, status]."""
    everybody = [asked for who in told.values() for asked in who]
    rows = [_row(f"all {who}s", told[who]) for who in told]
    rows += [_row(name, each) for name, each in sorted(_by_name(everybody).items())]
    wrong = [asked for asked in everybody if asked[2] != 200]
    by_kind: dict[str, int] = {}
    for name, _, status in wrong:
        by_kind[f"{_plain(name)} -> {status}"] = by_kind.get(f"{_plain(name)} -> {status}", 0) + 1
    return Table(
        "load",
        f"{sizes['load_kiosks']} kiosks and {sizes['load_brokers']} brokers for {sizes['load_seconds']} s, "
        f"{sizes['load_workers']:,} workers stored",
        rows,
        tuple(Goal(f"p95 {who}s", p95([asked[1] for asked in told[who]]), P95_S, "s") for who in told),
        (
            "wall seconds until the whole page was there, redirects among them; clients and server share the machine",
            "a kiosk reads 3 to 7 s before each tap, a broker 2 to 6 s",
        ),
        [f"{kind}: {n} times" for kind, n in sorted(by_kind.items())] or ([] if everybody else ["nobody asked"]),
        {"pages a second": round(len(everybody) / sizes["load_seconds"], 1)}
        | {f"p95 {row.method}": f"{p95(row.timing.seconds) * 1000:.0f} ms" for row in rows},
    )


def p95(seconds: Any) -> float:
    """The slowest of the fastest 95 in a hundred."""
    ordered = sorted(seconds) or [0.0]
    return float(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))])


def _row(name: str, asked: list[list[Any]]) -> Row:
    seconds = tuple(one[1] for one in asked) or (0.0,)
    return Row(name, Timing(seconds, seconds), 1)


def _by_name(asked: list[list[Any]]) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    for one in asked:
        found.setdefault(_plain(one[0]), []).append(one)
    return found


def _plain(name: str) -> str:
    return _IDS.sub("…", name)


@contextmanager
def _served(home: str) -> Iterator[int]:
    """The port of `matcher serve` over a home, once it says that it is healthy and warm."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    log = Path(home, "serve.log")
    with log.open("wb") as out, subprocess.Popen(
        [sys.executable, "-m", "matcher", "--home", home, "serve", "--port", str(port)],
        cwd=ROOT, stdout=out, stderr=out,
    ) as process:  # fmt: skip
        try:
            _wait_until_warm(process, log, port)
            yield port
        finally:
            process.terminate()


def _wait_until_warm(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        if '"part": "people"' in log.read_text("utf-8", "replace"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/healthz").read()
            return
        time.sleep(0.2)
    raise RuntimeError(f"the server of the load workload did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
