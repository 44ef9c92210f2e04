"""What an advert may not ask: one judgement of its columns, its text and its last day, wherever it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from matcher.policy.national import publication_rules, working_age
from matcher.policy.types import Effect, PackSet, PublicationRule
from matcher.records import EXPIRED, PublishBar

N_QUOTES = 3  # of several wordings of one condition the first few show what is meant
SEX, AGE, UNDER_AGE, DEPOSIT = "sex", "age", "under_age", "deposit"
_EXPIRED_SENTENCE = "招聘截止日期已过，续期后才能发布。"
_NO_CONDITION = frozenset(
    {"", "不限", "男女不限", "无", "无要求", "不要求", "均可", "男女均可", "/", "-"},
)


class Condition(Protocol):
    """A condition found in the text of an advert, quoted; `low` and `high` are ages in full years."""

    @property
    def kind(self) -> str:
        """What it is about, a kind of `publication_rules`."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def low(self) -> int | None:
        """Youngest age asked for."""

    @property
    def high(self) -> int | None:
        """Oldest age asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """What an advert states that the law may speak of; `sex_condition` in its own words."""

    sex_condition: str | None = None
    deposit_yuan: int | None = None
    age_min: int | None = None
    age_max: int | None = None
    valid_to: date | None = None
    conditions: Sequence[Condition] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The law on adverts on a day: kind of condition -> rule in force; nobody younger than `minimum_age` works."""

    rules: Mapping[str, PublicationRule]
    minimum_age: int | None
    on: date


class Ground(NamedTuple):
    """Words a verdict rests on, and whether a column states them (else they stand in the text)."""

    words: str
    in_column: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What bars and what warns, by kind, an expired deadline last; grounds : kind -> what was found, columns first."""

    bars: tuple[PublishBar, ...]
    warnings: tuple[PublishBar, ...]
    grounds: Mapping[str, Sequence[Ground]]


def publication_law(packs: PackSet, on: date) -> Law:
    """The law on adverts of a day. Raises NotFound for a day before there was a working age."""
    return Law(rules=publication_rules(packs, on), minimum_age=working_age(packs, on).minimum, on=on)


def judge(advert: Advert, law: Law) -> Judgement:
    """The law's word on an advert; a condition the law is silent on neither bars nor warns."""
    grounds: dict[str, list[Ground]] = {}
    for kind, ground in (*_of_columns(advert, law), *_of_text(advert, law)):
        grounds.setdefault(kind, []).append(ground)
    bars: list[PublishBar] = []
    warnings: list[PublishBar] = []
    for kind in sorted(grounds):
        rule = law.rules.get(kind)
        if rule is not None:
            (bars if rule.effect is Effect.BAR else warnings).append(_verdict(rule, grounds[kind]))
    if advert.valid_to is not None and advert.valid_to < law.on:
        bars.append(PublishBar(code=EXPIRED, sentence=_EXPIRED_SENTENCE, found=advert.valid_to.isoformat()))
    return Judgement(bars=tuple(bars), warnings=tuple(warnings), grounds=grounds)


def no_condition(text: str) -> bool:
    """Whether a column of an advert is filled in only to say that it asks for nothing (不限, 无要求)."""
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("。.;,、") in _NO_CONDITION


def age_span(low: int | None, high: int | None) -> str:
    """A range of ages in words."""
    if low is None and high is None:
        return "不限"
    if low is None:
        return f"{high}岁以下"
    return f"{low}岁以上" if high is None else f"{low}—{high}岁"


def _of_columns(advert: Advert, law: Law) -> Iterator[tuple[str, Ground]]:
    if advert.sex_condition and not no_condition(advert.sex_condition):
        yield SEX, Ground(f"性别：{advert.sex_condition}", in_column=True)
    if advert.deposit_yuan:
        yield DEPOSIT, Ground(f"押金{advert.deposit_yuan}元", in_column=True)
    if advert.age_min is not None or advert.age_max is not None:
        ages = Ground(f"年龄：{age_span(advert.age_min, advert.age_max)}", in_column=True)
        yield AGE, ages
        if _too_young(advert.age_min, advert.age_max, law):
            yield UNDER_AGE, ages


def _of_text(advert: Advert, law: Law) -> Iterator[tuple[str, Ground]]:
    """Also an age that is only preferred: who may not be hired may not be invited."""
    for condition in advert.conditions:
        yield str(condition.kind), Ground(condition.text)
        if _too_young(condition.low, condition.high, law):
            yield UNDER_AGE, Ground(condition.text)


def _too_young(low: int | None, high: int | None, law: Law) -> bool:
    """Whether somebody below the working age is asked for; 0 is how other programs write "no limit"."""
    return law.minimum_age is not None and any(age is not None and 0 < age < law.minimum_age for age in (low, high))


def _verdict(rule: PublicationRule, grounds: Sequence[Ground]) -> PublishBar:
    found = "；".join(dict.fromkeys(ground.words for ground in grounds[:N_QUOTES]))
    return PublishBar(code=rule.kind, sentence=rule.sentence, document=rule.document, clause=rule.clause, found=found)
