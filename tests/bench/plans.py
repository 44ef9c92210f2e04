"""Workload plan: a round of a whole county with its slot prices."""

from __future__ import annotations

from tests.bench.measure import in_child
from tests.bench.report import Row, Table

TASKS = "tests.bench.plan_tasks"
PRICE_TOLERANCE = 1e-5
OVERLOAD_TOLERANCE = 0.05


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
