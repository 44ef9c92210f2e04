from __future__ import annotations

import json

import pytest

from matcher.errors import InvalidInput
from matcher.policy import NotYetHere, answer_lines, evaluate_lines, evaluate_rule, findings, standard_packs
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.inputs import read_inputs

PACKS = standard_packs()
GOOD = '{"rule_id": "X_AGE", "inputs": {"age_basis": "birthday", "as_of": "2020-01-01", "birth_date": "2000-01-01"}}'
ROUTE = {
    "as_of": "2018-06-01",
    "birth_date": "1970-01-01",
    "consent": True,
    "household_has_plot": False,
    "off_farm_hard": True,
    "plots_available": 1,
    "poor_rural_worker": True,
}


def run(*lines):
    return list(evaluate_lines(lines, packs=PACKS))


def test_blank_lines_are_skipped():
    assert run(GOOD, "", "  ", GOOD) == [{"age": 20}, {"age": 20}]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        '{"rule_id": "X_AGE", "inputs": {"a": ' + "[" * 100_000,
        "[]",
        '{"rule_id": "X_AGE"}',
        '{"rule_id": "X_AGE", "inputs": {}, "x": 1}',
    ],
)
def test_a_line_that_is_no_call_names_its_number(line):
    with pytest.raises(InvalidInput, match="line 2") as caught:
        run(GOOD, line)
    assert caught.value.problems[0].row == 2
    assert "rule_id" in caught.value.problems[0].expected


def test_an_unknown_rule_names_line_and_key():
    with pytest.raises(NotYetHere, match="line 2, rule_id") as caught:
        run(GOOD, '{"rule_id": "XX_NOTHING", "inputs": {}}')
    assert caught.value.exit_code == 2


def test_an_unknown_quota_is_a_fault_of_its_line_and_the_next_is_answered():
    asked = '{"rule_id": "X_QUOTA", "inputs": {"quota": "NOPE", "on": "2018-06-01", "counted": 1}}'
    fault, answer = answer_lines([asked, GOOD], packs=PACKS)
    assert isinstance(fault, InvalidInput)
    (problem,) = fault.problems
    assert (problem.row, problem.column, problem.found) == (1, "quota", "NOPE")
    assert "LJ_QUOTA_BASE_SHARE" in problem.expected
    assert answer == {"age": 20}


def test_every_fault_of_a_line_is_named_by_key_and_expectation():
    inputs = {**ROUTE, "as_of": "2018-13-01", "consent": "yes", "extra": 1}
    del inputs["plots_available"]
    with pytest.raises(InvalidInput, match="line 3") as caught:
        run(GOOD, GOOD, json.dumps({"rule_id": "LJ_FARM_ROUTE", "inputs": inputs}))
    assert {(p.row, p.column) for p in caught.value.problems} == {
        (3, "as_of"),
        (3, "consent"),
        (3, "extra"),
        (3, "plots_available"),
    }
    assert all(p.expected and p.fix for p in caught.value.problems)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("bool", 1),
        ("bool", None),
        ("count", True),
        ("count", -1),
        ("count", 1.5),
        ("int", "3"),
        ("amount", "-0.01"),
        ("amount", "NaN"),
        ("amount", "many"),
        ("decimal", True),
        ("date", "2018-2-8"),
        ("date", "20180208"),
        ("date", 20180208),
        ("text", 3),
        ("texts", "a"),
        ("amounts", ["0.1", "x"]),
        ("records", [1]),
        ("enum(a,b)", "c"),
    ],
)
def test_wrong_types_are_refused(kind, value):
    with pytest.raises(InvalidInput, match="fact"):
        read_inputs("R", {"fact": kind}, {"fact": value})


def test_null_is_allowed_only_where_said_and_absence_only_where_said():
    assert read_inputs("R", {"fact": "bool?"}, {"fact": None}) == {"fact": None}
    assert read_inputs("R", {"fact": "bool?*"}, {}) == {}
    with pytest.raises(InvalidInput):
        read_inputs("R", {"fact": "bool?"}, {})


def test_a_date_before_the_document_pays_nothing_and_says_why():
    answer = evaluate_rule("LJ_FARM_ROUTE", {**ROUTE, "as_of": "2018-02-07"}, packs=PACKS)
    assert answer == {"outcome": "no_rule", "reasons": ["not_in_force:worker_db_age_max"]}


def test_a_birth_after_the_day_is_refused():
    with pytest.raises(InvalidInput, match="birth_date"):
        run(GOOD.replace("2000-01-01", "2021-01-01"))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"jurisdiction": "atlantis"}, "jurisdiction"),
        ({"equal_fit": False}, "equal_fit"),
        ({"candidates": [{}]}, "flags"),
    ],
)
def test_order_needs_a_pack_equal_fit_and_people(change, match):
    inputs = {"candidates": [], "equal_fit": True, "jurisdiction": "standard", "service": "dispatch"} | change
    with pytest.raises(InvalidInput, match=match):
        evaluate_rule("X_PRIORITY", inputs, packs=PACKS)


@pytest.mark.parametrize("work", [None, "", "710000", "999999", "4403"])
def test_a_place_without_a_mainland_code_is_for_review(work):
    answer = evaluate_rule("X_GEO", {"hukou_code": "532532", "work_code": work}, packs=PACKS)
    assert answer == {"class": "needs_review", "same_prefecture": False}


def test_findings_say_why_or_what_to_ask():
    pack = PACKS["liujiang_2018"]
    rule = pack.rule("LJ_FARM_ROUTE")
    facts = read_inputs(rule.id, rule.inputs, {**ROUTE, "off_farm_hard": None})
    (finding,) = findings(pack, rule, facts, PACKS.vocabulary, Conventions())
    assert finding.outcome == "needs_review"
    assert finding.clause == "三(二)4(2)"
    assert "村干部" in finding.question


@pytest.mark.parametrize("nought", ["-0", "-0.00", "0"])
def test_nought_has_no_sign(nought):
    facts = {"full_months": 3, "min_wage_yuan_per_month": nought}
    answer = evaluate_rule("LJ_WELFARE_PAY", facts, packs=PACKS)
    assert {answer[key] for key in ("amount_yuan", "city_yuan", "district_yuan")} == {"0.00"}
