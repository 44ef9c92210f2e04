"""Where the bars of the office's drawings begin and end; the numbers stand beside every drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

WIDTH: Final = 200
FULL: Final = 300


def stage_rows(stage: Mapping[str, Any]) -> dict[str, Any]:
    """A stage as rows of a waterfall (start, shares, sum) with `x` and `width` of WIDTH, and where 0 stands (`axis`).

    Each share begins where the last one ended, so the last ends where the sum does.
    """
    level = stage["start"]
    rows: list[dict[str, Any]] = [_row("sum", "起点（所有人一样）", level, 0, level)]
    for step in stage["steps"]:
        kind = "plus" if step["units"] > 0 else "minus"
        rows.append(_row(kind, step["sentence"], step["units"], level, level + step["units"]))
        level += step["units"]
    rows.append(_row("sum", "合计", stage["end"], 0, stage["end"]))
    low = min(row["low"] for row in rows)
    span = max(1, max(row["high"] for row in rows) - low)
    for row in rows:
        row["x"] = round((row["low"] - low) * WIDTH / span, 1)
        row["width"] = round(max((row["high"] - row["low"]) * WIDTH / span, 1), 1)
    return {"rows": rows, "axis": round(-low * WIDTH / span, 1)}


def scaled(count: int, counts: Sequence[int]) -> float:
    """Length of a count's bar where the longest is FULL."""
    return round(count * FULL / max(1, *counts), 1)


def _row(kind: str, label: str, units: int, start: int, end: int) -> dict[str, Any]:
    return {"kind": kind, "label": label, "units": units, "low": min(start, end), "high": max(start, end)}
