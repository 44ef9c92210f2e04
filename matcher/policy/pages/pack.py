"""A pack as a Chinese page for people: each figure with its clause and days, each rule with its steps."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.policy.pages.benefits import benefit_lines
from matcher.policy.pages.figures import local_line, parameter_line, window
from matcher.policy.pages.quotas import quota_line
from matcher.policy.pages.rules import rule_lines
from matcher.policy.pages.services import tier_lines
from matcher.policy.types import Document, Effect, Mode, Pack, Service, Vocabulary

_MODES = {
    Mode.LEXICOGRAPHIC_IN_BAND: "匹配程度相近时按档次先后",
    Mode.STRICT_TIER: "达到基本匹配后按档次先后",
    Mode.TIE_BREAK: "其他条件相同时才看档次",
}


def describe(pack: Pack, vocabulary: Vocabulary) -> str:
    """The whole pack as text, one heading a part; parts without content are left out."""
    sections = (
        ("文件", list(_document(pack))),
        ("先后次序", [line for service in pack.services for line in _service(service, vocabulary)]),
        ("名额要求", [quota_line(pack, quota, vocabulary.words) for quota in pack.quotas]),
        ("规则", [line for rule in pack.rules for line in rule_lines(pack, rule, vocabulary)]),
        ("补助和奖励", [line for one in pack.benefits for line in benefit_lines(pack, one, vocabulary)]),
        ("招聘信息发布", list(_publication(pack))),
        ("青年劳动者保护", [f"- {row.sentence}（{row.document}{row.clause}）" for row in pack.protections]),
        ("数字与条目", list(_parameters(pack, vocabulary))),
        ("县里要定的数", [local_line(pack, figure, vocabulary.words) for figure in pack.figures]),
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
    yield "- 执行期限：" + ("一直适用" if document.always else _term(document))
    if document.last_year_named and document.to is None:
        yield f"- 原文没有写明截止日期，写到的最后一年是 {document.last_year_named} 年，此后需人工核实"
    if pack.regions:
        yield f"- 适用地区代码：{'、'.join(pack.regions)}"
    if document.carries_out:
        yield f"- 贯彻的上级文件：{'、'.join(document.carries_out)}"
    if document.note:
        yield f"- 说明：{document.note}"


def _term(document: Document) -> str:
    start = f"{document.from_}起" if document.from_ else "起始日期未写明"
    return f"{start}至{document.to}止" if document.to else f"{start}，截止日期未写明"


def _service(service: Service, vocabulary: Vocabulary) -> Iterator[str]:
    yield f"### {service.title}（{_MODES[service.mode]}）"
    for tier, who in tier_lines(service, vocabulary):
        yield f"{tier.rank + 1}. {tier.label}：{who}（{tier.clause}）"
    if service.note:
        yield service.note


def _publication(pack: Pack) -> Iterator[str]:
    for row in pack.publication:
        effect = "不得发布" if row.effect is Effect.BAR else "提示"
        yield f"- {effect}：{row.sentence}（{row.document}{row.clause}，{window(row.from_, row.to)}）"


def _parameters(pack: Pack, vocabulary: Vocabulary) -> Iterator[str]:
    if pack.parameters and not pack.document.always:
        yield "各项的执行期限同文件的执行期限；不同的，在该项后写明。"
    for row in pack.parameters:
        yield parameter_line(row, pack.document, vocabulary.words)
