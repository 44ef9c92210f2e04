"""The predicates of the closed vocabulary on columns: each the twin of the one of its name, and tested against it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcher.policy.columns import days as calendar
from matcher.policy.columns import exact, read
from matcher.policy.columns.kinds import Bools, Levels, Numbers, Words, levels
from matcher.policy.columns.nested import Column, Lists
from matcher.policy.columns.twins import predicate_twin
from matcher.policy.columns.world import UNFIT, World, unknown
from matcher.policy.evaluation.logic import TRUE_LEVEL
from matcher.policy.predicates.facts import FIGURES
from matcher.policy.predicates.lists import NEGATIVE
from matcher.policy.rule_types import Condition


@predicate_twin("yes")
def _yes(world: World, condition: Condition) -> Levels:
    return read.flag_level(world.fact(condition.fact))


@predicate_twin("no")
def _no(world: World, condition: Condition) -> Levels:
    return (TRUE_LEVEL - read.flag_level(world.fact(condition.fact))).astype(np.int8)


@predicate_twin("keeps")
def _keeps(world: World, condition: Condition) -> Levels:
    value = world.fact(condition.fact)
    return held_against(world, condition.bound, value, value.known)


def held_against(world: World, bound: str, value: Column, rows: Bools) -> Levels:
    """Whether a value keeps the figure of its row."""
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(bound, rows):
        limit = exact.constant(row.value, world.n)
        found = exact.compared(value, row.operator, limit, world.conventions.bound_rule)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, value.known)


@predicate_twin("age_keeps")
def _age_keeps(world: World, condition: Condition) -> Levels:
    birth = read.days(world.fact(condition.fact))
    on = read.days(world.fact(condition.on)) if condition.on else world.on
    if on is None:
        return unknown(world.n)
    known = birth.known & on.known
    said = world.conventions
    full_years = calendar.ages(birth.day, on.day, basis=said.age_basis, leap=said.leap_birthday)
    age = Numbers(full_years, known, whole=True)
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, known):
        operator = "<" if row.operator == "<=" and said.upper_age == "on_birthday" else row.operator
        found = exact.compared(age, operator, exact.constant(row.value, world.n), said.bound_rule)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, known)


@predicate_twin("positive")
def _positive(world: World, condition: Condition) -> Levels:
    value = read.numbers(world.fact(condition.fact))
    return levels(value.units > 0, value.known)


@predicate_twin("on_or_after")
def _on_or_after(world: World, condition: Condition) -> Levels:
    return _against(world, condition, ">=")


@predicate_twin("on_or_before")
def _on_or_before(world: World, condition: Condition) -> Levels:
    return _against(world, condition, "<=")


def _against(world: World, condition: Condition, operator: str) -> Levels:
    """Against a figure, the figure itself always inside."""
    value = world.fact(condition.fact)
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, value.known):
        found = exact.compared(value, operator, exact.constant(row.value, world.n), "inclusive")
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, value.known)


@predicate_twin("given")
def _given(world: World, condition: Condition) -> Levels:
    return (world.fact(condition.fact).known * TRUE_LEVEL).astype(np.int8)


@predicate_twin("stated")
def _stated(world: World, condition: Condition) -> Levels:
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.parameters(condition.bound):
        truth |= row.kind.has_value if people is None else people & row.kind.has_value
    return (truth * TRUE_LEVEL).astype(np.int8)


@predicate_twin("at_least")
def _at_least(world: World, condition: Condition) -> Levels:
    return _beside(world, condition, ">=")


@predicate_twin("more_than")
def _more_than(world: World, condition: Condition) -> Levels:
    return _beside(world, condition, ">")


@predicate_twin("less_than")
def _less_than(world: World, condition: Condition) -> Levels:
    return _beside(world, condition, "<")


def _beside(world: World, condition: Condition, operator: str) -> Levels:
    value, limit = world.fact(condition.fact), world.fact(condition.than)
    return levels(exact.compared(value, operator, limit, world.conventions.bound_rule), value.known & limit.known)


@predicate_twin("figure_named")
def _figure_named(world: World, condition: Condition) -> Levels:
    name = read.words(world.fact(condition.fact))
    truth = np.zeros(world.n, dtype=np.bool_)
    for code, word in enumerate(name.words):
        for row, people in world.parameters(word):
            named = (name.code == code) & (row.kind in FIGURES)
            truth |= named if people is None else named & people
    return levels(truth, name.known)


@predicate_twin("keeps_named")
def _keeps_named(world: World, condition: Condition) -> Levels:
    """The figure is asked for even where the value is not known, as alone."""
    value, name = world.fact(condition.fact), read.words(world.fact(condition.than))
    truth = np.zeros(world.n, dtype=np.bool_)
    for code, word in enumerate(name.words):
        rows = name.code == code
        for row, people in world.figures(word, rows):
            if not read.is_number(row.value):
                world.miss(rows if people is None else rows & people, UNFIT)
                continue
            limit = exact.constant(row.value, world.n)
            found = exact.compared(value, row.operator, limit, world.conventions.bound_rule)
            truth = np.where(rows if people is None else rows & people, found, truth)
    return levels(truth, value.known & name.known)


@predicate_twin("one_of")
def _one_of(world: World, condition: Condition) -> Levels:
    value = world.fact(condition.fact)
    return levels(read.written(value, condition.values), value.known)


@predicate_twin("includes_any")
def _includes_any(world: World, condition: Condition) -> Levels:
    held = read.lists(world.fact(condition.fact))
    return levels(read.holds_any(held, condition.values), held.known)


@predicate_twin("some")
def _some(world: World, condition: Condition) -> Levels:
    column = world.fact(condition.fact)
    if isinstance(column, Words):
        return levels(~read.among(column, ("",)), column.known)
    held = read.lists(column)
    return levels(held.lengths > 0, held.known)


@predicate_twin("in_list")
def _in_list(world: World, condition: Condition) -> Levels:
    value = read.words(world.fact(condition.fact))
    truth = np.zeros(world.n, dtype=np.bool_)
    for row, people in world.figures(condition.bound, value.known):
        found = read.among(value, read.listed(row.value)) != (row.operator in NEGATIVE)
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, value.known)


@predicate_twin("any_in_list")
def _any_in_list(world: World, condition: Condition) -> Levels:
    return _of_list(world, condition, read.holds_any, empty=False)


@predicate_twin("all_in_list")
def _all_in_list(world: World, condition: Condition) -> Levels:
    return _of_list(world, condition, read.holds_only, empty=True)


def _of_list(
    world: World, condition: Condition, holds: Callable[[Lists, tuple[str, ...]], Bools], *, empty: bool
) -> Levels:
    """A list against a listed term; an empty list asks for no figure."""
    held = read.lists(world.fact(condition.fact))
    truth = np.full(world.n, empty, dtype=np.bool_)
    for row, people in world.figures(condition.bound, held.known & (held.lengths > 0)):
        found = holds(held, read.listed(row.value))
        truth = found if people is None else np.where(people, found, truth)
    return levels(truth, held.known)
