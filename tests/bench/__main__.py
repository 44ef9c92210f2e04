"""`python -m tests.bench [--only WORKLOAD] [--out FILE]`; BENCH=full takes the full sizes.

Exit 1 when a method was not exact or the full sizes missed a goal.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import report
from tests.bench.imports import imports
from tests.bench.lists import candidates, recommend
from tests.bench.measure import ROOT, in_child
from tests.bench.plans import plan

WORKLOADS = ("import", "recommend", "candidates", "plan")
SIZES = {
    "import_rows": 50_000,
    "repeats": 3,
    "slow_repeats": 1,
    "workers": 200_000,
    "vacancies": 20_000,
    "recommend_workers": 24,
    "recommend_peer_workers": 3,
    "cold": 3,
    "candidates_repeats": 1,
    "candidates_cold": 1,
    "candidates_sample": 5_000,
    "plan_repeats": 3,
}
FULL = SIZES | {
    "slow_repeats": 3,
    "recommend_peer_workers": 12,
    "cold": 7,
    "candidates_repeats": 5,
    "candidates_cold": 5,
    "candidates_sample": 50_000,
    "plan_repeats": 5,
}


def tables(names: list[str], folder: Path, sizes: dict[str, int]) -> Iterator[report.Table]:
    """The tables of the workloads asked for, each as soon as it is measured."""
    if "import" in names:
        yield imports(folder, sizes)
    if {"recommend", "candidates"} & set(names):
        made = in_child(
            "tests.bench.county:fill_store", folder=str(folder), workers=sizes["workers"], vacancies=sizes["vacancies"]
        )
        _tell(f"stored {sizes['workers']:,} workers and {sizes['vacancies']:,} vacancies in {made.seconds[0]:.0f} s")
        listed: dict[str, Callable[..., report.Table]] = {"recommend": recommend, "candidates": candidates}
        for name, workload in listed.items():
            if name in names:
                yield workload(str(folder), made.value, sizes)
    if "plan" in names:
        yield plan(3_000, 260, repeats=sizes["plan_repeats"], with_dense=True)
        yield plan(10_000, 1_000, repeats=sizes["slow_repeats"], with_dense=False)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Run the workloads, print their tables, append one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=WORKLOADS, help="a workload; may be given again")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench.jsonl", help="JSON line of this run")
    options = parser.parse_args()
    full = os.environ.get("BENCH") == "full"
    sizes, names = (FULL if full else SIZES), options.only or list(WORKLOADS)
    machine, start = report.machine(), time.perf_counter()
    print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}, Python {machine['python']}")
    print(
        f"commit {machine['commit']}, {'full' if full else 'default'} sizes; medians; ratio is time per unit over ours"
    )
    done = []
    with tempfile.TemporaryDirectory(prefix="matcher-bench-") as folder:
        for table in tables(names, Path(folder), sizes):
            done.append(table)
            print(report.show(table), flush=True)
    seconds = time.perf_counter() - start
    load = [round(value, 2) for value in os.getloadavg()]
    print(f"\n{seconds:.0f} s in all, load at the end {load}")
    report.append(options.out, {"machine": machine, "load_at_end": load, "full": full, "sizes": sizes}, done)
    missed = [goal for table in done for goal in table.goals if not goal.met]
    return int(any(table.broken for table in done) or (full and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
