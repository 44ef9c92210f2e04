"""Rules over facts: `evaluate_rule` answers with the object that `policy/vectors.csv` calls expected_json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from matcher.errors import UsageError
from matcher.explanation import Finding
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.decide import Decided, walk
from matcher.policy.evaluation.inputs import Facts, read_inputs
from matcher.policy.evaluation.world import FigureMissing, RuleWorld
from matcher.policy.figures.in_force import NO_COUNTY, FiguresOn
from matcher.policy.figures.words import cited, figure_findings
from matcher.policy.formulas import amounts, calendars, choices, lists
from matcher.policy.formulas.kinds import compute, in_fen, render
from matcher.policy.predicates import lists as list_words
from matcher.policy.predicates import times as time_words
from matcher.policy.predicates.facts import truth
from matcher.policy.predicates.sentences import Speaker, question
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack, PackSet, Vocabulary
from matcher.records.figures import CountyFigure

Answer = dict[str, Any]
Evaluator = Callable[[Facts, "Around"], Answer]


# Importing these registers the words and formulas of the closed vocabulary.
VOCABULARY_MODULES = (amounts, calendars, choices, lists, list_words, time_words)


class NotYetHere(UsageError):
    """A rule that no pack and no evaluator of this version holds."""


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule over all documents may look at besides its facts."""

    packs: PackSet
    conventions: Conventions
    county: FiguresOn = NO_COUNTY


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


def evaluate_rule(
    rule_id: str,
    inputs: Mapping[str, Any],
    *,
    packs: PackSet,
    conventions: Conventions | None = None,
    county: FiguresOn = NO_COUNTY,
) -> Answer:
    """The answer of one rule to one set of inputs.

    county : figures for what its document masks or leaves open; with them the answer names those it used
    (`county_figures`, each with author and source) and those it lacks (`figures_missing`), without them neither
    Raises NotYetHere for a rule this version does not hold, InvalidInput naming every key that does not fit.
    """
    conventions = conventions or Conventions()
    cross = CROSS_RULES.get(rule_id)
    if cross is not None:
        around = Around(packs=packs, conventions=conventions, county=county)
        return cross.evaluate(read_inputs(rule_id, cross.inputs, inputs), around)
    owner = packs.rule_owner(rule_id)
    if owner is None:
        known = ", ".join(rule_ids(packs))
        raise NotYetHere(f"no rule {rule_id}", where="rule_id", remedy=f"Rules of this version: {known}.")
    pack, rule = owner
    return answer(pack, rule, rule_facts(rule, inputs), conventions, county)


def rule_facts(rule: Rule, inputs: Mapping[str, Any]) -> Facts:
    """Typed facts of one call of a rule, codes turned into the words of its document. Raises InvalidInput."""
    facts = dict(read_inputs(rule.id, rule.inputs, inputs, rule.rows))
    for name, words in rule.aliases.items():
        facts[name] = _in_words(facts.get(name), words)
    return facts


def _in_words(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(words.get(item, item) for item in value)
    return words.get(value, value) if isinstance(value, str) else value


def rule_ids(packs: PackSet) -> tuple[str, ...]:
    """Every rule this version answers, sorted."""
    return tuple(sorted({*CROSS_RULES, *(rule.id for pack in packs.packs.values() for rule in pack.rules)}))


def answer(pack: Pack, rule: Rule, facts: Facts, conventions: Conventions, county: FiguresOn = NO_COUNTY) -> Answer:
    """Answer of a rule of a pack to typed facts: outcome and reasons if it decides, then its outputs."""
    world = RuleWorld(pack, rule, facts, conventions, county=county)
    try:
        decided = decide(rule, world)
        told = _verdict(rule, decided) | outputs(rule, world, decided.outcome)
    except FigureMissing as missing:
        told = {"outcome": missing.outcome, "reasons": [missing.reason]}
    return told | (told_figures(world.asked) if county.asked else {})


def told_figures(asked: Mapping[str, CountyFigure | None]) -> Answer:
    """Which figures of the county an answer rests on, and which it would have needed."""
    used = [figure for _, figure in sorted(asked.items()) if figure is not None]
    missing = sorted(name for name, figure in asked.items() if figure is None)
    told: Answer = {"county_figures": [cited(figure) for figure in used]} if used else {}
    return told | ({"figures_missing": missing} if missing else {})


def decide(rule: Rule, world: RuleWorld) -> Decided:
    """How the steps of a rule come out."""
    return walk(rule.steps, rule.otherwise, world)


def _verdict(rule: Rule, decided: Decided) -> Answer:
    """Outcome and reasons, as far as the rule gives them (14.1)."""
    if not decided.outcome:
        return {}
    shown_reasons = {"reasons": list(decided.reasons)} if rule.reasons or decided.reasons else {}
    return {"outcome": decided.outcome, **shown_reasons}


def outputs(rule: Rule, world: RuleWorld, outcome: str) -> Answer:
    """The further keys of the answer that stand beside `outcome`, in their order.

    Where the outputs alone are the answer (no `otherwise`) there are none beside a step that decided.
    """
    result: Answer = {}
    if outcome and not rule.otherwise:
        return result
    for output in rule.outputs:
        if output.beside and outcome not in output.beside:
            continue
        applies = output.when is None or truth(output.when, world) is True
        value = compute(output, world) if applies else None
        if value is not None:
            # What is split further is what is paid, in whole fen: the parts of a rounded sum add up to it.
            world.keep(output.key, in_fen(value) if output.as_ == "money" else value)
            result[output.key] = render(value, output.as_)
        elif output.null:
            result[output.key] = None
    return result


def findings(
    pack: Pack,
    rule: Rule,
    facts: Facts,
    vocabulary: Vocabulary,
    conventions: Conventions,
    county: FiguresOn = NO_COUNTY,
) -> tuple[Finding, ...]:
    """Why a rule came out as it did: one Finding per deciding condition, with sentence or question.

    After them one per figure the document leaves out: whose it is that was used, or that the county has yet to set it.
    """
    world = RuleWorld(pack, rule, facts, conventions, county=county)
    try:
        decided = decide(rule, world)
        outputs(rule, world, decided.outcome)
    except FigureMissing as missing:
        return figure_findings(world, missing.outcome, vocabulary)
    return _deciding(world, decided, vocabulary) + figure_findings(world, decided.outcome, vocabulary)


def _deciding(world: RuleWorld, decided: Decided, vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """One Finding per deciding condition."""
    pack, rule = world.pack, world.rule
    said = {saying.code: saying.officer for saying in rule.says}
    speaker = Speaker(pack, vocabulary, world.on)
    return tuple(
        Finding(
            rule_id=rule.id,
            outcome=decided.outcome,
            sentence=said.get(condition.reason) or speaker.reason(condition, vocabulary.words),
            question=question(condition, vocabulary) if decided.unknown else "",
            document=pack.cited,
            clause=rule.clause,
        )
        for condition in decided.deciding
    )
