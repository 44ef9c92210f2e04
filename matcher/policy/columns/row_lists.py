"""Formulas over lists on columns: twins of `policy.formulas.lists`; an item is a row with the facts of its owner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.policy.columns import exact, read
from matcher.policy.columns.decide import walk
from matcher.policy.columns.kinds import UNKNOWN_LEVEL, Absent, Bools, Levels, NotInColumns, Numbers, Words, WordSets
from matcher.policy.columns.merge import recoded
from matcher.policy.columns.nested import Column, Lists, Table
from matcher.policy.columns.twins import formula_twin
from matcher.policy.columns.world import ItemWorld, World
from matcher.policy.evaluation.logic import TRUE_LEVEL
from matcher.policy.predicates.facts import ALWAYS
from matcher.policy.rule_types import Output


@formula_twin("judge_rows")
def _judge_rows(world: World, output: Output) -> Column:
    held, items = _items(world, output)
    each = world.rule.each
    if each is None:
        raise NotInColumns("a rule without `each`")
    decided = walk(items, each.steps, each.otherwise)
    world.back_from(items)
    known = np.ones(items.n, dtype=np.bool_)
    outcome = Words(decided.outcome, decided.outcomes)
    columns: dict[str, Column] = {"outcome": outcome, "reasons": WordSets(decided.bits, decided.reasons, known)}
    return Lists(held.start, Table(columns, items.n), held.known)


@formula_twin("count_rows")
def _count_rows(world: World, output: Output) -> Column:
    held, items = _items(world, output)
    fits = np.equal(_verdicts(world, items, output), TRUE_LEVEL)
    if not output.field:
        return Numbers(exact.counts(held, fits), held.known, whole=True)
    owner, _ = _distinct(items, output.field, fits)
    return Numbers(np.bincount(owner, minlength=world.n), held.known, whole=True)


@formula_twin("count_open")
def _count_open(world: World, output: Output) -> Column:
    held, items = _items(world, output)
    level = _verdicts(world, items, output)
    might, fits = np.equal(level, UNKNOWN_LEVEL), np.equal(level, TRUE_LEVEL)
    if not output.field:
        return Numbers(exact.counts(held, might), held.known, whole=True)
    n_either = np.bincount(_distinct(items, output.field, might | fits)[0], minlength=world.n)
    n_fitting = np.bincount(_distinct(items, output.field, fits)[0], minlength=world.n)
    return Numbers(n_either - n_fitting, held.known, whole=True)


@formula_twin("column_where")
def _column_where(world: World, output: Output) -> Column:
    held, items = _items(world, output)
    fits = np.equal(_verdicts(world, items, output), TRUE_LEVEL)
    owner, word = _distinct(items, output.field, fits)
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=world.n))]).astype(np.int64)
    return Lists(start, word, held.known)


@formula_twin("only_where")
def _only_where(world: World, output: Output) -> Column:
    held, items = _items(world, output)
    level = _verdicts(world, items, output)
    open_or_fit = np.not_equal(level, 0)
    alone = exact.counts(held, open_or_fit) == 1
    column = read.words(items.fact(output.field))
    code = np.full(world.n, -1, dtype=np.int32)
    fits = np.equal(level, TRUE_LEVEL)
    code[items.parent[fits]] = column.code[fits]
    return Words(np.where(alone & held.known, code, np.int32(-1)), column.words)


@formula_twin("row_lists")
def _row_lists(world: World, output: Output) -> Column:
    held, items = _items(world, output)
    names = tuple(sorted(choice.text for choice in output.choices))
    if len(set(names)) != len(names):
        raise NotInColumns("a word given twice")
    bits = np.zeros(items.n, dtype=np.uint64)
    for choice in output.choices:
        holds = np.equal(items.level(choice.when), TRUE_LEVEL).astype(np.uint64)
        bits |= holds << np.uint64(names.index(choice.text))
    world.back_from(items)
    sets = WordSets(bits, names, np.ones(items.n, dtype=np.bool_))
    return Lists(held.start, sets, held.known, keys=read.words(items.fact(output.field)))


def _items(world: World, output: Output) -> tuple[Lists, ItemWorld]:
    column = world.value(output.rows, np.ones(world.n, dtype=np.bool_))
    if isinstance(column, Absent):
        raise NotInColumns(f"{output.rows} holds no list")
    held = read.lists(column)
    return held, world.of_items(held)


def _verdicts(world: World, items: ItemWorld, output: Output) -> Levels:
    level = items.level(output.where or ALWAYS)
    world.back_from(items)
    return level


def _distinct(items: ItemWorld, field: str, rows: Bools) -> tuple[NDArray[np.int64], Words]:
    """Owner and word of every different pair among some items, by owner, then by word."""
    words, (column,) = recoded([read.words(items.fact(field))])
    width = len(words) + 1
    pairs = exact.distinct(items.parent[rows] * width + column.code[rows])
    return pairs // width, Words((pairs % width).astype(np.int32), words)
