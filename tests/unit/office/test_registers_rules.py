"""The rules of the registers answer as the requirements base's worked examples say, through the pages' own door."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.office.registers.rules import Candidate, HouseholdRow, Rules, rule_ids
from matcher.office.registers.work import Span, work_of
from matcher.policy import Conventions, evaluate_rule, standard_packs
from matcher.records import Evidence, EvidenceKind, Placement

VECTORS = Path(__file__).parents[2] / "policy" / "vectors.csv"
RULES = Rules(standard_packs(), Conventions())
ON = date(2018, 6, 1)


def examples(rule_id):
    with VECTORS.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule_id"] == rule_id]
    return [pytest.param(json.loads(r["inputs_json"]), json.loads(r["expected_json"]), id=r["vector_id"]) for r in rows]


@pytest.mark.parametrize(("inputs", "expected"), examples("LJ_DB"))
def test_databases(inputs, expected):
    person = Candidate(
        date.fromisoformat(inputs["birth_date"]),
        inputs["labour_ability"],
        inputs["registered_poor"],
        inputs["relocated"],
    )
    assert RULES.databases([person], date.fromisoformat(inputs["as_of"])) == [expected]


@pytest.mark.parametrize(("inputs", "expected"), examples("MC_LISTS"))
def test_two_lists(inputs, expected):
    told = {
        row["id"]: list(
            RULES.lists(
                poor=row["poor_worker"], employed=row["employed"], wish=row["wish_to_go_out"], returned=row["returned"]
            )
        )
        for row in inputs["persons"]
    }
    assert told == expected["lists"]


@pytest.mark.parametrize(("inputs", "expected"), examples("MC_COMPLETE"))
def test_four_clear(inputs, expected):
    assert list(RULES.unclear(**inputs["record"])) == expected["missing"]


@pytest.mark.parametrize(("inputs", "expected"), examples("MC_COUNTABLE"))
def test_countable(inputs, expected):
    evidence = tuple(Evidence(kind=EvidenceKind(kind), on=ON, by="liang") for kind in inputs["evidence"])
    work = work_of([Placement(placement_id="p", worker_id="w", start=ON, evidence=evidence)], "", Span(2018, ON, 2017))
    assert work.proved == (expected["outcome"] == "counted")


@pytest.mark.parametrize(("inputs", "expected"), examples("MC_SCALE"))
def test_scale(inputs, expected):
    assert RULES.scale(inputs["base_count"], inputs["this_year_count"]) == expected


@pytest.mark.parametrize(("inputs", "expected"), examples("MC_THRESHOLD"))
def test_threshold(inputs, expected):
    assert RULES.threshold(inputs["parameter"], str(inputs["observed"])) == expected["outcome"]


@pytest.mark.parametrize(("inputs", "expected"), examples("LJ_HOUSEHOLD_GOAL"))
def test_household_goal(inputs, expected):
    rows = [
        HouseholdRow(row["id"], row["labour_able_members"], row["employed_or_in_business"], row["registered_poor"])
        for row in inputs["households"]
    ]
    goal = RULES.goal(rows)
    assert (goal.outcome, goal.counted, list(goal.missing)) == (
        expected["outcome"], expected["counted"], expected["missing"],
    )  # fmt: skip


COUNTS, TRUTHS = st.none() | st.integers(0, 3), st.sampled_from([True, False, None])


@settings(max_examples=40)
@given(st.lists(st.tuples(COUNTS, COUNTS, TRUTHS), max_size=8))
def test_households_alike_asked_once_are_answered_as_all_of_them_together(kinds):
    rows = [HouseholdRow(f"h{at}", *kind) for at, kind in enumerate(kinds)]
    told = evaluate_rule(
        "LJ_HOUSEHOLD_GOAL",
        {
            "households": [
                {
                    "id": row.household_id,
                    "labour_able_members": row.able,
                    "employed_or_in_business": row.employed,
                    "registered_poor": row.poor,
                }
                for row in rows
            ]
        },
        packs=standard_packs(),
    )
    goal = RULES.goal(rows)
    assert (goal.outcome, goal.counted, list(goal.missing)) == (
        told["outcome"],
        told["counted"],
        sorted(told["missing"]),
    )
    assert not set(goal.missing) & set(goal.open)


def test_a_rule_says_where_it_stands_and_whether_that_document_binds_the_county():
    told = RULES.source("LJ_DB", "liujiang_2018")
    assert (told.document, told.clause, told.local) == ("江政办发〔2018〕97号", "三(一)", True)
    assert not RULES.source("MC_LISTS", "liujiang_2018").local


def test_what_nobody_can_judge_of_a_person_is_said_in_words():
    _, rule = standard_packs().rule_owner(rule_ids().databases)
    asked = [each.reason for step in rule.steps if step.outcome == "needs_review" for each in step.requires]
    assert "labour_ability_not_recorded" in asked
    assert [reason for reason in asked if reason not in standard_packs().vocabulary.words] == []
