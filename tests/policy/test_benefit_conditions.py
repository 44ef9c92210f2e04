"""Every benefit on both sides of every condition of its own, and with every fact unknown."""

from __future__ import annotations

import pytest
from benefit_claims import BENEFITS, GOOD, PACKS, answer

from matcher.policy.benefit_types import Nature
from matcher.policy.checks.rule_validation import conditions_of
from matcher.policy.predicates.facts import parts_of

# What fails a condition that is no plain yes or no, by reason.
FAILING = {
    "worker_group": {"status": ["rural_labour"]},
    "course_not_named": {"course_kind": "pre_job"},
    "site_type_not_named": {"host_site_type": "mine"},
    "more_than_one_year": {"months": 24},
    "end_before_start": {"end": "2021-08-31"},
    "too_long": {"end": "2022-09-01"},
    "months_claimed_above_term": {"months_claimed": 25},
    "founder_group_not_named": {"founder_background": "other"},
    "low_income_not_defined": {"status": ["monitored"]},
    "marginal_without_monitored_record": {"status": ["marginal"]},
    "monitored_not_named_in_clause": {"status": ["monitored"]},
}
OWN = [
    pytest.param(code, step, condition, id=f"{code}-{condition.reason}")
    for code, (_, benefit) in BENEFITS.items()
    for step in benefit.steps
    for condition in step.requires
    if step.stop_on == "no" and condition.reason != "outside_refund_year"
]
NULLABLE = [
    pytest.param(code, key, id=f"{code}-{key}")
    for code, (_, benefit) in BENEFITS.items()
    for key, kind in benefit.inputs.items()
    if key in GOOD[code] and "?" in kind
]


def test_every_benefit_has_facts_that_meet_it():
    assert set(GOOD) == set(BENEFITS)


@pytest.mark.parametrize("code", sorted(BENEFITS))
def test_with_every_condition_met_only_a_figure_or_a_date_may_be_missing(code):
    found = answer(code)
    _, benefit = BENEFITS[code]
    if found.outcome == "eligible":
        assert found.amount_fen or found.quantity
        assert not found.reasons
    else:
        assert found.outcome in {"needs_config", "not_computable"}
        assert found.figures_needed or benefit.nature is Nature.REFERRAL
        assert found.amount_fen is None


@pytest.mark.parametrize(("code", "step", "condition"), OWN)
def test_a_condition_that_fails_decides_with_its_reason(code, step, condition):
    (fact,) = {part.fact for part in parts_of(condition) if part.fact}
    plain = condition.is_ == "yes"
    changed = {fact: False} if plain else FAILING[condition.reason]
    found = answer(code, **changed)
    named = {found.outcome: found.reasons} | {other.outcome: (other.reason,) for other in found.further}
    assert condition.reason in {*found.reasons, *(other.reason for other in found.further)}, named
    if step.outcome == "not_eligible":
        assert found.outcome == "not_eligible"
        assert condition.reason in found.reasons
        assert found.amount_fen in (0, None)


@pytest.mark.parametrize(("code", "key"), NULLABLE)
def test_a_fact_nobody_knows_is_asked_for_and_never_a_no(code, key):
    found = answer(code, **{key: None})
    assert found.outcome in {"needs_review", "needs_config", "not_computable"}
    asked = {*found.facts_missing, *(other.reason for other in found.further), *found.reasons}
    assert key in found.facts_missing or any(reason.endswith(("_not_recorded", "_not_checked")) for reason in asked)
    assert found.amount_fen is None


@pytest.mark.parametrize("code", sorted(BENEFITS))
def test_every_reason_of_a_benefit_has_a_word(code):
    pack, benefit = BENEFITS[code]
    rule = pack.rule(benefit.rule)
    said = {saying.code for saying in rule.says} if rule else set()
    reasons = {condition.reason for step in benefit.steps for condition in step.requires}
    reasons |= {condition.reason for condition in conditions_of(rule) if condition.reason} if rule else set()
    assert sorted(reasons - said - PACKS.vocabulary.words.keys()) == []
