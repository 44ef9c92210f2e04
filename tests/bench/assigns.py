"""Workload assign: who is sent where, exactly, beside a linear programme, an auction and greedy."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measure import Timing, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.assign_tasks"
EIGHTH, TENTH_MORE, QUARTER, PERMILLE = 1 / 8, 1 / 1.1, 1 / 4, 0.001
OBJECTIVE_TOLERANCE = 1e-9


def assigns(folder: Path, sizes: dict[str, Any]) -> Table:
    """The table of one market; every plan's value is counted anew from who goes where."""
    path, repeats = str(folder / "market.npz"), sizes["assign_repeats"]
    asked = {"workers": sizes["assign_workers"], "vacancies": sizes["assign_vacancies"], "width": sizes["assign_width"]}
    facts = in_child(f"{TASKS}:make", path=path, **asked).value
    flow, bids, rebids, greedy, scored = (
        in_child(f"{TASKS}:{name}", path=path, repeats=repeats)
        for name in ("flow", "bids", "rebids", "greedy", "greedy_by_score")
    )
    programme = in_child(f"{TASKS}:programme", path=path, repeats=sizes["assign_peer_repeats"])
    n = facts["pairs"]
    return Table(
        f"assign_{asked['workers']}x{asked['vacancies']}",
        f"{asked['workers']:,} workers x {asked['vacancies']:,} vacancies, {n:,} pairs, {facts['places']:,} places, "
        f"{facts['households']:,} households with a bonus",
        [
            Row("min-cost flow (ours)", flow, n, f"value {flow.value['value']:,}, {flow.value['sent']:,} sent"),
            Row("auction with certificate (ours)", bids, n, f"certified gap {bids.value['gap']:.4%}"),
            Row("auction after a change (ours)", rebids, n, f"certified gap {rebids.value['gap']:.4%}"),
            Row("HiGHS linear programme", programme, n, f"gap to ours {_gap(flow, programme):.2e}"),
            Row("greedy over each one's best by score", scored, n, f"value {_share(scored, flow) - 1:+.1%}"),
            Row("greedy over our candidates", greedy, n, f"value {_share(greedy, flow) - 1:+.1%}"),
        ],
        _goals(flow, bids, scored, programme),
        (
            f"each worker keeps {asked['width']} of up to 120 posts in view, net of rough prices or by score",
            "HiGHS as it comes, presolve on, one column a pair and one a household; it solves without our ties",
            f"{rebids.value['gone']} people fall out before the auction goes on; its table of the market is made anew",
        ),
        _broken(flow, bids, rebids, greedy, scored, programme),
        {"value": flow.value["value"], "greedy": greedy.value["value"], "auction": bids.value["value"]},
    )  # fmt: skip


def _share(other: Timing, flow: Timing) -> float:
    return float(other.value["value"]) / max(1.0, float(flow.value["value"]))


def _gap(flow: Timing, programme: Timing) -> float:
    return abs(float(programme.value["objective"]) - float(flow.value["value"])) / max(1.0, float(flow.value["value"]))


def _goals(flow: Timing, bids: Timing, scored: Timing, programme: Timing) -> tuple[Goal, ...]:
    """The gates of the issue; processor time on both sides."""
    ours = median(flow.cpu)
    return (
        Goal("flow beside HiGHS", ours / median(programme.cpu), EIGHTH, "of its time"),
        Goal("greedy's value", _share(scored, flow), TENTH_MORE, "of the flow's"),
        Goal("auction's certified gap", bids.value["gap"], PERMILLE, "of its bound"),
        Goal("auction beside the flow", median(bids.cpu) / ours, QUARTER, "of its time"),
    )


def _broken(flow: Timing, bids: Timing, rebids: Timing, greedy: Timing, scored: Timing, programme: Timing) -> list[str]:
    """Whatever is not exact: a plan beyond its limits, a value other than the programme's, a bound that is none."""
    plans = {"flow": flow, "auction": bids, "auction after a change": rebids, "HiGHS": programme}
    plans |= {"greedy": greedy, "greedy by score": scored}
    faults = [f"{name}: a plan goes beyond pairs or room" for name, made in plans.items() if not made.value["keeps"]]
    if _gap(flow, programme) > OBJECTIVE_TOLERANCE or programme.value["value"] != flow.value["value"]:
        faults.append(f"flow {flow.value['value']}, HiGHS {programme.value['objective']} ({programme.value['value']})")
    if bids.value["bound"] < flow.value["value"]:
        faults.append("the auction's bound lies below the best plan")
    return faults
