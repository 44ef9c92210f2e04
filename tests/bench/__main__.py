"""`python -m tests.bench [--only WORKLOAD] [--size NAME=N] [--out FILE]`; BENCH=full takes the full sizes.

Exit 1 when a method was not exact or the full sizes missed a goal.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.bench import report
from tests.bench.assigns import assigns
from tests.bench.engines import engine
from tests.bench.imports import imports
from tests.bench.kernels import w1, w2, w3
from tests.bench.ledgers import reconcile
from tests.bench.lists import candidates, recommend
from tests.bench.loads import load
from tests.bench.measure import ROOT, in_child
from tests.bench.plans import plan
from tests.bench.policy import policy
from tests.bench.reports import reports
from tests.bench.searches import broker
from tests.bench.sms import sms
from tests.bench.stores import stores
from tests.bench.villages import villages
from tests.bench.web import http

WORKLOADS = (
    "import",
    "store",
    "recommend",
    "candidates",
    "http",
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
    "w1",
    "w2",
    "w3",
)
SIZES: dict[str, Any] = {
    "import_rows": 50_000,
    "repeats": 3,
    "slow_repeats": 1,
    "store_workers": 200_000,
    "store_batch": 50_000,
    "store_repeats": 3,
    "workers": 200_000,
    "vacancies": 20_000,
    "recommend_workers": 24,
    "recommend_peer_workers": 3,
    "cold": 3,
    "candidates_repeats": 1,
    "candidates_cold": 1,
    "candidates_sample": 5_000,
    "http_workers": 3_000,
    "http_vacancies": 260,
    "http_calls": 300,
    "search_vacancies": 2_000,
    "search_repeats": 5,
    "browser_repeats": 5,
    "load_workers": 20_000,
    "load_vacancies": 1_300,
    "load_kiosks": 50,
    "load_brokers": 20,
    "load_seconds": 60,
    "policy_workers": 200_000,
    "policy_sample": 300,
    "report_workers": 20_000,
    "report_vacancies": 500,
    "village_workers": 20_000,
    "village_vacancies": 500,
    "village_sample": 5,
    "sms_texts": 3_000,
    "sms_peer_texts": 300,
    "sms_repeats": 3,
    "plan_repeats": 3,
    "plan_workers": (3_000, 10_000),
    "plan_vacancies": (260, 1_000),
    "kernel_repeats": 5,
    "w1_people": 1_000,
    "w1_vacancies": 20_000,
    "w1_queries": 20,
    "w2_people": 3_000,
    "w2_vacancies": 1_000,
    "w2_workers": 100_000,
    "w2_queries": 20,
    "w3_people": 3_000,
    "w3_vacancies": 5_000,
    "w3_workers": 50_000,
    "assign_workers": 5_000,
    "assign_vacancies": 1_000,
    "assign_width": 25,
    "assign_repeats": 5,
    "assign_peer_repeats": 3,
    "engine_workers": 4_000,
    "engine_vacancies": 1_000,
    "engine_parts": 8,
    "engine_repeats": 3,
    "ledger_left": 5_000,
    "ledger_right": 4_700,
    "ledger_sample": 300,
    "ledger_peer": 2_000,
    "ledger_repeats": 3,
}
FULL = SIZES | {
    "slow_repeats": 3,
    "store_repeats": 7,
    "recommend_peer_workers": 12,
    "cold": 7,
    "candidates_repeats": 5,
    "candidates_cold": 5,
    "candidates_sample": 50_000,
    "http_calls": 2_000,
    "search_repeats": 30,
    "browser_repeats": 20,
    "load_seconds": 180,
    "sms_texts": 10_000,
    "sms_peer_texts": 1_000,
    "sms_repeats": 7,
    "plan_repeats": 5,
    "policy_sample": 2_000,
    "report_workers": 200_000,
    "village_workers": 200_000,
    "village_vacancies": 20_000,
    "w1_people": 3_000,
    "w1_vacancies": 100_000,
    "w1_queries": 60,
    "w2_people": 20_000,
    "w2_vacancies": 3_000,
    "w2_workers": 1_000_000,
    "w2_queries": 40,
    "w3_people": 20_000,
    "w3_vacancies": 20_000,
    "w3_workers": 1_000_000,
    "assign_workers": 100_000,
    "assign_vacancies": 20_000,
    "assign_peer_repeats": 1,
    "engine_workers": 40_000,
    "engine_vacancies": 3_000,
    "engine_parts": 40,
    "engine_repeats": 5,
    "ledger_left": 50_000,
    "ledger_right": 47_000,
    "ledger_sample": 1_000,
    "ledger_peer": 50_000,
    "ledger_repeats": 5,
}
TINY = SIZES | {
    "import_rows": 300,
    "repeats": 1,
    "store_workers": 300,
    "store_batch": 100,
    "store_repeats": 1,
    "workers": 300,
    "vacancies": 260,
    "recommend_workers": 3,
    "cold": 1,
    "candidates_sample": 100,
    "http_workers": 100,
    "http_vacancies": 60,
    "http_calls": 20,
    "search_vacancies": 60,
    "search_repeats": 1,
    "browser_repeats": 1,
    "load_workers": 100,
    "load_vacancies": 60,
    "load_kiosks": 3,
    "load_brokers": 2,
    "load_seconds": 8,
    "report_workers": 300,
    "report_vacancies": 60,
    "village_workers": 300,
    "village_vacancies": 60,
    "policy_workers": 200,
    "policy_sample": 50,
    "sms_texts": 40,
    "sms_peer_texts": 20,
    "sms_repeats": 1,
    "plan_repeats": 1,
    "plan_workers": (100, 200),
    "plan_vacancies": (60, 80),
    "kernel_repeats": 1,
    "w1_people": 60,
    "w1_vacancies": 80,
    "w1_queries": 5,
    "w2_people": 60,
    "w2_vacancies": 40,
    "w2_workers": 300,
    "w2_queries": 5,
    "w3_people": 60,
    "w3_vacancies": 80,
    "w3_workers": 300,
    "assign_workers": 200,
    "assign_vacancies": 40,
    "assign_repeats": 1,
    "assign_peer_repeats": 1,
    "engine_workers": 120,
    "engine_vacancies": 60,
    "engine_parts": 2,
    "engine_repeats": 1,
    "ledger_left": 200,
    "ledger_right": 188,
    "ledger_sample": 60,
    "ledger_peer": 0,
    "ledger_repeats": 1,
}
"""Only to prove that the benches run and that their methods agree; the figures mean nothing."""
KERNELS = {"engine": engine, "w1": w1, "w2": w2, "w3": w3}
BY_NAME = {"default": SIZES, "full": FULL, "tiny": TINY}


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
    if "policy" in names:
        yield from policy(sizes)
    alone = {"sms": sms, **KERNELS, "reconcile": reconcile}
    yield from (workload(sizes) for name, workload in alone.items() if name in names)
    if "assign" in names:
        yield assigns(folder, sizes)


def _over_stores_of_their_own(names: list[str], folder: Path, sizes: dict[str, Any]) -> Iterator[report.Table]:
    """The workloads that serve or search a stored county of their own size."""
    served: dict[str, tuple[int, int, Callable[[str, dict[str, Any]], Iterable[report.Table]]]] = {
        "http": (
            sizes["http_workers"], sizes["http_vacancies"],
            lambda own, made: [http(own, made, sizes)],
        ),
        "broker": (sizes["workers"], sizes["search_vacancies"], lambda own, _: broker(own, sizes)),
        "report": (sizes["report_workers"], sizes["report_vacancies"], lambda own, _: [reports(own, sizes)]),
        "villages": (sizes["village_workers"], sizes["village_vacancies"], lambda own, _: [villages(own, sizes)]),
        "load": (sizes["load_workers"], sizes["load_vacancies"], lambda own, _: [load(own, sizes)]),
    }  # fmt: skip
    for name, (workers, vacancies, workload) in served.items():
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
    machine, start = report.machine(), time.perf_counter()
    print(f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}, Python {machine['python']}")
    print(f"commit {machine['commit']}, {named} sizes; medians; ratio is CPU time per unit over ours")
    done = []
    with tempfile.TemporaryDirectory(prefix="matcher-bench-") as folder:
        for table in tables(names, Path(folder), sizes):
            done.append(table)
            print(report.show(table), flush=True)
    seconds = time.perf_counter() - start
    load = [round(value, 2) for value in os.getloadavg()]
    print(f"\n{seconds:.0f} s in all, load at the end {load}")
    report.append(options.out, {"machine": machine, "load_at_end": load, "named": named, "sizes": sizes}, done)
    missed = [goal for table in done for goal in table.goals if not goal.met]
    return int(any(table.broken for table in done) or (full and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
