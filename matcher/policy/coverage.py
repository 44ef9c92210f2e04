"""What the worked examples try: answers per rule by side, and conditions that never come out one way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from matcher.errors import MatcherError
from matcher.policy.cases import case_inputs
from matcher.policy.conventions import Conventions
from matcher.policy.evaluate import CROSS_RULES, decide, outputs, rule_facts
from matcher.policy.formulas import Unknown
from matcher.policy.logic import Truth
from matcher.policy.predicates import parts_of, truth
from matcher.policy.rule_types import Condition, Output, Rule
from matcher.policy.types import Pack, PackSet
from matcher.policy.world import FigureMissing, RuleWorld

ROW_FORMULA = "judge_rows"
# Whether a document states a figure does not change from one example to the next.
FIXED_BY_THE_DOCUMENT = frozenset({"stated"})


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How many worked examples of a rule expect yes (or a plain value), no, and need for a missing fact."""

    yes: int = 0
    no: int = 0
    unknown: int = 0

    @property
    def n_cases(self) -> int:
        """All worked examples of the rule."""
        return self.yes + self.no + self.unknown


class Untried(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that no example of its rule shows on one side; `side` is the missing one."""

    rule: Rule
    condition: Condition
    side: bool


SIDE_OF = {"positive": "yes", "neutral": "yes", "negative": "no", "unknown": "unknown"}


def coverage(packs: PackSet) -> dict[str, Coverage]:
    """Rule id -> its examples by side, sorted; rules over all documents included, with or without an example."""
    counts: dict[str, Coverage] = {rule_id: Coverage() for rule_id in CROSS_RULES}
    counts |= {rule.id: Coverage() for pack in packs.packs.values() for rule in pack.rules}
    for pack in packs.packs.values():
        for case in pack.cases:
            so_far, side = counts[case.rule], SIDE_OF[case.polarity]
            counts[case.rule] = msgspec.structs.replace(so_far, **{side: getattr(so_far, side) + 1})
    return dict(sorted(counts.items()))


def untried(pack: Pack, conventions: Conventions | None = None) -> list[Untried]:
    """Conditions of a pack's rules that its examples never show to hold, or never to fail.

    Left out: what no example can turn, such as a bound the document masks or leaves open.
    """
    found = []
    for rule in pack.rules:
        seen: dict[Condition, set[Truth]] = {}
        for case in pack.cases:
            if case.rule == rule.id:
                _watch(pack, rule, case_inputs(case), conventions or Conventions(), seen)
        found += [
            Untried(rule=rule, condition=condition, side=side)
            for condition, sides in seen.items()
            for side in (False, True)
            if side not in sides and _can_turn(pack, rule, condition)
        ]
    return found


def _watch(
    pack: Pack, rule: Rule, inputs: Mapping[str, Any], conventions: Conventions, seen: dict[Condition, set[Truth]]
) -> None:
    """Note how every condition of a rule comes out on one set of inputs; inputs that do not fit show nothing."""
    try:
        world = RuleWorld(pack, rule, rule_facts(rule, inputs), conventions)
        outputs(rule, world, decide(rule, world).outcome)
    except (MatcherError, FigureMissing):
        return
    for condition, rows in _places(rule):
        for scope in _scopes(world, rows):
            for part in parts_of(condition):
                if part.is_:
                    seen.setdefault(_bare(part), set()).update(_comes_out(part, scope))


def _places(rule: Rule) -> Iterator[tuple[Condition, str]]:
    """Every condition of a rule with the list it is asked of row by row ("" where it is asked once)."""
    for step in rule.steps:
        yield from ((condition, "") for condition in step.requires)
    for output in (*rule.derives, *rule.outputs):
        yield from _of_output(rule, output)


def _of_output(rule: Rule, output: Output) -> Iterator[tuple[Condition, str]]:
    if output.when is not None:
        yield output.when, ""
    if output.where is not None:
        yield output.where, output.rows
    yield from ((choice.when, output.rows) for choice in output.choices)
    if output.formula == ROW_FORMULA and rule.each is not None:
        yield from ((condition, output.rows) for step in rule.each.steps for condition in step.requires)


def _scopes(world: RuleWorld, rows: str) -> list[RuleWorld]:
    if not rows:
        return [world]
    try:
        return [world.of_row(row) for row in world.value(rows)]
    except Unknown:
        return []


def _comes_out(part: Condition, scope: RuleWorld) -> set[Truth]:
    try:
        return {truth(_bare(part), scope)}
    except (FigureMissing, KeyError):
        return set()


def _bare(part: Condition) -> Condition:
    """A predicate alone: without its reason and what is grouped under it."""
    return msgspec.structs.replace(part, all=None, any=None, none=None, reason="")


def _can_turn(pack: Pack, rule: Rule, condition: Condition) -> bool:
    if condition.is_ in FIXED_BY_THE_DOCUMENT:
        return False
    row = pack.parameter(condition.bound) if condition.bound else None
    if row is not None and not row.kind.has_value:
        return False
    kind = rule.inputs.get(condition.fact, "?")
    return condition.is_ != "given" or kind.endswith(("?", "*"))
