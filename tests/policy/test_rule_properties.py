"""What must hold of every rule, whatever its facts: nothing flips in silence, caps cap, order does not matter."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matcher.policy import Conventions, evaluate_rule, standard_packs
from matcher.policy.checks.cases import case_inputs
from matcher.policy.columns import evaluate_many
from matcher.policy.evaluation.evaluate import rule_facts

PACKS = standard_packs()
YES = {"eligible", "met", "ok", "counted", "offer_priority"}
NO = {"not_eligible", "not_met", "not_counted", "too_long", "not_offered", "not_priority", "invalid", "config_error"}
# Null is an answer of its own here: an open-ended contract (requirements 14.5).
NULL_IS_AN_ANSWER = {"contract_end"}
FEN = st.integers(0, 10**9).map(lambda fen: str(Decimal(fen) / 100))


def known_inputs() -> dict[str, list[dict]]:
    """Rule -> the inputs of its worked examples and cases, as JSON."""
    found = defaultdict(list)
    with (Path(__file__).parent / "vectors.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found[row["rule_id"]].append(json.loads(row["inputs_json"]))
    for pack in PACKS.packs.values():
        for case in (case for case in pack.cases if case.rule):
            found[case.rule].append(case_inputs(case))
    return found


KNOWN = known_inputs()
RULES = {rule.id: rule for pack in PACKS.packs.values() for rule in pack.rules}


def answer(rule_id: str, inputs: dict, **conventions: str) -> dict:
    return evaluate_rule(rule_id, inputs, packs=PACKS, conventions=Conventions(**conventions))


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_fact_that_becomes_known_never_turns_a_yes_into_a_no(rule_id):
    """Whatever is answered yes while a fact is missing, no value of that fact may be answered no."""
    rule = RULES[rule_id]
    nullable = {key for key, kind in rule.inputs.items() if "?" in kind} - NULL_IS_AN_ANSWER
    for inputs in KNOWN[rule_id]:
        for key in sorted(nullable & inputs.keys()):
            if answer(rule_id, {**inputs, key: None}).get("outcome") not in YES:
                continue
            for other in KNOWN[rule_id]:
                known = {**inputs, key: other.get(key)}
                assert answer(rule_id, known).get("outcome") not in NO, (key, known)


@pytest.mark.parametrize("rule_id", sorted(rule.id for rule in RULES.values() if rule.each))
def test_a_column_that_becomes_known_never_turns_a_yes_into_a_no(rule_id):
    (key, columns), *_ = RULES[rule_id].rows.items()
    rows = [row for inputs in KNOWN[rule_id] for row in inputs[key]]

    def outcome(row):
        return answer(rule_id, {key: [row]})[key][0]["outcome"]

    for row in rows:
        for column in columns:
            if outcome({**row, column: None}) in YES:
                assert {outcome({**row, column: other[column]}) for other in rows} & NO == set()


@pytest.mark.parametrize("rule_id", sorted(KNOWN))
def test_the_order_of_facts_does_not_matter(rule_id):
    for inputs in KNOWN[rule_id]:
        backwards = dict(reversed(list(inputs.items())))
        assert answer(rule_id, backwards) == answer(rule_id, inputs)


@pytest.mark.parametrize("rule_id", sorted(KNOWN))
def test_the_order_of_a_list_does_not_matter(rule_id):
    """People judged one by one come back in their order; everything else is the same backwards."""
    for inputs in KNOWN[rule_id]:
        turned = {key: value[::-1] if isinstance(value, list) else value for key, value in inputs.items()}
        forwards, backwards = answer(rule_id, inputs), answer(rule_id, turned)
        if "workers" in forwards:
            backwards = backwards | {"workers": backwards["workers"][::-1]}
        assert backwards == forwards


@pytest.mark.parametrize(
    ("rule_id", "key", "facts"),
    [
        ("HK_TRANSPORT", "approved_standard_yuan", KNOWN["HK_TRANSPORT"][0]),
        ("QZ_TRANSPORT", "approved_standard_yuan", KNOWN["QZ_TRANSPORT"][0]),
    ],
)
@settings(deadline=None)
@given(lower=FEN, higher=FEN)
def test_a_larger_standard_never_lowers_a_capped_benefit(rule_id, key, facts, lower, higher):
    lower, higher = sorted((lower, higher), key=Decimal)
    small, large = (answer(rule_id, {**facts, key: amount}) for amount in (lower, higher))
    cap = Decimal(answer(rule_id, {**facts, key: None})["cap_yuan"])
    assert Decimal(small["amount_yuan"]) <= Decimal(large["amount_yuan"]) <= cap
    assert small["capped"] <= large["capped"]
    assert large["capped"] is (Decimal(higher) > cap)


@settings(deadline=None)
@given(
    amounts=st.lists(FEN, min_size=1, max_size=4),
    more=st.integers(0, 10**8),
    channel=st.sampled_from(["workshop", "farm", "market"]),
)
def test_more_cost_never_lowers_a_build_subsidy(amounts, more, channel):
    def paid(costs):
        facts = {"approved_amounts_yuan": costs, "channel": channel, "prior_grant": False}
        return Decimal(answer("LJ_BUILD", facts)["amount_yuan"])

    dearer = [str(Decimal(amounts[0]) + Decimal(more) / 100), *amounts[1:]]
    assert paid(amounts) <= paid(dearer)
    assert paid(amounts) <= sum(map(Decimal, amounts))


@settings(deadline=None)
@given(
    wage=FEN | st.decimals(0, 5000, places=4).map(str),
    months=st.integers(0, 24),
    side=st.sampled_from(["odd_fen_to_city", "odd_fen_to_district"]),
)
@example(wage="0.005", months=1, side="odd_fen_to_city")
def test_two_halves_are_the_whole_to_the_fen(wage, months, side):
    facts = {"full_months": months, "min_wage_yuan_per_month": wage}
    found = answer("LJ_WELFARE_PAY", facts, split_1_1=side)
    whole, city, district = (Decimal(found[key]) for key in ("amount_yuan", "city_yuan", "district_yuan"))
    assert whole == (Decimal(wage) * months).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    said = Conventions(split_1_1=side)
    rule = RULES["LJ_WELFARE_PAY"]
    in_columns = evaluate_many(PACKS["liujiang_2018"], rule, [rule_facts(rule, facts)], said)
    assert in_columns == ([found], True)
    assert city + district == whole
    assert (city - district) * (1 if side == "odd_fen_to_city" else -1) in {Decimal(0), Decimal("0.01")}


@settings(deadline=None, max_examples=50)
@given(
    months=st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3000)), max_size=12),
    more=st.integers(1, 3000),
)
def test_more_work_never_unmakes_a_rolling_window(months, more):
    """More pay in a month already worked never turns a met window into one not met."""
    rows = [{"month": f"{2018 + at // 12}-{at % 12 + 1:02}", "months": "1", "pay_yuan": str(pay)} for at, pay in months]

    def met(monthly):
        return answer("WORKSHOP_WINDOW", {"monthly": monthly, "window_mode": "rolling_from_first_month"})["window_met"]

    if rows and met(rows):
        assert met([{**rows[0], "pay_yuan": str(int(rows[0]["pay_yuan"]) + more)}, *rows[1:]])


def test_no_answer_but_a_yes_or_a_plain_no_carries_an_amount():
    """Never nought in place of a question (0.5): review, missing figures and no rule carry none."""
    for rule_id, examples in KNOWN.items():
        for inputs in examples:
            found = answer(rule_id, inputs)
            if "outcome" in found and "amount_yuan" in found:
                assert found["outcome"] in {"eligible", "not_eligible"}, (rule_id, inputs)
            if found.get("outcome") in {"needs_review", "needs_config", "not_computable", "no_rule", "config_error"}:
                assert found["reasons"], (rule_id, inputs)
