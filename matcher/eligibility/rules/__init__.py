"""The plain specification: each limit of a pair as one function, with the sentence it says.

A rule returns None when it is satisfied, else a Finding with outcome `no` or `unknown`. Rule ids are the reason
ids of CONTRACT section 4. A missing fact of a limit that speaks gives `unknown` and the question to ask; a
limit nobody stated (no age bound, no wage floor) is satisfied. `kernel.py` holds the same rules over columns.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcher.eligibility.rules.abilities import (
    certificates_required,
    education,
    heavy_work,
    labour_ability,
    skills_required,
)
from matcher.eligibility.rules.ages import age_max, age_min, protected_16_17, under_16
from matcher.eligibility.rules.frame import Frame, RuleFunction
from matcher.eligibility.rules.posts import filled, not_publishable, reserved_for, validity
from matcher.eligibility.rules.wishes import (
    available_from,
    daily_return,
    night_shift,
    travel_range,
    wage_floor,
    wish,
)
from matcher.explanation import Finding
from matcher.records import Channel, Vacancy, Worker

# In the order in which a person would want to hear them: what nobody can change first, then the person's own
# wish, then what one question settles.
RULES: Mapping[str, RuleFunction] = {
    rule.__name__: rule
    for rule in (
        under_16,
        protected_16_17,
        not_publishable,
        validity,
        filled,
        wish,
        labour_ability,
        travel_range,
        daily_return,
        age_min,
        age_max,
        education,
        skills_required,
        certificates_required,
        reserved_for,
        wage_floor,
        heavy_work,
        night_shift,
        available_from,
    )
}


def findings(worker: Worker, vacancy: Vacancy, frame: Frame) -> tuple[Finding, ...]:
    """Everything that speaks against the pair or is still open, in the order of `RULES`; empty means yes."""
    found = (rule(worker, vacancy, frame) for rule in RULES.values())
    return tuple(finding for finding in found if finding is not None)


SATISFIED: Mapping[str, str] = {
    "under_16": "已达到法定工作年龄",
    "protected_16_17": "没有未成年工限制的情形",
    "not_publishable": "岗位可以发布",
    "validity": "岗位在招聘期内",
    "filled": "还有名额",
    "wish": "本人愿意找工作",
    "labour_ability": "有劳动能力",
    "travel_range": "在本人愿意去的范围里",
    "daily_return": "符合每天回家的要求",
    "age_min": "年龄下限没有妨碍",
    "age_max": "年龄上限没有妨碍",
    "education": "符合岗位学历要求",
    "skills_required": "符合岗位技能要求",
    "certificates_required": "符合岗位证书要求",
    "reserved_for": "属于岗位的招用对象",
    "wage_floor": "与本人的工资要求没有冲突",
    "heavy_work": "劳动强度没有妨碍",
    "night_shift": "班次没有妨碍",
    "available_from": "来得及上岗",
}

# What a rule that reads less in public may say there; `labour_ability` says nothing at all.
SATISFIED_IN_PUBLIC: Mapping[str, str] = {
    **{rule_id: sentence for rule_id, sentence in SATISFIED.items() if rule_id != "labour_ability"},
    "reserved_for": "没有专门的招用对象",
    "heavy_work": "岗位没有写明是重体力活",
}


def every_rule(worker: Worker, vacancy: Vacancy, frame: Frame) -> tuple[Finding, ...]:
    """What each rule says of the pair, satisfied ones included, in the order of `RULES`."""
    satisfied = SATISFIED_IN_PUBLIC if frame.public else SATISFIED
    return tuple(
        RULES[rule_id](worker, vacancy, frame) or Finding(rule_id=rule_id, outcome="yes", sentence=sentence)
        for rule_id, sentence in satisfied.items()
    )


def post_findings(vacancy: Vacancy, frame: Frame) -> tuple[Finding, ...]:
    """Why a post may be offered to nobody today: not publishable, not open, filled; empty if it may."""
    nobody = Worker(worker_id="", place_code=vacancy.place_code)
    found = (rule(nobody, vacancy, frame) for rule in (not_publishable, validity, filled))
    return tuple(finding for finding in found if finding is not None)


def person_findings(worker: Worker, frame: Frame) -> tuple[Finding, ...]:
    """Why a person is offered no work at all: too young, unwilling, not able; empty if nothing of the kind is known."""
    anywhere = Vacancy(
        vacancy_id="", title="", channel=Channel.FLEXIBLE_WORK, place_code=worker.place_code, headcount=1
    )
    found = (rule(worker, anywhere, frame) for rule in (under_16, wish, labour_ability))
    return tuple(finding for finding in found if finding is not None and finding.outcome == "no")
