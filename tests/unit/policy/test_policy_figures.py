"""A county's own figures: which rules use them, on which day, and that none crosses from one document to another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from test_policy_loader import PARAMETERS, RULES, problems, write

from matcher.policy import (
    Conventions,
    canonical_bytes,
    describe,
    evaluate_rule,
    load_pack,
    pack_from_bytes,
    standard_packs,
)
from matcher.policy.evaluation.evaluate import findings, rule_facts
from matcher.policy.figures.in_force import NO_COUNTY, CountyFigures, FiguresOn, scaled
from matcher.records.figures import CountyFigure

PACKS = standard_packs()
WAGE = {"full_months": 3, "min_wage_yuan_per_month": None}


def figure(pack_id: str, parameter_id: str, value: str, unit: str, **more) -> CountyFigure:
    return CountyFigure(
        pack_id=pack_id,
        parameter_id=parameter_id,
        value=Decimal(value),
        unit=unit,
        from_=more.pop("from_", date(2018, 3, 1)),
        author=more.pop("author", "覃样例"),
        source=more.pop("source", "县人社发〔2018〕样例1号"),
        recorded_on=date(2018, 3, 2),
        **more,
    )


def county(*figures: CountyFigure, on: date | None = date(2018, 6, 1)) -> FiguresOn:
    return FiguresOn(figures=CountyFigures(figures), on=on)


def asked(rule_id, inputs, *figures, on: date | None = date(2018, 6, 1)):
    return evaluate_rule(rule_id, inputs, packs=PACKS, county=county(*figures, on=on))


MIN_WAGE = figure("liujiang_2018", "welfare_post_subsidy", "1430", "元/月")


def test_an_open_figure_is_the_countys_where_there_is_one():
    told = asked("LJ_WELFARE_PAY", WAGE, MIN_WAGE)
    assert (told["outcome"], told["amount_yuan"], told["city_yuan"]) == ("eligible", "4290.00", "2145.00")
    assert told["county_figures"] == [
        {
            "pack_id": "liujiang_2018", "parameter_id": "welfare_post_subsidy", "value": "1430", "unit": "元/月",
            "from": "2018-03-01", "to": None, "author": "覃样例", "source": "县人社发〔2018〕样例1号",
        }
    ]  # fmt: skip
    assert "figures_missing" not in told


def test_without_it_the_answer_is_the_documents_and_says_which_figure_it_lacks():
    alone = evaluate_rule("LJ_WELFARE_PAY", WAGE, packs=PACKS)
    assert alone == {"outcome": "needs_config", "reasons": ["minimum_wage_not_in_document"]}
    assert asked("LJ_WELFARE_PAY", WAGE) == alone | {"figures_missing": ["welfare_post_subsidy"]}
    assert NO_COUNTY.asked is False


def test_what_the_caller_states_goes_before_the_countys():
    told = asked("LJ_WELFARE_PAY", {**WAGE, "min_wage_yuan_per_month": "1000"}, MIN_WAGE)
    assert told["amount_yuan"] == "3000.00"
    assert "county_figures" not in told


@pytest.mark.parametrize(
    ("on", "outcome"),
    [
        (date(2018, 2, 28), "needs_config"), (date(2018, 3, 1), "eligible"), (date(2018, 12, 31), "eligible"),
        (date(2019, 1, 1), "needs_config"), (None, "needs_config"),
    ],
)  # fmt: skip
def test_a_figure_holds_on_its_days_alone_and_never_without_a_day(on, outcome):
    wage = figure("liujiang_2018", "welfare_post_subsidy", "1430", "元/月", to=date(2018, 12, 31))
    assert asked("LJ_WELFARE_PAY", WAGE, wage, on=on)["outcome"] == outcome


def test_of_two_that_hold_the_one_recorded_later_counts():
    raised = figure("liujiang_2018", "welfare_post_subsidy", "1680", "元/月", from_=date(2018, 7, 1))
    rows = (MIN_WAGE, raised)
    for on, amount in ((date(2018, 6, 30), "4290.00"), (date(2018, 7, 1), "5040.00")):
        assert asked("LJ_WELFARE_PAY", WAGE, *rows, on=on)["amount_yuan"] == amount


def test_a_figure_never_crosses_to_another_document():
    elsewhere = [figure(pack_id, "workshop_reward_per_worker", "1500", "元") for pack_id in PACKS.packs]
    facts = {"agreement": "labour_service_agreement", "status": ["out_of_poverty"]}
    foreign = [row for row in elsewhere if row.pack_id != "wuyuan_2021"]
    on = date(2022, 1, 1)
    assert asked("WY_WORKSHOP_REWARD", facts, *foreign, on=on)["outcome"] == "needs_config"
    told = asked("WY_WORKSHOP_REWARD", facts, *elsewhere, on=on)
    assert (told["outcome"], told["amount_yuan"]) == ("eligible", "1500.00")
    assert [row["pack_id"] for row in told["county_figures"]] == ["wuyuan_2021"]


def test_a_figure_cannot_stand_in_for_one_the_document_states():
    stated = figure("liujiang_2018", "workshop_reward_per_worker", "9", "元/人")
    facts = {
        "workers": [{
            "agreement": "labour_service_agreement", "months_in_window": "6", "pay_in_window_yuan": "6000",
            "rewarded_before": False, "status": ["registered_poor"],
        }],
    }  # fmt: skip
    assert asked("LJ_WORKSHOP_REWARD", facts, stated)["amount_yuan"] == "1000.00"


def test_a_masked_threshold_is_computed_with_the_countys_and_in_its_own_scale():
    call = {"observed": "0.55", "parameter": "project_local_hire_share_min"}
    assert asked("MC_THRESHOLD", call)["outcome"] == "not_computable"
    for value, outcome in (("55", "met"), ("55.1", "not_met")):
        share = figure("masked_county_2020", "project_local_hire_share_min", value, "%")
        assert asked("MC_THRESHOLD", call, share)["outcome"] == outcome
    assert scaled(figure("masked_county_2020", "comparison_year", "2019", "年")) == 2019


def test_the_day_of_travel_dates_the_local_standard():
    facts = {
        "approved_standard_yuan": None, "birth_date": "1990-01-01", "destination_region": "Guangdong",
        "modes": ["high_speed_second"], "paid_years": [], "status": ["out_of_poverty"], "travel_date": "2022-02-10",
    }  # fmt: skip
    rows = [
        figure("qinzhou_2021", "cross_province_transport_standard", "300", "元/人·年", from_=date(2022, 1, 1)),
        figure("qinzhou_2021", "cross_province_transport_standard", "600", "元/人·年", from_=date(2023, 1, 1)),
    ]
    assert asked("QZ_TRANSPORT", facts, *rows, on=date(2024, 1, 1))["amount_yuan"] == "300.00"


def test_a_rule_whose_local_rate_is_the_deadline_uses_it():
    call = {"hours_to_report": 30, "sla_hours": None}
    for hours, outcome in (("30", "met"), ("29", "not_met")):
        limit = figure("masked_county_2020", "returnee_report_sla", hours, "小时")
        assert asked("MC_RETURN_SLA", call, limit)["outcome"] == outcome


def told_findings(rule_id, inputs, *figures):
    pack, rule = PACKS.rule_owner(rule_id)
    return findings(pack, rule, rule_facts(rule, inputs), PACKS.vocabulary, Conventions(), county(*figures))


def test_findings_say_whose_figure_it_is_and_which_is_missing():
    (used,) = told_findings("LJ_WELFARE_PAY", WAGE, MIN_WAGE)
    assert used.outcome == "eligible"
    assert used.clause == "三(二)5"
    assert all(part in used.sentence for part in ("1430元/月", "覃样例", "县人社发〔2018〕样例1号", "2018-03-01"))
    *_, missing = told_findings("LJ_WELFARE_PAY", WAGE)
    assert "公益性岗位补贴" in missing.sentence
    assert missing.question


def test_findings_of_a_masked_figure_are_given_too():
    (missing,) = told_findings("MC_THRESHOLD", {"observed": "7", "parameter": "work_time_in_county_min_months"})
    assert missing.outcome == "not_computable"
    assert "县内务工累计月数下限" in missing.sentence


def test_every_local_figure_is_told_on_the_packs_page():
    for pack in PACKS.packs.values():
        page = describe(pack, PACKS.vocabulary)
        assert ("## 县里要定的数" in page) is bool(pack.figures)
        assert all(f"（{row.id}）" in page for row in pack.figures)
    page = describe(PACKS["liujiang_2018"], PACKS.vocabulary)
    assert "不低于700元/人、不超过1200元/人" in page
    assert "没有给出的，用县里填的“技能培训生活交通补助的本地标准”" in page


LOCAL = """
[[figure]]
id = "aid_rate"
name = "补助的本地标准"
unit = "元"
clause = "二"
at_most = "aid_cap"

