"""The columnar forms of predicates and formula kinds by name; a word without one sends its rule to the evaluator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from matcher.policy.columns.kinds import Levels
from matcher.policy.columns.nested import Column
from matcher.policy.rule_types import Condition, Output

if TYPE_CHECKING:
    from matcher.policy.columns.world import World

Truth: TypeAlias = "Callable[[World, Condition], Levels]"
Compute: TypeAlias = "Callable[[World, Output], Column]"
PREDICATES: dict[str, Truth] = {}
FORMULAS: dict[str, Compute] = {}


def predicate_twin(name: str) -> Callable[[Truth], Truth]:
    """Register the columnar form of a predicate."""

    def register(truth: Truth) -> Truth:
        PREDICATES[name] = truth
        return truth

    return register


def formula_twin(name: str) -> Callable[[Compute], Compute]:
    """Register the columnar form of a formula kind."""

    def register(compute: Compute) -> Compute:
        FORMULAS[name] = compute
        return compute

    return register
