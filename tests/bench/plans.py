"""Workload plan: a round of a whole county with its slot prices."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.lists import DAY, MATCHER
from tests.bench.measure import Timing, in_child, of_command
from tests.bench.report import Goal, Row, Table

TASKS, CROWD = "tests.bench.plan_tasks", "tests.bench.crowd_tasks:crowd"
UNPLACEABLE = 0.01
"""Of those who could be placed; in the issue's trial the best thirty by score left .39."""
PRICE_TOLERANCE = 1e-5
OVERLOAD_TOLERANCE = 0.05
SEASONS = {"balanced": "2018-02-01/2018-07-31", "priced": "2018-02-01/2018-08-31"}
FACTS = ("reached", "unpriced", "forty", "unplaceable_by_score", "pairs", "changed_reached", "afresh_reached")


def plan(workers: int, vacancies: int, *, repeats: int, with_dense: bool) -> Table:
    """Seconds and memory of `prepare` with prices, and how far the plan behind the prices overfills a vacancy."""
    ours = in_child(f"{TASKS}:solve", workers=workers, vacancies=vacancies, repeats=repeats)
    facts = ours.value
    broken = []
    if facts["largest_overload"] > OVERLOAD_TOLERANCE:
        broken.append(f"the plan overfills a vacancy by {facts['largest_overload']:.2%}")
    rows = [Row("prepare with prices", ours, facts["pairs"], f"overload at most {facts['largest_overload']:.2e}")]
    if with_dense:
        dense = in_child(f"{TASKS}:dense", workers=workers, vacancies=vacancies, repeats=1)
        difference = dense.value["largest_difference"]
        if difference > PRICE_TOLERANCE:
            broken.append(f"prices differ by {difference:.2e} from the dense matrix")
        note = "only the prices of pairs that ours has prepared"
        rows.append(
            Row("numpy, scaling the dense matrix", dense, facts["pairs"], f"prices within {difference:.1e}", note)
        )
    return Table(
        f"plan_{workers}x{vacancies}",
        f"{workers:,} workers ({facts['willing']:,} willing) x {vacancies:,} vacancies, {facts['pairs']:,} pairs",
        rows,
        (),
        (f"broken above an overload of {OVERLOAD_TOLERANCE:.0%}",),
        broken,
        {name: facts[name] for name in ("largest_overload", "priced")},
    )


def crowds(folder: Path, sizes: dict[str, Any]) -> Iterator[Table]:
    """The plans of crowds in both modes; sizes["plan_crowds"] : people, posts, limit in seconds by mode, repeats."""
    for workers, vacancies, limits, repeats in sizes["plan_crowds"]:
        with tempfile.TemporaryDirectory(dir=folder) as home:
            in_child("tests.bench.county:fill_store", folder=home, workers=workers, vacancies=vacancies)
            for mode, limit in limits.items():
                yield crowd(home, (workers, vacancies), mode=mode, seconds=limit, repeats=repeats)


def _command(home: str, mode: str) -> Timing:
    """`matcher plan` from its start to its end, file and store written; value : people, and who is listed something.

    Each mode has a season of its own, as a season lists nothing twice.
    """
    Path(home, "matcher.toml").write_text(f'plan_mode = "{mode}"\n', encoding="utf-8")
    out = Path(home, f"{mode}.jsonl")
    command = ["plan", "--season", SEASONS[mode], "--top", "3", "--out", str(out), *DAY]
    timing = of_command([*MATCHER, home, *command], repeats=1)
    with out.open(encoding="utf-8") as lines:
        next(lines)
        listed = ['"items":[{' in line for line in lines]
    return replace(timing, value={"people": len(listed), "listed": sum(listed)})


def crowd(home: str, size: tuple[int, int], *, mode: str, seconds: float, repeats: int) -> Table:
    """The plan of a crowd by the index, cold and warm, and the whole command over the store in `home`.

    seconds : the limit, by the clock on two cores
    """
    workers, vacancies = size
    whole = _command(home, mode)
    ours = in_child(CROWD, workers=workers, vacancies=vacancies, mode=mode, repeats=repeats)
    facts = ours.value

    def row(method: str, laps: str, exact: str) -> Row:
        return Row(method, Timing(tuple(facts[laps]["wall"]), tuple(facts[laps]["cpu"])), facts["willing"], exact)

    def filled(reached: str, gap: str) -> str:
        return f"{facts[reached]:,} places listed" + ("" if facts[gap] is None else f", gap {facts[gap]:.2%}")

    return Table(
        f"plan_{mode}_crowd_{workers}x{vacancies}",
        f"{workers:,} workers ({facts['willing']:,} willing, {facts['nobody']:,} of them with no post they may be "
        f"offered) x {vacancies:,} vacancies, {facts['pairs']:,} candidates",
        [
            Row("prices and lists", ours, facts["willing"], filled("reached", "gap")),
            row("by one process, part after part", "alone", "the bytes all others must equal"),
            row("again, from these prices", "again", f"prices moved by at most {facts['moved']:.1e}"),
            row(
                "500 workers, 100 posts changed: from these prices", "changed", filled("changed_reached", "changed_gap")
            ),
            row("some changed, cold", "afresh", filled("afresh_reached", "afresh_gap")),
            Row(
                "matcher plan, from start to end",
                whole,
                whole.value["people"],
                f"{whole.value['listed']:,} are listed a post",
                "with reading the store, telling the lists, their check and saving; who is in work is out",
            ),
        ],
        (
            Goal("prices and lists", median(ours.seconds), seconds, "seconds by the clock"),
            Goal("people who hold forty candidates or all they may be offered", facts["wide"], 1, "", least=True),
            Goal("people their candidates cannot place", facts["unplaceable"], UNPLACEABLE, "of who could be"),
        ),
        (
            f"{facts['forty']:.1%} of those who may be offered a post have forty candidates or more",
            f"whatever the candidates, at most {facts['placeable']:,} people can be placed at once; the best thirty by "
            f"score alone leave {facts['unplaceable_by_score']:.1%} of them without",
            f"lists of three without prices reach {facts['unpriced']:,} places",
            "judged off the clock: the bytes of one process, the plan's own check, a sample against the whole round",
            "some changed: of 500 workers and 100 posts, half are gone and half say or want something else",
        ),
        facts["broken"],
        {name: facts[name] for name in FACTS},
    )
