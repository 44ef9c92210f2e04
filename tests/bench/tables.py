"""Workload tables: log-odds of a stage from its codes, by tables and by the trees the tables were made of."""

from __future__ import annotations

import statistics
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TITLES = {
    "compiled": "tables, a compiled pass a term (scoring/adding)",
    "numpy": "the same in numpy",
    "predict": "HistGradientBoostingClassifier.predict",
    "decision": "HistGradientBoostingClassifier.decision_function",
    "encoding": "(beside) encoding term values as codes",
    "features": "(beside) features of the trees from codes",
    "served": "(beside) integer tables as served, from values",
}
LEAST, MOST_OFF = 400, 1e-9


def tables(sizes: dict[str, Any]) -> Table:
    """One stage of the model over many encoded rows."""
    rows = sizes["table_rows"]
    done = in_child("tests.bench.table_tasks:side_by_side", rows=rows, repeats=sizes["table_repeats"])
    return told_table(done, rows)


def told_table(done: Timing, rows: int) -> Table:
    """The table of what the child told."""
    methods = done.value["methods"]
    cpu = {name: statistics.median(told["cpu"]) for name, told in methods.items()}
    off = {name: told["off"] for name, told in methods.items() if told["off"] is not None}
    exact = {name: f"differs by {value:.1e} of log-odds" for name, value in off.items() if name != "predict"}
    exact["predict"] = f"{off['predict']:.0%} of decisions differ"
    told = [
        Row(TITLES[name], Timing(tuple(m["wall"]), tuple(m["cpu"]), peak_mib=m["peak_mib"]), rows, exact.get(name, ""))
        for name, m in methods.items()
    ]
    limits = {name: 0.0 if name == "predict" else MOST_OFF for name in off}
    return Table(
        "tables",
        f"{rows:,} encoded rows of {done.value['terms']} terms, {done.value['trees']} trees of one stage",
        told,
        [Goal("predict / tables, CPU", cpu["predict"] / cpu["compiled"], LEAST, "x", True)],
        (
            "ours is the product's own sum, as rounds and training take it from 65,536 rows on once numba is in memory",
            "rows and labels are drawn, the trees grown on others by the product's own training, the tables made by it",
            f"with the encoding counted as well: {cpu['predict'] / (cpu['compiled'] + cpu['encoding']):.0f} x",
        ),
        [f"{name}: {exact[name]}" for name, value in off.items() if not value <= limits[name]],
    )
