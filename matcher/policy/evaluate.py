"""Rules over facts: `evaluate_rule` answers with the object that `policy/vectors.csv` calls expected_json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from matcher.errors import UsageError
from matcher.explanation import Finding
from matcher.policy.conventions import Conventions
from matcher.policy.formulas import FORMULAS, render
from matcher.policy.inputs import Facts, read_inputs
from matcher.policy.predicates import PREDICATES, parts_of, shown, truth
from matcher.policy.rule_types import Condition, Output, Parameter, ParameterKind, Rule, StopOn
from matcher.policy.types import Pack, PackSet, Vocabulary

Answer = dict[str, Any]
Evaluator = Callable[[Facts, PackSet, Conventions], Answer]


class NotYetHere(UsageError):
    """A rule that no pack and no evaluator of this version holds."""


class FigureMissing(Exception):
    """A rule needs a figure the document does not state for that day; `outcome` and `reason` say which."""

    def __init__(self, parameter_id: str, outcome: str, reason: str) -> None:
        self.parameter_id, self.outcome, self.reason = parameter_id, outcome, reason
        super().__init__(f"{parameter_id}: {reason}")


class CrossRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule over all documents: the types of its inputs and the function that answers."""

    inputs: Mapping[str, str]
    evaluate: Evaluator


CROSS_RULES: dict[str, CrossRule] = {}


def cross_rule(rule_id: str, **inputs: str) -> Callable[[Evaluator], Evaluator]:
    """Register the evaluator of a rule that belongs to no single document."""

    def register(evaluate: Evaluator) -> Evaluator:
        if rule_id in CROSS_RULES:
            raise ValueError(f"rule {rule_id} is registered twice")
        CROSS_RULES[rule_id] = CrossRule(inputs=inputs, evaluate=evaluate)
        return evaluate

    return register


class RuleWorld:
    """What the predicates of one rule look at on one call."""

    def __init__(self, pack: Pack, rule: Rule, facts: Facts, conventions: Conventions, on: date | None = None) -> None:
        self.pack, self.rule, self.facts, self.conventions = pack, rule, facts, conventions
        self._on = on

    @property
    def on(self) -> date | None:
        """The day of the rule: the fact it names, else the day given by the caller."""
        return self.facts.get(self.rule.day) if self.rule.day else self._on

    def figure(self, parameter_id: str) -> Parameter:
        """The row in force on the day; raises FigureMissing for masked, unspecified and out-of-date figures."""
        row = self.pack.parameter(parameter_id, self.on)
        if row is None:
            raise KeyError(parameter_id)
        if row.kind is ParameterKind.MASKED:
            raise FigureMissing(parameter_id, "not_computable", f"masked:{parameter_id}")
        if row.kind is ParameterKind.UNSPECIFIED:
            raise FigureMissing(parameter_id, "needs_config", f"unspecified:{parameter_id}")
        if row.kind is ParameterKind.ABSENT or (self.on is not None and not row.holds_on(self.on)):
            raise FigureMissing(parameter_id, "no_rule", f"not_in_force:{parameter_id}")
        return row


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """How a rule came out: outcome, sorted reasons, and the conditions that decided with how they stood."""

    outcome: str
    reasons: tuple[str, ...] = ()
    deciding: tuple[Condition, ...] = ()
    unknown: bool = False


def evaluate_rule(
    rule_id: str, inputs: Mapping[str, Any], *, packs: PackSet, conventions: Conventions | None = None
) -> Answer:
    """The answer of one rule to one set of inputs.

    Raises NotYetHere for a rule this version does not hold, InvalidInput naming every key that does not fit.
    """
    conventions = conventions or Conventions()
    cross = CROSS_RULES.get(rule_id)
    if cross is not None:
        return cross.evaluate(read_inputs(rule_id, cross.inputs, inputs), packs, conventions)
    owner = packs.rule_owner(rule_id)
    if owner is None:
        known = ", ".join(rule_ids(packs))
        raise NotYetHere(f"no rule {rule_id}", where="rule_id", remedy=f"Rules of this version: {known}.")
    pack, rule = owner
    return answer(pack, rule, read_inputs(rule_id, rule.inputs, inputs), conventions)


