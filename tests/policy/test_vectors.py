"""The worked examples of the requirements base, by exact equality of parsed JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from matcher.policy import NotYetHere, evaluate_lines, evaluate_rule, rule_ids, standard_packs

VECTORS = Path(__file__).parent / "vectors.csv"
N_VECTORS, N_RULES = 176, 59
# Rules this version answers. A rule may be added here, none may be taken away.
COVERED = {
    "HK_FAIRS",
    "HK_GROUP",
    "HK_INSURANCE",
    "HK_REPORT",
    "HK_SERVICE",
    "HK_TARGETS_2018",
    "HK_TRAINING_KPI",
    "HK_TRANSPORT",
    "HK_URBAN_PRIORITY",
    "LJ_BASE_COUNT",
    "LJ_BASE_SHARE",
    "LJ_BROKER",
    "LJ_BUILD",
    "LJ_CAMPAIGN",
    "LJ_DB",
    "LJ_FARM_AREA",
    "LJ_FARM_AVERAGE",
    "LJ_FARM_ROUTE",
    "LJ_FARM_TERM",
    "LJ_HOUSEHOLD_GOAL",
    "LJ_PREJOB",
    "LJ_SKILL_LIVING",
    "LJ_STATION_FUNDS",
    "LJ_TASK",
    "LJ_WELFARE_PAY",
    "LJ_WELFARE_QUOTA",
    "LJ_WORKSHOP_REWARD",
    "MC_AREA",
    "MC_COMPLETE",
    "MC_COUNTABLE",
    "MC_LAYOFF",
    "MC_LISTS",
    "MC_PROJECT_PUSH",
    "MC_RECONCILE",
    "MC_RETURN_SLA",
    "MC_SCALE",
    "MC_THRESHOLD",
    "MC_UNEMPLOYED",
    "QZ_INJURY_RATE",
    "QZ_PARTNER",
    "QZ_SERVICE",
    "QZ_TRANSPORT",
    "QZ_UNEMPLOYMENT_RATE",
    "QZ_WELFARE_ROUTE",
    "QZ_WELFARE_TERM",
    "QZ_WORKSHOP_REWARD",
    "WORKSHOP_WINDOW",
    "WY_PARTNER",
    "WY_SERVICE",
    "WY_TARGET",
    "WY_TRANSPORT",
    "WY_WELFARE_TERM",
    "WY_WORKSHOP_REWARD",
    "X_AGE",
    "X_EFFECTIVE",
    "X_GEO",
    "X_PRIORITY",
    "X_VOCAB",
}


def rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()
ANSWERED = [row for row in ROWS if row["rule_id"] in COVERED]


def test_the_whole_file_is_here():
    assert len(ROWS) == N_VECTORS
    assert len({row["rule_id"] for row in ROWS}) == N_RULES


def test_coverage_only_grows_and_is_written_down():
    answered = set(rule_ids(standard_packs())) & {row["rule_id"] for row in ROWS}
    assert answered == COVERED


@pytest.mark.parametrize("row", ANSWERED, ids=[f"{row['vector_id']}-{row['rule_id']}" for row in ANSWERED])
def test_vector(row):
    answer = evaluate_rule(row["rule_id"], json.loads(row["inputs_json"]), packs=standard_packs())
    # Through JSON and back, as the command prints it.
    assert json.loads(json.dumps(answer)) == json.loads(row["expected_json"])


@pytest.mark.parametrize("rule_id", sorted({row["rule_id"] for row in ROWS} - COVERED))
def test_a_rule_still_to_come_says_so(rule_id):
    row = next(row for row in ROWS if row["rule_id"] == rule_id)
    with pytest.raises(NotYetHere, match=rule_id) as caught:
        evaluate_rule(rule_id, json.loads(row["inputs_json"]), packs=standard_packs())
    assert caught.value.exit_code == 2


def test_a_batch_answers_in_the_order_of_its_lines():
    lines = [json.dumps({"rule_id": row["rule_id"], "inputs": json.loads(row["inputs_json"])}) for row in ANSWERED]
    answers = list(evaluate_lines(lines, packs=standard_packs()))
    assert [json.loads(row["expected_json"]) for row in ANSWERED] == answers