[[parameter]]
id = "aid_cap"
kind = "number"
value = 500
unit = "元"
operator = "<="
clause = "二"
"""
ASKING = 'inputs = { as_of = "date", birth_date = "date?", consent = "bool?", local_rate_yuan = "amount?" }\n'
FILLED = 'figures = { local_rate_yuan = "aid_rate" }\nfigures_day = "as_of"\n'
RULES_OF_LOCAL = RULES.replace(
    'inputs = { as_of = "date", birth_date = "date?", consent = "bool?" }\n', ASKING + FILLED
)


def test_a_pack_with_a_local_rate_loads(tmp_path):
    folder = write(tmp_path, parameters=PARAMETERS + LOCAL, rules=RULES_OF_LOCAL)
    pack = load_pack(folder, PACKS.vocabulary)
    assert pack.local_figure("aid_rate").at_most == "aid_cap"
    assert pack_from_bytes(canonical_bytes(pack)) == pack


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("parameters", 'id = "aid_rate"', 'id = "aid_cap"', "aid_cap"),
        ("parameters", 'id = "aid_rate"', 'id = "aid_rate"\nshade = 1', "shade"),
        ("parameters", 'at_most = "aid_cap"', 'at_most = "aid_lid"', "aid_lid"),
        ("parameters", 'at_most = "aid_cap"', 'at_most = "fee"', "masked 元"),
        ("parameters", 'at_most = "aid_cap"', 'part_of = "aid_cap"', "aid_cap"),
        ("parameters", 'name = "补助的本地标准"\nunit = "元"', 'name = "补助的本地标准"\nunit = "月"', "number 元"),
        ("parameters", 'name = "补助的本地标准"', 'name = " "', ""),
        ("rules", '"aid_rate" }', '"aid_cap" }', "aid_cap"),
        ("rules", '{ local_rate_yuan = "aid', '{ base_rate = "aid', "base_rate"),
        ("rules", 'local_rate_yuan = "amount?"', 'local_rate_yuan = "amount"', "amount"),
        ("rules", 'figures_day = "as_of"', 'figures_day = "consent"', "bool?"),
        ("rules", 'figures_day = "as_of"', 'figures_day = "travel_date"', "travel_date"),
    ],
)
def test_a_local_rate_at_fault_is_named(tmp_path, file, old, new, found):
    texts = {"parameters": PARAMETERS + LOCAL, "rules": RULES_OF_LOCAL}
    assert old in texts[file]
    named = problems(tmp_path, **{**texts, file: texts[file].replace(old, new)})
    hits = [problem for problem in named if problem.found == found]
    assert hits, named
    assert hits[0].file.endswith(f"/{file}.toml")
    assert hits[0].row > 0
    assert hits[0].fix.endswith("。")
