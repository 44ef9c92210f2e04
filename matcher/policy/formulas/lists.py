"""Formulas over lists: rows that count, rows judged one by one, keys below a target, two ledgers compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.policy.evaluation.conventions import within
from matcher.policy.evaluation.decide import walk
from matcher.policy.evaluation.logic import Truth
from matcher.policy.formulas.kinds import Scope, formula
from matcher.policy.predicates.facts import ALWAYS, truth
from matcher.policy.rule_types import Output, Parameter, RowRule


@formula("judge_rows", uses="rows")
def _judge_rows(output: Output, scope: Scope) -> list[dict[str, Any]]:
    """Outcome and reasons of each row by the rule's `each`, in the order given."""
    each = scope.rule.each or RowRule(steps=(), otherwise="")
    decided = [walk(each.steps, each.otherwise, scope.of_row(row)) for row in scope.value(output.rows)]
    return [{"outcome": row.outcome, "reasons": list(row.reasons)} for row in decided]


@formula("count_rows", uses="rows where field?")
def _count_rows(output: Output, scope: Scope) -> int:
    """How many rows are known to fit; of a column, how many different values of it."""
    fitting = [row for row, verdict in _verdicts(output, scope) if verdict]
    return len({row[output.field] for row in fitting}) if output.field else len(fitting)


@formula("count_open", uses="rows where field?")
def _count_open(output: Output, scope: Scope) -> int:
    """How many rows might fit if more were known; of a column, only values no fitting row has."""
    judged = list(_verdicts(output, scope))
    open_rows = [row for row, verdict in judged if verdict is None]
    if not output.field:
        return len(open_rows)
    return len({row[output.field] for row in open_rows} - {row[output.field] for row, verdict in judged if verdict})


@formula("column_where", uses="rows where field")
def _column_where(output: Output, scope: Scope) -> list[Any]:
    """A column of the rows known to fit, each value once, sorted."""
    return sorted({row[output.field] for row, verdict in _verdicts(output, scope) if verdict})


@formula("only_where", uses="rows where field")
def _only_where(output: Output, scope: Scope) -> Any:
    """A column of the one row that fits; None where none or several do, or more might."""
    judged = [(row, verdict) for row, verdict in _verdicts(output, scope) if verdict is not False]
    return judged[0][0][output.field] if len(judged) == 1 and judged[0][1] else None


@formula("row_lists", uses="rows field choices")
def _row_lists(output: Output, scope: Scope) -> dict[str, list[str]]:
    """Column -> every word whose condition holds for that row, sorted."""
    return {
        row[output.field]: sorted(c.text for c in output.choices if truth(c.when, scope.of_row(row)))
        for row in scope.value(output.rows)
    }


@formula("keys_below", "amounts", "standard")
def _keys_below(output: Output, scope: Scope) -> list[str]:
    """Keys of a table whose amount does not keep one standard, sorted."""
    amounts, standard = scope.value(output.of[0]), scope.figure(output.of[1])
    return sorted(key for key, amount in amounts.items() if not _keeps(amount, standard, scope))


@formula("keys_below_own", "amounts", uses="groups", text_first=1)
def _keys_below_own(output: Output, scope: Scope) -> list[str]:
    """Keys of a table whose amount does not keep the standard of that key (groups: key, standard), sorted."""
    amounts = scope.value(output.of[0])
    return sorted(
        key for key, name in output.groups if key in amounts and not _keeps(amounts[key], scope.figure(name), scope)
    )


@formula("differing_keys", "left", "right")
def _differing_keys(output: Output, scope: Scope) -> list[str]:
    """Keys on which two tables differ or that only one of them holds, sorted."""
    left, right = (scope.value(name) for name in output.of)
    return sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))


@formula("unclear_fields", "record", "fields")
def _unclear_fields(output: Output, scope: Scope) -> list[str]:
    """Listed fields of a record that hold nothing, sorted."""
    record, fields = (scope.value(name) for name in output.of)
    return sorted(name for name in fields if record.get(name) in (None, ""))


def _verdicts(output: Output, scope: Scope) -> Iterator[tuple[Mapping[str, Any], Truth]]:
    for row in scope.value(output.rows):
        yield row, truth(output.where or ALWAYS, scope.of_row(row))


def _keeps(amount: Any, standard: Parameter, scope: Scope) -> bool:
    return within(amount, standard.operator, standard.value, scope.conventions.bound_rule)
