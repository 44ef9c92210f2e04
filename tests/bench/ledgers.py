"""Workload reconcile: two offices' ledgers paired, beside Splink over the same blocks and a plain loop on a sample."""

from __future__ import annotations

from importlib.util import find_spec
from statistics import median
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.ledger_tasks"
PRECISION, RECALL = 0.995, 0.98
SECONDS = 30.0


def reconcile(sizes: dict[str, Any]) -> Table:
    """The table of one pair of ledgers; goals are the gates of the issue."""
    left, right = sizes["ledger_left"], sizes["ledger_right"]
    few, fewer = sizes["ledger_sample"], sizes["ledger_sample"] * right // left
    asked = {"left": left, "right": right, "repeats": sizes["ledger_repeats"]}
    ours = in_child(f"{TASKS}:ours", **asked)
    tidied = in_child(f"{TASKS}:tidied", **asked)
    loop = in_child(f"{TASKS}:loop", left=few, right=fewer, repeats=1)
    same = in_child(f"{TASKS}:ours", left=few, right=fewer, repeats=1)
    rows = [
        Row("number, blocks, evidence (ours)", ours, left + right, _told(ours), f"{ours.value['asked']} pairs asked"),
        Row("tidying the rows (ours)", tidied, left + right),
        Row("all with all, a sample", loop, few + fewer, _told(loop), f"ours on the sample: {_told(same)}"),
    ]
    peer_left = sizes["ledger_peer"]
    if peer_left and find_spec("splink"):
        peer_right = peer_left * right // left
        peer = in_child(f"{TASKS}:splink", left=peer_left, right=peer_right, repeats=1)
        rows.append(Row("Splink on DuckDB, same blocks", peer, peer_left + peer_right, _told(peer)))
    return Table(
        f"reconcile_{left}x{right}",
        f"{left:,} x {right:,} rows by the fixed error models, {ours.value['weighed']:,} pairs weighed",
        rows,
        (
            Goal("wrong pairs", 1 - ours.value["precision"], 1 - PRECISION, "of our pairs"),
            Goal("people missed", 1 - ours.value["recall"], 1 - RECALL, "of those in both"),
            Goal("linking", median(ours.cpu), SECONDS, "s of processor"),
        ),
        (
            "pairs a person is asked about count as missed; Splink's are those above 0.99, made one to one",
            "Splink estimates its weights from the rows (it is given our village names); ours stood before them",
        ),
        _broken(loop, same),
    )  # fmt: skip


def _told(timing: Timing) -> str:
    value = timing.value
    return f"precision {value['precision']:.4f}, recall {value['recall']:.4f}"


def _broken(loop: Timing, ours: Timing) -> list[str]:
    """Blocks may not lose whom the plain loop finds: the gates hold on the sample as well."""
    faults = [
        name for name in ("precision", "recall") if ours.value[name] < {"precision": PRECISION, "recall": RECALL}[name]
    ]
    lost = loop.value["recall"] - ours.value["recall"]
    return [f"{name} of the sample is {ours.value[name]:.4f}" for name in faults] + (
        [f"the blocks lose {lost:.4f} of the people the loop finds"] if lost > 1 - RECALL else []
    )
