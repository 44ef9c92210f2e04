"""Formulas that pick a word or a figure: tables, bands, closed lists with conditions."""

from __future__ import annotations

from typing import Any

from matcher.policy.evaluation.conventions import within
from matcher.policy.evaluation.logic import Truth
from matcher.policy.formulas.kinds import Scope, formula
from matcher.policy.predicates.facts import ALWAYS, truth
from matcher.policy.rule_types import Output


@formula("same", "value")
def _same(output: Output, scope: Scope) -> Any:
    return scope.value(output.of[0])


@formula("first_known")
def _first_known(output: Output, scope: Scope) -> Any:
    """The first operand that has a value."""
    return next((value for name in output.of if (value := scope.facts.get(name)) is not None), None)


@formula("holds", uses="where")
def _holds(output: Output, scope: Scope) -> Truth:
    """Whether a condition holds; None where nobody knows."""
    return truth(output.where or ALWAYS, scope)


@formula("names_where", uses="groups?", text_first=1)
def _names_where(output: Output, scope: Scope) -> list[str]:
    """Names of the groups (name, fact) whose fact is known to hold, in their order; none without groups."""
    return [name for name, fact in output.groups if scope.facts.get(fact) is True]


@formula("lookup", uses="groups", text_first=-1)
def _lookup(output: Output, scope: Scope) -> Any:
    """A table: the figure at the end of the row whose words equal the operands; None where no row does."""
    key = tuple(str(scope.value(name)) for name in output.of)
    return next((scope.value(group[-1]) for group in output.groups if group[:-1] == key), None)


@formula("band", "value", uses="groups", text_first=1)
def _band(output: Output, scope: Scope) -> str | None:
    """The word of the first group (word, bound) whose bound the value keeps; None above them all."""
    value = scope.value(output.of[0])
    for word, bound in output.groups:
        row = scope.figure(bound)
        if within(value, row.operator, row.value, scope.conventions.bound_rule):
            return word
    return None


@formula("classify", uses="choices")
def _classify(output: Output, scope: Scope) -> str | None:
    """The first word whose condition holds; None where none does, or an earlier one is not known."""
    for choice in output.choices:
        verdict = truth(choice.when, scope)
        if verdict is None:
            return None
        if verdict:
            return choice.text
    return None


@formula("texts", uses="groups", text_first=1)
def _texts(output: Output, scope: Scope) -> list[str]:
    """Each group a template and the operands that fill it; sorted."""
    return sorted(group[0].format(*(scope.value(name) for name in group[1:])) for group in output.groups)
