"""`python -m tests.bench [--only WORKLOAD] [--size NAME=N] [--out FILE]`; BENCH=full takes the full sizes.

Exit 1 when a method was not exact or the full sizes missed a goal.
"""

from __future__ import annotations

import argparse
import compileall
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import bulk, report
from tests.bench.assigns import assigns
from tests.bench.engines import engine
from tests.bench.imports import imports
from tests.bench.kernels import w1, w2, w3
from tests.bench.ledgers import reconcile
from tests.bench.lists import candidates, recommend
from tests.bench.loads import load
from tests.bench.measure import ROOT, in_child
from tests.bench.plans import crowds, plan
from tests.bench.policy import policy
from tests.bench.reports import reports
from tests.bench.searches import broker
from tests.bench.served import served
from tests.bench.sizes import BY_NAME, SIZES
from tests.bench.sms import sms
from tests.bench.starts import starts
from tests.bench.stores import stores
from tests.bench.tables import tables as tables_and_trees
from tests.bench.trades import trades
from tests.bench.villages import villages
from tests.bench.web import http

WORKLOADS = (
    "import",
    "csv",
    "xlsx",
    "trades",
    "store",
    "recommend",
    "candidates",
    "http",
    "served",
    "plan",
    "policy",
    "broker",
    "load",
    "sms",
    "assign",
    "engine",
    "reconcile",
    "report",
    "villages",
    "start",
    "tables",
    "w1",
    "w2",
    "w3",
)
WHOLE_RUN_S = {"default": 300, "full": 2_700}
"""What all workloads may take together, on two cores with nothing beside."""
KERNELS = {"engine": engine, "tables": tables_and_trees, "w1": w1, "w2": w2, "w3": w3}


def tables(names: list[str], folder: Path, sizes: dict[str, Any]) -> Iterator[report.Table]:
    """The tables of the workloads asked for, each as soon as it is measured."""
    if "import" in names:
        yield imports(folder, sizes)
    if "store" in names:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            yield from stores(own, sizes)
    if {"recommend", "candidates"} & set(names):
        made = in_child(
            "tests.bench.county:fill_store", folder=str(folder), workers=sizes["workers"], vacancies=sizes["vacancies"]
        )
        _tell(f"stored {sizes['workers']:,} workers and {sizes['vacancies']:,} vacancies in {made.seconds[0]:.0f} s")
        listed: dict[str, Callable[..., report.Table]] = {"recommend": recommend, "candidates": candidates}
        for name, workload in listed.items():
            if name in names:
                yield workload(str(folder), made.value, sizes)
    yield from _over_stores_of_their_own(names, folder, sizes)
    if "plan" in names:
        (few, many), (posts, more_posts) = sizes["plan_workers"], sizes["plan_vacancies"]
        yield plan(few, posts, repeats=sizes["plan_repeats"], with_dense=True)
        yield plan(many, more_posts, repeats=sizes["slow_repeats"], with_dense=False)
        yield from crowds(folder, sizes)
    if "policy" in names:
        yield from policy(sizes)
    alone = {
        "csv": partial(bulk.csv, folder),
        "xlsx": partial(bulk.xlsx, folder),
        "trades": trades,
        "sms": sms,
        **KERNELS,
        "reconcile": reconcile,
    }
    yield from (workload(sizes) for name, workload in alone.items() if name in names)
    if "assign" in names:
        yield assigns(folder, sizes)


def _over_stores_of_their_own(names: list[str], folder: Path, sizes: dict[str, Any]) -> Iterator[report.Table]:
    """The workloads that serve or search a stored county of their own size; `http` is told with what it serves."""
    names = [*names, "served"] if "http" in names and "served" not in names else names
    of_own: dict[str, tuple[int, int, Callable[[str, dict[str, Any]], Iterable[report.Table]]]] = {
        "http": (
            sizes["http_workers"], sizes["http_vacancies"],
            lambda own, _: [http(own, sizes)],
        ),
        "served": (
            sizes["served_workers"], sizes["served_vacancies"],
            lambda own, _: served(own, sizes),
        ),
        "broker": (sizes["workers"], sizes["search_vacancies"], lambda own, _: broker(own, sizes)),
        "report": (sizes["report_workers"], sizes["report_vacancies"], lambda own, _: [reports(own, sizes)]),
        "villages": (sizes["village_workers"], sizes["village_vacancies"], lambda own, _: [villages(own, sizes)]),
        "start": (
            sizes["start_workers"], sizes["start_vacancies"],
            lambda own, made: [starts(own, made, sizes)],
        ),
        "load": (sizes["load_workers"], sizes["load_vacancies"], lambda own, _: [load(own, sizes)]),
    }  # fmt: skip
    for name, (workers, vacancies, workload) in of_own.items():
        if name in names:
            with tempfile.TemporaryDirectory(dir=folder) as own:
                made = in_child("tests.bench.county:fill_store", folder=own, workers=workers, vacancies=vacancies)
                yield from workload(own, made.value)


def _size(text: str) -> tuple[str, int]:
    """`NAME=N` of a size that is one whole number. Raises what argparse tells as a wrong argument."""
    name, _, number = text.partition("=")
    known = [size for size, value in SIZES.items() if isinstance(value, int)]
    if name not in known:
        raise argparse.ArgumentTypeError(f"no size {name!r}; there are {', '.join(known)}")
    if not number.isdecimal() or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{name} wants a whole number from 1 on, not {number!r}")
    return name, int(number)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def whole_run(seconds: float, named: str) -> list[report.Goal]:
    """What is asked of a run of all workloads at sizes that have a name."""
    return [report.Goal("the whole run", seconds, WHOLE_RUN_S[named], "s")] if named in WHOLE_RUN_S else []


def compile_tree() -> None:
    """Bytecode as an installed wheel brings it, though the shell forbids writing any: each start would compile anew."""
    for folder in ("api", "matcher", "tests/bench"):
        compileall.compile_dir(ROOT / folder, quiet=1)


def main() -> int:
    """Run the workloads, print their tables, append one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=WORKLOADS, help="a workload; may be given again")
    parser.add_argument("--size", action="append", type=_size, metavar="NAME=N", help="e.g. store_workers=20000")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench.jsonl", help="JSON line of this run")
    options = parser.parse_args()
    named = os.environ.get("BENCH") or "default"
    full, sizes = named == "full", BY_NAME[named] | dict(options.size or ())
    names = options.only or list(WORKLOADS)
    compile_tree()
    machine, start = report.machine(), time.perf_counter()
    print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}, Python {machine['python']}")
    print(f"commit {machine['commit']}, {named} sizes; medians; ratio is CPU time per unit over ours")
    done, before = [], start
    with tempfile.TemporaryDirectory(prefix="matcher-bench-") as folder:
        for table in tables(names, Path(folder), sizes):
            after = time.perf_counter()
            done.append(replace(table, seconds=after - before))
            before = after
            print(report.show(done[-1]), flush=True)
    seconds = time.perf_counter() - start
    load = [round(value, 2) for value in os.getloadavg()]
    print(f"\n{seconds:.0f} s in all, load at the end {load}")
    whole = whole_run(seconds, named) if set(names) == set(WORKLOADS) and not options.size else []
    print(*(goal.told for goal in whole), sep="\n", end="\n" if whole else "")
    told = {"machine": machine, "load_at_end": load, "named": named, "sizes": sizes, "wall_seconds": round(seconds, 1)}
    report.append(options.out, told, done)
    missed = [goal for goal in (*whole, *(goal for table in done for goal in table.goals)) if not goal.met]
    return int(any(table.broken for table in done) or (full and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
