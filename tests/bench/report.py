"""Tables for people and one JSON line per run, so that a later run can be compared."""

from __future__ import annotations

import json
import os
import platform
import re
import sqlite3
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from tests.bench.measure import ROOT, Timing

MANY = 100
OURS = "rural-job-matcher"
BESIDE = re.compile(r"extra == .(test|notebooks).")
"""Extras that neither we nor a peer need to be measured."""


def p99(seconds: Sequence[float]) -> float | None:
    """The one by nearest rank; None of fewer than a hundred, of which it would be another word for the slowest."""
    n = len(seconds)
    return None if n < MANY else sorted(seconds)[-(-99 * n // 100) - 1]


@dataclass(frozen=True, slots=True)
class Row:
    """One method. units : rows or pairs it worked on; ratios are per unit, so a peer may run on a stated sample.

    exact : what was compared and how it came out, empty where the method answers another question
    """

    method: str
    timing: Timing
    units: int
    exact: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.timing.seconds)

    @property
    def cpu(self) -> float:
        """Median of CPU seconds: what a busy machine disturbs least."""
        return statistics.median(self.timing.cpu)

    @property
    def p99(self) -> float | None:
        """See `p99`."""
        return p99(self.timing.seconds)


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit of the issue or of this page: `measured` must not exceed `limit`, or with `least` must reach it.

    What could not be measured (None) is missed: a run too small to judge must not pass for one that was judged.
    """

    name: str
    measured: float | None
    limit: float
    unit: str
    least: bool = False

    @property
    def met(self) -> bool:
        if self.measured is None:
            return False
        return self.measured >= self.limit if self.least else self.measured <= self.limit

    @property
    def told(self) -> str:
        """The line of the goal under its table."""
        measured = "not measured" if self.measured is None else f"{self.measured:.4g}"
        return f"goal {self.name}: {measured} of {self.limit:g} {self.unit}: {'met' if self.met else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Table:
    """One workload: the first row is ours, ratios are to it. broken : what was not exact or did not add up."""

    workload: str
    title: str
    rows: Sequence[Row]
    goals: Sequence[Goal] = ()
    notes: Sequence[str] = ()
    broken: Sequence[str] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    """From the table before to this one, with everything made ready for it."""


def machine() -> dict[str, Any]:
    """What the figures were taken on, and how busy it was at the start."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "python": platform.python_version(),
        "packages": packages(),
        "commit": _commit(),
    }


def packages() -> dict[str, str]:
    """Versions of all we and our peers need, as our extras name them; empty where one is not installed."""
    asked = [line for line in requires(OURS) or () if not BESIDE.search(line)]
    names = sorted({re.split(r"[\[<>=~!; ]", line)[0] for line in asked}, key=str.lower)
    return {name: _version(name) for name in (OURS, *names)} | {"SQLite": sqlite3.sqlite_version}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _commit() -> str:
    """Short hash of the checkout, empty in a tree without git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def show(table: Table) -> str:
    """The table as text."""
    ours = table.rows[0].cpu / table.rows[0].units
    lines = [f"\n{table.workload}: {table.title}"]
    lines.append(_line("method", "n", "median", "cpu", "p99", "units", "ratio", "peak MiB", "exact"))
    lines += [_told(row, ours) for row in table.rows]
    lines += [f"  {row.method}: {row.note}" for row in table.rows if row.note]
    lines += [f"  note: {note}" for note in table.notes]
    lines += [f"  {name}: {value}" for name, value in table.facts.items()]
    lines += [f"  {goal.told}" for goal in table.goals]
    lines += [f"  BROKEN: {fault}" for fault in table.broken]
    return "\n".join(lines)


def _told(row: Row, ours: float) -> str:
    return _line(
        row.method,
        len(row.timing.seconds),
        _seconds(row.median),
        _seconds(row.cpu),
        "" if row.p99 is None else _seconds(row.p99),
        f"{row.units:,}",
        f"{row.cpu / row.units / ours:.2f}",
        "" if row.timing.peak_mib is None else f"{row.timing.peak_mib:.0f}",
        row.exact,
    )


def _line(method: str, n: object, *cells: str) -> str:
    *figures, exact = cells
    return f"  {method:46} {n:>3} " + " ".join(f"{cell:>10}" for cell in figures) + f"  {exact}"


def _seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def append(path: Path, run: dict[str, Any], tables: Sequence[Table]) -> None:
    """One JSON line: machine, sizes and every row of every table."""
    line = {
        **run,
        "tables": [
            {
                "workload": table.workload,
                "wall_seconds": None if table.seconds is None else round(table.seconds, 1),
                "facts": table.facts,
                "broken": list(table.broken),
                "goals": [
                    {"name": g.name, "measured": g.measured, "limit": g.limit, "met": g.met} for g in table.goals
                ],
                "rows": [
                    {
                        "method": row.method,
                        "seconds": [round(second, 6) for second in row.timing.seconds],
                        "cpu": [round(second, 6) for second in row.timing.cpu],
                        "units": row.units,
                        "exact": row.exact,
                        "peak_mib": row.timing.peak_mib,
                    }
                    for row in table.rows
                ],
            }
            for table in tables
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
