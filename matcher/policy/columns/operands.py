"""Operands of a formula in their order: one nobody knows ends the computation, so that no later figure is asked for."""

from __future__ import annotations

import numpy as np

from matcher.policy.columns import read
from matcher.policy.columns.kinds import Absent, Bools, Numbers
from matcher.policy.columns.nested import Column, Lists
from matcher.policy.columns.world import World


class Operands:
    """Takes one operand after the other; `rows` are those in which all so far are known."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: Bools = np.ones(world.n, dtype=np.bool_)

    def take(self, name: str) -> Column:
        """The next operand; rows in which it is unknown are out from here on."""
        before = self.world.missing
        column = self.world.value(name, self.rows)
        self.world.restrict(self.rows, before)
        self.rows = self.rows & column.known
        return column

    def number(self, name: str) -> Numbers:
        """The next operand as a number."""
        return read.numbers(self.take(name))

    def list_of_numbers(self, name: str) -> tuple[Lists, Numbers]:
        """The next operand as a list, and its items."""
        column = read.lists(self.take(name))
        return column, read.units_of_list(column)

    def over(self, column: Column) -> Column:
        """The result, where every operand is known."""
        return column.only(self.rows) if self.rows.any() else Absent(self.world.n)
