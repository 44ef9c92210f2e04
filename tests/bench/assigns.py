"""Workload assign: who is sent where, exactly, beside a linear programme, an auction and greedy."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.measure import Timing, apart, in_child
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.assign_tasks"
EIGHTH, TENTH_MORE, QUARTER, PERMILLE = 1 / 8, 1 / 1.1, 1 / 4, 0.001
OBJECTIVE_TOLERANCE = 1e-9
GREEDY = ("greedy", "greedy_by_score", "first_come")
OURS = ("flow", "bids", "rebids", *GREEDY)


def assigns(folder: Path, sizes: dict[str, Any]) -> Table:
    """The table of one market; every plan's value is counted anew from who goes where."""
    path, repeats = str(folder / "market.npz"), sizes["assign_repeats"]
    asked = {"workers": sizes["assign_workers"], "vacancies": sizes["assign_vacancies"], "width": sizes["assign_width"]}
    facts = in_child(f"{TASKS}:make", path=path, **asked).value
    made = {name: in_child(f"{TASKS}:{name}", path=path, repeats=repeats) for name in OURS}
    made["proof"] = in_child(f"{TASKS}:proof", path=path)
    peer = {"repeats": sizes["assign_peer_repeats"], "seconds": sizes["assign_peer_seconds"]}
    made["programme"] = apart(f"{TASKS}:programme", path=path, **peer)
    flow, value = made["flow"], made["flow"].value["value"]
    return Table(
        f"assign_{asked['workers']}x{asked['vacancies']}",
        f"{asked['workers']:,} workers x {asked['vacancies']:,} vacancies, {facts['pairs']:,} pairs, "
        f"{facts['places']:,} places, {facts['households']:,} households with a bonus",
        _rows(made, facts["pairs"]),
        _goals(made),
        (
            f"each worker keeps {asked['width']} of up to 120 posts in view, net of rough prices or by score",
            "HiGHS as it comes, presolve on, one column a pair and one a household; it solves without our ties",
            "the gate holds the flow to the greedy way that is worth most, which is mostly the one over our candidates",
            f"{made['rebids'].value['gone']} people fall out before the auction goes on; its table is made anew",
            "the proof: prices bid so finely that what they leave open is less than one unit of worth",
        ),
        _broken(made),
        {
            "value": value,
            "bound by prices alone": made["proof"].value["bound"],
            "greedy": made["greedy"].value["value"],
            "auction": made["bids"].value["value"],
            "times HiGHS": f"{'' if _solved(made) else 'at least '}{_times(made):.1f}",
            "more than the best greedy": f"{1 / _best_greedy(made) - 1:.0%}",
            "more than greedy by score": f"{1 / _share(made['greedy_by_score'], flow) - 1:.0%}",
        },
    )


def _rows(made: dict[str, Timing], n: int) -> list[Row]:
    flow, peer = made["flow"], made["programme"]
    beside = f"gap to ours {_gap(made):.2e}" if _solved(made) else "stopped without an answer: it takes longer"
    told = flow.value
    return [
        Row("min-cost flow (ours)", flow, n, f"value {told['value']:,}, {told['sent']:,} sent"),
        Row("auction with certificate (ours)", made["bids"], n, f"certified gap {made['bids'].value['gap']:.4%}"),
        Row("auction after a change (ours)", made["rebids"], n, f"certified gap {made['rebids'].value['gap']:.4%}"),
        Row("bound by the finest prices (the proof)", made["proof"], n, f"bound {made['proof'].value['bound']:,}"),
        Row("HiGHS linear programme", peer, n, beside),
        *(
            Row(name, made[task], n, f"value {_share(made[task], flow) - 1:+.1%}")
            for name, task in (
                ("greedy over each one's best by score", "greedy_by_score"),
                ("first come first served, best by score", "first_come"),
                ("greedy over our candidates", "greedy"),
            )
        ),
    ]


def _solved(made: dict[str, Timing]) -> bool:
    """Whether HiGHS came to an end."""
    return bool(made["programme"].value["solved"])


def _times(made: dict[str, Timing]) -> float:
    """Processor time of HiGHS, of the flow's; what it took until it was stopped where it was."""
    return median(made["programme"].cpu) / median(made["flow"].cpu)


def _share(other: Timing, flow: Timing) -> float:
    return float(other.value["value"]) / max(1.0, float(flow.value["value"]))


def _best_greedy(made: dict[str, Timing]) -> float:
    """Value of the greedy way that is worth most, of the flow's."""
    return max(_share(made[name], made["flow"]) for name in GREEDY)


def _gap(made: dict[str, Timing]) -> float:
    value = float(made["flow"].value["value"])
    return abs(float(made["programme"].value["objective"]) - value) / max(1.0, value)


def _goals(made: dict[str, Timing]) -> tuple[Goal, ...]:
    """The gates of the issue; processor time on both sides."""
    flow, bids = made["flow"], made["bids"]
    return (
        Goal("flow's gap", made["proof"].value["bound"] - flow.value["value"], 0, "units of worth"),
        Goal("flow beside HiGHS", 1 / _times(made), EIGHTH, "of its time"),
        Goal("greedy's value", _best_greedy(made), TENTH_MORE, "of the flow's"),
        Goal("auction's certified gap", bids.value["gap"], PERMILLE, "of its bound"),
        Goal("auction beside the flow", median(bids.cpu) / median(flow.cpu), QUARTER, "of its time"),
    )


def _broken(made: dict[str, Timing]) -> list[str]:
    """Whatever is not exact: a plan beyond its limits, a value that is not the bound's or the programme's."""
    plans = {name: one for name, one in made.items() if "keeps" in one.value}
    faults = [f"{name}: a plan goes beyond pairs or room" for name, one in plans.items() if not one.value["keeps"]]
    value, peer = made["flow"].value["value"], made["programme"].value
    if made["proof"].value["bound"] != value:
        faults.append(f"flow {value}, bound by prices alone {made['proof'].value['bound']}")
    if _solved(made) and (_gap(made) > OBJECTIVE_TOLERANCE or peer["value"] != value):
        faults.append(f"flow {value}, HiGHS {peer['objective']} ({peer['value']})")
    if made["bids"].value["bound"] < value:
        faults.append("the auction's bound lies below the best plan")
    return faults
