"""Workload import: a workers' roster of 50,000 rows x 25 columns as xlsx."""

from __future__ import annotations

from pathlib import Path

from tests.bench.measure import in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.import_tasks"
MIB_LIMIT = 1024


def imports(folder: Path, sizes: dict[str, int]) -> Table:
    """Preview, validation and import, each in a process of its own, beside what peers do of it."""
    made = in_child("tests.bench.county:write_roster", folder=str(folder), workers=sizes["import_rows"])
    xlsx, twin, n = str(folder / "roster.xlsx"), str(folder / "roster.csv"), made.value["rows"]

    def child(name: str, path: str, repeats: int) -> Row:
        timing = in_child(f"{TASKS}:{name}", path=path, repeats=repeats)
        rows = timing.value["rows"]
        return Row(LABELS[name], timing, n, f"{'equal' if rows == n else 'NOT equal'}: {rows} rows of {n}")

    fast, slow = sizes["repeats"], sizes["slow_repeats"]
    validated, previewed = child("validate", xlsx, fast), child("preview", xlsx, fast)
    imported = child("imported", xlsx, slow)
    peers = [
        child("calamine", xlsx, fast),
        child("pandas_openpyxl", xlsx, slow),
        child("csv_loop", twin, fast),
    ]
    rows = [validated, previewed, imported, *peers]
    outcomes, whole = validated.timing.value, imported.timing.value
    broken = [f"{row.method}: {row.exact}" for row in rows if not row.exact.startswith("equal")]
    broken += [
        f"outcomes do not sum to the rows: {told}"
        for told in (outcomes, whole)
        if sum(told.get(name, 0) for name in ("accepted", "repaired", "rejected", "unchanged")) != told["rows"]
    ]
    peak = max(row.timing.peak_mib or 0.0 for row in rows[:3])
    return Table(
        "import",
        f"{n:,} workers x {made.value['columns']} columns, xlsx",
        rows,
        (
            Goal("preview", previewed.median, 10, "s"),
            Goal("validated", validated.median, 30, "s"),
            Goal("peak memory", peak, MIB_LIMIT, "MiB"),
        ),
        (
            "ours maps headers, repairs, checks every cell, finds repeated people and keeps a problem per fault;",
            "the peers do less: calamine and pandas only read, the loop checks five columns and reports a count",
        ),
        broken,
        {"outcomes": outcomes, "imported": whole},
    )


LABELS = {
    "preview": "ours: preview (columns planned)",
    "validate": "ours: every row read and checked",
    "imported": "ours: imported into a new SQLite store",
    "calamine": "python-calamine, cells only",
    "pandas_openpyxl": "pandas.read_excel (openpyxl), text only",
    "csv_loop": "csv.DictReader + five checks, csv twin",
}
