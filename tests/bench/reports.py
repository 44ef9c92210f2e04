"""Workload report: a quarter report of a whole county, frozen, made again byte for byte, compared with the present."""

from __future__ import annotations

from typing import Any

from tests.bench.measure import in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.report_tasks"
GOAL_S = 120
"""Seconds for a whole county's quarter, from an unread database to a sealed workbook."""


def reports(home: str, sizes: dict[str, Any]) -> Table:
    """One quarter of the stored county."""
    n = sizes["report_workers"]
    ours = in_child(f"{TASKS}:frozen", home=home)
    again = in_child(f"{TASKS}:made_again", home=home)
    page = in_child(f"{TASKS}:compared", home=home, repeats=sizes["repeats"])
    plain = in_child(f"{TASKS}:plain", home=home)
    counts = ours.value["counts"]
    broken = [] if again.value["same"] else ["the workbook made again is not the kept one"]
    broken += [f"{page.value['changes']} cells differ though nothing came in"] if page.value["changes"] else []
    if plain.value["started"] != counts["started"]:
        broken.append(f"started: {counts['started']} is not {plain.value['started']} of the plain loop")
    rows = [
        Row("freeze: read, count, workbook, seal", ours, n, f"{counts['database']:,} people in the register"),
        Row("made again from its revision", again, n, "same bytes" if again.value["same"] else "other bytes"),
        Row("what would differ now (each look at the page)", page, n, f"{page.value['changes']} cells"),
        Row("plain loop, one figure of twelve", plain, n, f"{plain.value['started']:,} began"),
    ]
    return Table(
        "report",
        f"quarter report of {n:,} workers, {len(counts)} figures, workbook of {ours.value['octets']:,} octets",
        rows,
        (Goal("freeze", rows[0].median, GOAL_S, "s"),),
        ("each row in a process of its own; the plain loop counts one figure and writes nothing",),
        broken,
        {"counts": counts},
    )
