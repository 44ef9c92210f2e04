"""Benefits as officers read them: how much and why, how often, to whom, from which fund, on which papers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from matcher.policy.benefit_types import MONEY, Basis, Benefit, Every, Nature, Share, Subject
from matcher.policy.benefits.conditions import amount_output, deciding_rule, merged
from matcher.policy.pages.figures import figure, window
from matcher.policy.pages.formulas import FORMULA_WORDS, Name
from matcher.policy.predicates.sentences import Speaker
from matcher.policy.rule_types import Output, ParameterKind, Rule
from matcher.policy.types import Pack, Vocabulary

SUBJECTS = {
    Subject.PERSON: "每人",
    Subject.OPERATOR: "每个经营主体",
    Subject.MARKET: "每个市场",
    Subject.HOUSEHOLD: "每户",
    Subject.STATION: "每个工作站",
}
TIMES = {
    Every.EVER: "一次",
    Every.YEAR: "每年一次",
    Every.MONTH: "按月",
    Every.OCCASION: "每期（每份协议）一次",
    Every.OPEN: "次数原文没有写",
}
OPEN = {ParameterKind.MASKED: "原文打码", ParameterKind.UNSPECIFIED: "由县里填写"}
NOT_STATED = "原文没有写"
PERCENT = 100


def benefit_row(pack: Pack, benefit: Benefit, vocabulary: Vocabulary) -> dict[str, str]:
    """One benefit as a row of words; what the document does not say is said to be unsaid, never left as nothing."""
    words = vocabulary.words
    period = benefit.period
    cap = pack.parameter(benefit.cap)
    return {
        "benefit": benefit.id,
        "title": benefit.title,
        "amount": amount_words(pack, benefit, vocabulary),
        "cap": figure(cap, words) if cap else "",
        "period": f"{SUBJECTS[period.per]}{TIMES[period.every]}" if period else TIMES[Every.OPEN],
        "payees": "、".join(party.label for party in benefit.payees) or f"{NOT_STATED}由谁领取",
        "excluded": "、".join(party.label for party in benefit.excluded_payees),
        "shares": "、".join(_share(pack, share) for share in benefit.shares),
        "funds": "；".join(_fund(pack, fund.parameter, vocabulary) for fund in benefit.funds),
        "papers": "、".join(paper.label for paper in benefit.evidence),
        "papers_basis": _basis(benefit),
        "days": window(benefit.from_, benefit.to) if benefit.from_ or benefit.to else "",
        "clause": words.get(benefit.clause, benefit.clause),
        "note": benefit.note,
    }


def benefit_lines(pack: Pack, benefit: Benefit, vocabulary: Vocabulary) -> Iterator[str]:
    """Heading, then one line for each thing the document says of a benefit."""
    row = benefit_row(pack, benefit, vocabulary)
    yield f"### {row['title']}（{row['benefit']}，{row['clause']}）"
    yield f"- 给多少：{row['amount']}"
    said = {
        "cap": "上限",
        "period": "次数",
        "payees": "发给",
        "excluded": "不发给",
        "shares": "分担",
        "funds": "资金来源",
        "days": "起止",
    }
    yield from (f"- {label}：{row[key]}" for key, label in said.items() if row[key])
    yield from _conditions(pack, benefit, vocabulary)
    if row["papers"]:
        yield f"- 材料（{row['papers_basis']}）：{row['papers']}"
    if row["note"]:
        yield f"- 说明：{row['note']}"


def amount_words(pack: Pack, benefit: Benefit, vocabulary: Vocabulary) -> str:
    """How much, in words: the formula of the rule or the benefit's own, with each figure as the document states it."""
    if benefit.nature is Nature.REFERRAL:
        return "按其他规定办理，本文件没有金额"
    rule, say = merged(pack, benefit), Speaker(pack, vocabulary).holding
    name = _namer(pack, rule, vocabulary)
    told = [FORMULA_WORDS[output.formula](output, name, say) for output in _outputs(pack, benefit)]
    unit = "" if benefit.unit == MONEY else f"（{benefit.unit}）"
    return "；".join(dict.fromkeys(told)) + unit


def _outputs(pack: Pack, benefit: Benefit) -> Iterator[Output]:
    """The formulas an amount follows from, those left out that apply to what this benefit settles otherwise."""
    own, rule = amount_output(benefit), deciding_rule(pack, benefit)
    if own is not None:
        yield own
    keys = {benefit.key, *(share.key for share in benefit.shares)} - {""}
    for output in rule.outputs if rule else ():
        if output.key in keys and output.formula and _applies(output, benefit, rule):
            yield output


def _applies(output: Output, benefit: Benefit, rule: Rule | None) -> bool:
    when = output.when
    settled = benefit.given.get(when.fact) if when is not None else None
    if when is None or settled is None or rule is None:
        return True
    return rule.aliases.get(when.fact, {}).get(settled, settled) in when.values


def _namer(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Name:
    def name(operand: str) -> str:
        row = pack.parameter(operand)
        if row is not None and operand not in rule.inputs:
            stated = OPEN.get(row.kind) or figure(row, vocabulary.words)
            return f"{row.name or vocabulary.words.get(operand, operand)}（{stated}）"
        term = vocabulary.facts.get(operand)
        return term.label if term else vocabulary.words.get(operand, operand)

    return name


def _conditions(pack: Pack, benefit: Benefit, vocabulary: Vocabulary) -> Iterator[str]:
    """The rule that decides, and what is asked besides."""
    rule = deciding_rule(pack, benefit)
    if rule is not None:
        yield f"- 条件：按规则“{rule.title}”判断"
    speaker = Speaker(pack, vocabulary)
    steps = [step for step in benefit.steps if step.stop_on == "no"]
    bars = [speaker.reason(part, vocabulary.words) for step in steps for part in step.requires]
    if bars:
        yield f"- {'另外，' if rule else ''}下列情形不给或要核实：{'；'.join(text.rstrip('。') for text in bars)}"


def _share(pack: Pack, share: Share) -> str:
    row = pack.parameter(share.parameter)
    if share.key:
        return share.label
    if row is None or row.kind is not ParameterKind.RATIO:
        return f"其余由{share.label}承担"
    return f"{share.label}{(Decimal(row.value) * PERCENT).normalize():f}%"


def _fund(pack: Pack, parameter_id: str, vocabulary: Vocabulary) -> str:
    row = pack.parameter(parameter_id)
    return figure(row, vocabulary.words) if row else parameter_id


def _basis(benefit: Benefit) -> str:
    stated = {paper.basis for paper in benefit.evidence} == {Basis.STATED}
    return "原文列出" if stated else "原文没有列，证明各项条件所需"
