"""Every wage, place and head-count string of nine job boards through `matcher parse`: how much is read, per board.

Asserted: no string raises, every answer either says what was read or names a problem, never both empty.
"""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from matcher.intake.parse import parse_line

FILES = {"wage": "wage_strings.csv", "place": "location_strings.csv", "headcount": "headcount_strings.csv"}
VALUES = {
    "wage": ("low_yuan_month", "high_yuan_month"),
    "place": ("code",),
    "headcount": ("low", "high"),
}
N_SHOWN = 12


def main(data: Path, figures: dict[str, Any]) -> int:
    """Print coverage per kind and source, weighted by how often a string stands there, and what is not read most."""
    silent = []
    for kind, name in FILES.items():
        with (data / "strings" / name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        start = time.perf_counter()
        answers = [parse_line(kind, row["string"]) for row in rows]
        seconds = time.perf_counter() - start
        read: dict[str, Counter[str]] = defaultdict(Counter)
        failed: Counter[tuple[str, str]] = Counter()
        for row, answer in zip(rows, answers, strict=True):
            count, told = int(row["count"]), _told(kind, answer)
            for source in (row["source"], "all"):
                read[source][told] += count
                read[source]["strings"] += 1
                read[source][f"strings {told}"] += 1
            if told == "problem":
                failed[row["string"], str(answer["problem"])] += count
            if told == "silent":
                silent.append(f"{kind} {row['string']!r}: {answer}")
        figures[kind] = {"seconds": round(seconds, 2), **{source: _share(counts) for source, counts in read.items()}}
        _print(kind, figures[kind], failed)
    for line in silent[:N_SHOWN]:
        print(f"  FAULT neither read nor a problem: {line}")
    return int(bool(silent))


def _told(kind: str, answer: dict[str, Any]) -> str:
    """read, open (a wage to be negotiated, a head count of some or any), problem, or silent."""
    if any(answer[name] is not None for name in VALUES[kind]):
        return "read"
    if answer["problem"]:
        return "problem"
    is_open = kind == "headcount" or answer.get("kind") == "negotiable"
    return "open" if is_open else "silent"


def _share(counts: Counter[str]) -> dict[str, Any]:
    weighted = counts["read"] + counts["open"] + counts["problem"] + counts["silent"]
    understood, distinct = counts["read"] + counts["open"], counts["strings read"] + counts["strings open"]
    return {
        "strings": counts["strings"],
        "occurrences": weighted,
        "understood_of_strings": round(distinct / counts["strings"], 4),
        "understood_of_occurrences": round(understood / weighted, 4),
        "open_of_occurrences": round(counts["open"] / weighted, 4),
    }


def _print(kind: str, figures: dict[str, Any], failed: Counter[tuple[str, str]]) -> None:
    print(f"{kind}: {figures['seconds']} s")
    print(f"  {'source':28} {'strings':>8} {'understood':>11} {'occurrences':>12} {'understood':>11} {'open':>11}")
    for source, told in figures.items():
        if source != "seconds":
            print(
                f"  {source:28} {told['strings']:8} {told['understood_of_strings']:11.1%} {told['occurrences']:12,}"
                f" {told['understood_of_occurrences']:11.1%} {told['open_of_occurrences']:11.1%}"
            )
    for (text, problem), count in failed.most_common(N_SHOWN):
        print(f"    {count:6} {text!r}: {problem[:60]}")
