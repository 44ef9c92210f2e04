"""The closed vocabulary of predicates: each with the sentence said when it fails and the question asked when unknown.

A predicate looks at facts (a missing fact is unknown, never no) and at figures of the pack by id. Adding one is
one function here; a predicate without its two sentences does not get past the import of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from matcher.policy.evaluation.conventions import Conventions, age_on, keeps_age, within
from matcher.policy.evaluation.logic import Truth, all_of, any_of, negate
from matcher.policy.rule_types import Condition, Parameter, ParameterKind, Rule

ALWAYS = Condition()
# Kinds of rows a number can be held against, or would be if the document gave theirs.
FIGURES = frozenset(
    {
        ParameterKind.NUMBER,
        ParameterKind.RATIO,
        ParameterKind.YEAR,
        ParameterKind.MASKED,
        ParameterKind.UNSPECIFIED,
    }
)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The days a rule applies; from `from_` to the eve of `settled` (signed, not yet printed) nobody can be sure."""

    from_: date | None = None
    settled: date | None = None
    to: date | None = None


class World(Protocol):
    """What a predicate may look at: facts, the day, the readings and the figures in force."""

    rule: Rule
    facts: Mapping[str, Any]
    conventions: Conventions

    @property
    def on(self) -> date | None:
        """The day the rule is asked for."""

    @property
    def window(self) -> Window:
        """The days of the rule, else of its document."""

    def parameter(self, parameter_id: str) -> Parameter | None:
        """The row of a parameter, whether or not it has a value in force."""

    def figure(self, parameter_id: str) -> Parameter:
        """A parameter with a value in force; raises FigureMissing by name."""


Holds = Callable[[World, Condition], Truth]


class Predicate(msgspec.Struct, frozen=True, kw_only=True):
    """One word of the vocabulary.

    needs : arguments it must be given (fact, on, than, bound, values); may : those it takes besides
    holds : the test, three-valued
    fails : Chinese template of {label}, {limit}, {unit}, {values}, {on}, {than}; asks : template of {label}, {ask}
    """

    name: str
    needs: frozenset[str]
    may: frozenset[str]
    holds: Holds
    fails: str
    asks: str


PREDICATES: dict[str, Predicate] = {}


def predicate(name: str, *needs: str, fails: str, asks: str = "{ask}", may: str = "") -> Callable[[Holds], Holds]:
    """Register a test under a name. Raises ValueError for a double name or a missing sentence."""

    def register(holds: Holds) -> Holds:
        if name in PREDICATES:
            raise ValueError(f"predicate {name} is registered twice")
        if not fails.strip() or not asks.strip():
            raise ValueError(f"predicate {name} has no sentence for failing or no question for unknown")
        PREDICATES[name] = Predicate(
            name=name, needs=frozenset(needs), may=frozenset(may.split()), holds=holds, fails=fails, asks=asks
        )
        return holds

    return register


