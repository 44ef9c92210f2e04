"""What one rule looks at for n people at once: facts, those derived from them, figures; each worked out once.

The object evaluator stops at the first figure a document does not state. Here every question remembers in which rows
such a figure was met (`Missing`), and only the rows that really ask the question take it over: so each row meets the
same figure first as it does alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns.exact import as_day, constant
from matcher.policy.columns.kinds import UNKNOWN_LEVEL, Absent, Bools, Days, Levels, NotInColumns
from matcher.policy.columns.merge import merged
from matcher.policy.columns.nested import Column, Lists
from matcher.policy.columns.read import table
from matcher.policy.columns.twins import FORMULAS, PREDICATES
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.logic import TRUE_LEVEL, all_levels, any_levels
from matcher.policy.predicates.facts import Window
from matcher.policy.rule_types import Condition, Output, Parameter, ParameterKind, Rule
from matcher.policy.types import Pack

# Row -> 0, or 1 + place in `World.met` of the figure that is missing; None where no row misses any.
Missing: TypeAlias = NDArray[np.int16] | None


# Stands in `World.met` for what columns cannot answer; nobody but the evaluator can, should a row really ask it.
UNFIT = ("", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer to one question for every row, and where a figure was missing on the way."""

    value: Any
    missing: Missing


class World:
    """One rule, its pack and the columns of n rows."""

    def __init__(self, pack: Pack, rule: Rule, facts: Mapping[str, Column], n: int, conventions: Conventions) -> None:
        self.pack, self.rule, self.conventions, self.n = pack, rule, conventions, n
        self.met: list[tuple[str, str]] = []
        self.missing: Missing = None
        self._given = facts
        self._derives = {output.key: output for output in rule.derives}
        self._kept: dict[str, Asked] = {}
        self._levels: dict[Condition, Asked] = {}

    @property
    def window(self) -> Window:
        """The days of the rule, else of its document."""
        document = self.pack.document
        settled = document.printed if self.rule.from_ is None else None
        return Window(from_=self.rule.from_ or document.from_, settled=settled, to=self.rule.to or document.to)

    @property
    def on(self) -> Days | None:
        """The day of the rule in each row; None where the rule names no fact for it."""
        if not self.rule.day:
            return None
        found = self.fact(self.rule.day)
        if isinstance(found, Absent):
            return None
        if not isinstance(found, Days):
            raise NotInColumns(f"{self.rule.day} is no day")
        return found

    def fact(self, name: str) -> Column:
        """A fact given, computed before or derived; unknown everywhere where there is none of that name."""
        if name in self._given:
            return self._given[name]
        if name not in self._kept:
            derived = self._derives.get(name)
            self._kept[name] = Asked(Absent(self.n), None) if derived is None else self._asked(_compute, derived)
        return self._take_over(self._kept[name])  # type: ignore[no-any-return]

    def value(self, name: str, rows: Bools) -> Column:
        """What a formula means by a name: a fact or value before it, else the figure; asked for in `rows` only."""
        if name in self._given or name in self._kept or name in self._derives:
            return self.fact(name)
        return Absent(self.n) if name in self.rule.inputs else self.figure_column(name, rows)

    def level(self, condition: Condition) -> Levels:
        """Truth of a condition in every row, worked out once whatever its reason."""
        if condition not in self._levels:
            self._levels[condition] = self._asked(_truth, condition)
        return self._take_over(self._levels[condition])  # type: ignore[no-any-return]

    def compute(self, output: Output) -> Column:
        """The value of an output in every row."""
        return _compute(self, output)

    def keep(self, key: str, column: Column, rows: Bools) -> None:
        """Make a value computed in `rows` known to what comes after it; a fact given of that name stays."""
        if key in self._given:
            return
        before, self.missing = self.missing, None
        old = self.fact(key)
        after, self.missing = self.missing, before
        kept = None if after is None else np.where(rows, np.int16(0), after)
        self._kept[key] = Asked(merged(rows, column, old), kept)
        self._levels.clear()

    def live(self) -> Bools:
        """Rows in which no figure was missing so far."""
        return np.ones(self.n, dtype=np.bool_) if self.missing is None else self.missing == 0

    def parameters(self, name: str) -> Iterator[tuple[Parameter, Bools | None]]:
        """Rows of figures of that id, each with the people on whose day it counts (None: all)."""
        variants = [row for row in self.pack.parameters if row.id == name]
        if not variants:
            return
        on = self.on
        if on is None:
            yield variants[0], None
            return
        open_ = np.ones(self.n, dtype=np.bool_)
        chosen = []
        for row in variants:
            holds = open_ & (_holds_on(row, on) | ~on.known)
            chosen.append(holds)
            open_ &= ~holds
        chosen[0] = chosen[0] | open_
        yield from zip(variants, chosen, strict=True)

    def figures(self, name: str, rows: Bools) -> Iterator[tuple[Parameter, Bools | None]]:
        """As `parameters`, only those with a value in force; what `rows` miss is remembered.

        A name the pack does not hold is remembered as UNFIT.
        """
        found = list(self.parameters(name))
        if not found:
            self.miss(rows, UNFIT)
        for row, people in found:
            asking = rows if people is None else rows & people
            refusal = _REFUSALS.get(row.kind)
            if refusal is not None:
                self.miss(asking, (refusal[0], f"{refusal[1]}:{name}"))
                continue
            on = self.on
            if on is not None and (row.from_ is not None or row.to is not None):
                late = asking & on.known & ~_holds_on(row, on)
                self.miss(late, ("no_rule", f"not_in_force:{name}"))
            yield row, people

    def figure_column(self, name: str, rows: Bools) -> Column:
        """The figure in force in each row as a column, unknown where it is missing."""
        result: Column = Absent(self.n)
        for row, people in self.figures(name, rows):
            column = constant(row.value, self.n)
            result = column if people is None else merged(people, column, result)
        return result if self.missing is None else result.only(self.live())

    def miss(self, rows: Bools, outcome_and_reason: tuple[str, str]) -> None:
        """Remember a missing figure in rows that have not met another before."""
        if not rows.any():
            return
        if outcome_and_reason not in self.met:
            self.met.append(outcome_and_reason)
        code = np.int16(self.met.index(outcome_and_reason) + 1)
        before = np.zeros(self.n, dtype=np.int16) if self.missing is None else self.missing
        self.missing = np.where(rows & (before == 0), code, before)

    def of_items(self, lists: Lists) -> ItemWorld:
        """The same world seen from every item of a list."""
        return ItemWorld(self, lists)

    def back_from(self, items: ItemWorld) -> None:
        """Take over what figures the items missed: of each row, that of its first such item."""
        if items.missing is None:
            return
        where = np.flatnonzero(items.missing)
        parents, first = np.unique(items.parent[where], return_index=True)
        codes = items.missing[where[first]]
        for code in np.unique(codes):
            rows = np.zeros(self.n, dtype=np.bool_)
            rows[parents[codes == code]] = True
            self.miss(rows, self.met[code - 1])

    def restrict(self, rows: Bools, before: Missing) -> None:
        """Forget what was missed since `before` outside `rows`."""
        if self.missing is not None:
            earlier = np.zeros(self.n, dtype=np.int16) if before is None else before
            self.missing = np.where(rows, self.missing, earlier)

    def _asked(self, question: Callable[..., Any], *about: Any) -> Asked:
        """Ask as if nothing had been missed so far."""
        before, self.missing = self.missing, None
        value = question(self, *about)
        asked, self.missing = Asked(value, self.missing), before
        return asked

    def _take_over(self, asked: Asked) -> Any:
        if asked.missing is not None:
            if self.missing is None:
                self.missing = asked.missing.copy()
            else:
                self.missing = np.where(self.missing == 0, asked.missing, self.missing)
        return asked.value


