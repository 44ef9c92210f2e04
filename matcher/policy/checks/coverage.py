"""What the worked examples try: answers per rule by side, and conditions that never come out one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

import msgspec

from matcher.errors import MatcherError
from matcher.policy.benefit_types import Benefit
from matcher.policy.benefits.answer import ELIGIBLE
from matcher.policy.benefits.conditions import claim_facts, merged
from matcher.policy.benefits.window import event_day, figures_of_day
from matcher.policy.checks.cases import case_figures, case_inputs
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.evaluate import CROSS_RULES, decide, outputs, rule_facts
from matcher.policy.evaluation.logic import Truth
from matcher.policy.evaluation.world import FigureMissing, RuleWorld
from matcher.policy.figures.in_force import FiguresOn
from matcher.policy.formulas.kinds import Unknown
from matcher.policy.predicates.facts import parts_of, truth
from matcher.policy.rule_types import Condition, Output, Rule
from matcher.policy.types import Case, Pack, PackSet

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
        _count(counts, ((case.rule, case) for case in pack.cases if case.rule))
    return dict(sorted(counts.items()))


def benefit_coverage(packs: PackSet) -> dict[str, Coverage]:
    """Benefit id -> its examples by side, sorted."""
    counts = {benefit.id: Coverage() for pack in packs.packs.values() for benefit in pack.benefits}
    for pack in packs.packs.values():
        _count(counts, ((case.benefit, case) for case in pack.cases if case.benefit))
    return dict(sorted(counts.items()))


def _count(counts: dict[str, Coverage], tried: Iterable[tuple[str, Case]]) -> None:
    for name, case in tried:
        so_far, side = counts[name], SIDE_OF[case.polarity]
        counts[name] = msgspec.structs.replace(so_far, **{side: getattr(so_far, side) + 1})


def untried(pack: Pack, conventions: Conventions | None = None) -> list[Untried]:
    """Conditions of a pack's rules, and of its benefits, that its examples never show to hold, or never to fail.

    Left out: what no example can turn, such as a bound the document masks or leaves open.
    """
    found = []
    read = conventions or Conventions()
    asked = [(rule, partial(_world, pack, rule)) for rule in pack.rules]
    for benefit in pack.benefits:
        own = _own_conditions(pack, benefit)
        # What the rule derives is tried in the examples of the rule.
        watched = msgspec.structs.replace(own, derives=benefit.derives)
        asked.append((watched, partial(_claim_world, pack, benefit, own)))
    for rule, world_of in asked:
        seen: dict[Condition, set[Truth]] = {}
        for case in pack.cases:
            if case.about == rule.id:
                _watch(rule, case, partial(world_of, conventions=read), seen)
        found += [
            Untried(rule=rule, condition=condition, side=side)
            for condition, sides in seen.items()
            for side in (False, True)
            if side not in sides and _can_turn(pack, rule, condition)
        ]
    return found


def _own_conditions(pack: Pack, benefit: Benefit) -> Rule:
    """What a benefit asks beside its rule, as a rule of the benefit's name that decides nothing else."""
    return msgspec.structs.replace(
        merged(pack, benefit), id=benefit.id, steps=benefit.steps, otherwise=ELIGIBLE, outputs=(), each=None
    )  # fmt: skip


def _world(pack: Pack, rule: Rule, case: Case, *, conventions: Conventions) -> RuleWorld:
    return RuleWorld(pack, rule, rule_facts(rule, case_inputs(case)), conventions)


def _claim_world(pack: Pack, benefit: Benefit, own: Rule, case: Case, *, conventions: Conventions) -> RuleWorld:
    """What the example of a benefit looks at: facts and figures of the day of the event."""
    on = case.on or date.min
    facts = claim_facts(own, benefit, case_inputs(case), on)
    day = event_day(benefit, facts, on)
    county = FiguresOn(figures=case_figures(pack, case), on=day)
    return RuleWorld(figures_of_day(pack, day), own, facts, conventions, county=county)


def _watch(rule: Rule, case: Case, world_of: Callable[[Case], RuleWorld], seen: dict[Condition, set[Truth]]) -> None:
    """Note how every condition of a rule comes out in one example; inputs that do not fit show nothing."""
    try:
        world = world_of(case)
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
