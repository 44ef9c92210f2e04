"""Where the bars of a waterfall begin and end: a drawing of the numbers that stand beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

WIDTH: Final = 200


def fall_rows(fall: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the table: start, per stage a heading and its steps, end; each bar with `x` and `width` of WIDTH.

    Steps run on from where the last one ended, so the last step ends where the end's bar ends.
    """
    rows = list(_levels(fall))
    levels = [level for row in rows for level in (row["low"], row["high"])]
    low, high = min((0, *levels)), max((1, *levels))
    scale = WIDTH / (high - low)
    for row in rows:
        row["x"] = round((row["low"] - low) * scale, 1)
        row["width"] = round(max((row["high"] - row["low"]) * scale, 1), 1)
    return rows


def signed(number: int) -> str:
    """+96, −58, 0: with the sign a reader of tables expects."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def _levels(fall: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    level = fall["start"]
    yield _row("start", {}, 0, level)
    for stage in fall["stages"]:
        yield {**_row("stage", stage, level, level), "sum": stage["end"] - stage["start"]}
        steps: Sequence[Mapping[str, Any]] = stage["steps"]
        for step in steps:
            yield _row("plus" if step["delta"] > 0 else "minus", step, level, level + step["delta"])
            level += step["delta"]
    yield _row("end", {}, 0, level)


def _row(kind: str, of: Mapping[str, Any], start: int, end: int) -> dict[str, Any]:
    return {"kind": kind, "of": of, "low": min(start, end), "high": max(start, end), "value": end}
