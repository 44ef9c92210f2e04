"""`python -m tests.bench.growth [--tiny] [--page FILE]`: how time and memory grow, and where the machine's limit lies.

Prints the tables; with --page (`tests/bench/README.md`) they and their plots are put there, between two marks. With
--redraw FILE nothing is measured: the plots of that page are drawn anew from its tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

from tests.bench import report
from tests.bench.measure import in_child

TASKS = "tests.bench.growth_tasks"
COMMAND = "python -m tests.bench.growth --page tests/bench/README.md"
FULL: dict[str, Any] = {
    "people": 2_000, "posts": 20_000, "lists": 1_000, "orders": 200,
    "vacancies": (5_000, 20_000, 50_000, 100_000),
    "workers": (50_000, 200_000, 500_000, 1_000_000),
    "batch": (10_000, 50_000, 200_000, 500_000),
    "skills": (1, 10, 100, 1_000),
    "filters": (0, 4, 8, 13),
    "plan_posts": 1_500, "planned": (6_250, 12_500, 25_000, 50_000),
}  # fmt: skip
TINY: dict[str, Any] = {
    "people": 60, "posts": 80, "lists": 10, "orders": 10,
    "vacancies": (40, 80), "workers": (100, 200), "batch": (100, 200), "skills": (1, 30), "filters": (0, 13),
    "plan_posts": 60, "planned": (100, 200),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured at each size of one thing. columns : key of the values -> heading, unit in it"""

    name: str
    title: str
    over: str
    columns: dict[str, str]
    sizes: Sequence[int]
    values: Sequence[dict[str, float]]


def measured(sizes: dict[str, Any]) -> list[Series]:
    """Each size in a process of its own, one after the other."""
    few = {"people": sizes["people"]}
    market = few | {"vacancies": sizes["posts"]}
    return [
        _series(
            "vacancies", "One worker's list of ten, by vacancies", "by_vacancies", few | {"lists": sizes["lists"]},
            sizes["vacancies"],
            {"shelf": "open", "p50_us": "list p50, us", "p99_us": "list p99, us",
             "index_mib": "index, MiB"},
        ),
        _series(
            "workers", "One order's first fifty, by workers", "by_workers",
            few | {"vacancies": sizes["posts"] // 10, "orders": sizes["orders"]}, sizes["workers"],
            {"p50_us": "order p50, us", "p99_us": "order p99, us", "index_mib": "index, MiB"},
        ),
        _series(
            "batch", f"Everybody's list out of {sizes['posts']:,} vacancies, by workers", "by_batch", market,
            sizes["batch"], {"batch_us": "us a worker", "askers_mib": "workers as codes, MiB"},
        ),
        _series(
            "skills", f"Skills on every worker's record, {sizes['posts']:,} vacancies", "by_skills", market,
            sizes["skills"],
            {"encode_us": "reading a record, us", "p50_us": "list p50, us", "p99_us": "list p99, us",
             "tables_mib": "tables, MiB"},
        ),
        _series(
            "filters", f"Relations that may refuse, {sizes['posts']:,} vacancies", "by_filters", market,
            sizes["filters"],
            {"left": "share not refused", "p50_us": "list p50, us", "p99_us": "list p99, us"},
        ),
        plans(sizes),
    ]  # fmt: skip


def plans(sizes: dict[str, Any]) -> Series:
    """A plan by the index in one process, over ever more people."""
    return _series(
        "planned", f"A balanced plan over {sizes['plan_posts']:,} vacancies, by people of the county", "by_planned",
        {"vacancies": sizes["plan_posts"]}, sizes["planned"],
        {"willing": "willing", "choose_us": "candidates, us a willing person", "prices_us": "prices, us",
         "tell_us": "lists, us", "peak_mib": "peak, MiB"},
    )  # fmt: skip


def _series(
    name: str, title: str, task: str, same: dict[str, int], sizes: Sequence[int], columns: dict[str, str]
) -> Series:
    values = [in_child(f"{TASKS}:{task}", **{**same, name if name != "batch" else "workers": size}).value
              for size in sizes]  # fmt: skip
    return Series(name, title, name if name != "batch" else "workers", columns, sizes, values)


def exponent(series: Series, column: str) -> float:
    """Slope of the last step in logarithms: 1 is as many times more as the size, 0 the same at any size."""
    (a, b), (x, y) = series.sizes[-2:], (series.values[ix][column] for ix in (-2, -1))
    return log(y / x) / log(b / a)


def markdown(series: Series) -> str:
    """The table of a series."""
    head = [series.over, *series.columns.values()]
    lines = [f"**{series.title}**", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for size, value in zip(series.sizes, series.values, strict=True):
        cells = [f"{size:,}", *(_figure(value[key]) for key in series.columns)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def limits(found: list[Series], told: dict[str, float], sizes: dict[str, Any]) -> str:
    """Where the machine's limit lies, of the same run: a list by looking at every cell of every pair, at best."""
    last = found[0].values[-1]
    relations = found[4].values[-1]["relations"]
    rate = told["lookups_4_kib_g"] * 1e9
    floor = last["shelf"] * relations / rate * 1e6
    batch = found[2].values[-1]["batch_us"]
    brute = found[0].values[min(1, len(found[0].values) - 1)]["shelf"] * relations / rate * 1e6
    caches = ", ".join(f"{told[key]:.2f} out of {key.split('_')[1]} KiB" for key in told if key.startswith("lookups_"))
    return (
        f"One thread of this machine looks up so many billion entries a second: {caches}; it copies "
        f"{told['copied_gib']:.1f} GiB/s. Looking up the {relations:.0f} cells of all {last['shelf']:,.0f} open "
        f"vacancies out of the first cache would take {floor:,.0f} us; a list takes {last['p50_us']:,.0f} us, "
        f"{last['p50_us'] / floor:.2f} times that: runs of vacancies whose best cannot reach the list stay shut, and "
        "what is opened costs more than lookups (three stages, a chance of each, ties). In a batch over "
        f"{sizes['posts']:,} vacancies a worker takes {batch:,.0f} us, beside {brute:,.0f} us of such lookups alone."
    )


def main() -> None:
    """Measure, print, and put into the page what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="only to see that it runs")
    parser.add_argument("--page", type=Path, help="the page that gets tables and plots")
    parser.add_argument("--redraw", type=Path, help="a page whose plots are drawn from its tables")
    options = parser.parse_args()
    if options.redraw:
        from tests.bench.growth_page import redraw

        return redraw(options.redraw)
    sizes = TINY if options.tiny else FULL
    machine = report.machine()
    told = in_child(f"{TASKS}:machine_limits").value
    found = measured(sizes)
    head = (
        f"Made by `{COMMAND}` at {machine['at']}: {machine['cpu']}, {machine['cores']} cores, load "
        f"{machine['load'][0]} at the start, commit {machine['commit']}; synthetic county; CPU time of one thread."
    )
    text = "\n\n".join([head, *(markdown(series) for series in found), limits(found, told, sizes)])
    print(text)
    if options.page:
        from tests.bench.growth_page import paste

        paste(text, options.page)
    return None


if __name__ == "__main__":
    main()
