"""A pack as a Chinese page for people: each figure with its clause and days, each rule with its steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from matcher.policy.evaluate import question
from matcher.policy.predicates import parts_of, shown
from matcher.policy.rule_types import Parameter, ParameterKind, Rule
from matcher.policy.types import Effect, FlagTest, Mode, Pack, Service, Vocabulary

_NO_VALUE = {
    ParameterKind.MASKED: "原文隐去，不能计算",
    ParameterKind.UNSPECIFIED: "原文未写明，需县里填写",
    ParameterKind.ABSENT: "原文没有这一项",
}
_OPERATORS = {
    "=": "",
    ">=": "不低于 ",
    "<=": "不超过 ",
    ">": "超过 ",
    "<": "低于 ",
    "not in": "不含 ",
    "outside": "不在 ",
}
_MODES = {
    Mode.LEXICOGRAPHIC_IN_BAND: "匹配程度相近时按档次先后",
    Mode.STRICT_TIER: "达到基本匹配后按档次先后",
    Mode.ADDITIVE: "档次折算为加分",
    Mode.TIE_BREAK: "其他条件相同时才看档次",
}


def describe(pack: Pack, vocabulary: Vocabulary) -> str:
    """The whole pack as text, one heading a part; parts without content are left out."""
    sections = (
        ("文件", list(_document(pack))),
        ("先后次序", [line for service in pack.services for line in _service(service, vocabulary)]),
        ("规则", [line for rule in pack.rules for line in _rule(rule, vocabulary)]),
        ("招聘信息发布", list(_publication(pack))),
        ("青年劳动者保护", [f"- {row.sentence}（{row.document}{row.clause}）" for row in pack.protections]),
        ("数字与条目", [_parameter(row) for row in pack.parameters]),
    )
    body = [f"# {pack.name}（{pack.id}）"]
    for title, lines in sections:
        if lines:
            body += ["", f"## {title}", *lines]
    return "\n".join(body) + "\n"


def _document(pack: Pack) -> Iterator[str]:
    document = pack.document
    yield f"- 名称：{document.title}"
    if document.number:
        yield f"- 文号：{document.number}"
    if document.issuer:
        yield f"- 发文单位：{document.issuer}"
    if document.issued:
        yield f"- 落款日期：{document.issued}"
    yield "- 执行期限：" + ("一直适用" if document.always else _window(document.from_, document.to))
    if document.last_year_named and document.to is None:
        yield f"- 原文没有写明截止日期，写到的最后一年是 {document.last_year_named} 年，此后需人工核实"
    if pack.regions:
        yield f"- 适用地区代码：{'、'.join(pack.regions)}"
    if document.carries_out:
        yield f"- 贯彻的上级文件：{'、'.join(document.carries_out)}"
    if document.note:
        yield f"- 说明：{document.note}"


def _service(service: Service, vocabulary: Vocabulary) -> Iterator[str]:
    yield f"### {service.title}（{_MODES[service.mode]}）"
    for tier in service.tiers:
        who = _flags(tier.when, vocabulary) or "其他所有人"
        lifts = "；".join(_flags(lift, vocabulary) for lift in tier.lifts)
        inside = f"；档内先看：{lifts}" if lifts else ""
        yield f"{tier.rank + 1}. {tier.label}：{who}{inside}（{tier.clause}）"
    if service.note:
        yield service.note


def _flags(test: FlagTest, vocabulary: Vocabulary) -> str:
    parts = []
    if test.all:
        parts.append("且".join(vocabulary.flags[name].label for name in test.all))
    if test.any:
        parts.append("或".join(vocabulary.flags[name].label for name in test.any))
    if test.none:
        parts.append("不属于" + "、".join(vocabulary.flags[name].label for name in test.none))
    return "，并且".join(parts)


def _rule(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    yield f"### {rule.title}（{rule.id}，{rule.clause}）"
    said = {saying.code: saying.officer for saying in rule.says}
    for number, step in enumerate(rule.steps, start=1):
        why = "没有记录" if step.stop_on == "unknown" else "不符合"
        yield f"{number}. 以下任何一项{why}：{said.get(step.outcome, step.outcome)}"
        for condition in step.requires:
            facts = "、".join(
                dict.fromkeys(vocabulary.facts[part.fact].label for part in parts_of(condition) if part.fact)
            )
            ask = question(condition, vocabulary) if step.stop_on == "unknown" else said.get(condition.reason, "")
            yield f"   - {facts}：{ask or condition.reason}"
    if rule.otherwise:
        yield f"{len(rule.steps) + 1}. 其余情况：{said.get(rule.otherwise, rule.otherwise)}"


def _publication(pack: Pack) -> Iterator[str]:
    for row in pack.publication:
        effect = "不得发布" if row.effect is Effect.BAR else "提示"
        yield f"- {effect}：{row.sentence}（{row.document}{row.clause}，{_window(row.from_, row.to)}）"


def _parameter(row: Parameter) -> str:
    value = _NO_VALUE.get(row.kind) or f"{_OPERATORS.get(row.operator, '')}{shown(row.value)}"
    unit = row.unit if row.kind.is_figure or row.kind is ParameterKind.UNSPECIFIED else ""
    name = f"{row.name}（{row.id}）" if row.name else row.id
    return f"- {name}：{value}{unit}；{row.clause}；{_window(row.from_, row.to)}"


def _window(from_: date | None, to: date | None) -> str:
    start = f"{from_}起" if from_ else "起始日期未写明"
    return f"{start}至{to}" if to else f"{start}，截止日期未写明"
