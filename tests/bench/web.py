"""Workload http: a list asked for over HTTP, beside an empty Flask route behind the same server in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.http_tasks import WARM
from tests.bench.measure import ROOT, Timing, in_child
from tests.bench.report import Goal, Row, Table

EMPTY, KEPT = "/empty", "/kept"
TOP = 3
SAMPLE = 5
"""Lists that are held against the plain specification over the same store."""
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


def http(home: str, sizes: dict[str, Any]) -> Table:
    """GET recommendations of many workers, one after the other; each is reckoned, logged and written to the audit."""
    with own_server(home) as server:
        told, _ = one_by_one(home, server, sizes["http_calls"], top=TOP, query=f"top={TOP}", beside=[EMPTY])
    return told_table({**told, "started_s": server["started_s"]}, sizes)


def one_by_one(
    home: str, server: dict[str, Any], n_calls: int, *, top: int, query: str, beside: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """What `http_tasks.calls` tells of so many people, and the paths of all others who look for work.

    Nobody is asked for twice: the second answer would come from memory. held : how many lists were compared with the
    plain specification, and how many are equal
    """
    willing = server["willing"]
    paths = [f"/api/v1/workers/{worker_id}/recommendations?{query}" for worker_id in willing]
    asked = {"port": server["port"], "token": server["token"], "beside": beside, "sample": SAMPLE}
    told = in_child("tests.bench.http_tasks:calls", paths=paths[: WARM + n_calls], **asked).value
    plain = in_child(
        "tests.bench.list_tasks:plain_recommend", home=home, worker_ids=willing[WARM : WARM + len(told["listed"])],
        top=top, open_in_sql=True, public=True,
    ).value  # fmt: skip
    return {**told, "held": _held(told["listed"], plain)}, paths[WARM + n_calls :]


def _held(listed: list[Any], plain: list[Any]) -> dict[str, int]:
    """How many lists are compared with the plain ones, and how many are equal."""
    return {"asked": len(listed), "equal": sum(map(_is_plain, listed, plain))}


def _is_plain(lines: list[Any], plain: list[Any]) -> bool:
    """Whether a list is the plain one but for a last line that widens the choice, of which plain rules know nothing.

    The score is not compared: whoever asks at a kiosk is not told it.
    """
    n = len(plain) - bool(lines and lines[-1][2])
    return len(lines) == len(plain) and [line[:2] for line in lines[:n]] == [line[:2] for line in plain[:n]]


def unfit(told: dict[str, Any]) -> list[str]:
    """What is wrong with the answers of a run."""
    held, faults = told["held"], []
    if told["statuses"] != [200] or not told["items"]:
        faults.append(f"statuses {told['statuses']}, {told['items']} items")
    if held["equal"] != held["asked"] or not held["asked"]:
        faults.append(f"lists over HTTP beside the plain specification: {exact(held)}")
    return faults


def exact(held: dict[str, int]) -> str:
    """How many lists are the plain ones."""
    return f"equal {held['equal']}/{held['asked']} lists"


def told_table(told: dict[str, Any], sizes: dict[str, Any]) -> Table:
    """The table of what the client saw: seconds of `ours` and `beside`, `statuses`, number of `items`, the start."""
    rows = [
        row("GET recommendations", told["ours"], exact(told["held"])),
        row("GET of an empty Flask route", told["beside"][EMPTY]),
    ]
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
        (
            "everybody is asked for once; wall seconds of one keep-alive connection, the two calls in turn; client and "
            "server share the machine",
        ),
        unfit(told),
        ratios,
    )


def row(method: str, seconds: list[float], exact: str = "") -> Row:
    """A method by the seconds of its calls; the processor's belong to the server: wall seconds stand in for them."""
    return Row(method, Timing(tuple(seconds), tuple(seconds)), 1, exact)


def p50(seconds: Any) -> float:
    """The middle one."""
    return sorted(seconds)[len(seconds) // 2]


def p99(seconds: Any) -> float:
    """The slowest of the fastest 99 in a hundred."""
    return sorted(seconds)[-(-99 * len(seconds) // 100) - 1]
