"""Formulas of money and shares: products, caps, ranges, splits, rates; exact decimals."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import prod
from typing import Any

from matcher.policy.evaluation.conventions import within
from matcher.policy.formulas.kinds import FEN, Scope, formula
from matcher.policy.rule_types import Output


@formula("product")
def _product(output: Output, scope: Scope) -> Decimal:
    return _multiply(output.of, scope)


@formula("sum_of_products", uses="groups")
def _sum_of_products(output: Output, scope: Scope) -> Decimal:
    return sum((_multiply(group, scope) for group in output.groups), Decimal())


@formula("rounded_up", "whole", "share")
def _rounded_up(output: Output, scope: Scope) -> int:
    """A share of a head count, up to the next head."""
    return int(_multiply(output.of, scope).to_integral_value(rounding=ROUND_CEILING))


@formula("lowered_by", "value", "share")
def _lowered_by(output: Output, scope: Scope) -> Decimal:
    value, share = _operands(output, scope)
    return Decimal(value) - Decimal(value) * Decimal(share)


@formula("difference", "whole", "part")
def _difference(output: Output, scope: Scope) -> Any:
    whole, part = _operands(output, scope)
    return whole - part


@formula("total", "values")
def _total(output: Output, scope: Scope) -> Decimal:
    (values,) = _operands(output, scope)
    return sum(values, Decimal())


@formula("least", "value", "limit")
def _least(output: Output, scope: Scope) -> Any:
    return min(_operands(output, scope))


@formula("total_of_least", "values", "limit")
def _total_of_least(output: Output, scope: Scope) -> Decimal:
    """Each value cut to the limit, then added."""
    values, limit = _operands(output, scope)
    return sum((min(value, limit) for value in values), Decimal())


@formula("any_above", "values", "limit")
def _any_above(output: Output, scope: Scope) -> bool:
    """Whether a value, or any of a list, is cut by a limit."""
    values, limit = _operands(output, scope)
    return any(value > limit for value in (values if isinstance(values, tuple) else (values,)))


@formula("city_share", "amount", "share")
def _city_share(output: Output, scope: Scope) -> Decimal:
    """The city's part of an amount in whole fen; an odd fen falls to the side the convention names."""
    amount, share = _operands(output, scope)
    to_city = scope.conventions.split_1_1 == "odd_fen_to_city"
    rounding = ROUND_CEILING if to_city else ROUND_FLOOR
    whole = Decimal(amount).quantize(FEN, rounding=ROUND_HALF_UP)
    return (whole * Decimal(share)).quantize(FEN, rounding=rounding)


@formula("share_reaches", "part", "whole", "standard")
def _share_reaches(output: Output, scope: Scope) -> bool:
    """Whether part / whole reaches a standard, by products, nothing rounded; nobody at all reaches no share."""
    part, whole, standard = _operands(output, scope)
    return bool(whole) and within(Decimal(part), ">=", whole * standard, scope.conventions.bound_rule)


@formula("mean_reaches", "values", "standard")
def _mean_reaches(output: Output, scope: Scope) -> bool | None:
    """Whether the mean of a list reaches a standard; None for an empty list. Sums, so nothing is rounded."""
    values, standard = _operands(output, scope)
    return None if not values else bool(sum(values, Decimal()) >= standard * len(values))


@formula("at_most", "value", "limit")
def _at_most(output: Output, scope: Scope) -> bool:
    value, limit = _operands(output, scope)
    return bool(value <= limit)


def _operands(output: Output, scope: Scope) -> tuple[Any, ...]:
    return tuple(scope.value(name) for name in output.of)


def _multiply(names: tuple[str, ...], scope: Scope) -> Decimal:
    return Decimal(prod((Decimal(scope.value(name)) for name in names), start=Decimal(1)))
