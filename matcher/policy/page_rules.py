"""Rules of a pack as Chinese lines: what leads to which outcome, and what is computed from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matcher.policy.evaluate import label, question
from matcher.policy.page_figures import figure
from matcher.policy.page_formulas import FORMULA_WORDS
from matcher.policy.predicates import PREDICATES, parts_of
from matcher.policy.rule_types import Condition, Output, Rule, Step, StopOn
from matcher.policy.types import Pack, Vocabulary


def rule_lines(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """Heading, one numbered line a step with what leads to it, then what the rule computes."""
    words = vocabulary.words
    yield f"### {rule.title}（{rule.id}，{words.get(rule.clause, rule.clause)}）"
    said = dict(words) | {saying.code: saying.officer.rstrip("。") for saying in rule.says}
    yield from _computed(rule.derives, pack, rule, vocabulary)
    if rule.each is not None:
        yield "- 每一行这样判断："
        yield from _steps(rule.each.steps, rule.each.otherwise, pack, said, vocabulary)
    yield from _steps(rule.steps, rule.otherwise, pack, said, vocabulary)
    yield from _computed(rule.outputs, pack, rule, vocabulary)


def _steps(
    steps: tuple[Step, ...], otherwise: str, pack: Pack, said: dict[str, str], vocabulary: Vocabulary
) -> Iterator[str]:
    """One numbered line a step with what leads to it, then all other cases."""
    for number, step in enumerate(steps, start=1):
        outcome = said.get(step.outcome, step.outcome)
        unknown = step.stop_on is StopOn.UNKNOWN
        when = "下列任何一项没有记录的" if unknown else "有下列情形之一的"
        yield f"{number}. {when}，{outcome}："
        yield from dict.fromkeys(
            f"   - {_unknown(condition, vocabulary) if unknown else _failing(condition, pack, said, vocabulary)}"
            for condition in step.requires
        )
    if otherwise:
        yield f"{len(steps) + 1}. 其余情况：{said.get(otherwise, otherwise)}。"


def _unknown(condition: Condition, vocabulary: Vocabulary) -> str:
    facts = dict.fromkeys(label(part.fact, vocabulary) for part in parts_of(condition) if part.fact)
    return f"{'、'.join(facts)}：{question(condition, vocabulary)}"


def _failing(condition: Condition, pack: Pack, said: dict[str, str], vocabulary: Vocabulary) -> str:
    """What is the case when a requirement fails, with the standards it is held against."""
    parts = [part for part in parts_of(condition) if part.is_]
    standards = [_standard(part, pack, vocabulary) for part in parts if part.bound]
    text = said.get(condition.reason)
    if text is None:
        text, standards = failing(condition, pack, vocabulary), []
    return text + (f"（标准：{'、'.join(standards)}）" if standards else "") + "。"


def _fails(part: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    return PREDICATES[part.is_].fails.format(
        label=label(part.fact, vocabulary),
        on=label(part.on, vocabulary),
        than=label(part.than, vocabulary),
        limit=_standard(part, pack, vocabulary) if part.bound else "",
        unit="",
        values="、".join(vocabulary.words.get(value, value) for value in part.values),
    )


def holding(condition: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    """A condition as the case in which it holds."""
    parts = [_holds(condition, pack, vocabulary)] if condition.is_ else []
    for word, inner, say in (
        ("并且", condition.all, holding),
        ("或者", condition.any, holding),
        ("并且", condition.none, failing),
    ):
        parts += [_joined(word, [say(part, pack, vocabulary) for part in inner])] if inner else []
    return "，并且".join(parts) or "任何情况"


def failing(condition: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    """A condition as the case in which it fails."""
    parts = [_fails(condition, pack, vocabulary).rstrip("。")] if condition.is_ else []
    for word, inner, say in (
        ("或者", condition.all, failing),
        ("并且", condition.any, failing),
        ("或者", condition.none, holding),
    ):
        parts += [_joined(word, [say(part, pack, vocabulary) for part in inner])] if inner else []
    return "，或者".join(parts) or "任何情况"


def _joined(word: str, texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"（{word.join(texts)}）"


def _holds(part: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    template = HOLDING.get(part.is_)
    if template is None:
        return f"并非“{_fails(part, pack, vocabulary).rstrip('。')}”"
    return template.format(
        label=label(part.fact, vocabulary),
        than=label(part.than, vocabulary),
        limit=_standard(part, pack, vocabulary) if part.bound else "",
        values="或".join(vocabulary.words.get(value, value) for value in part.values),
    )


# Predicate -> how it reads where it holds; the others read as the opposite of what is said when they fail.
HOLDING = {
    "yes": "{label}：是",
    "no": "{label}：否",
    "given": "{label}已有记录",
    "keeps": "{label}符合标准（{limit}）",
    "positive": "{label}大于零",
    "one_of": "{label}为{values}",
    "includes_any": "{label}包括{values}",
    "some": "{label}不是空的",
    "at_least": "{label}不低于{than}",
    "more_than": "{label}超过{than}",
    "less_than": "{label}低于{than}",
    "in_list": "{label}在文件列出的范围内（{limit}）",
}


def _standard(part: Condition, pack: Pack, vocabulary: Vocabulary) -> str:
    row = pack.parameter(part.bound)
    return figure(row, vocabulary.words) if row else part.bound


def _computed(computed: Iterable[Output], pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """One line a computed value: what it is called and how it follows."""

    def name(operand: str) -> str:
        row = pack.parameter(operand)
        if row is not None and operand not in rule.inputs:
            return f"{row.name or vocabulary.words.get(operand, operand)}（{figure(row, vocabulary.words)}）"
        term = vocabulary.facts.get(operand)
        return term.label if term else vocabulary.words.get(operand, operand)

    def word(code: str) -> str:
        return vocabulary.words.get(code, code)

    def say(condition: Condition) -> str:
        return holding(condition, pack, vocabulary)

    for output in computed:
        beside = "、".join(vocabulary.words.get(outcome, outcome) for outcome in output.beside)
        when = (f"{beside}的，" if beside else "") + (f"{say(output.when)}时，" if output.when else "")
        key = name(output.key)
        how = word(output.fixed) if output.fixed is not None else FORMULA_WORDS[output.formula](output, name, say)
        yield f"- {when}{key}：{how}。"
