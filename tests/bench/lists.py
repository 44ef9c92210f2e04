"""Workloads recommend and candidates: one list from a stored county of 200,000 workers and 20,000 vacancies."""

from __future__ import annotations

import json
from typing import Any

from tests.bench.measure import Timing, in_child, of_command
from tests.bench.report import Goal, Row, Table

TASKS = "tests.bench.list_tasks"
MATCHER = ["-m", "matcher", "--home"]
DAY = ["--on", "2018-06-01", "--jurisdiction", "liujiang_2018", "--seed", "0"]
TOP_VACANCIES, TOP_WORKERS = 10, 50
MANY_UNITS = "ratios are per pair; p99 stands where a method ran a hundred times or more"


def _equal(ours: list[Any], theirs: list[Any]) -> tuple[str, list[str]]:
    """How many lists are equal id for id, number for number, tie for tie; faults where they are not."""
    wrong = [ix for ix, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b]
    faults = [f"list {ix}: {ours[ix][:2]} is not {theirs[ix][:2]}" for ix in wrong[:3]]
    return f"equal {len(ours) - len(wrong)}/{len(ours)} lists, {sum(map(len, ours))} places", faults


def recommend(home: str, county: dict[str, Any], sizes: dict[str, int]) -> Table:
    """One worker x all vacancies."""
    ids, n = county["worker_ids"][: sizes["recommend_workers"]], sizes["vacancies"]
    ours = in_child(f"{TASKS}:warm_recommend", home=home, worker_ids=ids, top=TOP_VACANCIES)
    served = in_child(f"{TASKS}:warm_recommend", home=home, worker_ids=ids, top=TOP_VACANCIES, serving=True)
    few = ids[: sizes["recommend_peer_workers"]]
    plain = in_child(f"{TASKS}:plain_recommend", home=home, worker_ids=few, top=TOP_VACANCIES, open_in_sql=False)
    sql = in_child(f"{TASKS}:plain_recommend", home=home, worker_ids=few, top=TOP_VACANCIES, open_in_sql=True)
    command = [*MATCHER, home, "recommend", "--worker", ids[0], "--top", str(TOP_VACANCIES), *DAY]
    cold = of_command(command, repeats=sizes["cold"])
    listed = json.loads(cold.value)["lists"][0]["items"]
    as_told = [[[item["vacancy_id"], {"yes": 2, "unknown": 1}[item["verdict"]], item["score"]] for item in listed]]
    verdicts = [_equal(ours.value[: len(few)], peer.value) for peer in (plain, sql)]
    widened = in_child(f"{TASKS}:warm_recommend", home=home, worker_ids=ids[:1], top=TOP_VACANCIES, stretch=True)
    cold_exact, served_exact = _equal(widened.value, as_told), _equal(ours.value, served.value)
    rows = [
        Row("matcher recommend, warm, store and log", ours, n),
        Row("matcher recommend, cold process", cold, n, cold_exact[0]),
        Row("plain Python rules over the store", plain, n, verdicts[0][0]),
        Row("SQLite leaves out shut posts, then plain rules", sql, n, verdicts[1][0]),
        Row("matcher recommend, in the server's process", served, n, served_exact[0]),
    ]
    return Table(
        "recommend",
        f"one worker x {n:,} vacancies, top {TOP_VACANCIES}, {sizes['workers']:,} workers stored",
        rows,
        (
            Goal("warm", rows[0].median, 0.5, "s"),
            Goal("cold", rows[1].median, 2.5, "s"),
            Goal("served", rows[4].median, 0.05, "s"),
        ),
        (f"each method on the same {len(few)} workers, ours on {len(ids)}; the peers write no decision", MANY_UNITS),
        [*verdicts[0][1], *verdicts[1][1], *cold_exact[1], *served_exact[1]],
    )


def candidates(home: str, county: dict[str, Any], sizes: dict[str, int]) -> Table:
    """One vacancy x all workers."""
    ids, n, size = county["vacancy_ids"], sizes["workers"], sizes["candidates_sample"]
    asked = {"home": home, "vacancy_ids": ids, "top": TOP_WORKERS, "repeats": sizes["candidates_repeats"]}
    ours = in_child(f"{TASKS}:warm_candidates", **asked)
    served = in_child(f"{TASKS}:warm_candidates", **asked, serving=True)
    by_rounds = in_child(f"{TASKS}:warm_candidates", **asked, serving=True, by_rounds=True)
    on_sample = {"home": home, "vacancy_ids": ids, "top": TOP_WORKERS, "size": size}
    sample = in_child(f"{TASKS}:sample_candidates", **on_sample)
    plain = in_child(f"{TASKS}:plain_candidates", **on_sample)
    command = [*MATCHER, home, "candidates", "--vacancy", ids[0], "--top", str(TOP_WORKERS), *DAY]
    cold = of_command(command, repeats=sizes["candidates_cold"])
    listed = json.loads(cold.value)["lists"][0]["items"]
    verdict, served_verdict = _equal(sample.value, plain.value), _equal(ours.value, served.value)
    round_verdict = _equal(served.value, by_rounds.value)
    same = [i["worker_id"] for i in listed] == [row[0] for row in ours.value[0]]
    rows = [
        Row("matcher candidates, warm, store and log", ours, n),
        Row("matcher candidates, cold process", cold, n, "equal 1/1 lists" if same else "not equal"),
        Row(f"ours in memory, {size:,} workers", _bare(sample), size),
        Row(f"plain Python rules in memory, {size:,} workers", _bare(plain), size, verdict[0]),
        Row("matcher candidates, in the server's process, a crowd asked", served, n, served_verdict[0]),
        Row("the same, every stage over everybody (numpy)", by_rounds, n, round_verdict[0]),
    ]
    return Table(
        "candidates",
        f"one vacancy x {n:,} workers, top {TOP_WORKERS}",
        rows,
        (
            Goal("warm", rows[0].median, 6.0, "s"),
            Goal("cold", rows[1].median, 10.0, "s"),
            Goal("served", rows[4].median, 0.3, "s"),
        ),
        (
            f"vacancies: own county, partner province, reserved for a group; the sample: {size:,} workers, every n-th",
            "the two methods in memory neither read the store nor write a decision",
            MANY_UNITS,
        ),
        [*verdict[1], *served_verdict[1], *round_verdict[1], *([] if same else ["cold and warm lists differ"])],
        {
            "speed-up over plain rules in memory": round(rows[3].median / rows[2].median, 1),
            "speed-up of a crowd over every stage": round(rows[5].median / rows[4].median, 1),
        },
    )


def _bare(timing: Timing) -> Timing:
    """Without the memory: it is that of reading everybody before the sample is drawn."""
    return Timing(timing.seconds, timing.cpu, timing.value)
