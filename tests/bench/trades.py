"""Workload trades: free-text trades of a roster, each with the name of the classification it is likest to."""

from __future__ import annotations

from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

LABELS = {
    "ours": "ours: distinct, shared characters, LCS (2 threads)",
    "cdist": "rapidfuzz: distinct, cdist uint8 (2 threads)",
    "extract": "rapidfuzz: extractOne, text by text",
}
GATES = {"cdist": 2.5, "extract": 50}


def trades(sizes: dict[str, Any]) -> Table:
    """1,000,000 texts against 3,000 names at full size."""
    rows, sample = sizes["trade_rows"], sizes["trade_sample"]
    done = in_child(
        "tests.bench.trade_tasks:trades",
        rows=rows,
        names=sizes["trade_names"],
        repeats=sizes["bulk_repeats"],
        sample=sample,
    )
    value = done.value
    is_equal = value["equal"] == value["checked"]
    told = f"{'equal' if is_equal else 'NOT equal'}: {value['equal']} of {value['checked']} names and ratios"
    units = {"ours": rows, "cdist": rows, "extract": min(sample, rows)}
    timings = {
        name: Timing(tuple(laps["wall"]), tuple(laps["cpu"]), peak_mib=laps["peak_mib"])
        for name, laps in value["laps"].items()
    }
    by_name = {
        name: Row(LABELS[name], timing, units[name], told * (name == "ours")) for name, timing in timings.items()
    }
    ours = by_name["ours"]
    goals = [
        Goal(
            f"times {LABELS[name]}, CPU", by_name[name].cpu / units[name] / (ours.cpu / units["ours"]), gate, "x", True
        )
        for name, gate in GATES.items()
    ]
    return Table(
        "trades",
        f"{rows:,} texts ({value['distinct']:,} distinct) against {value['names']:,} names",
        list(by_name.values()),
        goals,
        ("ours is fuzz.ratio's own best name and ratio, the first of equal ones; cdist in uint8 rounds to per cents",),
        [] if is_equal else [told],
        {"wall times cdist": round(by_name["cdist"].median / ours.median, 2)},
    )