class ItemWorld(World):
    """Every item of a list; what it does not hold is that of the row it belongs to."""

    def __init__(self, whole: World, lists: Lists) -> None:
        items = table(lists)
        super().__init__(whole.pack, whole.rule, items.columns, items.n, whole.conventions)
        self.met, self.whole, self.parent = whole.met, whole, lists.parent

    def fact(self, name: str) -> Column:
        """A column of the item, else the fact of its row."""
        if name in self._given:
            return self._given[name]
        if name not in self._kept:
            asked = self.whole._asked(lambda whole: whole.fact(name))
            missing = None if asked.missing is None else asked.missing[self.parent]
            self._kept[name] = Asked(asked.value.take(self.parent), missing)
        return self._take_over(self._kept[name])  # type: ignore[no-any-return]


def _compute(world: World, output: Output) -> Column:
    """The value of an output in every row. Raises NotInColumns for a formula without a columnar form."""
    if output.fixed is not None:
        return constant(output.fixed, world.n)
    if output.formula not in FORMULAS:
        raise NotInColumns(f"formula {output.formula}")
    return FORMULAS[output.formula](world, output)


def _truth(world: World, condition: Condition) -> Levels:
    """Truth of a condition in every row; twin of `predicates.truth`."""
    parts: list[Levels] = []
    n = world.n
    if condition.is_:
        parts.append(PREDICATES[condition.is_](world, condition))
    if condition.all is not None:
        parts += [world.level(part) for part in condition.all]
    if condition.any is not None:
        parts.append(any_levels([world.level(part) for part in condition.any], n))
    if condition.none is not None:
        parts.append((TRUE_LEVEL - any_levels([world.level(part) for part in condition.none], n)).astype(np.int8))
    return parts[0] if len(parts) == 1 else all_levels(parts, n)


def unknown(n: int) -> Levels:
    """Unknown in every row."""
    return np.full(n, UNKNOWN_LEVEL, dtype=np.int8)


def _holds_on(row: Parameter, on: Days) -> Bools:
    holds = np.ones(len(on.day), dtype=np.bool_)
    if row.from_ is not None:
        holds &= on.day >= as_day(row.from_)
    if row.to is not None:
        holds &= on.day <= as_day(row.to)
    return holds


_REFUSALS: Mapping[ParameterKind, tuple[str, str]] = {
    ParameterKind.MASKED: ("not_computable", "masked"),
    ParameterKind.UNSPECIFIED: ("needs_config", "unspecified"),
    ParameterKind.ABSENT: ("no_rule", "not_in_force"),
}
