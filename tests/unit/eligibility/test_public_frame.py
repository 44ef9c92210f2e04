"""In public no limit reads poverty, relocation, another group flag or health, whatever the record holds."""

from __future__ import annotations

import msgspec
import pytest
from factories import ON, maybe, vacancies, vacancy, worker, workers
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.eligibility import Frame, every_rule, findings, person_findings, questions, verdict_of
from matcher.eligibility.rules import RULES, SATISFIED_IN_PUBLIC
from matcher.explanation import Verdict
from matcher.policy.loading.loader import standard_packs
from matcher.policy.national import working_age
from matcher.records import Group, LabourAbility, MonitoredType

PACKS = standard_packs()
FRAME = Frame(on=ON, ages=working_age(PACKS, ON), vocabulary=PACKS.vocabulary, public=True)
CLOSED = {
    **{
        name: maybe(st.booleans())
        for name in (
            "registered_poor",
            "out_of_poverty",
            "relocated",
            "deep_poverty_village",
            "deep_poverty_township",
            "former_extreme_poverty",
            "rural_low_income",
            "poor_village",
            "hard_to_employ",
        )
    },
    "monitored_type": maybe(st.sampled_from(MonitoredType)),
    "labour_ability": maybe(st.sampled_from(LabourAbility)),
    "relocation_site": maybe(st.just("450206100")),
}


@settings(max_examples=300, deadline=None)
@given(workers(), vacancies(), st.fixed_dictionaries(CLOSED))
def test_no_rule_reads_a_closed_fact(some_worker, some_vacancy, closed):
    other = msgspec.structs.replace(some_worker, **closed)
    assert every_rule(other, some_vacancy, FRAME) == every_rule(some_worker, some_vacancy, FRAME)
    assert person_findings(other, FRAME) == person_findings(some_worker, FRAME)


@pytest.mark.parametrize("group", Group)
def test_a_reserved_post_is_one_neutral_question_for_everybody(group):
    for flag in (True, False, None):
        found = findings(worker(registered_poor=flag), vacancy(reserved_for=(group,)), FRAME)
        assert [(f.rule_id, f.outcome) for f in found] == [("reserved_for", "unknown")]
        assert questions(found) == ("这个岗位有专门的招用对象，请到窗口核对资格",)
        assert found[0].limit is None
    assert findings(worker(), vacancy(reserved_for=()), FRAME) == ()


@pytest.mark.parametrize("ability", [None, *LabourAbility])
def test_heavy_work_is_asked_and_the_record_not_read(ability):
    person = worker(labour_ability=ability)
    heavy = findings(person, vacancy(heavy_work=True), FRAME)
    assert verdict_of(heavy) is Verdict.UNKNOWN
    assert questions(heavy) == ("活比较重，您干得动吗？",)
    assert findings(person, vacancy(heavy_work=False), FRAME) == ()
    assert findings(person, vacancy(heavy_work=None), FRAME) == ()


def test_the_record_is_read_where_the_office_looks():
    office = msgspec.structs.replace(FRAME, public=False)
    person = worker(labour_ability=LabourAbility.NONE)
    assert [f.rule_id for f in person_findings(person, office)] == ["labour_ability"]
    assert person_findings(person, FRAME) == ()
    reserved = vacancy(reserved_for=(Group.REGISTERED_POOR,))
    assert verdict_of(findings(worker(), reserved, office)) is Verdict.NO


def test_every_rule_but_that_of_health_has_a_public_sentence():
    assert list(SATISFIED_IN_PUBLIC) == [rule for rule in RULES if rule != "labour_ability"]
