"""Workload engine: the stages of a plan by one process, by two of this machine, and by a Dask cluster of two."""

from __future__ import annotations

import statistics
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TASK = "tests.bench.engine_tasks:stages"
EFFICIENCY = 0.85
PROCESSES = 2
MILLION = 1_000_000
NATION = 30 * MILLION
HOUR_S = 3600


def engine(sizes: dict[str, Any]) -> Table:
    """Efficiency of two processes: seconds of one over twice those of two, medians of rounds that take turns."""
    shape = {name: sizes[f"engine_{name}"] for name in ("workers", "vacancies", "parts")}
    told: dict[str, list[Timing]] = {}
    # The engines take turns, so that a busy hour of the machine meets all of them.
    for _ in range(sizes["engine_repeats"]):
        for name, processes in (("in turn", 1), ("local", PROCESSES), ("dask", PROCESSES)):
            timing = in_child(TASK, name=name, processes=processes, repeats=1, **shape)
            told.setdefault(name, []).append(timing)
    joined = {name: _joined(timings) for name, timings in told.items()}
    one, facts = joined["in turn"], joined["in turn"].value
    units = facts["workers"]
    alone = statistics.median(one.seconds)
    shares = {name: alone / (PROCESSES * statistics.median(joined[name].seconds)) for name in ("local", "dask")}
    same = {name: joined[name].value["digest"] == facts["digest"] for name in joined}
    of_million = statistics.median(one.cpu) / units * MILLION
    between = facts["between_s"] / units * MILLION
    way = "candidates by the index" if facts["by_index"] else "pairs that may be offered"
    rows = [
        Row("one process, part after part", one, units, "the lists all others must equal, checked by plain rules"),
        *(
            Row(f"{PROCESSES} {label}", joined[name], units, f"{'equal' if same[name] else 'NOT equal'} byte for byte")
            for name, label in (("local", "processes of this machine"), ("dask", "workers of a Dask cluster"))
        ),
    ]
    return Table(
        "engine",
        f"{units:,} willing workers x {shape['vacancies']:,} vacancies in {shape['parts']} parts, "
        f"{facts['pairs']:,} {way}",
        rows,
        [
            Goal(f"efficiency of {name} on {PROCESSES}", share, EFFICIENCY, "", least=True)
            for name, share in shares.items()
        ],
        (
            "the stages of a plan as it is made at this size, without the store and without the prices between them",
            f"between the stages, by the calling process alone: {facts['between_s']:.2f} s of CPU; rough prices, "
            "of at most 3,000 people, are the same part of it at any size: extrapolated from small ones it is too much",
            "CPU of the Dask row is that of client and workers; what an idle worker spends by the clock is in it",
            "a machine that is busy with something else gives two processes less than twice the time of one",
        ),
        [
            *(f"{name} differs from one process" for name, equal in same.items() if not equal),
            *([f"the plan's own check: {broken} promises broken"] if (broken := facts["broken_promises"]) else []),
        ],
        {
            "cpu_s_per_million_workers": round(of_million, 1),
            "cpu_s_per_million_workers_between_stages": round(between, 1),
            "core_hours_of_30_million_extrapolated": round((of_million + between) * NATION / MILLION / HOUR_S, 1),
            "cpu_over_one_process": {
                name: round(statistics.median(joined[name].cpu) / statistics.median(one.cpu), 2) for name in shares
            },
            "bytes_kept_per_pair": round(facts["kept_mib"] * 2**20 / max(1, facts["pairs"]), 1),
            "dask_start_s": round(joined["dask"].value["start_s"], 2),
        },
    )


def _joined(timings: list[Timing]) -> Timing:
    """Runs of their own processes as repetitions of one."""
    peaks = [timing.peak_mib for timing in timings if timing.peak_mib is not None]
    return Timing(
        tuple(second for timing in timings for second in timing.seconds),
        tuple(second for timing in timings for second in timing.cpu),
        timings[0].value,
        max(peaks, default=None),
    )
