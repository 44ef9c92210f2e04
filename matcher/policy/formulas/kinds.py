"""The closed set of formula kinds: how a value follows from facts, figures and values before it; exact, no floats.

A formula whose operand nobody knows has no value (None). The kinds stand by family in `amounts`, `calendars`,
`choices` and `lists`; each needs its Chinese sentence in `policy.pages.formulas`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

import msgspec

from matcher.policy.predicates.facts import World
from matcher.policy.rule_types import Output

FEN = Decimal("0.01")


class Unknown(Exception):
    """An operand of a formula is not known."""


class Scope(World, Protocol):
    """What a formula may look at: what predicates see, values by name, and the same from one row of a list."""

    def value(self, name: str) -> Any:
        """A fact, a value computed before, or a figure; raises Unknown where nobody knows."""

    def of_row(self, row: Mapping[str, Any]) -> Scope:
        """The same world seen from one row of a list."""


Compute = Callable[[Output, Scope], Any]


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A formula kind.

    n_operands : how many names `of` holds (None: any number)
    uses : which further keys of an Output it needs; may : those it takes besides
    text_first : how many places of each group are words, not operands (-1: all but the last)
    """

    name: str
    n_operands: int | None
    uses: frozenset[str]
    may: frozenset[str]
    text_first: int
    compute: Compute


FORMULAS: dict[str, Formula] = {}


def formula(name: str, *operands: str, uses: str = "", text_first: int = 0) -> Callable[[Compute], Compute]:
    """Register a formula kind with the names of its operands (none named: any number); ValueError for a double name.

    uses : keys of the Output it needs (groups, rows, where, field, choices), `?` after one it may lack
    """
    n_operands = len(operands) or None
    wanted = uses.split()
    needed, optional = ({key.rstrip("?") for key in wanted if key.endswith("?") is may} for may in (False, True))

    def register(compute: Compute) -> Compute:
        if name in FORMULAS:
            raise ValueError(f"formula {name} is registered twice")
        FORMULAS[name] = Formula(
            name=name,
            n_operands=n_operands,
            uses=frozenset(needed),
            may=frozenset(optional),
            text_first=text_first,
            compute=compute,
        )
        return compute

    return register


def compute(output: Output, scope: Scope) -> Any:
    """The value of an output, None where an operand is not known."""
    if output.fixed is not None:
        return output.fixed
    try:
        return FORMULAS[output.formula].compute(output, scope)
    except Unknown:
        return None


def operands(output: Output) -> tuple[str, ...]:
    """Every name an output reads by itself (its conditions read more)."""
    kind = FORMULAS.get(output.formula)
    first = kind.text_first if kind else 0
    return (*output.of, *(name for group in output.groups for name in group[first:]))


def in_fen(value: Any) -> Decimal:
    """An amount in whole fen, half a fen up."""
    return Decimal(value).quantize(FEN, rounding=ROUND_HALF_UP)


def render(value: Any, shape: str = "") -> Any:
    """A computed value as JSON: money with two decimals, other decimals as text, days as ISO text."""
    if shape in SHAPES:
        return SHAPES[shape](Decimal(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: render(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [render(item) for item in value]
    return value


SHAPES: dict[str, Callable[[Decimal], str]] = {
    "money": lambda value: str(in_fen(value)),
    "rate": lambda value: f"{value.normalize():f}",
}
