"""Workload store: imports of 50,000 people written, 200,000 loaded, one import of 50,000 undone; SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.store_tasks"
LEFT_OUT = (
    "plain sqlite3 seals nothing, checks nothing, keeps no history and no columns to ask by: a floor, not a store"
)
WRITE_S, LOAD_S, UNDO_S = 30, 6, 10
"""Seconds for 50,000 rows written, 200,000 people loaded, 50,000 rows taken back."""


def stores(folder: str, sizes: dict[str, Any]) -> Iterator[Table]:
    """Three tables: writing, loading, undoing; each method on the same people in a process of its own."""
    made = in_child(f"{TASKS}:prepare", folder=folder, workers=sizes["store_workers"], batch_rows=sizes["store_batch"])
    county, n_people = made.value, made.value["whole"]["people"]
    files, last = county["files"], len(county["files"]) - 1
    most, undone = county["rows"][0], county["rows"][-1]

    ours, plain = (in_child(f"{TASKS}:{task}", folder=folder, files=files) for task in ("write", "plain_write"))
    fast, slow = ({"folder": folder, "repeats": sizes[name]} for name in ("store_repeats", "slow_repeats"))
    loads = {
        "ours: typed records": in_child(f"{TASKS}:load", **fast),
        "sqlite3 and json.loads, dictionaries": in_child(f"{TASKS}:plain_load", **slow),
        "sqlite3 and msgspec on our table": in_child(f"{TASKS}:typed_load", **fast),
    }
    our_load, plain_load, _ = loads.values()
    rows = [
        _row("ours: batch written, identities sealed", ours, most, county["whole"], our_load.value),
        _row("sqlite3 executemany, rows as JSON", plain, most, county["whole"], plain_load.value),
    ]
    title = f"{len(files)} imports of {most:,} people, one after the other into one SQLite store"
    by_import = [round(seconds, 2) for seconds in ours.seconds]
    goal = Goal("write, slowest import", max(ours.seconds), WRITE_S, "s")
    yield _table("store_write", title, rows, goal, {"seconds by import": by_import})

    rows = [_row(told, timing, n_people, county["whole"], timing.value) for told, timing in loads.items()]
    goal = Goal("load", rows[0].median, LOAD_S, "s")
    yield _table("store_load", f"{n_people:,} people loaded", rows, goal)

    ours, plain = (in_child(f"{TASKS}:{task}", folder=folder, batch=last) for task in ("undo", "plain_undo"))
    rows = [
        _row("ours: import undone", ours, undone, county["without_last"], _standing(folder)),
        _row("sqlite3 DELETE by batch", plain, undone, county["without_last"], _standing(folder, "plain_")),
    ]
    goal = Goal("undo", rows[0].median, UNDO_S, "s")
    yield _table("store_undo", f"an import of {undone:,} undone among {n_people:,} people", rows, goal)


def _standing(folder: str, whose: str = "") -> dict[str, Any]:
    """How many people stand there now, and the digest of their fields."""
    told: dict[str, Any] = in_child(f"{TASKS}:{whose}standing", folder=folder).value
    return told


def _row(method: str, timing: Timing, units: int, right: dict[str, Any], found: dict[str, Any]) -> Row:
    verdict = "equal" if found == right else "NOT equal"
    return Row(method, timing, units, f"{verdict}: {found['people']:,} of {right['people']:,} people, field by field")


def _table(workload: str, title: str, rows: list[Row], goal: Goal, facts: dict[str, Any] | None = None) -> Table:
    broken = [f"{row.method}: {row.exact}" for row in rows if not row.exact.startswith("equal")]
    return Table(workload, title, rows, (goal,), (LEFT_OUT,), broken, facts or {})
