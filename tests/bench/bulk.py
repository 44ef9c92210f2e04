"""Workloads csv and xlsx: a large roster checked by column, beside what counts the same faults of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.bulk_tasks"
SAID = (
    "ours finds encoding, header and columns, gives every row its outcome and every problem its row, column, cause and",
    "remedy (in columns; `made` also makes each one an object); the peers are told the columns and count five faults",
)
LABELS = {
    "ours": "ours: outcomes, problems by row",
    "made": "ours: the same, every problem made",
    "polars": "polars lazy, counts (2 threads)",
    "pandas_arrow": "pyarrow.csv + pandas, counts",
    "csv_loop": "csv.reader + python, counts",
    "pandas_openpyxl": "pandas.read_excel (openpyxl), counts",
    "pandas_calamine": "pandas.read_excel (calamine), counts",
}


def csv(folder: Path, sizes: dict[str, Any]) -> Table:
    """A csv of 1,000,000 rows at full size."""
    return _table("csv", folder, sizes, {"polars": 2, "csv_loop": 12})


def xlsx(folder: Path, sizes: dict[str, Any]) -> Table:
    """A workbook of 100,000 rows at full size."""
    return _table("xlsx", folder, sizes, {"pandas_openpyxl": 6})


def _table(form: str, folder: Path, sizes: dict[str, Any], gates: dict[str, int]) -> Table:
    n, sample = sizes[f"{form}_rows"], sizes["bulk_sample"]
    path = str(folder / f"bulk.{form}")
    in_child(f"tests.bench.bulk_data:write_{form}", path=path, rows=n)
    done = in_child(f"{TASKS}:{form}_file", path=path, repeats=sizes["bulk_repeats"], sample=sample)
    value = done.value
    rows, broken = [], []
    for name, laps in value["laps"].items():
        is_ours = name in ("ours", "made")
        equal = value["by_row"] if is_ours else value["counts"][name] == value["ours"]
        told = f"the first {sample} rows as row by row" if form == "csv" else "as row by row"
        exact = f"{'equal' if equal else 'NOT equal'}: {told if is_ours else 'all five counts'}"
        if not equal:
            broken.append(f"{LABELS[name]}: {exact} {value['counts'].get(name, '')} {value['ours']}")
        units = min(n, sample) if name == "csv_loop" else n
        timing = Timing(tuple(laps["wall"]), tuple(laps["cpu"]), peak_mib=laps["peak_mib"])
        rows.append(Row(LABELS[name], timing, units, exact))
    by_name = dict(zip(value["laps"], rows, strict=True))
    ours = by_name["ours"]
    goals = [
        Goal(f"times {LABELS[name]}, CPU", _each(by_name[name], "cpu") / _each(ours, "cpu"), gate, "x", least=True)
        for name, gate in gates.items()
        if name in by_name
    ]
    facts = {
        "faults": value["ours"],
        "problems": value["problems"],
        "wall ratios": {
            name: round(_each(row, "wall") / _each(ours, "wall"), 2) for name, row in by_name.items() if row is not ours
        },
    }
    return Table(form, f"{n:,} workers x 7 columns", rows, goals, SAID, broken, facts)


def _each(row: Row, what: str) -> float:
    return (row.cpu if what == "cpu" else row.median) / row.units
