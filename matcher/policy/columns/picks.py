"""Formulas that pick a word or a figure on columns: twins of `policy.formulas.choices`."""

from __future__ import annotations

from string import Formatter

import numpy as np

from matcher.policy.columns import exact, read
from matcher.policy.columns.kinds import Absent, Flags, NotInColumns, Words, WordSets
from matcher.policy.columns.merge import merged, recoded
from matcher.policy.columns.nested import Column, Lists
from matcher.policy.columns.operands import Operands
from matcher.policy.columns.twins import formula_twin
from matcher.policy.columns.world import World
from matcher.policy.evaluation.logic import TRUE_LEVEL
from matcher.policy.predicates.facts import ALWAYS
from matcher.policy.rule_types import Output

MOST_WORDS = 64


@formula_twin("same")
def _same(world: World, output: Output) -> Column:
    operands = Operands(world)
    return operands.over(operands.take(output.of[0]))


@formula_twin("first_known")
def _first_known(world: World, output: Output) -> Column:
    """A later operand is looked at only in rows where none before it is known."""
    result: Column = Absent(world.n)
    open_ = np.ones(world.n, dtype=np.bool_)
    for name in output.of:
        before = world.missing
        column = world.fact(name)
        world.restrict(open_, before)
        result = merged(open_ & column.known, column, result)
        open_ &= ~column.known
    return result


@formula_twin("holds")
def _holds(world: World, output: Output) -> Column:
    return Flags(world.level(output.where or ALWAYS))


@formula_twin("names_where")
def _names_where(world: World, output: Output) -> Column:
    names = tuple(name for name, _ in output.groups)
    if len(names) > MOST_WORDS:
        raise NotInColumns(f"more than {MOST_WORDS} words")
    bits = np.zeros(world.n, dtype=np.uint64)
    for place, (_, fact) in enumerate(output.groups):
        bits |= read.known_true(world.fact(fact)).astype(np.uint64) << np.uint64(place)
    return WordSets(bits, names, np.ones(world.n, dtype=np.bool_))


@formula_twin("lookup")
def _lookup(world: World, output: Output) -> Column:
    operands = Operands(world)
    keys = [operands.take(name) for name in output.of]
    open_, result = operands.rows, Absent(world.n)
    found: Column = result
    for group in output.groups:
        rows = open_.copy()
        for column, word in zip(keys, group[:-1], strict=True):
            rows &= read.written(column, (word,))
        before = world.missing
        value = world.value(group[-1], rows)
        world.restrict(rows, before)
        found = merged(rows, value, found)
        open_ = open_ & ~rows
    return found


@formula_twin("band")
def _band(world: World, output: Output) -> Column:
    value = world.value(output.of[0], np.ones(world.n, dtype=np.bool_))
    open_ = value.known.copy()
    words = tuple(dict.fromkeys(word for word, _ in output.groups))
    code = np.full(world.n, -1, dtype=np.int32)
    for word, bound in output.groups:
        for row, people in world.figures(bound, open_):
            limit = exact.constant(row.value, world.n)
            keeps = exact.compared(value, row.operator, limit, world.conventions.bound_rule)
            rows = open_ & keeps if people is None else open_ & keeps & people
            code[rows] = words.index(word)
            open_ &= ~rows
    return Words(code, words)


@formula_twin("classify")
def _classify(world: World, output: Output) -> Column:
    """A choice is looked at only in rows where every choice before it is known not to hold."""
    open_ = np.ones(world.n, dtype=np.bool_)
    words = tuple(dict.fromkeys(choice.text for choice in output.choices))
    code = np.full(world.n, -1, dtype=np.int32)
    for choice in output.choices:
        before = world.missing
        level = world.level(choice.when)
        world.restrict(open_, before)
        code[open_ & (level == TRUE_LEVEL)] = words.index(choice.text)
        open_ &= level == 0
    return Words(code, words)


@formula_twin("texts")
def _texts(world: World, output: Output) -> Column:
    operands = Operands(world)
    filled = [_filled(operands, group) for group in output.groups]
    words, columns = recoded(filled)
    codes = np.sort(np.stack([column.code for column in columns], axis=1), axis=1)
    start = np.arange(world.n + 1, dtype=np.int64) * len(columns)
    return operands.over(Lists(start, Words(codes.reshape(-1), words), operands.rows))


def _filled(operands: Operands, group: tuple[str, ...]) -> Words:
    """A template with the word of each row in it."""
    template, *names = group
    if len(names) > 1 or len([place for _, place, _, _ in Formatter().parse(template) if place is not None]) > 1:
        raise NotInColumns("a template with several words")
    if not names:
        return Words(np.zeros(operands.world.n, dtype=np.int32), (template.format(),))
    column = read.words(operands.take(names[0]))
    told = tuple(template.format(word) for word in column.words)
    distinct = tuple(dict.fromkeys(told))
    table = np.array([distinct.index(text) for text in told] + [-1], dtype=np.int32)
    return Words(table[column.code], distinct)
