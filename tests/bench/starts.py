"""Workload start: a list from a process that has just begun, by the index that an earlier one left on the disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from matcher.services.rounds.posts_at_once import FEWEST_ON_DISK
from tests.bench.lists import DAY, MATCHER
from tests.bench.measure import Timing, in_child, of_command
from tests.bench.report import Goal, Row, Table

LONGEST_START_S = 2.0
INDEX = "index"
TOP = "10"
N_WRITTEN = 3
"""Of the posts on the list: the list must change by them."""
EQUAL = "equal, list for list"


def starts(home: str, county: dict[str, Any], sizes: dict[str, int]) -> Table:
    """One worker x all vacancies, from the start of the process to its end."""
    n, worker_id = sizes["start_vacancies"], county["worker_ids"][0]
    program = MATCHER if n >= FEWEST_ON_DISK else ["-m", "tests.bench.small_index", *MATCHER[2:]]
    command = [*program, home, "recommend", "--worker", worker_id, "--top", TOP, *DAY]
    of_command(command, repeats=1)
    before = in_child("tests.bench.start_tasks:whole", home=home, worker_id=worker_id)
    shutil.rmtree(Path(home) / INDEX, ignore_errors=True)
    first = of_command(command, repeats=1)
    left = any((Path(home) / INDEX).glob("*"))
    next_ones = of_command(command, repeats=sizes["cold"])
    listed = [item["vacancy_id"] for item in before.value[0]["items"][-N_WRITTEN:]]
    in_child("tests.bench.start_tasks:write_some", home=home, vacancy_ids=listed)
    after = of_command(command, repeats=1)
    whole = in_child("tests.bench.start_tasks:whole", home=home, worker_id=worker_id)
    told = [_held(timing, round_) for timing, round_ in ((next_ones, before), (first, before), (after, whole))]
    broken = [word for word in told if word != EQUAL]
    broken += [] if left else ["no index was left on the disk"]
    broken += ["the posts written change no list"] if before.value == whole.value else []
    rows = [
        Row("matcher recommend, a new process", next_ones, n, told[0]),
        Row("the first one, which makes the index", first, n, told[1]),
        Row("the first one after three posts were written", after, n, told[2]),
        Row("the same without an index, whole round", whole, n, EQUAL, note="no start of a process in it"),
    ]
    return Table(
        "start",
        f"one worker x {n:,} vacancies, top 10, from the start of a process",
        rows,
        (Goal("cold start", rows[0].median, LONGEST_START_S, "s"),),
        ("a process includes the interpreter, the packs, the answer and its logged decision",),
        broken,
    )


def _held(timing: Timing, whole: Timing) -> str:
    """Whether the lists of a command are those of the whole round over the same records."""
    return EQUAL if json.loads(timing.value)["lists"] == whole.value else "NOT equal"
