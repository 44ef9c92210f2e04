"""What decides a benefit, as one rule: that of its document, if one decides it, with the conditions of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from matcher.errors import InvalidInput, Problem
from matcher.policy.benefit_types import Benefit
from matcher.policy.evaluation.evaluate import rule_facts
from matcher.policy.evaluation.inputs import OPTIONAL, Facts
from matcher.policy.formulas.kinds import operands
from matcher.policy.rule_types import Output, Rule
from matcher.policy.types import Pack

DAY_OF_CLAIM = "on"


def deciding_rule(pack: Pack, benefit: Benefit) -> Rule | None:
    """The rule of the document that decides a benefit; None where none of its rules does."""
    return pack.rule(benefit.rule) if benefit.rule else None


def merged(pack: Pack, benefit: Benefit) -> Rule:
    """One rule with the facts of both: the document's steps stay its own, the benefit's follow in `benefit.steps`."""
    own = deciding_rule(pack, benefit) or Rule(
        id=benefit.id, title=benefit.title, clause=benefit.clause, inputs={}, day=benefit.day
    )
    return msgspec.structs.replace(
        own,
        inputs={**own.inputs, **benefit.inputs},
        derives=(*own.derives, *benefit.derives),
        figures={**own.figures, **benefit.figures},
    )


def amount_output(benefit: Benefit) -> Output | None:
    """How the amount follows where no key of a rule holds it; the stated amount itself where nothing else is said."""
    if benefit.key:
        return None
    if benefit.computes is not None:
        return benefit.computes.output
    return Output(key="amount_yuan", formula="same", of=(benefit.amount,)) if benefit.amount else None


def sum_parameters(pack: Pack, benefit: Benefit) -> tuple[str, ...]:
    """Parameters a sum rests on: what its formula multiplies or cuts, and the ratios of its payers."""
    rule, own = deciding_rule(pack, benefit), amount_output(benefit)
    told = [output for output in rule.outputs if output.key == benefit.key] if rule and benefit.key else []
    read = (name for output in (*told, *([own] if own else [])) for name in operands(output))
    shared = (share.parameter for share in benefit.shares)
    return tuple(dict.fromkeys(name for name in (*read, benefit.cap, benefit.term, *shared) if pack.parameter(name)))


def claim_facts(rule: Rule, benefit: Benefit, facts: Mapping[str, Any], on: date) -> Facts:
    """Typed facts of a claim: what the benefit settles put in, what is not said taken as unknown.

    Raises InvalidInput for keys the benefit does not ask for, wrong types, a fact that contradicts the benefit, and
    facts that must be given (lists, counts).
    """
    clashes = [key for key, value in benefit.given.items() if facts.get(key, value) not in (value, None)]
    if clashes:
        problems = tuple(
            Problem(
                sheet=benefit.id,
                column=key,
                found=str(facts[key])[:80],
                expected=str(benefit.given[key]),
                fix=f"这项补助的 {key} 只能是 {benefit.given[key]}，请删去或改用另一项补助。",
            )
            for key in clashes
        )
        raise InvalidInput(f"facts contradict {benefit.id}", problems, where=benefit.id, remedy=problems[0].fix)
    said = dict(facts) | dict(benefit.given)
    if DAY_OF_CLAIM in rule.inputs:
        said.setdefault(DAY_OF_CLAIM, on.isoformat())
    nullable = {key for key, kind in rule.inputs.items() if "?" in kind and not kind.endswith(OPTIONAL)}
    unknown = dict.fromkeys(nullable - set(benefit.explicit))
    try:
        return rule_facts(rule, unknown | said)
    except InvalidInput as error:
        # The keys are those of the benefit, whichever rule asks for them.
        problems = tuple(msgspec.structs.replace(problem, sheet=benefit.id) for problem in error.problems)
        raise InvalidInput(error.what, problems, where=benefit.id, remedy=error.remedy) from None
