"""Formulas of money and shares on columns: twins of `policy.formulas.amounts`, exact in int64 or Python integers."""

from __future__ import annotations

import numpy as np

from matcher.policy.columns import exact
from matcher.policy.columns.kinds import Bools, Flags, Levels, Numbers
from matcher.policy.columns.nested import Column, Lists
from matcher.policy.columns.operands import Operands
from matcher.policy.columns.twins import formula_twin
from matcher.policy.columns.world import World
from matcher.policy.evaluation.logic import TRUE_LEVEL
from matcher.policy.rule_types import Output

FEN_SCALE = 2


def _product_of(operands: Operands, names: tuple[str, ...]) -> Numbers:
    n = operands.world.n
    result = Numbers(np.ones(n, dtype=np.int64), np.ones(n, dtype=np.bool_))
    for name in names:
        result = exact.multiplied(result, operands.number(name))
    return result


@formula_twin("product")
def _product(world: World, output: Output) -> Column:
    operands = Operands(world)
    return operands.over(_product_of(operands, output.of))


@formula_twin("sum_of_products")
def _sum_of_products(world: World, output: Output) -> Column:
    operands = Operands(world)
    result = Numbers(np.zeros(world.n, dtype=np.int64), np.ones(world.n, dtype=np.bool_))
    for group in output.groups:
        result = exact.added(result, _product_of(operands, group))
    return operands.over(result)


@formula_twin("rounded_up")
def _rounded_up(world: World, output: Output) -> Column:
    operands = Operands(world)
    up = exact.divided(_product_of(operands, output.of), 0, up=True)
    return operands.over(Numbers(up.units, up.known, whole=True))


@formula_twin("lowered_by")
def _lowered_by(world: World, output: Output) -> Column:
    operands = Operands(world)
    value, share = (operands.number(name) for name in output.of)
    less = exact.multiplied(value, share)
    return operands.over(exact.added(Numbers(value.units, value.known, value.scale, loose=value.loose), less, -1))


@formula_twin("difference")
def _difference(world: World, output: Output) -> Column:
    operands = Operands(world)
    whole, part = (operands.number(name) for name in output.of)
    return operands.over(exact.added(whole, part, -1))


@formula_twin("total")
def _total(world: World, output: Output) -> Column:
    operands = Operands(world)
    values, items = operands.list_of_numbers(output.of[0])
    return operands.over(_summed(values, items))


@formula_twin("least")
def _least(world: World, output: Output) -> Column:
    operands = Operands(world)
    value, limit = (operands.number(name) for name in output.of)
    scale = max(value.scale, limit.scale)
    units = np.minimum(exact.rescaled(value, scale), exact.rescaled(limit, scale))
    alike = value.scale == limit.scale and value.whole == limit.whole
    loose = value.loose or limit.loose or not alike
    return operands.over(Numbers(units, operands.rows, scale, value.whole and limit.whole, loose))


@formula_twin("total_of_least")
def _total_of_least(world: World, output: Output) -> Column:
    operands = Operands(world)
    values, items = operands.list_of_numbers(output.of[0])
    limit = operands.number(output.of[1]).take(values.parent)
    scale = max(items.scale, limit.scale)
    cut = np.minimum(exact.rescaled(items, scale), exact.rescaled(limit, scale))
    return operands.over(_summed(values, Numbers(cut, items.known, scale, loose=True)))


@formula_twin("any_above")
def _any_above(world: World, output: Output) -> Column:
    operands = Operands(world)
    value = operands.take(output.of[0])
    limit = operands.number(output.of[1])
    if isinstance(value, Lists):
        from matcher.policy.columns.read import units_of_list

        above = exact.compared(units_of_list(value), ">", limit.take(value.parent), "inclusive")
        return _flag(operands, exact.counts(value, above) > 0)
    return _flag(operands, exact.compared(value, ">", limit, "inclusive"))


@formula_twin("city_share")
def _city_share(world: World, output: Output) -> Column:
    operands = Operands(world)
    amount, share = (operands.number(name) for name in output.of)
    fen = exact.divided(amount, FEN_SCALE, half_up=True)
    to_city = world.conventions.split_1_1 == "odd_fen_to_city"
    return operands.over(exact.divided(exact.multiplied(fen, share), FEN_SCALE, up=to_city))


@formula_twin("share_reaches")
def _share_reaches(world: World, output: Output) -> Column:
    operands = Operands(world)
    part, whole, standard = (operands.number(name) for name in output.of)
    reached = exact.compared(part, ">=", exact.multiplied(whole, standard), world.conventions.bound_rule)
    return _flag(operands, reached & (whole.units != 0))


@formula_twin("mean_reaches")
def _mean_reaches(world: World, output: Output) -> Column:
    operands = Operands(world)
    values, items = operands.list_of_numbers(output.of[0])
    standard = operands.number(output.of[1])
    some = values.lengths > 0
    wanted = exact.multiplied(standard, Numbers(values.lengths, values.known, whole=True))
    reached = exact.compared(_summed(values, items), ">=", wanted, "inclusive")
    operands.rows = operands.rows & some
    return _flag(operands, reached)


@formula_twin("at_most")
def _at_most(world: World, output: Output) -> Column:
    operands = Operands(world)
    value, limit = (operands.take(name) for name in output.of)
    return _flag(operands, exact.compared(value, "<=", limit, "inclusive"))


def _summed(values: Lists, items: Numbers) -> Numbers:
    """Sums of the rows; written with as many places as the longest item, so only paid, never shown as it stands."""
    bound = exact.size(items.units) * max(1, len(items.units))
    units = exact.sums(values, exact.widened(items.units, bound))
    return Numbers(units, values.known, items.scale, loose=items.scale > 0)


def _flag(operands: Operands, truth: Bools) -> Column:
    level: Levels = (truth * TRUE_LEVEL).astype(np.int8)
    return operands.over(Flags(level))
