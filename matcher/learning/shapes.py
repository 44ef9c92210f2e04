"""The cells of every term, which of them stand in an order, and where a table may only rise or fall along it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.features import VOCABULARY
from matcher.scoring.adding import added
from matcher.scoring.model import cell_names, cells_of_numbers

Codes = Mapping[str, NDArray[np.int32]]
"""Term -> cell of each row."""
Tables = dict[str, NDArray[np.float64]]
"""Term -> log-odds of each cell."""


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()
    rising: frozenset[str] = frozenset()
    falling: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shape:
    """A term's cells in table order. order : positions of those that stand in an order; breaks : of a number, else ()

    rising, falling : stages whose table may not go the other way along the order
    """

    term: str
    cells: tuple[str, ...]
    order: tuple[int, ...]
    breaks: tuple[int, ...]
    rising: frozenset[str]
    falling: frozenset[str]

    @property
    def specials(self) -> tuple[int, ...]:
        """Positions of the cells outside the order."""
        return tuple(ix for ix in range(len(self.cells)) if ix not in self.order)

    def direction(self, stage: str) -> int:
        """1 where the stage may only rise along the order, -1 only fall, 0 either."""
        return int(stage in self.rising) - int(stage in self.falling)

    def cell(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Cells of term values, as scoring reads them."""
        if not self.breaks:
            return values
        return cells_of_numbers(np.array(self.breaks, dtype=np.int32), values).astype(np.int32)


@cache
def shapes() -> Mapping[str, Shape]:
    """The declared shape of every term, from `shapes.toml`."""
    text = files("matcher.learning").joinpath("shapes.toml").read_text(encoding="utf-8")
    written = msgspec.convert(tomllib.loads(text), dict[str, _Written])
    return {term: _shape(term, written[term]) for term in VOCABULARY}


def _shape(term: str, told: _Written) -> Shape:
    cells = cell_names(term, VOCABULARY, {term: list(told.breaks)})
    names = cells[:-1] if told.breaks else told.order
    order = tuple(cells.index(name) for name in names)
    return Shape(term, cells, order, told.breaks, told.rising, told.falling)


def codes(values: Mapping[str, NDArray[np.int32]]) -> Codes:
    """Cells of every term from term values."""
    return {term: shape.cell(values[term]) for term, shape in shapes().items()}


def table_log_odds(intercept: float, tables: Tables, cells: Codes) -> NDArray[np.float64]:
    """Log-odds of rows: intercept and one entry per term."""
    return added(np.full(len(next(iter(cells.values()))), intercept), tables, cells)