def truth(condition: Condition, world: World) -> Truth:
    """Whether a condition holds: a predicate, or all / any / none of its parts by Kleene's tables.

    Given several of `is`, `all`, `any`, `none`, every one must hold.
    """
    parts: list[Truth] = []
    if condition.is_:
        parts.append(PREDICATES[condition.is_].holds(world, condition))
    if condition.all is not None:
        parts.append(all_of([truth(part, world) for part in condition.all]))
    if condition.any is not None:
        parts.append(any_of([truth(part, world) for part in condition.any]))
    if condition.none is not None:
        parts.append(negate(any_of([truth(part, world) for part in condition.none])))
    return all_of(parts)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The condition and everything inside it, outermost first."""
    inner = (*(condition.all or ()), *(condition.any or ()), *(condition.none or ()))
    return (condition, *(deeper for part in inner for deeper in parts_of(part)))


@predicate("yes", "fact", fails="{label}：否。")
def _yes(world: World, condition: Condition) -> Truth:
    return _flag(world, condition.fact)


@predicate("no", "fact", fails="{label}：是。")
def _no(world: World, condition: Condition) -> Truth:
    return negate(_flag(world, condition.fact))


@predicate("keeps", "fact", "bound", fails="{label}不符合要求（标准为{limit}{unit}）。")
def _keeps(world: World, condition: Condition) -> Truth:
    value = world.facts.get(condition.fact)
    if value is None:
        return None
    bound = world.figure(condition.bound)
    return within(value, bound.operator, bound.value, world.conventions.bound_rule)


@predicate("age_keeps", "fact", "bound", fails="年龄不符合要求（标准为{limit}{unit}）。", may="on")
def _age_keeps(world: World, condition: Condition) -> Truth:
    """Age on the day of the rule, or on the day a fact holds."""
    birth, day = world.facts.get(condition.fact), world.facts.get(condition.on) if condition.on else world.on
    if birth is None or day is None:
        return None
    bound = world.figure(condition.bound)
    conventions = world.conventions
    age = age_on(birth, day, conventions.age_basis, conventions.leap_birthday)
    return keeps_age(age, bound.operator, bound.value, conventions)


@predicate("positive", "fact", fails="{label}为零。")
def _positive(world: World, condition: Condition) -> Truth:
    value = world.facts.get(condition.fact)
    return None if value is None else bool(value > 0)


@predicate("on_or_after", "fact", "bound", fails="{label}早于{limit}。")
def _on_or_after(world: World, condition: Condition) -> Truth:
    value = world.facts.get(condition.fact)
    return None if value is None else bool(value >= world.figure(condition.bound).value)


@predicate("on_or_before", "fact", "bound", fails="{label}晚于{limit}。")
def _on_or_before(world: World, condition: Condition) -> Truth:
    value = world.facts.get(condition.fact)
    return None if value is None else bool(value <= world.figure(condition.bound).value)


@predicate("given", "fact", fails="{label}没有记录。")
def _given(world: World, condition: Condition) -> Truth:
    """Whether anything is recorded; for facts whose absence is itself an answer. Never unknown."""
    return world.facts.get(condition.fact) is not None


@predicate("stated", "bound", fails="原文没有写明数字。", asks="请县里补充这个数字。")
def _stated(world: World, condition: Condition) -> Truth:
    """Whether the document states a figure. Never unknown."""
    row = world.parameter(condition.bound)
    return row is not None and row.kind.has_value


@predicate("at_least", "fact", "than", fails="{label}低于{than}。")
def _at_least(world: World, condition: Condition) -> Truth:
    return _compared(world, condition, ">=")


@predicate("more_than", "fact", "than", fails="{label}没有超过{than}。")
def _more_than(world: World, condition: Condition) -> Truth:
    return _compared(world, condition, ">")


@predicate("less_than", "fact", "than", fails="{label}不低于{than}。")
def _less_than(world: World, condition: Condition) -> Truth:
    return _compared(world, condition, "<")


@predicate("figure_named", "fact", fails="{label}所指的不是本文件的数字。")
def _figure_named(world: World, condition: Condition) -> Truth:
    """Whether a fact is the id of a row of figures, stated or not."""
    name = world.facts.get(condition.fact)
    row = world.parameter(name) if name else None
    return None if name is None else row is not None and row.kind in FIGURES


@predicate("keeps_named", "fact", "than", fails="{label}没有达到{than}所指的数字。")
def _keeps_named(world: World, condition: Condition) -> Truth:
    """As `keeps`, the parameter being named by a fact."""
    value, name = world.facts.get(condition.fact), world.facts.get(condition.than)
    if name is None:
        return None
    bound = world.figure(name)
    return None if value is None else within(value, bound.operator, bound.value, world.conventions.bound_rule)


def _compared(world: World, condition: Condition, operator: str) -> Truth:
    value, limit = world.facts.get(condition.fact), world.facts.get(condition.than)
    return None if value is None or limit is None else within(value, operator, limit, world.conventions.bound_rule)


def _flag(world: World, fact: str) -> Truth:
    value = world.facts.get(fact)
    return value if value is None or isinstance(value, bool) else bool(value)


def shown(value: object) -> str:
    """A figure in plain Chinese text: lists joined, decimals without exponent."""
    if isinstance(value, tuple):
        return "、".join(str(item) for item in value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
