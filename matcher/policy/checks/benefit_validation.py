"""What a benefit of a pack must keep: rules, figures and facts that exist, outcomes of claims, papers that prove."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from matcher.policy.benefit_types import Benefit, Every, Nature
from matcher.policy.benefits.answer import ELIGIBLE, OUTCOMES
from matcher.policy.benefits.conditions import amount_output, deciding_rule, merged
from matcher.policy.checks.rule_validation import (
    body_faults,
    named,
    output_faults,
    parameter_ids,
    type_faults,
    window_faults,
)
from matcher.policy.loading.strict import Fault
from matcher.policy.loading.toml_lines import Path
from matcher.policy.rule_types import ParameterKind, Rule
from matcher.policy.types import Pack, Vocabulary

RULES_FILE, PARAMETERS_FILE = "rules.toml", "parameters.toml"


def benefit_faults(pack: Pack, vocabulary: Vocabulary) -> Iterator[Fault]:
    """Every fault of the benefits of one well-typed pack."""
    names: dict[str, int] = {}
    for index, benefit in enumerate(pack.benefits):
        path: Path = ("benefits", index)
        for name in (benefit.id, *benefit.shared):
            if names.setdefault(name, index) != index:
                yield _fault(path, name, "不重复的名称", "这个编号或通用名称已有另一项补助使用，请换一个。")
        yield from _references(pack, benefit, path)
        yield from _rule(pack, benefit, path)
        yield from _amount(pack, benefit, path)
        yield from _conditions(pack, benefit, vocabulary, path)
        yield from _papers(benefit, merged(pack, benefit), path)


def _references(pack: Pack, benefit: Benefit, path: Path) -> Iterator[Fault]:
    yield from window_faults(benefit.from_, benefit.to, path)
    if not benefit.clause.strip():
        yield _fault((*path, "clause"), "", "clause", "请写明条款号。")
    known = parameter_ids(pack)
    for field, name in (("amount", benefit.amount), ("cap", benefit.cap), ("term", benefit.term)):
        yield from named((field, name), known, path, PARAMETERS_FILE)
    for name in benefit.shared.values():
        yield from named(("shared", name), known, path, PARAMETERS_FILE)
    for at, fund in enumerate(benefit.funds):
        yield from named(("parameter", fund.parameter), known, (*path, "funds", at), PARAMETERS_FILE)
        row = pack.parameter(fund.parameter)
        if row is not None and row.kind is not ParameterKind.TEXT:
            yield _fault((*path, "funds", at), fund.parameter, "text", "资金来源须是一个写明来源的文本参数。")
    local = {*known, *(figure.id for figure in pack.figures)}
    for fact, figure in benefit.figures.items():
        yield from named(("figures", fact), benefit.inputs, path, "inputs")
        yield from named(("figures", figure), local, path, PARAMETERS_FILE)
    for exclusion in benefit.excludes:
        others = {other.id for other in pack.benefits} - {benefit.id}
        yield from named(("excludes", exclusion.benefit), others, path, "benefits.toml")


def _rule(pack: Pack, benefit: Benefit, path: Path) -> Iterator[Fault]:
    """The rule exists, its words are outcomes of claims or turned into such, its keys are there to be read."""
    yield from named(("rule", benefit.rule), {rule.id for rule in pack.rules}, path, RULES_FILE)
    rule = deciding_rule(pack, benefit)
    told = {output.key for output in rule.outputs} if rule else set()
    yield from named(("key", benefit.key), told, path, RULES_FILE)
    for share in benefit.shares:
        yield from named(("shares", share.key), told, path, RULES_FILE)
    for key in (key for fund in benefit.funds for key in fund.beside):
        yield from named(("funds", key), told, path, RULES_FILE)
    words = _words(rule)
    for word in benefit.outcomes:
        yield from named(("outcomes", word), words, path, RULES_FILE)
    for outcome in sorted({benefit.outcomes.get(word, word) for word in words} | _outcomes(benefit)):
        if outcome not in OUTCOMES:
            fix = "请用列出的结果之一；规则自己的用语在 outcomes 里换成其中之一。"
            yield _fault(path, outcome, "、".join(OUTCOMES), fix)
    if benefit.people is not None and (rule is None or benefit.people.rows not in rule.rows):
        yield _fault((*path, "people"), benefit.people.rows, "rows", "规则里没有这个名单。")
    given_or_said = {*benefit.given, *benefit.explicit}
    for fact in sorted(given_or_said - merged(pack, benefit).inputs.keys()):
        yield _fault(path, fact, "inputs", "这项补助没有这一项事实。")


def _amount(pack: Pack, benefit: Benefit, path: Path) -> Iterator[Fault]:
    """An amount has a way to follow, shares leave exactly the last payer the rest, money is what is shared."""
    keyed = bool(benefit.shares) and all(share.key for share in benefit.shares)
    if benefit.nature is not Nature.REFERRAL and not keyed and not benefit.key and amount_output(benefit) is None:
        yield _fault(path, benefit.id, "amount / key / computes", "请写明金额由哪个参数、规则的哪一项或哪个公式得出。")
    if benefit.key and benefit.computes is not None:
        yield _fault(path, benefit.key, "key 或 computes", "金额只能有一个来历，请删去一个。")
    for at, share in enumerate(benefit.shares):
        is_last = at == len(benefit.shares) - 1
        if not keyed and bool(share.parameter) is is_last:
            fix = "除最后一方承担余额外，各方都要写明分担比例的参数。"
            yield _fault((*path, "shares", at), share.payer, "parameter", fix)
        yield from named(("parameter", share.parameter), parameter_ids(pack), (*path, "shares", at), PARAMETERS_FILE)
    if benefit.period is not None and benefit.nature is Nature.REFERRAL and benefit.period.every is not Every.OPEN:
        yield _fault((*path, "period"), benefit.period.every, "open", "按其他规定办理的，这里不能限定次数。")


def _conditions(pack: Pack, benefit: Benefit, vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    """Steps and formulas are held to what those of rules are, with the facts of the rule before them."""
    rule = deciding_rule(pack, benefit)
    yield from type_faults(benefit.inputs, vocabulary, (*path, "inputs"))
    if rule is not None:
        for fact in sorted(benefit.inputs.keys() & rule.inputs.keys()):
            yield _fault((*path, "inputs", fact), fact, rule.id, "规则已经有这一项事实，请删去。")
    derived = {output.key: "text" for output in rule.derives} if rule else {}
    whole = merged(pack, benefit)
    pseudo = msgspec.structs.replace(
        whole, inputs={**whole.inputs, **derived}, derives=benefit.derives, steps=benefit.steps, otherwise=ELIGIBLE,
        outputs=(), each=None,
    )  # fmt: skip
    yield from body_faults(pack, pseudo, vocabulary, path)
    output = amount_output(benefit)
    if output is not None:
        # Words of a table stand among its names, and what the rule answers may be reckoned with.
        told = {output.key for output in rule.outputs} if rule else set()
        known = {*pseudo.inputs, *(derived.key for derived in benefit.derives), *told}
        yield from output_faults(pack, pseudo, output, known, (*path, "computes"))


def _papers(benefit: Benefit, rule: Rule, path: Path) -> Iterator[Fault]:
    facts = {*rule.inputs, *(column for columns in rule.rows.values() for column in columns)}
    seen: set[str] = set()
    for at, paper in enumerate(benefit.evidence):
        here = (*path, "evidence", at)
        if paper.id in seen:
            yield _fault(here, paper.id, "不重复的 id", "编号重复，请换一个。")
        seen.add(paper.id)
        if not paper.proves or not paper.label.strip():
            yield _fault(here, paper.id, "label / proves", "每样材料都要有中文名称，并写明证明哪一项。")
        for fact in paper.proves:
            yield from named(("proves", fact), facts, here, "inputs")


def _words(rule: Rule | None) -> set[str]:
    if rule is None:
        return set()
    steps = (*rule.steps, *(rule.each.steps if rule.each else ()))
    return ({step.outcome for step in steps} | {rule.otherwise, rule.each.otherwise if rule.each else ""}) - {""}


def _outcomes(benefit: Benefit) -> set[str]:
    return {step.outcome for step in benefit.steps}


def _fault(path: Path, found: str, expected: str, fix: str) -> Fault:
    return Fault(path=path, found=found, expected=expected, fix=fix)
