"""The works of `profile_loops`: each one's title, its units, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from matcher import kernels
from matcher.allocation.auction import auction
from matcher.kernels import everybody
from matcher.kernels.askers import Askers
from matcher.language import nearest
from matcher.language.classification import classification
from matcher.ports import InTurn
from matcher.scoring import adding
from matcher.scoring.kernel import logistic_table
from matcher.shortlist import PlanMode
from tests.bench import assign_tasks, bulk_data, bulk_tasks
from tests.bench.crowd_tasks import Plan
from tests.bench.kernel_market import market
from tests.bench.plan_tasks import means_of, rosters_of
from tests.bench.table_tasks import cells_of, drawn_values
from tests.bench.trade_tasks import free_texts

Work = tuple[str, int, Callable[[], Any]]
SIZES: dict[str, Any] = {
    "crowd": (40_000, 1_500), "auction": (20_000, 4_000, 25), "csv": 200_000, "xlsx": 20_000, "trades": 200_000,
    "names": 3_000, "orders": (3_000, 300, 100_000), "rows": 100_000,
}  # fmt: skip
TINY: dict[str, Any] = {
    "crowd": (400, 80), "auction": (100, 20, 10), "csv": 300, "xlsx": 60, "trades": 300, "names": 200,
    "orders": (60, 10, 300), "rows": 1_000,
}  # fmt: skip


def crowd(mode: str, folder: Path, sizes: dict[str, Any]) -> Work:
    """Candidates, prices and lists of a crowd, in one process."""
    del folder
    workers, vacancies = sizes["crowd"]
    rosters, plan = rosters_of(workers, vacancies), Plan(means_of(), PlanMode(mode), InTurn())
    kernels.make_ready()
    n = len(rosters.workers)
    return f"{mode} plan of {n:,} willing workers x {vacancies:,} vacancies", n, lambda: plan.made(rosters)


def bids(folder: Path, sizes: dict[str, Any]) -> Work:
    """The auction of a drawn market."""
    workers, posts, width = sizes["auction"]
    path = str(folder / "market.npz")
    assign_tasks.make(path, workers, posts, width)
    of = assign_tasks._market(path)
    title = f"{workers:,} workers x {posts:,} posts, {len(of.pairs):,} pairs"
    return title, len(of.pairs), lambda: auction(of, gap=assign_tasks.GAP)


def survey(form: str, folder: Path, sizes: dict[str, Any]) -> Work:
    """A roster checked by column."""
    path, n = str(folder / f"bulk.{form}"), sizes[form]
    getattr(bulk_data, f"write_{form}")(path, n)
    return f"{n:,} workers x 7 columns", n, bulk_tasks._Check(path).surveyed


def trades(folder: Path, sizes: dict[str, Any]) -> Work:
    """Names like free texts."""
    del folder
    n, known = sizes["trades"], sorted(classification().aliases)[: sizes["names"]]
    said, index = free_texts(known, n), nearest.NameIndex(known)
    nearest.FEW_PAIRS = 0  # small sizes go through the loops as well
    return f"{n:,} texts x {len(known):,} names", n, lambda: index.nearest(said)


def orders(folder: Path, sizes: dict[str, Any]) -> Work:
    """Everybody on the shelf of an order, vacancy after vacancy."""
    del folder
    people, vacancies, workers = sizes["orders"]
    made = market(people, vacancies, workers)
    posts, shelf, logistic = made.posts(), made.crowd().shelf, logistic_table()
    each = [_alone(posts, ix) for ix in range(min(len(posts), 50))]
    title = f"verdict and fit of {len(shelf):,} workers for each of {len(each)} vacancies"
    return title, len(shelf) * len(each), lambda: [everybody.compiled(one, shelf, logistic) for one in each]


def _alone(askers: Askers, at: int) -> Askers:
    """The one who asks at a position."""
    one = slice(at, at + 1)
    return replace(askers, codes=askers.codes[one], own=askers.own[one], factor=askers.factor[one], key=askers.key[one])


def entries(folder: Path, sizes: dict[str, Any]) -> Work:
    """Entries of a stage's tables added up."""
    del folder
    n, rng = sizes["rows"], np.random.default_rng(0)
    cells = cells_of(drawn_values(n, 0))
    tables = {term: rng.normal(size=int(column.max()) + 1) for term, column in cells.items()}
    title = f"{len(tables)} terms of {n:,} rows"
    return title, n, lambda: adding.compiled(np.zeros(n), tables, cells)


WORKS: dict[str, Callable[[Path, dict[str, Any]], Work]] = {
    "balanced": partial(crowd, "balanced"),
    "priced": partial(crowd, "priced"),
    "auction": bids,
    "csv": partial(survey, "csv"),
    "xlsx": partial(survey, "xlsx"),
    "trades": trades,
    "orders": orders,
    "tables": entries,
}
