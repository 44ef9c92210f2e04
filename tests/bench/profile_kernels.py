"""`python -m tests.bench.profile_kernels [--workers N] [--vacancies N]`: where the time of each kernel goes.

CPU of each stage, the shortest of several rounds; what comes after the bounds of the heads is the whole search less
these. What was looked at is counted by the search itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from matcher import kernels
from matcher.kernels import use
from matcher.kernels.askers import Askers
from matcher.kernels.layout import NO_AT
from matcher.kernels.views import COUNTED, FACTOR, OWN, ROWS_SEEN, Lists, Told
from tests.bench.kernel_market import market, of_list, of_order

ROUNDS = 5
NO_ONE = 1 << NO_AT
BOUNDS, REST = "bounds of heads", "segments, rows, list"


def main() -> None:
    """Print one table a kernel."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile_kernels", description=__doc__)
    parser.add_argument("--people", type=int, default=3_000, help="of the county the workers are drawn from")
    parser.add_argument("--workers", type=int, default=50_000)
    parser.add_argument("--vacancies", type=int, default=5_000)
    parser.add_argument("--asked", type=int, default=200, help="questions of w1 and w2")
    options = parser.parse_args()
    made = market(options.people, options.vacancies, options.workers)
    kernels.make_ready()
    workers, posts, crowd = made.askers(), made.posts(), made.crowd().shelf
    for name, askers, shelf, ranking, top, n in (
        ("w1: one worker x all vacancies", workers, made.index.shelf, of_list(), 10, options.asked),
        ("w2: one vacancy x all workers", posts, crowd, of_order(), 50, options.asked),
        ("w3: every worker x all vacancies", workers, made.index.shelf, of_list(), 10, len(workers)),
    ):
        turns = np.linspace(0, len(askers) - 1, min(n, len(askers))).astype(np.int64)
        print(f"\n{name}: {len(turns):,} asked, {len(shelf):,} rows in {len(shelf.heads.best):,} heads and "
              f"{len(shelf.segments.best):,} segments")  # fmt: skip
        alone = not name.startswith("w3")
        for line in (_alone if alone else _together)(askers, shelf, ranking, top, turns):
            print(f"  {line}")


def _alone(askers: Askers, shelf: kernels.Shelf, ranking: kernels.Ranking, top: int, turns: Any) -> list[str]:
    """One question after the other: the stages within a question, its whole, and its tail."""
    views, run = use.views_of(askers, shelf, ranking), _begun()
    search, few = use.searcher(askers, shelf, ranking, top=top), np.split(turns, len(turns))
    seconds = np.array([_shortest(lambda ix=ix: search(ix, ix + 1)) for ix in turns.tolist()])
    upto = [_shortest(lambda stages=stages: [run(*views, one, stages) for one in few]) for stages in range(3)]
    spent = {
        "call": upto[0], "cells of who asks": upto[1] - upto[0], BOUNDS: upto[2] - upto[1],
        REST: float(seconds.sum()) - upto[2],
    }  # fmt: skip
    told = list(use.told_in_portions(views, turns))
    tail = f"p50 {np.median(seconds) * 1e6:.1f} us, p99 {np.quantile(seconds, 0.99) * 1e6:.1f}, "
    return [*_lines(spent, views, _counted(views, told, top), len(turns)), f"{tail}longest {seconds.max() * 1e6:.1f}"]


def _together(askers: Askers, shelf: kernels.Shelf, ranking: kernels.Ranking, top: int, turns: Any) -> list[str]:
    """All questions in one batch."""
    views, loops = use.views_of(askers, shelf, ranking), use.loops()
    spent = {
        "tuples of codes numbered": _shortest(lambda: loops.numbered(*views[:2], turns)),
        "cells of tuples, order": _shortest(lambda: list(use.told_in_portions(views, turns))),
    }
    spent["cells of tuples, order"] -= spent["tuples of codes numbered"]
    told, run = list(use.told_in_portions(views, turns)), _bounding()
    spent[BOUNDS] = _shortest(lambda: [run(*views, one) for one in told])
    spent[REST] = _shortest(lambda: _counted(views, told, top)) - spent[BOUNDS]
    kinds = sum(np.diff(one.kinds_at) for one in told).tolist()
    lines = _lines(spent, views, _counted(views, told, top), len(turns))
    return [*lines, f"different tuples of codes a bundle: {kinds}"]


def _lines(spent: dict[str, float], views: use.Views, counts: Any, n: int) -> list[str]:
    """Stages and what was looked at, a question."""
    whole, n_rows = sum(spent.values()), views[1].rows.shape[1]
    lines = [f"{name:26} {value / n * 1e6:9.1f} us {value / whole:5.0%}" for name, value in spent.items()]
    lines += [f"{name:26} {count / n:9.1f}" for name, count in zip(COUNTED, counts.tolist(), strict=True)]
    lines.append(f"{'whole':26} {whole / n * 1e6:9.1f} us")
    return [*lines, f"{'rows never looked at':26} {1 - counts[ROWS_SEEN] / n / max(1, n_rows):9.1%}"]


def _counted(views: use.Views, told: list[Told], top: int) -> Any:
    """What is looked at in working out all lists."""
    counts = np.zeros(len(COUNTED), dtype=np.int64)
    first, n = min(int(one.turns.min()) for one in told), max(int(one.turns.max()) for one in told) + 1
    shape = (n - first, top)
    lists = Lists(np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int8), np.empty(shape, np.int64), first)
    for one in told:
        use.loops().lists_of(*views, one, np.arange(len(one.turns)), lists, counts)
    return counts


@cache
def _bounding() -> Any:
    """The first steps of `loops._search` alone, compiled."""
    from numba import njit

    loops = use.loops()
    work_of, is_anybody, add_up, bound = loops.work_of, loops._is_anybody, loops._add_heads_up, loops._bound_heads

    @njit(nogil=True)
    def run(askers: Any, shelf: Any, rules: Any, told: Any) -> None:
        work = work_of(shelf, 1, np.zeros(len(COUNTED), dtype=np.int64))
        for nth in range(told.turns.size):
            who = askers.ones[told.turns[nth]]
            if who[OWN] < NO_ONE and is_anybody(told, nth, work.starts):
                place = told.kinds[nth, 1]
                add_up(told, nth, who[OWN], work.beside)
                bound(shelf.heads, told.best[told.kinds_at[1] + place], who[FACTOR], place, rules, work)

    return run


@cache
def _begun() -> Any:
    """A question up to a stage: 0 only called, 1 cells told, 2 heads bounded as well."""
    from numba import njit

    loops, bounding = use.loops(), _bounding()
    numbered, told_of = loops.numbered, loops.told_of

    @njit(nogil=True)
    def run(askers: Any, shelf: Any, rules: Any, turns: Any, stages: int) -> None:
        if stages:
            kinds, whose, n_kinds = numbered(askers, shelf, turns)
            told = told_of(askers, shelf, turns, kinds, whose, n_kinds)
            if stages > 1:
                bounding(askers, shelf, rules, told)

    return run


def _shortest(work: Callable[[], Any]) -> float:
    """CPU seconds of the shortest of several rounds, after one that is not counted."""
    work()
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


if __name__ == "__main__":
    main()
