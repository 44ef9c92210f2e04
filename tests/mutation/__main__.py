"""`python -m tests.mutation [MODULE ...] [--minutes N]`: slips in the evaluator and money code, survivors printed.

Exit 1 for a survivor nobody has judged, and for a slip that could not be put in place.
MODULE is a path below matcher/policy without `.py`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TypeVar

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.oracle import POLICY, ROOT, Oracle, exchange, oracle

MODULES = (
    "evaluation/logic",
    "predicates/facts",
    "predicates/times",
    "predicates/lists",
    "formulas/amounts",
    "formulas/kinds",
    "formulas/calendars",
    "formulas/choices",
    "formulas/lists",
    "evaluation/decide",
    "evaluation/conventions",
    "evaluation/world",
    "evaluation/evaluate",
    "benefits/money",
    "benefits/compute",
    "benefits/double_claims",
    "benefits/window",
)
T = TypeVar("T")
# They have run before any slip is made: at import, where the tests of the loader stand.
AT_IMPORT = {"formula", "predicate", "cross_rule"}
JUDGED = Path(__file__).with_name("judged.toml")
MINUTES = 30
SECONDS_EACH = 90
SEEN, UNSEEN, UNTOUCHED = 1, 0, 3
SURVIVED = "SURVIVED"


def judged() -> dict[str, str]:
    """Name of a slip that changes nothing anybody can see -> why."""
    return {row["slip"]: row["reason"] for row in tomllib.loads(JUDGED.read_text("utf-8")).get("equivalent", [])}


def survived(output: str) -> set[str]:
    """Names of the slips that an earlier output of this command calls alive."""
    lines = (line.split(" ", 2) for line in output.splitlines() if line.startswith(f"{SURVIVED} "))
    return {name for _, _, name in lines}


def of_module(name: str) -> list[Mutant]:
    """The slips of a module that a running program can still make."""
    return [slip for slip in mutants(POLICY / f"{name}.py") if slip.function not in AT_IMPORT]


def main() -> int:
    """Fork a process a slip, two at a time; print what nobody sees."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="stop beginning new ones after this long")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--again", type=Path, help="only the slips that survived in this earlier output")
    options = parser.parse_args()
    every = [slip for name in options.modules for slip in of_module(name)]
    if options.again:
        alive_before = survived(options.again.read_text("utf-8"))
        every = [slip for slip in every if slip.name in alive_before]
    # Whatever the time allows is a fair sample of all modules, not the first of them.
    random.Random(0).shuffle(every)
    known, start = judged(), time.monotonic()
    every = [slip for slip in every if slip.name not in known]
    right = _quiet(oracle)
    for name in right.broken:
        print(f"left out, it fails without any slip: {name}")
    print(f"{len(every)} slips in {len(options.modules)} modules; {len(known)} judged before", flush=True)
    assert not _quiet(right.sees), "something is wrong without any slip"
    done = _run(every, right, deadline=start + 60 * options.minutes, jobs=options.jobs)
    alive = sorted((slip for slip, how in done.items() if how == UNSEEN), key=lambda slip: (slip.path, slip.line))
    for slip in alive:
        print(f"{SURVIVED} {slip.path.relative_to(ROOT)}:{slip.line} {slip.name}")
    n_seen = sum(how not in {UNSEEN, UNTOUCHED} for how in done.values())
    n_untouched = sum(how == UNTOUCHED for how in done.values())
    print(f"{n_seen} seen, {len(alive)} survived, {n_untouched} not reachable")
    print(f"{len(every) - len(done)} not begun; {time.monotonic() - start:.0f} s")
    return int(bool(alive) or n_untouched > 0)


def _run(every: list[Mutant], right: Oracle, *, deadline: float, jobs: int) -> dict[Mutant, int]:
    """Slip -> how its process ended."""
    done: dict[Mutant, int] = {}
    running: dict[int, Mutant] = {}
    waiting = list(reversed(every))
    while waiting or running:
        while waiting and len(running) < jobs and time.monotonic() < deadline:
            slip = waiting.pop()
            running[_fork(slip, right)] = slip
        if not running:
            break
        process, status = os.wait()
        slip = running.pop(process)
        done[slip] = os.waitstatus_to_exitcode(status)
        if done[slip] == UNSEEN:
            print(f"alive {slip.path.relative_to(ROOT)}:{slip.line} {slip.name}", flush=True)
        elif not len(done) % 50:
            print(f"{len(done)} tried", flush=True)
    return done


def _fork(slip: Mutant, right: Oracle) -> int:
    """A child with the slip in it; its exit code says whether a check saw it (a signal counts as seen)."""
    process = os.fork()
    if process:
        return process
    # Seconds of the processor: a slip that loops for ever is stopped, one on a busy machine is not.
    signal.setitimer(signal.ITIMER_PROF, SECONDS_EACH)
    code = SEEN
    try:
        if not exchange(slip.code(), slip.path, slip.function):
            code = UNTOUCHED
        else:
            code = SEEN if _quiet(partial(right.sees, slip.path)) else UNSEEN
    finally:
        os._exit(code)


def _quiet(work: Callable[[], T]) -> T:
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return work()


if __name__ == "__main__":
    sys.exit(main())
