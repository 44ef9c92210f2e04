"""Rules of a pack as Chinese lines: what leads to which outcome, and what is computed from what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matcher.policy.evaluate import question
from matcher.policy.page_figures import figure
from matcher.policy.predicates import PREDICATES, parts_of
from matcher.policy.rule_types import Condition, Output, Rule, StopOn
from matcher.policy.types import Pack, Vocabulary

Name = Callable[[str], str]


def rule_lines(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """Heading, one numbered line a step with what leads to it, then what the rule computes."""
    words = vocabulary.words
    yield f"### {rule.title}（{rule.id}，{words.get(rule.clause, rule.clause)}）"
    said = dict(words) | {saying.code: saying.officer.rstrip("。") for saying in rule.says}
    for number, step in enumerate(rule.steps, start=1):
        outcome = said.get(step.outcome, step.outcome)
        unknown = step.stop_on is StopOn.UNKNOWN
        when = "下列任何一项没有记录的" if unknown else "有下列情形之一的"
        yield f"{number}. {when}，{outcome}："
        yield from dict.fromkeys(
            f"   - {_unknown(condition, vocabulary) if unknown else _failing(condition, pack, said, vocabulary)}"
            for condition in step.requires
        )
    if rule.otherwise:
        yield f"{len(rule.steps) + 1}. 其余情况：{said.get(rule.otherwise, rule.otherwise)}。"
    yield from _computed(pack, rule, vocabulary)


def _unknown(condition: Condition, vocabulary: Vocabulary) -> str:
    facts = dict.fromkeys(vocabulary.facts[part.fact].label for part in parts_of(condition) if part.fact)
    return f"{'、'.join(facts)}：{question(condition, vocabulary)}"


def _failing(condition: Condition, pack: Pack, said: dict[str, str], vocabulary: Vocabulary) -> str:
    """What is the case when a requirement fails, with the standards it is held against."""
    parts = [part for part in parts_of(condition) if part.is_]
    standards = [_standard(part, pack, vocabulary) for part in parts if part.bound]
    text = said.get(condition.reason)
    if text is None:
        text = "".join(_fails(part, pack, vocabulary) for part in parts).rstrip("。")
        standards = []
    return text + (f"（标准：{'、'.join(standards)}）" if standards else "") + "。"


def _fails(part: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    return PREDICATES[part.is_].fails.format(
        label=vocabulary.facts[part.fact].label,
        limit=_standard(part, pack, vocabulary) if part.bound else "",
        unit="",
        values="、".join(vocabulary.words.get(value, value) for value in part.values),
    )


def _standard(part: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    row = pack.parameter(part.bound)
    return figure(row, vocabulary.words) if row else part.bound


def _computed(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """One line a computed key: what it is called and how it follows."""

    def name(operand: str) -> str:
        row = pack.parameter(operand)
        if row is not None and operand not in rule.inputs:
            return f"{row.name or operand}（{figure(row, vocabulary.words)}）"
        term = vocabulary.facts.get(operand)
        return term.label if term else vocabulary.words.get(operand, operand)

    for output in rule.outputs:
        beside = "、".join(vocabulary.words.get(outcome, outcome) for outcome in output.beside)
        when = f"{beside}的，" if beside else ""
        key = vocabulary.words.get(output.key, output.key)
        how = output.fixed if output.fixed is not None else FORMULA_WORDS[output.formula](output, name)
        yield f"- {when}{key}：{how}。"


def _product(output: Output, name: Name) -> str:
    return " × ".join(map(name, output.of))


def _sum_of_products(output: Output, name: Name) -> str:
    return " ＋ ".join(" × ".join(map(name, group)) for group in output.groups)


def _names_where(output: Output, name: Name) -> str:
    return "；".join(f"属于{name(fact)}的，列入{name(group)}" for group, fact in output.groups) or "不列入"


def _template(text: str) -> Callable[[Output, Name], str]:
    return lambda output, name: text.format(*map(name, output.of))


# Formula kind -> how an output of that kind reads, given the Chinese names of its operands.
FORMULA_WORDS: dict[str, Callable[[Output, Name], str]] = {
    "product": _product,
    "sum_of_products": _sum_of_products,
    "names_where": _names_where,
    "at_most": _template("看{}是否不超过{}"),
    "mean_reaches": _template("看{}的平均数是否达到{}，一户也没有的不作判断"),
    "term_end": _template("从{}算起满{}的最后一天，按选定的{}计算"),
}
