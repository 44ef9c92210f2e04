"""Limits of age: the law first, then the post."""

from __future__ import annotations

from matcher.eligibility.rules.frame import NO, UNKNOWN, Frame, age_of
from matcher.explanation import Finding
from matcher.records import Vacancy, Worker

BIRTH_QUESTION = "请问您的出生年月日？"
EMPLOYER_QUESTION = "请向用人单位问清：这个岗位有没有夜班或重体力活？"


def under_16(worker: Worker, _vacancy: Vacancy, frame: Frame) -> Finding | None:
    """Nobody under the minimum age of national law is offered any work."""
    age = age_of(worker, frame)
    if age is None:
        return Finding(rule_id="under_16", outcome=UNKNOWN, sentence="还不知道出生日期", question=BIRTH_QUESTION)
    ages = frame.ages
    if age >= ages.minimum:
        return None
    return Finding(
        rule_id="under_16",
        outcome=NO,
        sentence=f"未满{ages.minimum}周岁，不能安排工作",
        document=ages.minimum_document,
        clause=ages.minimum_clause,
        found=age,
        limit=ages.minimum,
        change=f"满{ages.minimum}周岁以后再推荐",
    )


def protected_16_17(worker: Worker, vacancy: Vacancy, frame: Frame) -> Finding | None:
    """Young workers do none of the kinds of work the law keeps from them: heavy work, night shifts.

    Whose birth date is unknown may be one of them: a post with such work, or silent about it, stays open, with
    the question of `under_16`, which is open for this person at every post; no pair is opened by this rule alone.
    """
    asked = {kind: getattr(vacancy, kind) for kind in frame.ages.protections}
    barred = [kind for kind, value in asked.items() if value]
    matter = barred or [kind for kind, value in asked.items() if value is None]
    age = age_of(worker, frame)
    if not matter or (age is not None and not frame.ages.minimum <= age < frame.ages.protected_below):
        return None
    protection = frame.ages.protections[matter[0]]
    if age is not None and barred:
        return Finding(
            rule_id="protected_16_17",
            outcome=NO,
            sentence=protection.sentence,
            document=protection.document,
            clause=protection.clause,
            found=age,
            limit=frame.ages.protected_below,
            change="换成没有夜班和重体力的岗位",
        )
    work = "岗位有夜班或重体力活" if barred else "岗位没有写明有没有夜班、重体力"
    return Finding(
        rule_id="protected_16_17",
        outcome=UNKNOWN,
        sentence=work if age is not None else f"{work}，还不知道出生日期",
        question=EMPLOYER_QUESTION if age is not None else BIRTH_QUESTION,
        document=protection.document,
        clause=protection.clause,
    )


def age_min(worker: Worker, vacancy: Vacancy, frame: Frame) -> Finding | None:
    """The post's lower age bound, included."""
    if vacancy.age_min is None:
        return None
    age = age_of(worker, frame)
    if age is None:
        return Finding(rule_id="age_min", outcome=UNKNOWN, sentence="还不知道出生日期", question=BIRTH_QUESTION)
    if age >= vacancy.age_min:
        return None
    return Finding(
        rule_id="age_min",
        outcome=NO,
        sentence=f"岗位要求年满{vacancy.age_min}岁，您{age}岁",
        found=age,
        limit=vacancy.age_min,
        change=f"满{vacancy.age_min}岁以后再推荐",
    )


def age_max(worker: Worker, vacancy: Vacancy, frame: Frame) -> Finding | None:
    """The post's upper age bound; inside until the day before the next birthday (requirements 0.4)."""
    if vacancy.age_max is None:
        return None
    age = age_of(worker, frame)
    if age is None:
        return Finding(rule_id="age_max", outcome=UNKNOWN, sentence="还不知道出生日期", question=BIRTH_QUESTION)
    if age <= vacancy.age_max:
        return None
    return Finding(
        rule_id="age_max",
        outcome=NO,
        sentence=f"岗位只招{vacancy.age_max}岁及以下，您{age}岁",
        found=age,
        limit=vacancy.age_max,
        change=f"岗位年龄上限放宽到{age}岁",
    )
