"""A county's figures change answers that wait for one, and no other: over all worked examples of the requirements."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from matcher.policy import evaluate_rule, standard_packs
from matcher.policy.figures.in_force import CountyFigures, FiguresOn
from matcher.policy.figures.needed import figures_needed
from matcher.records.figures import CountyFigure

PACKS = standard_packs()
ON = date(2022, 3, 1)
WAITING = {"needs_config", "not_computable"}
with (Path(__file__).parent / "vectors.csv").open(encoding="utf-8-sig", newline="") as file:
    ROWS = list(csv.DictReader(file))
NEEDED = [row for row in figures_needed(PACKS, ON) if row.settable]


def county(*pack_ids: str) -> FiguresOn:
    """Something for every figure of some packs, inside its bounds, since long ago."""
    rows = [
        CountyFigure(
            pack_id=row.pack_id, parameter_id=row.parameter_id, value=row.most or row.least or Decimal(1),
            unit=row.unit or "天", from_=date.min, author="样例", source="样例", recorded_on=ON,
        )
        for row in NEEDED
        if row.pack_id in pack_ids
    ]  # fmt: skip
    return FiguresOn(figures=CountyFigures(rows), on=ON)


def answered(row, figures: FiguresOn):
    told = evaluate_rule(row["rule_id"], json.loads(row["inputs_json"]), packs=PACKS, county=figures)
    used, missing = told.pop("county_figures", []), told.pop("figures_missing", [])
    return json.loads(json.dumps(told)), used, missing


@pytest.mark.parametrize("row", ROWS, ids=[row["vector_id"] for row in ROWS])
def test_figures_of_every_other_document_change_nothing(row):
    elsewhere = county(*(pack_id for pack_id in PACKS.packs if pack_id != row["jurisdiction"]))
    told, used, missing = answered(row, elsewhere)
    expected = json.loads(row["expected_json"])
    assert told == expected
    assert used == []
    assert expected.get("outcome") not in WAITING or missing or row["rule_id"] in STATED


@pytest.mark.parametrize("row", ROWS, ids=[row["vector_id"] for row in ROWS])
def test_a_countys_own_figures_answer_what_waited_and_leave_the_rest(row):
    told, used, missing = answered(row, county(row["jurisdiction"]))
    expected = json.loads(row["expected_json"])
    assert missing == []
    assert all(figure["pack_id"] == row["jurisdiction"] for figure in used)
    if expected.get("outcome") in WAITING and row["rule_id"] not in STATED:
        assert used
        assert told["outcome"] not in WAITING
    else:
        assert told == expected


STATED = {
    "QZ_UNEMPLOYMENT_RATE": "the rate after the last day is no figure of this document",
}
"""Rules that wait for something no county figure stands for, and what."""