def rule_ids(packs: PackSet) -> tuple[str, ...]:
    """Every rule this version answers, sorted."""
    return tuple(sorted({*CROSS_RULES, *(rule.id for pack in packs.packs.values() for rule in pack.rules)}))


def answer(pack: Pack, rule: Rule, facts: Facts, conventions: Conventions) -> Answer:
    """Answer of a rule of a pack to typed facts: outcome and reasons if it decides, then its outputs."""
    world = RuleWorld(pack, rule, facts, conventions)
    result: Answer = {}
    try:
        if rule.steps:
            decided = decide(rule, world)
            result = {"outcome": decided.outcome, "reasons": list(decided.reasons)}
        return result | outputs(rule, world, result.get("outcome", ""))
    except FigureMissing as missing:
        return {"outcome": missing.outcome, "reasons": [missing.reason]}


def decide(rule: Rule, world: RuleWorld) -> Decided:
    """Walk the steps in order; the first with a failing (or unknown) requirement gives outcome and all its reasons.

    Within a step every failing requirement is reported; what is unknown never counts as failing.
    """
    for step in rule.steps:
        wanted = None if step.stop_on is StopOn.UNKNOWN else False
        hits = tuple(condition for condition in step.requires if truth(condition, world) is wanted)
        if hits:
            reasons = () if step.silent else tuple(sorted({condition.reason for condition in hits}))
            return Decided(outcome=step.outcome, reasons=reasons, deciding=hits, unknown=wanted is None)
    return Decided(outcome=rule.otherwise)


def outputs(rule: Rule, world: RuleWorld, outcome: str) -> Answer:
    """The further keys of the answer that stand beside `outcome`, in their order."""
    computed: dict[str, Any] = {}
    shapes: dict[str, str] = {}
    for output in rule.outputs:
        if not output.beside or outcome in output.beside:
            computed[output.key] = _compute(output, world, computed)
            shapes[output.key] = output.as_
    return {key: render(value, shapes[key]) for key, value in computed.items()}


def _compute(output: Output, world: RuleWorld, computed: Mapping[str, Any]) -> Any:
    if output.fixed is not None:
        return output.fixed

    def resolve(name: str) -> Any:
        if name in computed:
            return computed[name]
        return world.facts[name] if name in world.rule.inputs else world.figure(name).value

    return FORMULAS[output.formula].compute(output, resolve)


def findings(
    pack: Pack, rule: Rule, facts: Facts, vocabulary: Vocabulary, conventions: Conventions
) -> tuple[Finding, ...]:
    """Why a rule came out as it did: one Finding per deciding condition, with sentence or question."""
    world = RuleWorld(pack, rule, facts, conventions)
    decided = decide(rule, world)
    said = {saying.code: saying.officer for saying in rule.says}
    return tuple(
        Finding(
            rule_id=rule.id,
            outcome=decided.outcome,
            sentence=said.get(condition.reason) or sentence(condition, world, vocabulary),
            question=question(condition, vocabulary) if decided.unknown else "",
            document=pack.cited,
            clause=rule.clause,
        )
        for condition in decided.deciding
    )


def sentence(condition: Condition, world: RuleWorld, vocabulary: Vocabulary) -> str:
    """The sentences of the predicates inside a condition, said when it fails."""
    return "".join(_filled(PREDICATES[part.is_].fails, part, world, vocabulary) for part in _words(condition))


def question(condition: Condition, vocabulary: Vocabulary) -> str:
    """What to ask when a condition is unknown."""
    asks = []
    for part in _words(condition):
        term = vocabulary.facts[part.fact]
        asks.append(PREDICATES[part.is_].asks.format(label=term.label, ask=term.ask))
    return "".join(dict.fromkeys(asks))


def _words(condition: Condition) -> tuple[Condition, ...]:
    return tuple(part for part in parts_of(condition) if part.is_)


def _filled(template: str, part: Condition, world: RuleWorld, vocabulary: Vocabulary) -> str:
    bound = world.pack.parameter(part.bound, world.on) if part.bound else None
    return template.format(
        label=vocabulary.facts[part.fact].label,
        limit=shown(bound.value) if bound else "",
        unit=bound.unit if bound else "",
        values="、".join(part.values),
    )
