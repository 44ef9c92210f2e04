"""Predicates over codes and lists: one of, some of, all of what a rule or its document names."""

from __future__ import annotations

from matcher.policy.evaluation.logic import Truth
from matcher.policy.predicates.facts import World, predicate
from matcher.policy.rule_types import Condition, Parameter

NEGATIVE = frozenset({"not in", "outside"})


@predicate("one_of", "fact", "values", fails="{label}不在规定范围内（{values}）。")
def _one_of(world: World, condition: Condition) -> Truth:
    value = world.facts.get(condition.fact)
    return None if value is None else str(value) in condition.values


@predicate("includes_any", "fact", "values", fails="{label}中没有规定的任何一项（{values}）。")
def _includes_any(world: World, condition: Condition) -> Truth:
    held = world.facts.get(condition.fact)
    return None if held is None else any(value in held for value in condition.values)


@predicate("some", "fact", fails="{label}是空的。")
def _some(world: World, condition: Condition) -> Truth:
    held = world.facts.get(condition.fact)
    return None if held is None else len(held) > 0


@predicate("in_list", "fact", "bound", fails="{label}不在文件列出的范围内（{limit}）。")
def _in_list(world: World, condition: Condition) -> Truth:
    """Whether a word is among those listed; the operators `not in` and `outside` turn it round."""
    value = world.facts.get(condition.fact)
    if value is None:
        return None
    row = world.figure(condition.bound)
    return (value in _listed(row)) is not (row.operator in NEGATIVE)


@predicate("any_in_list", "fact", "bound", fails="{label}中没有文件列出的任何一项（{limit}）。")
def _any_in_list(world: World, condition: Condition) -> Truth:
    held = world.facts.get(condition.fact)
    return None if held is None else any(value in _listed(world.figure(condition.bound)) for value in held)


@predicate("all_in_list", "fact", "bound", fails="{label}中有文件没有列出的项（{limit}）。")
def _all_in_list(world: World, condition: Condition) -> Truth:
    held = world.facts.get(condition.fact)
    return None if held is None else all(value in _listed(world.figure(condition.bound)) for value in held)


def _listed(row: Parameter) -> tuple[str, ...]:
    return row.value if isinstance(row.value, tuple) else (row.value,)
