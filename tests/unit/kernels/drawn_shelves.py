"""Drawn cells, codes and rows, told twice: as the plain specification reads them and as the kernels do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from matcher.kernels import Askers, Cells, Layout, Ranking, Rows, Shelf, layout_of, shelved
from matcher.kernels.askers import asking, mixed
from matcher.kernels.spec import Cell, One, Rules, Who
from matcher.scoring.kernel import band_thresholds, logistic_table

HEAD, REACH = (3, 0), (1,)
N_STAGES = 3


@dataclass(frozen=True)
class Drawn:
    """One market. tables : of each relation its cells, shape (codes of who asks, codes on the shelf)"""

    tables: list[list[list[Cell]]]
    who: list[tuple[list[int], Cell, int, int]]
    ones: list[One]
    rules: Rules

    def asker(self, ix: int) -> Who:
        codes, own, factor, key = self.who[ix]
        return Who([table[code] for table, code in zip(self.tables, codes, strict=True)], own, factor, key)


def market(
    seed: int,
    *,
    order: int,
    n_who: int = 3,
    n_ones: int = 40,
    spread: int = 900,
    odds_of_no: float = 0.1,
    flat: bool = False,
    n_codes: int = 4,
    n_relations: int = 5,
) -> Drawn:
    """A market from a seed. spread : largest part of a cell; flat : every cell and number is the same"""
    rng = np.random.default_rng(seed)

    def cell(no: float = odds_of_no) -> Cell:
        if flat:
            return Cell(2, (0, 0, 0))
        verdict = int(rng.choice([0, 1, 2], p=[no, 0.1, 0.9 - no]))
        return Cell(verdict, tuple(int(x) for x in rng.integers(-spread, spread + 1, N_STAGES)))

    def number(low: int, high: int) -> int:
        return 0 if flat else int(rng.integers(low, high))

    tables = [[[cell() for _ in range(1 + int(rng.integers(n_codes)))] for _ in range(3)] for _ in range(n_relations)]
    for table in tables:
        width = len(table[0])
        table[1:] = [[cell() for _ in range(width)] for _ in table[1:]]
    who = [
        (
            [int(rng.integers(len(table))) for table in tables],
            cell(),
            number(1 << 16, 1 << 20),
            int(rng.integers(1 << 63)),
        )
        for _ in range(n_who)
    ]
    start = int(rng.choice([0, 1 << 40]))
    ones = [
        One(
            number=start + ix,
            codes=[int(rng.integers(len(table[0]))) for table in tables],
            own=cell(0.0),
            key=int(rng.integers(1 << 63)) * 2 + 1,
            price=number(-(1 << 31), 1 << 31),
            status=number(0, 3) * 128 + number(0, 2),
            waiting=number(0, 3),
            weight=number(-50, 200),
        )
        for ix in range(n_ones)
    ]
    rules = Rules(
        intercepts=(0, 0, 0) if flat else tuple(int(x) for x in rng.integers(-1500, 1500, N_STAGES)),
        logistic=logistic_table().tolist(),
        order=order,
        bands=band_thresholds(100).tolist(),
        floor=int(rng.choice([0, 1 << 38])),
    )
    return Drawn(tables, who, ones, rules)


def as_arrays(drawn: Drawn) -> tuple[Askers, Shelf, Ranking]:
    """The market as the kernels read it."""
    layout = layout_for(drawn)
    askers = asking(
        np.array([codes for codes, *_ in drawn.who], dtype=np.int32),
        layout.pack(len(drawn.tables), cells_of([own for _, own, *_ in drawn.who])),
        np.array([factor for _, _, factor, _ in drawn.who], dtype=np.int64),
        np.array([key for *_, key in drawn.who], dtype=np.uint64),
        [
            layout.pack(ix, cells_of([cell for row in table for cell in row])).reshape(len(table), -1)
            for ix, table in enumerate(drawn.tables)
        ],
    )
    shelf = shelved(
        rows_of(drawn.ones, layout, len(drawn.tables)), layout, head=HEAD, reach=REACH, area_of=areas(drawn)
    )
    rules = drawn.rules
    ranking = Ranking(
        np.array(rules.logistic, dtype=np.int64), rules.order, np.array(rules.bands, dtype=np.int64), rules.floor
    )
    return askers, shelf, ranking


def areas(drawn: Drawn) -> np.ndarray:
    """Two codes of the reach an area."""
    return (np.arange(len(drawn.tables[REACH[0]][0])) // 2).astype(np.int32)


def layout_for(drawn: Drawn) -> Layout:
    """Room for every cell there is: the relations, who asks, who is listed."""
    parts = [[cell for row in table for cell in row] for table in drawn.tables]
    parts += [[own for _, own, *_ in drawn.who], [one.own for one in drawn.ones] or [Cell(2, (0, 0, 0))]]
    odds = [np.array([cell.odds for cell in part], dtype=np.int64) for part in parts]
    return layout_of(np.array([np.stack([o.min(0), o.max(0)], 1) for o in odds]), drawn.rules.intercepts)


def rows_of(ones: list[One], layout: Layout, n_relations: int) -> Rows:
    """Those who may be listed as columns."""

    def column(name: str) -> np.ndarray:
        return np.array([getattr(one, name) for one in ones], dtype=np.int64)

    return Rows(
        number=column("number"),
        key=np.array([one.key for one in ones], dtype=np.uint64),
        base=layout.pack(n_relations + 1, cells_of([one.own for one in ones])),
        price=column("price"),
        status=column("status"),
        waiting=column("waiting"),
        weight=column("weight"),
        codes=np.array([one.codes for one in ones], dtype=np.int32).reshape(len(ones), n_relations),
    )


def cells_of(cells: list[Cell]) -> Cells:
    return Cells(
        np.array([cell.verdict for cell in cells], dtype=np.int8),
        np.array([cell.odds for cell in cells], dtype=np.int32).reshape(len(cells), N_STAGES),
    )


seeds = st.integers(0, 1 << 32)
__all__ = ["Drawn", "areas", "as_arrays", "layout_for", "market", "mixed", "rows_of", "seeds"]
