"""Workload sms: two-part texts a second into the tests' own carrier, a process of its own, receipts and all."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.bench.measure import ROOT, Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.sms_tasks"
TEXTS_A_SECOND = 500


def sms(sizes: dict[str, Any]) -> Table:
    """Ours and smpplib alone, each into a carrier that has just begun; exact : whole texts the carrier joined."""
    n, few = sizes["sms_texts"], sizes["sms_peer_texts"]
    methods = (
        ("ours: window 20, parts and receipts told apart", "ours", n, sizes["sms_repeats"]),
        ("ours, the whole worker: outbox, every text asked again, receipts joined", "worker", n, sizes["sms_repeats"]),
        ("smpplib alone, its splitter, one by one", "smpplib_one_by_one", few, sizes["slow_repeats"]),
        ("smpplib alone, its splitter, window 20", "smpplib_window", few, sizes["slow_repeats"]),
    )
    rows, broken = [], []
    for method, task, texts, repeats in methods:
        timing, carrier = _into_carrier(task, texts, repeats)
        told = timing.value
        exact = f"{carrier['texts']:,} of {texts * repeats:,} whole, {told['receipts']:,} receipts"
        rows.append(Row(method, timing, texts, exact))
        if carrier["texts"] != texts * repeats or told != {"accepted": 2 * texts, "receipts": 2 * texts}:
            broken.append(f"{method}: {told}, the carrier counted {carrier}")
    return Table(
        "sms",
        f"{n:,} texts of two parts handed over, {2 * n:,} receipts taken; client and carrier share this machine",
        rows,
        (Goal("a two-part text", 1000 * rows[0].median / n, 1000 / TEXTS_A_SECOND, "ms"),),
        (
            "smpplib alone knows no refusals, keeps no receipt, and cuts characters of two units in their middle",
            "it leaves small packets to wait for each other (no TCP_NODELAY): compare CPU, not seconds",
        ),
        broken,
        {"two-part texts a second": [round(row.units / row.median) for row in rows]},
    )


def _into_carrier(task: str, texts: int, repeats: int) -> tuple[Timing, dict[str, int]]:
    command = [sys.executable, "-m", "tests.gateways.smsc"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as carrier:
        assert carrier.stdin is not None
        assert carrier.stdout is not None
        port = int(carrier.stdout.readline())
        timing = in_child(f"{TASKS}:{task}", port=port, texts=texts, repeats=repeats)
        carrier.stdin.close()
        counted: dict[str, int] = json.loads(carrier.stdout.readline())
    return timing, counted
