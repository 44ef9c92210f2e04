"""A rule whose deciding fact is missing says so and asks for it once; no pair is opened by that alone."""

from __future__ import annotations

from datetime import date

import pytest
from factories import ON, vacancies, vacancy, worker, workers
from hypothesis import given, settings

from matcher.eligibility import Frame, every_rule, findings, questions, verdict_of
from matcher.eligibility.rules import RULES
from matcher.eligibility.rules.abilities import ABILITY_QUESTION
from matcher.eligibility.rules.ages import BIRTH_QUESTION, EMPLOYER_QUESTION
from matcher.policy.loading.loader import standard_packs
from matcher.policy.national import working_age
from matcher.records import LabourAbility

PACKS = standard_packs()
FRAME = Frame(on=ON, ages=working_age(PACKS, ON), vocabulary=PACKS.vocabulary)
SEVENTEEN, EIGHTEEN = date(2000, 6, 2), date(2000, 6, 1)
FIFTEEN, SIXTEEN = date(2002, 6, 2), date(2002, 6, 1)


def outcome(rule_id, some_worker, some_vacancy):
    (found,) = (f for f in every_rule(some_worker, some_vacancy, FRAME) if f.rule_id == rule_id)
    return found.outcome, found.question


@pytest.mark.parametrize("kind", ["heavy_work", "night_shift"])
@pytest.mark.parametrize(
    ("born", "value", "told"),
    [
        (None, True, ("unknown", BIRTH_QUESTION)),
        (None, None, ("unknown", BIRTH_QUESTION)),
        (None, False, ("yes", "")),
        (SEVENTEEN, True, ("no", "")),
        (SEVENTEEN, None, ("unknown", EMPLOYER_QUESTION)),
        (SEVENTEEN, False, ("yes", "")),
        (SIXTEEN, True, ("no", "")),
        (EIGHTEEN, True, ("yes", "")),
        (EIGHTEEN, None, ("yes", "")),
        # Below the working age another rule speaks.
        (FIFTEEN, True, ("yes", "")),
    ],
)
def test_who_may_be_a_young_worker_is_asked_where_it_matters(kind, born, value, told):
    assert outcome("protected_16_17", worker(birth_date=born), vacancy(**{kind: value})) == told


def test_a_night_shift_bars_a_young_worker_whatever_the_silence_about_the_load():
    post = vacancy(night_shift=True, heavy_work=None)
    assert outcome("protected_16_17", worker(birth_date=SEVENTEEN), post)[0] == "no"
    (told,) = (f for f in findings(worker(birth_date=None), post, FRAME) if f.rule_id == "protected_16_17")
    assert told.sentence == "岗位有夜班或重体力活，还不知道出生日期"
    assert told.clause == FRAME.ages.protections["night_shift"].clause


@pytest.mark.parametrize(
    ("ability", "value", "told"),
    [
        (None, True, ("unknown", ABILITY_QUESTION)),
        (None, None, ("unknown", ABILITY_QUESTION)),
        (None, False, ("yes", "")),
        (LabourAbility.NORMAL, True, ("yes", "")),
        (LabourAbility.SKILLED, None, ("yes", "")),
        (LabourAbility.WEAK, True, ("no", "")),
        (LabourAbility.HALF, None, ("unknown", "请向用人单位问清：这个岗位是不是重体力活？")),
        (LabourAbility.HALF, False, ("yes", "")),
    ],
)
def test_heavy_work_never_suits_an_ability_nobody_knows(ability, value, told):
    assert outcome("heavy_work", worker(labour_ability=ability), vacancy(heavy_work=value)) == told


@pytest.mark.parametrize("load", [True, None])
def test_one_missing_fact_is_one_question(load):
    post = vacancy(heavy_work=load, night_shift=load)
    assert questions(findings(worker(birth_date=None), post, FRAME)) == (BIRTH_QUESTION,)
    assert questions(findings(worker(labour_ability=None), post, FRAME)) == (ABILITY_QUESTION,)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(workers(), vacancies())
def test_no_pair_is_open_only_because_a_rule_lacks_the_fact_of_another(some_worker, some_vacancy):
    """The two rules speak of a missing birth date or ability only where `under_16` or `labour_ability` asks for it."""
    told = findings(some_worker, some_vacancy, FRAME)
    waits = {"protected_16_17": some_worker.birth_date is None, "heavy_work": some_worker.labour_ability is None}
    others = [f for f in told if not waits.get(f.rule_id)]
    assert verdict_of(others) is verdict_of(told)
    assert questions(others) == questions(told)


@settings(max_examples=300, deadline=None)
@given(workers(), vacancies())
def test_what_is_open_has_a_question(some_worker, some_vacancy):
    told = every_rule(some_worker, some_vacancy, FRAME)
    assert [f.rule_id for f in told] == list(RULES)
    assert all(bool(f.question) == (f.outcome == "unknown") for f in told)
