"""The law's verdict on an advert: barred, warned of, or none of its business."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from matcher.policy.publication import N_QUOTES, Advert, Ground, Law, judge, no_condition
from matcher.policy.types import Effect, PublicationRule

ON = date(2018, 6, 1)


class Found(NamedTuple):
    kind: str
    text: str
    low: int | None = None
    high: int | None = None


def rule(kind: str, effect: Effect) -> PublicationRule:
    return PublicationRule(kind=kind, effect=effect, document=f"law of {kind}", clause="1", sentence=f"no {kind}")


BARS = {kind: rule(kind, Effect.BAR) for kind in ("sex", "deposit", "under_age")}
LAW = Law(rules=BARS | {"age": rule("age", Effect.WARN)}, minimum_age=16, on=ON)


def codes(advert: Advert, law: Law = LAW) -> tuple[list[str], list[str]]:
    judgement = judge(advert, law)
    return [bar.code for bar in judgement.bars], [warning.code for warning in judgement.warnings]


def test_bars_and_warnings_stand_apart_ordered_by_kind():
    advert = Advert(deposit_yuan=200, age_max=45, conditions=[Found("sex", "限男")])
    judgement = judge(advert, LAW)
    assert [(bar.code, bar.sentence, bar.document, bar.clause, bar.found) for bar in judgement.bars] == [
        ("deposit", "no deposit", "law of deposit", "1", "押金200元"),
        ("sex", "no sex", "law of sex", "1", "限男"),
    ]
    assert [(warning.code, warning.found) for warning in judgement.warnings] == [("age", "年龄：45岁以下")]


def test_what_the_law_is_silent_on_is_neither():
    assert codes(Advert(conditions=[Found("height", "身高170以上")])) == ([], [])


def test_the_same_wording_is_quoted_once_and_no_more_than_the_first_few():
    wordings = [f"限男{n}" for n in range(N_QUOTES + 1)]
    (bar,) = judge(Advert(conditions=[Found("sex", words) for words in wordings]), LAW).bars
    assert bar.found == "；".join(wordings[:N_QUOTES])
    (bar,) = judge(Advert(conditions=[Found("sex", "限男"), Found("sex", "限男")]), LAW).bars
    assert bar.found == "限男"


def test_a_column_stands_before_the_text_among_the_grounds():
    judgement = judge(Advert(sex_condition="女", conditions=[Found("sex", "限女性")]), LAW)
    assert judgement.grounds["sex"] == [Ground("性别：女", in_column=True), Ground("限女性")]


@pytest.mark.parametrize("deposit", [None, 0])
def test_no_deposit_is_no_condition(deposit: int | None):
    assert codes(Advert(deposit_yuan=deposit)) == ([], [])


@pytest.mark.parametrize(
    ("words", "lifted"),
    [
        ("不限", True),
        ("男女 不限。", True),
        ("无要求", True),
        ("／", True),
        ("", True),
        ("女", False),
        ("不限女", False),
    ],
)
def test_a_column_filled_in_to_ask_for_nothing(words: str, lifted: bool):
    assert no_condition(words) is lifted
    assert codes(Advert(sex_condition=words)) == ([] if lifted else ["sex"], [])


@pytest.mark.parametrize(
    ("low", "high", "barred"),
    [(15, 30, True), (16, 30, False), (None, 15, True), (None, 16, False), (0, 60, False), (1, None, True)],
)
def test_nobody_below_the_working_age_is_asked_for_in_a_column_or_the_text(
    low: int | None, high: int | None, barred: bool
):
    bars = ["under_age"] if barred else []
    assert codes(Advert(age_min=low, age_max=high)) == (bars, ["age"])
    assert codes(Advert(conditions=[Found("age", "年龄", low, high)])) == (bars, ["age"])


def test_without_a_known_working_age_nothing_is_too_young():
    assert codes(Advert(age_min=15), Law(rules=LAW.rules, minimum_age=None, on=ON)) == ([], ["age"])


@pytest.mark.parametrize(("last_day", "bars"), [(date(2018, 5, 31), ["expired"]), (ON, []), (None, [])])
def test_the_last_day_is_still_open(last_day: date | None, bars: list[str]):
    assert codes(Advert(valid_to=last_day)) == (bars, [])
