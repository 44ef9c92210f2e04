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
    for entry in told.values():
        # A rule over all documents tells the figures of each beside its own entry.
        if isinstance(entry, dict):
            assert "county_figures" not in entry
            entry.pop("figures_missing", None)
    return json.loads(json.dumps(told)), used, missing


@pytest.mark.parametrize("row", ROWS, ids=[row["vector_id"] for row in ROWS])
def test_figures_of_every_other_document_change_nothing(row):
    expected = json.loads(row["expected_json"])
    elsewhere = county(*(pack_id for pack_id in PACKS.packs if pack_id not in {row["jurisdiction"], *expected}))
    told, used, missing = answered(row, elsewhere)
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


@pytest.mark.parametrize(
    ("benefit", "pack_id", "figure_id"),
    [
        ("workshop_reward", "wuyuan_2021", "workshop_reward_per_worker"),
        ("transport_cap", "wuyuan_2021", "cross_province_transport_subsidy_cap"),
        # One sum promised for six benefits: each has its own figure, and never that of another.
        ("workshop_reward", "masked_county_2020", "policy_delivery_hiring_subsidy"),
        ("transport_cap", "masked_county_2020", "policy_delivery_transport_aid"),
        ("C-ALL-2", "masked_county_2020", "policy_delivery_transport_aid"),
    ],
)
def test_what_a_document_leaves_open_is_paid_by_its_own_countys_figure(benefit, pack_id, figure_id):
    facts = {"benefit": benefit}
    alone = evaluate_rule("X_JURISDICTION", facts, packs=PACKS)
    filled = evaluate_rule("X_JURISDICTION", facts, packs=PACKS, county=county(pack_id))
    assert {name: told for name, told in alone.items() if told.get("amount_yuan")} == {
        name: told for name, told in filled.items() if told.get("amount_yuan") and name != pack_id
    }
    assert alone[pack_id] == {"amount_yuan": None, "outcome": "needs_config"}
    (used,) = filled[pack_id].pop("county_figures")
    assert (used["parameter_id"], used["pack_id"]) == (figure_id, pack_id)
    assert filled[pack_id]["outcome"] == "eligible"
    assert Decimal(filled[pack_id]["amount_yuan"]) == Decimal(used["value"])


def test_without_its_figure_the_county_is_told_which_one_it_lacks():
    told = evaluate_rule("X_JURISDICTION", {"benefit": "workshop_reward"}, packs=PACKS, county=county("qinzhou_2021"))
    lacks = {name: entry["figures_missing"] for name, entry in told.items() if "figures_missing" in entry}
    assert lacks == {
        "masked_county_2020": ["policy_delivery_hiring_subsidy"],
        "wuyuan_2021": ["workshop_reward_per_worker"],
    }


@pytest.mark.parametrize(
    ("benefit", "pack_id", "told"),
    [
        ("B-SVC", "hekou_2018", {"outcome": "needs_review", "reasons": ["amount_not_determined"]}),
        ("A-LOAN", "liujiang_2018", {"outcome": "needs_config", "reasons": ["amount_by_other_rules"]}),
    ],
)
def test_a_benefit_of_the_document_without_one_amount_is_never_called_absent(benefit, pack_id, told):
    found = evaluate_rule("X_JURISDICTION", {"benefit": benefit}, packs=PACKS, county=county(pack_id))
    assert found.pop(pack_id) == {"amount_yuan": None, **told}
    assert {entry["outcome"] for entry in found.values()} == {"no_rule"}
