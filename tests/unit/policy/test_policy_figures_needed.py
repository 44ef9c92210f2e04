"""Which figures a county must supply, what waits for each, since when; and what may be entered for them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from matcher.errors import InvalidInput
from matcher.policy import standard_packs
from matcher.policy.figures.entry import FigureEntry, county_figure
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.figures.needed import Why, figures_needed, needed_figure
from matcher.records.figures import CountyFigure

PACKS = standard_packs()
ON = date(2018, 6, 1)
GOOD = FigureEntry(
    pack_id="liujiang_2018",
    parameter_id="skill_training_living_rate",
    value="900",
    unit="元/人",
    from_="2018-03-01",
    to="2018-12-31",
    author="覃样例",
    source="县人社发〔2018〕样例1号",
)


def one(pack_id: str, parameter_id: str, *figures: CountyFigure, on: date = ON):
    found = needed_figure(PACKS, pack_id, parameter_id, on, CountyFigures(figures))
    assert found is not None
    return found


def recorded(value: str, from_: date, to: date | None = None) -> CountyFigure:
    return CountyFigure(
        pack_id="liujiang_2018", parameter_id="welfare_post_subsidy", value=Decimal(value), unit="元/月", from_=from_,
        to=to, author="覃样例", source="样例", recorded_on=ON,
    )  # fmt: skip


def refused(**changes: str):
    with pytest.raises(InvalidInput) as caught:
        county_figure(PACKS, msgspec.structs.replace(GOOD, **changes), recorded_on=ON)
    return {problem.column: problem for problem in caught.value.problems}


def test_every_masked_and_open_parameter_is_there_and_every_local_rate():
    found = figures_needed(PACKS, ON)
    of_documents = [row for row in found if PACKS[row.pack_id].local_figure(row.parameter_id) is None]
    assert Counter(row.why for row in of_documents) == {Why.MASKED: 23, Why.OPEN: 36}
    local = {(row.pack_id, row.parameter_id) for row in found} - {(r.pack_id, r.parameter_id) for r in of_documents}
    assert local == {(pack.id, row.id) for pack in PACKS.packs.values() for row in pack.figures}
    assert len({(row.pack_id, row.parameter_id) for row in found}) == len(found)
    assert all(row.name and row.clause and row.figure is None for row in found)


def test_what_waits_is_found_in_rules_and_in_what_fills_their_inputs():
    assert [w.id for w in one("liujiang_2018", "welfare_post_subsidy").rules] == ["LJ_WELFARE_PAY"]
    assert [w.id for w in one("qinzhou_2021", "work_injury_base_rate").rules] == ["QZ_INJURY_RATE"]
    assert [w.id for w in one("masked_county_2020", "comparison_year").rules] == ["MC_THRESHOLD"]
    sla = one("masked_county_2020", "returnee_report_sla")
    assert {w.id for w in sla.rules} == {"MC_RETURN_SLA", "MC_THRESHOLD"}
    assert one("wuyuan_2021", "workshop_reward_per_worker").benefits
    assert one("liujiang_2018", "annual_budget").rules == ()


def test_every_figure_that_a_rule_fills_an_input_with_is_one_to_be_supplied():
    known = {(row.pack_id, row.parameter_id) for row in figures_needed(PACKS, ON)}
    asked = {(p.id, name) for p in PACKS.packs.values() for rule in p.rules for name in rule.figures.values()}
    assert asked
    assert asked <= known


def test_bounds_are_those_the_document_states():
    rate = one("liujiang_2018", "skill_training_living_rate")
    bounds = {PACKS["liujiang_2018"].parameter(f"skill_training_living_subsidy_{end}").value for end in ("min", "max")}
    assert {rate.least, rate.most} == bounds
    assert "不低于" in rate.says
    assert "不超过" in rate.says
    capped = one("hekou_2018", "cross_province_transport_standard")
    assert (capped.least, capped.most) == (
        None,
        PACKS["hekou_2018"].parameter("cross_province_transport_subsidy_cap").value,
    )


def test_a_day_and_a_sum_of_several_are_not_to_be_filled_with_one_number():
    assert not one("masked_county_2020", "document_issue_date").settable
    whole = one("masked_county_2020", "policy_delivery_amounts")
    assert not whole.settable
    assert len(whole.parts) == 6
    assert all(one("masked_county_2020", part).part_of == whole.parameter_id for part in whole.parts)


def test_packs_may_be_chosen_and_an_unknown_one_has_none():
    assert {row.pack_id for row in figures_needed(PACKS, ON, pack_ids=["hekou_2018"])} == {"hekou_2018"}
    assert figures_needed(PACKS, ON, pack_ids=["atlantis"]) == ()


def test_it_is_open_since_the_document_began_or_since_the_last_figure_ended():
    name = ("liujiang_2018", "welfare_post_subsidy")
    begun = PACKS["liujiang_2018"].document.from_
    assert one(*name).open_since == begun
    ended = recorded("1430", date(2018, 3, 1), date(2018, 5, 31))
    assert one(*name, ended, on=date(2018, 5, 31)).figure == ended
    assert one(*name, ended, on=date(2018, 5, 31)).open_since is None
    after = one(*name, ended, on=date(2018, 6, 1))
    assert (after.figure, after.open_since, after.n_recorded) == (None, date(2018, 6, 1), 1)
    assert one(*name, ended, on=date(2018, 2, 28)).open_since == begun
    assert one(*name, on=date(2017, 1, 1)).open_since is None
    assert one("masked_county_2020", "comparison_year").open_since is None


def test_a_good_entry_becomes_the_figure():
    figure = county_figure(PACKS, GOOD, recorded_on=ON)
    assert figure == CountyFigure(
        pack_id="liujiang_2018", parameter_id="skill_training_living_rate", value=Decimal(900), unit="元/人",
        from_=date(2018, 3, 1), to=date(2018, 12, 31), author="覃样例", source="县人社发〔2018〕样例1号",
        recorded_on=ON,
    )  # fmt: skip
    assert county_figure(PACKS, msgspec.structs.replace(GOOD, to=""), recorded_on=ON).to is None


@pytest.mark.parametrize("value", ["700", "1200", "700.00", " 900 "])
def test_the_bounds_themselves_may_be_entered(value):
    assert county_figure(PACKS, msgspec.structs.replace(GOOD, value=value), recorded_on=ON)


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({"pack_id": "atlantis_2018"}, "pack", "liujiang_2018"),
        ({"parameter_id": "no_such_rate"}, "parameter", "没有这个数"),
        ({"parameter_id": "workshop_reward_per_worker"}, "parameter", "写明了：1000元/人（三(二)4(1)）"),
        ({"value": ""}, "value", "数字"),
        ({"value": "九百"}, "value", "数字"),
        ({"value": "NaN"}, "value", "数字"),
        ({"value": "1e999"}, "value", "数字"),
        ({"value": "-1"}, "value", "不小于零"),
        ({"value": "699.99"}, "value", "范围"),
        ({"value": "1200.01"}, "value", "范围"),
        ({"value": "900.005"}, "value", "两位小数"),
        ({"unit": "元"}, "unit", "元/人"),
        ({"unit": " "}, "unit", "元/人"),
        ({"from_": ""}, "from", "开始日期"),
        ({"from_": "2018-02-30"}, "from", "YYYY-MM-DD"),
        ({"from_": "2018-02-07"}, "from", "2018-02-08"),
        ({"to": "1.6.2018"}, "to", "YYYY-MM-DD"),
        ({"to": "2018-02-28"}, "to", "2018-03-01"),
        ({"author": " "}, "author", "谁"),
        ({"author": "覃" * 81}, "author", "80"),
        ({"source": ""}, "source", "依据"),
        ({"source": "一\n二"}, "source", "一行"),
    ],
)
def test_bad_input_is_named_by_field_with_how_to_mend_it(changes, column, says):
    problems = refused(**changes)
    assert set(problems) == {column}
    assert says in problems[column].fix
    assert problems[column].fix.endswith("。")


@pytest.mark.parametrize(
    ("parameter_id", "value", "unit"),
    [
        ("comparison_year", "19", "年"), ("comparison_year", "2019.5", "年"),
        ("project_local_hire_share_min", "101", "%"), ("scale_recovery_deadline", "13", "月底"),
        ("upper_policy_article_count_1", "2.5", "条"),
    ],
)  # fmt: skip
def test_a_number_that_the_unit_cannot_hold_is_refused(parameter_id, value, unit):
    changes = {"pack_id": "masked_county_2020", "parameter_id": parameter_id, "value": value, "unit": unit}
    assert set(refused(**changes)) == {"value"}


@pytest.mark.parametrize(
    ("parameter_id", "says"),
    [("document_issue_date", "pack.toml"), ("policy_delivery_amounts", "policy_delivery_training")],
)
def test_what_is_no_single_number_is_refused_and_said_where_it_goes(parameter_id, says):
    changes = {"pack_id": "masked_county_2020", "parameter_id": parameter_id, "value": "1", "unit": "元"}
    assert says in refused(**changes)["parameter"].fix


def test_what_the_document_does_not_have_is_not_to_be_filled():
    changes = {"pack_id": "hekou_2018", "parameter_id": "placement_service_subsidy_in_county"}
    assert "没有这一项" in refused(**changes)["parameter"].fix


def test_a_figure_without_a_unit_in_the_document_needs_one_all_the_same():
    changes = {"pack_id": "masked_county_2020", "parameter_id": "scheduling_meeting_interval", "value": "7"}
    assert set(refused(**changes, unit="")) == {"unit"}
    entry = msgspec.structs.replace(GOOD, **changes, unit="天")
    assert county_figure(PACKS, entry, recorded_on=ON).unit == "天"


def test_all_faults_come_at_once():
    problems = refused(value="x", unit="月", from_="2019-01-01", to="2018-12-31", author="", source="")
    assert set(problems) == {"value", "unit", "to", "author", "source"}
