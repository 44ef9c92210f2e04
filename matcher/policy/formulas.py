"""The small set of formula kinds that outputs of a rule are computed with; exact decimals, no floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from matcher.policy.conventions import term_end
from matcher.policy.rule_types import Output

FEN = Decimal("0.01")

Resolve = Callable[[str], Any]
Compute = Callable[[Output, Resolve], Any]


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A formula kind: how many operands it takes (None: any number) and how it computes."""

    name: str
    n_operands: int | None
    compute: Compute


FORMULAS: dict[str, Formula] = {}


def formula(name: str, *operands: str) -> Callable[[Compute], Compute]:
    """Register a formula kind with the names of its operands (none named: any number); ValueError for a double name."""
    n_operands = len(operands) or None

    def register(compute: Compute) -> Compute:
        if name in FORMULAS:
            raise ValueError(f"formula {name} is registered twice")
        FORMULAS[name] = Formula(name=name, n_operands=n_operands, compute=compute)
        return compute

    return register


@formula("product")
def _product(output: Output, resolve: Resolve) -> Decimal:
    return _multiply(output.of, resolve)


@formula("sum_of_products")
def _sum_of_products(output: Output, resolve: Resolve) -> Decimal:
    return sum((_multiply(group, resolve) for group in output.groups), Decimal())


@formula("names_where")
def _names_where(output: Output, resolve: Resolve) -> list[str]:
    """Names of the groups (name, fact) whose fact is known to hold, in their order; none without groups."""
    return [name for name, fact in output.groups if resolve(fact) is True]


@formula("at_most", "value", "limit")
def _at_most(output: Output, resolve: Resolve) -> bool:
    value, limit = (resolve(name) for name in output.of)
    return bool(value <= limit)


@formula("mean_reaches", "values", "standard")
def _mean_reaches(output: Output, resolve: Resolve) -> bool | None:
    """Whether the mean of a list reaches a standard; None for an empty list. Sums, so nothing is rounded."""
    values, standard = (resolve(name) for name in output.of)
    return None if not values else bool(sum(values, Decimal()) >= standard * len(values))


@formula("term_end", "start", "years", "convention")
def _term_end(output: Output, resolve: Resolve) -> date:
    """Last day of a term: start, years, and the convention by name."""
    start, years, convention = (resolve(name) for name in output.of)
    return term_end(start, years, convention)


def render(value: Any, shape: str = "") -> Any:
    """A computed value as JSON: money with two decimals, other decimals as text, days as ISO text."""
    if shape == "money":
        return str(Decimal(value).quantize(FEN))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: render(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [render(item) for item in value]
    return value


def _multiply(names: tuple[str, ...], resolve: Resolve) -> Decimal:
    result = Decimal(1)
    for name in names:
        result *= resolve(name)
    return result
