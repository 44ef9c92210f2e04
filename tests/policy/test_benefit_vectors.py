"""The worked examples of requirements 11.1, and every vector of a rule that decides a benefit, through the engine."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from benefit_claims import BENEFITS, DAYS, GOOD

from matcher.policy import Conventions, evaluate_rule, standard_packs
from matcher.policy.benefits import OUTCOMES, claim
from matcher.policy.benefits.money import to_fen
from matcher.policy.figures.in_force import NO_FIGURES

PACKS = standard_packs()


def examples():
    with (Path(__file__).parent / "vectors.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            inputs = json.loads(row["inputs_json"])
            for code, (_, benefit) in BENEFITS.items():
                fits = all(inputs.get(key) == value for key, value in benefit.given.items())
                if benefit.rule == row["rule_id"] and fits:
                    yield pytest.param(code, inputs, json.loads(row["expected_json"]), id=f"{row['vector_id']}-{code}")


EXAMPLES = list(examples())


def test_every_rule_that_pays_has_examples_here():
    assert {param.values[0] for param in EXAMPLES} == {code for code, (_, benefit) in BENEFITS.items() if benefit.rule}
    assert len(EXAMPLES) >= 80


@pytest.mark.parametrize(("code", "inputs", "expected"), EXAMPLES)
def test_a_worked_example_is_answered_as_its_rule_does(code, inputs, expected):
    pack, benefit = BENEFITS[code]
    besides = {key: GOOD[code][key] for key in benefit.inputs if key in GOOD[code]}
    found = claim(pack, benefit, {**besides, **inputs}, NO_FIGURES, DAYS[pack.id], Conventions())
    assert found.rule_answer == expected == evaluate_rule(benefit.rule, inputs, packs=PACKS)
    assert found.outcome in OUTCOMES
    word = expected.get("outcome", "")
    if word and benefit.outcomes.get(word, word) != "eligible":
        assert found.outcome == benefit.outcomes.get(word, word)
        assert set(expected["reasons"]) <= set(found.reasons)
    if found.amount_fen is not None and "amount_yuan" in expected:
        assert found.amount_fen == to_fen_text(expected["amount_yuan"])
        assert sum(share.fen for share in found.shares) in (0, found.amount_fen)
    if found.outcome == "eligible" and "city_yuan" in expected:
        assert [share.fen for share in found.shares] == [
            to_fen_text(expected[key]) for key in ("city_yuan", "district_yuan")
        ]
    if found.outcome == "eligible" and "capped" in expected:
        assert found.capped is expected["capped"]


def to_fen_text(yuan: str) -> int:
    return to_fen(Decimal(yuan))
