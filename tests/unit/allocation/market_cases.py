"""Small markets, and the best plan of one by trying every plan there is."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import strategies as st

from matcher.allocation.market import NOBODY, Market, Shared, market, value_of
from matcher.pairs import Pairs


def made(rows, room, **limits) -> Market:
    """A market of rows (worker, vacancy, worth)."""
    workers, vacancies, worth = (
        np.array([row[at] for row in rows], dtype=kind) for at, kind in enumerate((np.int32, np.int32, np.int64))
    )
    n = max((int(row[0]) for row in rows), default=-1) + 1
    limits.setdefault("n_workers", n)
    return market(Pairs(workers, vacancies), worth, np.array(room, dtype=np.int64), **limits)


def keeps(of: Market, plan) -> bool:
    """Whether a plan keeps every limit, read plainly: pair by pair, vacancy by vacancy."""
    keys = zip(of.pairs.worker_ix.tolist(), of.pairs.vacancy_ix.tolist(), strict=True)
    row_of = {pair: at for at, pair in enumerate(keys)}
    sent = [(worker, vacancy) for worker, vacancy in enumerate(plan) if vacancy != NOBODY]
    if any(pair not in row_of for pair in sent):
        return False
    for vacancy in range(of.n_vacancies):
        rows = [row_of[pair] for pair in sent if pair[1] == vacancy]
        others = sum(not of.of_group[row] for row in rows)
        if len(rows) > of.room[vacancy] or others > max(0, of.room[vacancy] - of.kept_free[vacancy]):
            return False
        if of.land[vacancy] >= 0 and sum(int(of.load[row]) for row in rows) > of.land[vacancy]:
            return False
    if any(sum(v in limit.vacancies for _, v in sent) > limit.at_most for limit in of.shared):
        return False
    groups: dict[int, set[int]] = {}
    for worker, group in enumerate(of.together.tolist()):
        if group != NOBODY:
            groups.setdefault(group, set()).add(plan[worker])
    return all(len(places) == 1 for places in groups.values())


def best_by_trying(of: Market) -> int:
    """Value of the best of all plans."""
    open_to: list[list[int]] = [[NOBODY] for _ in range(of.n_workers)]
    for worker, vacancy in zip(of.pairs.worker_ix.tolist(), of.pairs.vacancy_ix.tolist(), strict=True):
        open_to[worker].append(vacancy)
    plans = (plan for plan in product(*open_to) if keeps(of, plan))
    return max(value_of(of, np.array(plan, dtype=np.int32)) for plan in plans)


@st.composite
def markets(draw, *, whole: bool = False) -> Market:
    """Up to six people and four vacancies with every kind of limit; `whole` also groups and land."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    cells = [(w, v) for w in range(n) for v in range(m)]
    kept = draw(st.lists(st.sampled_from(cells), unique=True, max_size=12))
    rows = [(w, v, draw(st.integers(1, 9))) for w, v in kept]
    numbers = lambda size, most: np.array(draw(st.lists(st.integers(0, most), min_size=size, max_size=size)))  # noqa: E731 - five columns of one line each
    home = numbers(n, max(0, n - 1)).astype(np.intp)
    limits = {
        "home": home,
        "bonus": numbers(int(home.max()) + 1, 6).astype(np.int64),
        "kept_free": numbers(m, 2).astype(np.int64),
        "of_group": numbers(len(rows), 1).astype(np.bool_),
        "tie": numbers(len(rows), 2**63).astype(np.uint64),
        "shared": tuple(
            Shared(tuple(sorted(draw(st.sets(st.integers(0, m - 1), min_size=1)))), draw(st.integers(0, 3)))
            for _ in range(draw(st.integers(0, 2)))
        ),
    }
    if whole:
        limits |= {
            "together": numbers(n, 3).astype(np.intp) - 1,
            "load": numbers(len(rows), 3).astype(np.int64),
            "land": numbers(m, 6).astype(np.int64) - 1,
        }
    return made(rows, numbers(m, 3), **limits)
