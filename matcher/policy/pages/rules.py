"""Rules of a pack as Chinese lines: what leads to which outcome, and what is computed from what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from matcher.policy.pages.figures import figure
from matcher.policy.pages.formulas import FORMULA_WORDS
from matcher.policy.predicates.sentences import Speaker, label
from matcher.policy.rule_types import Output, Rule, Step, StopOn
from matcher.policy.types import Pack, Vocabulary


def rule_lines(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """Heading, one numbered line a step with what leads to it, then what the rule computes."""
    words = vocabulary.words
    yield f"### {rule.title}（{rule.id}，{words.get(rule.clause, rule.clause)}）"
    said = dict(words) | {saying.code: saying.officer.rstrip("。") for saying in rule.says}
    speaker = Speaker(pack, vocabulary)
    yield from _filled(pack, rule, vocabulary)
    yield from _computed(rule.derives, pack, rule, vocabulary)
    if rule.each is not None:
        yield "- 每一行这样判断："
        yield from _steps(rule.each.steps, rule.each.otherwise, said, speaker)
    yield from _steps(rule.steps, rule.otherwise, said, speaker)
    yield from _computed(rule.outputs, pack, rule, vocabulary)


def _filled(pack: Pack, rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    """One line an input that the county's own figure stands in for."""
    for key, figure_id in rule.figures.items():
        row = pack.local_figure(figure_id) or pack.parameter(figure_id)
        name = row.name if row and row.name else vocabulary.words.get(figure_id, figure_id)
        yield f"- {label(key, vocabulary)}没有给出的，用县里填的“{name}”。"


def _steps(steps: tuple[Step, ...], otherwise: str, said: Mapping[str, str], speaker: Speaker) -> Iterator[str]:
    """One numbered line a step with what leads to it, then all other cases."""
    for number, step in enumerate(steps, start=1):
        outcome = said.get(step.outcome, step.outcome)
        unknown = step.stop_on is StopOn.UNKNOWN
        when = "下列任何一项没有记录的" if unknown else "有下列情形之一的"
        yield f"{number}. {when}，{outcome}："
        yield from dict.fromkeys(
            f"   - {speaker.lacking(condition) if unknown else speaker.reason(condition, said)}"
            for condition in step.requires
        )
    if otherwise:
        yield f"{len(steps) + 1}. 其余情况：{said.get(otherwise, otherwise)}。"


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

    say = Speaker(pack, vocabulary).holding

    for output in computed:
        beside = "、".join(vocabulary.words.get(outcome, outcome) for outcome in output.beside)
        when = (f"{beside}的，" if beside else "") + (f"{say(output.when)}时，" if output.when else "")
        key = name(output.key)
        how = word(output.fixed) if output.fixed is not None else FORMULA_WORDS[output.formula](output, name, say)
        yield f"- {when}{key}：{how}。"
