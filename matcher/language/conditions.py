"""Conditions in the free text of an advert: age, sex, ethnicity, religion, family, money and papers, health, origin.

Found and quoted with their place in the text; what the law says about each kind is data of the policy packs. Words
that lift a condition (男女不限, 不收押金) are read too, so that an advert which promises the contrary is not blamed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import msgspec

from matcher.language import condition_patterns as wording
from matcher.language.wordings import Wording

YOUNGEST_READ = 14  # a range that begins below is the age of children somebody looks after
OLDEST_READ = 75  # beyond it a number before 岁 is no working age
SENTENCE_END = "。;!?\n"
CLAUSE_END = SENTENCE_END + ","
PREFERENCE_REACH = 8  # characters after a condition in which 优先 still speaks about it

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NUMERALS = "零一二三四五六七八九"
_CHINESE_AGE = re.compile(r"[一二三四五六七]?十[一二三四五六七八九]?(?=\s*(?:周岁|岁|至|到|-|~|—))")


class ConditionKind(StrEnum):
    """What a condition is about."""

    AGE = "age"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    RELIGION = "religion"
    MARITAL = "marital"
    DEPOSIT = "deposit"
    DOCUMENT_HOLDING = "document_holding"
    HEALTH = "health"
    DISABILITY = "disability"
    RESIDENCE = "residence"


class Strength(StrEnum):
    """Whether the advert insists or prefers (优先, 为佳)."""

    REQUIRED = "required"
    PREFERRED = "preferred"


class TextCondition(msgspec.Struct, frozen=True, kw_only=True):
    """One condition as written: `text` is `source[start:end]`; `low` and `high` are ages in full years, AGE only."""

    kind: ConditionKind
    text: str
    start: int
    end: int
    low: int | None = None
    high: int | None = None
    strength: Strength = Strength.REQUIRED


def find_conditions(text: str) -> tuple[TextCondition, ...]:
    """Every condition in a text, in the order it stands there; parts of one kind never overlap."""
    line = folded(text)
    found = [
        *_ages(line),
        *(_Found(ConditionKind.SEX, match) for match in _sexes(line)),
        *_plain(line, ConditionKind.ETHNICITY, wording.ETHNICITY, wording.ETHNICITY_FREE),
        *_plain(line, ConditionKind.RELIGION, wording.RELIGION, wording.RELIGION_FREE),
        *_plain(line, ConditionKind.MARITAL, wording.MARITAL, wording.MARITAL_FREE),
        *_plain(line, ConditionKind.HEALTH, wording.HEALTH, wording.HEALTH_FREE),
        *_plain(line, ConditionKind.DISABILITY, wording.DISABILITY, wording.DISABILITY_FREE),
        *_plain(line, ConditionKind.RESIDENCE, wording.RESIDENCE, wording.RESIDENCE_FREE),
        *_taken(line, ConditionKind.DEPOSIT, wording.DEPOSIT),
        *_taken(line, ConditionKind.DOCUMENT_HOLDING, wording.DOCUMENT_HOLDING),
    ]
    found.sort(key=lambda item: (item.start, -item.end, item.kind))
    reached: dict[ConditionKind, int] = {}
    conditions = []
    for item in found:
        if item.start >= reached.get(item.kind, 0):
            reached[item.kind] = item.end
            conditions.append(item.condition(text, line))
    return tuple(conditions)


def age_bounds(conditions: Iterable[TextCondition]) -> tuple[int | None, int | None]:
    """Lowest and highest age the required age conditions leave open to anybody; None where nothing is said.

    Several ranges (one per trade, or per sex) are joined: who fits one of them is not shut out.
    """
    ages = [c for c in conditions if c.kind is ConditionKind.AGE and c.strength is Strength.REQUIRED]
    ranges = [c for c in ages if c.low is not None and c.high is not None]
    lows = [c.low for c in (ranges or ages) if c.low is not None]
    highs = [c.high for c in (ranges or ages) if c.high is not None]
    return min(lows, default=None), max(highs, default=None)


def folded(text: str) -> str:
    """Half-width signs for full-width ones and digits for 十八岁; every position stays where it was."""
    return _CHINESE_AGE.sub(lambda match: _age_in_digits(match[0]), text.translate(_WIDTH))


def _age_in_digits(numeral: str) -> str:
    tens, _, ones = numeral.partition("十")
    digits = str(10 * (_NUMERALS.find(tens) if tens else 1) + (_NUMERALS.find(ones) if ones else 0))
    return digits.rjust(len(numeral)) if len(digits) <= len(numeral) else numeral


class _Found:
    """A place in the text before it is quoted."""

    def __init__(
        self, kind: ConditionKind, match: re.Match[str], low: int | None = None, high: int | None = None
    ) -> None:
        self.kind, self.low, self.high = kind, low, high
        self.start, self.end = match.span()
        lead = " ,:(性" if kind is ConditionKind.AGE else " ,:("
        while match.string[self.start] in lead:
            self.start += 1

    def condition(self, text: str, line: str) -> TextCondition:
        """The condition quoted from the text as it was written."""
        after = line[self.end : self.end + PREFERENCE_REACH]
        after = re.split(f"[{re.escape(CLAUSE_END)}]", after)[0]
        preferred = wording.PREFERRED.search(line[self.start : self.end] + after)
        return TextCondition(
            kind=self.kind,
            text=text[self.start : self.end],
            start=self.start,
            end=self.end,
            low=self.low,
            high=self.high,
            strength=Strength.PREFERRED if preferred else Strength.REQUIRED,
        )


def _ages(line: str) -> Iterator[_Found]:
    """Age ranges first, then lone bounds outside of them."""
    taken: list[tuple[int, int]] = []
    bounds: tuple[tuple[Wording, Callable[[list[int]], tuple[int | None, int | None]]], ...] = (
        (wording.AGE_RANGE, lambda ages: (ages[0], ages[1])),
        (wording.AGE_HIGH, lambda ages: (None, ages[0])),
        (wording.AGE_LOW, lambda ages: (ages[0], None)),
        (wording.AGE_GENERATION, lambda _: (None, None)),
    )
    for pattern, read in bounds:
        for match in pattern.finditer(line):
            ages = [int(group) for group in match.groups() if group]
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            if all(YOUNGEST_READ <= age <= OLDEST_READ for age in ages) and ages == sorted(ages):
                if wording.AGE_OF_OTHERS.match(line, match.end()) or wording.AGE_OF_STAFF.search(line[: match.start()]):
                    continue
                taken.append(match.span())
                yield _Found(ConditionKind.AGE, match, *read(ages))


def _sexes(line: str) -> Iterator[re.Match[str]]:
    """Strong wordings everywhere; weak ones where their sentence does not ask for the other sex as well."""
    free = [match.span() for match in wording.SEX_FREE.finditer(line)]

    def lifted(match: re.Match[str]) -> bool:
        return any(start < match.end() and match.start() < end for start, end in free)

    yield from (match for match in wording.SEX_STRONG.finditer(line) if not lifted(match))
    weak: dict[int, list[re.Match[str]]] = {}
    for match in wording.SEX_WEAK.finditer(line):
        if not lifted(match):
            weak.setdefault(_sentence(line, match.start()), []).append(match)
    for sentence, matches in weak.items():
        sexes = {word.lastgroup for match in matches for word in wording.SEX_OF_WORD.finditer(match[0])}
        both = len(sexes) > 1 or any(_sentence(line, start) == sentence for start, _ in free)
        if not both:
            yield from matches


def _sentence(line: str, position: int) -> int:
    """Where the sentence of a position begins."""
    return max(line.rfind(end, 0, position) for end in SENTENCE_END) + 1


def _plain(line: str, kind: ConditionKind, pattern: Wording, free: Wording) -> Iterator[_Found]:
    """Matches of a pattern outside the wordings that lift the condition."""
    lifted = [match.span() for match in free.finditer(line)]
    for match in pattern.finditer(line):
        if match[0].strip() and not any(start < match.end() and match.start() < end for start, end in lifted):
            yield _Found(kind, match)


def _taken(line: str, kind: ConditionKind, pattern: Wording) -> Iterator[_Found]:
    """Money or papers taken, unless the clause says they are not."""
    for match in pattern.finditer(line):
        thing = match.end() - 1
        if wording.DEPOSIT_OF_OTHERS.search(line, max(match.start() - 3, 0), match.end() + 2):
            continue
        if wording.DENIED_BEFORE.search(line[_sentence(line, match.start()) : thing]):
            continue
        if not wording.DENIED_AFTER.match(line[match.end() :]):
            yield _Found(kind, match)
