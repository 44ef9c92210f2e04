from __future__ import annotations

from datetime import date

import pytest

from matcher.errors import UsageError
from matcher.policy import Effect, publication_rules, standard_packs, working_age

PACKS = standard_packs()
KINDS = {
    "sex", "ethnicity", "religion", "marital", "deposit", "document_holding", "health", "disability", "residence",
    "age", "under_age", "papers",
}  # fmt: skip


@pytest.mark.parametrize(
    "on", [date(2018, 6, 1), date(2018, 9, 30), date(2018, 10, 1), date(2020, 5, 1), date(2023, 1, 1)]
)
def test_every_kind_of_condition_has_one_rule_on_every_day(on):
    rules = publication_rules(PACKS, on)
    assert set(rules) == KINDS | ({"arrears"} if on >= date(2020, 5, 1) else set())
    assert {kind for kind, rule in rules.items() if rule.effect is Effect.WARN} == {"age", "papers"}
    assert all(rule.document and rule.clause and rule.sentence.endswith("。") for rule in rules.values())


def test_the_law_of_the_day_is_cited():
    assert "就业促进法" in publication_rules(PACKS, date(2018, 9, 30))["sex"].document
    assert "人力资源市场暂行条例" in publication_rules(PACKS, date(2018, 10, 1))["sex"].document
    assert publication_rules(PACKS, date(2022, 12, 31))["marital"].clause == "第二十七条"
    assert publication_rules(PACKS, date(2023, 1, 1))["marital"].clause == "第四十三条"
    assert "sex" not in publication_rules(PACKS, date(2007, 12, 31))


def test_working_age_and_young_workers():
    ages = working_age(PACKS, date(2018, 6, 1))
    assert (ages.minimum, ages.protected_below) == (16, 18)
    assert set(ages.protections) == {"heavy_work", "night_shift"}
    assert ages.minimum_clause == "第十五条"


def test_a_day_before_the_law_is_told_with_the_day_it_begins():
    assert working_age(PACKS, date(1995, 1, 1)).minimum_document
    with pytest.raises(UsageError, match=r"--on: .* from 1995-01-01 on, not on 1994-12-31"):
        working_age(PACKS, date(1994, 12, 31))
