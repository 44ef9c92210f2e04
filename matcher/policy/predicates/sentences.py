"""Conditions in Chinese: the case in which one holds or fails, and what to ask where nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from matcher.policy.pages.figures import figure
from matcher.policy.predicates.facts import PREDICATES, parts_of
from matcher.policy.rule_types import Condition
from matcher.policy.types import Pack, Term, Vocabulary

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
ANY_CASE = "任何情况"
NO_TERM = Term(label="", ask="")


class Speaker(msgspec.Struct, frozen=True):
    """Whose figures and words are spoken, and on which day (None: whatever the row)."""

    pack: Pack
    vocabulary: Vocabulary
    on: date | None = None

    def holding(self, condition: Condition) -> str:
        """A condition as the case in which it holds."""
        parts = [self._holds(condition)] if condition.is_ else []
        for word, inner, say in (
            ("并且", condition.all, self.holding),
            ("或者", condition.any, self.holding),
            ("并且", condition.none, self.failing),
        ):
            parts += [_joined(word, [say(part) for part in inner])] if inner else []
        return "，并且".join(parts) or ANY_CASE

    def failing(self, condition: Condition) -> str:
        """A condition as the case in which it fails."""
        parts = [self._filled(PREDICATES[condition.is_].fails, condition).rstrip("。")] if condition.is_ else []
        for word, inner, say in (
            ("或者", condition.all, self.failing),
            ("并且", condition.any, self.failing),
            ("或者", condition.none, self.holding),
        ):
            parts += [_joined(word, [say(part) for part in inner])] if inner else []
        return "，或者".join(parts) or ANY_CASE

    def reason(self, condition: Condition, said: Mapping[str, str]) -> str:
        """What is the case when a requirement fails: the words of its reason with its standards, else its own."""
        text = said.get(condition.reason)
        if text is None:
            return f"{self.failing(condition)}。"
        standards = [self._standard(part) for part in parts_of(condition) if part.bound]
        return text + (f"（标准：{'、'.join(dict.fromkeys(standards))}）" if standards else "") + "。"

    def lacking(self, condition: Condition) -> str:
        """The facts a condition lacks, and what to ask for them."""
        facts = dict.fromkeys(label(part.fact, self.vocabulary) for part in parts_of(condition) if part.fact)
        return f"{'、'.join(facts)}：{question(condition, self.vocabulary)}"

    def _holds(self, part: Condition) -> str:
        template = HOLDING.get(part.is_)
        if template is None:
            return f"并非“{self._filled(PREDICATES[part.is_].fails, part).rstrip('。')}”"
        return self._filled(template, part, between="或")

    def _filled(self, template: str, part: Condition, between: str = "、") -> str:
        return template.format(
            label=label(part.fact, self.vocabulary),
            on=label(part.on, self.vocabulary),
            than=label(part.than, self.vocabulary),
            limit=self._standard(part) if part.bound else "",
            unit="",
            values=between.join(self.vocabulary.words.get(value, value) for value in part.values),
        )

    def _standard(self, part: Condition) -> str:
        row = self.pack.parameter(part.bound, self.on)
        return figure(row, self.vocabulary.words) if row else part.bound


def question(condition: Condition, vocabulary: Vocabulary) -> str:
    """What to ask when a condition is unknown."""
    asks = []
    for part in parts_of(condition):
        if part.is_:
            term = vocabulary.facts.get(part.fact, NO_TERM)
            asks.append(PREDICATES[part.is_].asks.format(label=term.label, ask=term.ask))
    return "".join(dict.fromkeys(asks))


def label(fact: str, vocabulary: Vocabulary) -> str:
    """The Chinese name of a fact; its word, else the name itself, where the vocabulary has none."""
    term = vocabulary.facts.get(fact)
    return term.label if term else vocabulary.words.get(fact, fact)


def _joined(word: str, texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"（{word.join(texts)}）"
