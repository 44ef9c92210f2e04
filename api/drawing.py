"""Where the bars of the desk's drawings begin and end; the numbers stand beside every drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Flask

WIDTH: Final = 200
FULL: Final = 300


def init_app(app: Flask) -> None:
    """Give the drawings to the templates."""
    app.jinja_env.globals["fall_rows"] = fall_rows
    app.jinja_env.globals["stage_rows"] = stage_rows
    app.jinja_env.globals["scaled"] = scaled
    app.jinja_env.filters["signed"] = signed


def fall_rows(fall: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows from one sum to another: start, per stage a heading and its steps, end; each with `x` and `width` of WIDTH.

    Steps run on from where the last one ended, so the last step ends where the end's bar ends.
    """
    rows = list(_levels(fall))
    _place(rows)
    return rows


def stage_rows(stage: Mapping[str, Any]) -> dict[str, Any]:
    """One stage as rows (start, shares, sum) with `x` and `width` of WIDTH, and where 0 stands (`axis`).

    Each share begins where the last one ended, so the last ends where the sum does.
    """
    level = stage["start"]
    rows = [_labelled("sum", "起点（所有人一样）", level, _bar(0, level))]
    for step in stage["steps"]:
        bar = _bar(level, level + step["units"])
        rows.append(_labelled(_side(step["units"]), step["sentence"], step["units"], bar))
        level += step["units"]
    rows.append(_labelled("sum", "合计", stage["end"], _bar(0, stage["end"])))
    return {"rows": rows, "axis": _place(rows)}


def scaled(count: int, counts: Sequence[int]) -> float:
    """Length of a count's bar where the longest is FULL; nothing counted is no bar."""
    return round(count * FULL / max((1, *counts)), 1)


def signed(number: int) -> str:
    """+96, −58, 0: with the sign a reader of tables expects."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def _levels(fall: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    level = fall["start"]
    yield _row("start", {}, 0, level)
    for stage in fall["stages"]:
        yield {**_row("stage", stage, level, level), "sum": stage["end"] - stage["start"]}
        for step in stage["steps"]:
            yield _row(_side(step["delta"]), step, level, level + step["delta"])
            level += step["delta"]
    yield _row("end", {}, 0, level)


def _row(kind: str, of: Mapping[str, Any], start: int, end: int) -> dict[str, Any]:
    return {"kind": kind, "of": of, **_bar(start, end), "value": end}


def _labelled(kind: str, label: str, units: int, bar: Mapping[str, int]) -> dict[str, Any]:
    return {"kind": kind, "label": label, "units": units, **bar}


def _side(change: int) -> str:
    return "plus" if change > 0 else "minus"


def _bar(start: int, end: int) -> dict[str, int]:
    return {"low": min(start, end), "high": max(start, end)}


def _place(rows: Sequence[dict[str, Any]]) -> float:
    """Give every row `x` and `width` on one scale that holds 0 and all of them; where 0 stands."""
    low: int = min(0, *(row["low"] for row in rows))
    scale: float = WIDTH / max(1, *(row["high"] - low for row in rows))
    for row in rows:
        row["x"] = round((row["low"] - low) * scale, 1)
        row["width"] = round(max((row["high"] - row["low"]) * scale, 1), 1)
    return round(-low * scale, 1)
