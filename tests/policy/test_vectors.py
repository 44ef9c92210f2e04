"""The worked examples of the requirements base, by exact equality of parsed JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from matcher.policy import NotYetHere, evaluate_lines, evaluate_rule, rule_ids, standard_packs

VECTORS = Path(__file__).parent / "vectors.csv"
N_VECTORS, N_RULES = 176, 59


def rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()


def test_the_whole_file_is_here():
    assert len(ROWS) == N_VECTORS
    assert len({row["rule_id"] for row in ROWS}) == N_RULES


def test_every_rule_of_the_base_is_answered():
    assert {row["rule_id"] for row in ROWS} - set(rule_ids(standard_packs())) == set()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['vector_id']}-{row['rule_id']}" for row in ROWS])
def test_vector(row):
    answer = evaluate_rule(row["rule_id"], json.loads(row["inputs_json"]), packs=standard_packs())
    # Through JSON and back, as the command prints it.
    assert json.loads(json.dumps(answer)) == json.loads(row["expected_json"])


def test_a_rule_nobody_holds_says_so():
    with pytest.raises(NotYetHere, match="LJ_NOTHING") as caught:
        evaluate_rule("LJ_NOTHING", {}, packs=standard_packs())
    assert caught.value.exit_code == 2


def test_a_batch_answers_in_the_order_of_its_lines():
    lines = [json.dumps({"rule_id": row["rule_id"], "inputs": json.loads(row["inputs_json"])}) for row in ROWS]
    answers = list(evaluate_lines(lines, packs=standard_packs()))
    assert [json.loads(row["expected_json"]) for row in ROWS] == answers
