"""What a post demands to be known or held: what is missing is refused where it was recorded, else asked for."""

from __future__ import annotations

import pytest
from factories import ON, vacancy, worker

from matcher.eligibility import Frame, findings
from matcher.explanation import Finding
from matcher.policy.loading.loader import standard_packs
from matcher.policy.national import working_age

PACKS = standard_packs()
FRAME = Frame(on=ON, ages=working_age(PACKS, ON), vocabulary=PACKS.vocabulary)
LICENCE, HEALTH = "电工证", "健康证"


def told(some_worker, **demand):
    return findings(some_worker, vacancy(**demand), FRAME)


@pytest.mark.parametrize("stated", [(), (HEALTH,), None])
def test_no_demand_is_met_by_everybody(stated):
    person = worker(skills=stated, trades=None, certificates=stated)
    assert told(person, skills_required=(), certificates_required=None) == ()


def test_a_demand_is_met_by_whoever_holds_all_of_it():
    assert told(worker(certificates=(LICENCE, HEALTH)), certificates_required=(HEALTH, LICENCE)) == ()
    assert told(worker(skills=("电焊",), trades=("缝纫工",)), skills_required=("电焊", "缝纫")) == ()


def test_only_what_is_missing_is_named():
    person = worker(skills=("缝纫",), trades=(), certificates=(HEALTH,))
    assert told(person, skills_required=("缝纫", "叉车"), certificates_required=(HEALTH, LICENCE)) == (
        Finding(
            rule_id="skills_required",
            outcome="no",
            sentence="岗位要求会叉车，登记的技能里没有",
            found="缝纫",
            limit="缝纫、叉车",
            change="学会叉车后再推荐",
        ),
        Finding(
            rule_id="certificates_required",
            outcome="no",
            sentence="岗位要求持有电工证",
            found="健康证",
            limit="健康证、电工证",
            change="取得电工证后再推荐",
        ),
    )


def test_nothing_recorded_is_a_question_and_an_empty_record_is_not():
    demand = {"skills_required": ("叉车",), "certificates_required": (LICENCE,)}
    asked = told(worker(skills=None, trades=None, certificates=None), **demand)
    assert [(f.outcome, f.question) for f in asked] == [
        ("unknown", "请问您会不会叉车？"),
        ("unknown", "请问您有没有电工证？"),
    ]
    refused = told(worker(skills=(), trades=None, certificates=()), **demand)
    assert [(f.outcome, f.found) for f in refused] == [("no", "无"), ("no", "无")]
