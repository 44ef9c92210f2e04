"""What the mutation run found no test for: each of these slips survived once (tests/mutation)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from matcher.policy import Conventions, NotYetHere, evaluate_rule, findings, standard_packs
from matcher.policy.evaluation.evaluate import rule_ids, told_figures
from matcher.policy.evaluation.world import FigureMissing, RuleWorld
from matcher.policy.formulas.kinds import compute
from matcher.policy.predicates.facts import parts_of, shown, truth
from matcher.policy.rule_types import Condition, Output, Parameter, ParameterKind, Rule, Saying, Step
from matcher.policy.types import Document, Pack
from matcher.records.figures import CountyFigure

PACKS = standard_packs()
RULE = Rule(id="R", title="r", clause="一", inputs={})
ENDLESS = Pack(
    id="e",
    name="e",
    document=Document(title="e"),
    parameters=(Parameter(id="one", kind=ParameterKind.NUMBER, value=1, unit="个月", operator=">=", clause="一"),),
)
EXCLUSIVE = Conventions(bound_rule="exclusive")


def holds(facts, conventions=None, **condition):
    world = RuleWorld(ENDLESS, RULE, facts, conventions or Conventions())
    return truth(Condition(**condition), world)


@pytest.mark.parametrize("value", [date(1990, 1, 1), date(2090, 1, 1), 1990, 2090])
def test_a_document_without_dates_has_every_day_inside(value):
    assert holds({"x": value}, is_="in_window", fact="x") is True
    if isinstance(value, date):
        assert holds({"x": value}, is_="started", fact="x") is True


def test_no_month_at_all_is_no_run():
    assert holds({"x": ()}, is_="months_in_a_row", fact="x", bound="one") is False
    assert holds({"x": (date(2030, 1, 1),)}, is_="months_in_a_row", fact="x", bound="one") is True


@pytest.mark.parametrize(("name", "value"), [("at_least", 10), ("more_than", 10), ("less_than", 10)])
def test_at_the_other_fact_itself_the_reading_of_bounds_decides(name, value):
    facts = {"x": value, "y": 10}
    assert holds(facts, is_=name, fact="x", than="y") is (name == "at_least")
    assert holds(facts, EXCLUSIVE, is_=name, fact="x", than="y") is False


def test_a_share_met_to_the_head_is_met_only_inclusively():
    facts = {
        "certified": 80,
        "employed_6_months": 100,
        "employed_after_training": 100,
        "stability_denominator": "trained",
        "trained": 100,
    }

    def certified_enough(conventions):
        return evaluate_rule("HK_TRAINING_KPI", facts, packs=PACKS, conventions=conventions)["certificate_ok"]

    assert certified_enough(Conventions()) is True
    assert certified_enough(EXCLUSIVE) is False


def test_half_a_fen_is_rounded_up_before_it_is_shared():
    facts = {"full_months": 1, "min_wage_yuan_per_month": "1.005"}
    answer = evaluate_rule("LJ_WELFARE_PAY", facts, packs=PACKS)
    assert {key: answer[key] for key in ("amount_yuan", "city_yuan", "district_yuan")} == {
        "amount_yuan": "1.01",
        "city_yuan": "0.51",
        "district_yuan": "0.50",
    }


def test_parts_of_a_condition_are_found_in_every_kind_of_group():
    leaves = [Condition(is_="yes", fact=name) for name in "abc"]
    whole = Condition(all=(leaves[0],), any=(leaves[1],), none=(leaves[2],))
    assert parts_of(whole) == (whole, *leaves)


@pytest.mark.parametrize(
    ("value", "text"), [(("a", "b"), "a、b"), (Decimal("1E+2"), "100"), (Decimal("0.30"), "0.30"), (3, "3")]
)
def test_figures_are_shown_as_people_write_them(value, text):
    assert shown(value) == text


def test_days_of_a_rule_stand_before_those_of_its_document():
    document = Document(title="e", issued=date(2030, 1, 1), from_=date(2030, 1, 1), to=date(2031, 12, 31))
    pack = Pack(id="e", name="e", document=document)
    rule = Rule(id="R", title="r", clause="一", inputs={}, from_=date(2030, 6, 1), to=date(2030, 6, 30))
    inside = {}
    for day in (date(2030, 5, 31), date(2030, 6, 1), date(2030, 6, 30), date(2030, 7, 1)):
        world = RuleWorld(pack, rule, {"x": day}, Conventions())
        inside[day.isoformat()] = truth(Condition(is_="in_window", fact="x"), world)
    assert list(inside.values()) == [False, True, True, False]


def test_a_column_of_a_list_is_sorted_whatever_its_order():
    ids = [f"h{n}" for n in (7, 3, 9, 1, 5, 8, 2, 6, 4)]
    idle = {"registered_poor": True, "labour_able_members": 2, "employed_or_in_business": 0}
    households = [{**idle, "id": name} for name in ids]
    assert evaluate_rule("LJ_HOUSEHOLD_GOAL", {"households": households}, packs=PACKS)["missing"] == sorted(ids)


def test_nought_months_are_no_whole_year():
    assert [holds({"x": months}, is_="whole_years", fact="x") for months in (0, 12, 13, 24)] == [
        False,
        True,
        False,
        True,
    ]


def test_a_figure_the_document_does_not_have_is_no_rule_on_any_day():
    row = Parameter(id="gone", kind=ParameterKind.ABSENT, unit="元", clause="一")
    world = RuleWorld(msgspec.structs.replace(ENDLESS, parameters=(row,)), RULE, {}, Conventions())
    with pytest.raises(FigureMissing, match=r"^gone: not_in_force:gone$") as caught:
        world.figure("gone")
    assert caught.value.outcome == "no_rule"


def test_names_of_a_world_are_those_given_derived_and_of_the_row():
    rule = msgspec.structs.replace(RULE, derives=(Output(key="twice", formula="same", of=("x",)),))
    world = RuleWorld(ENDLESS, rule, {"x": 1}, Conventions())
    assert (list(world.facts), len(world.facts)) == (["x", "twice"], 2)
    row = world.of_row({"y": 2, "x": 3})
    assert (list(row.facts), len(row.facts), row.facts["x"]) == (["y", "x", "twice"], 3, 3)
    assert ["y" in row.facts, "twice" in row.facts, "z" in row.facts] == [True, True, False]


def test_rows_of_a_rule_that_judges_none_carry_nothing():
    output = Output(key="judged", formula="judge_rows", rows="rows")
    world = RuleWorld(ENDLESS, RULE, {"rows": ({}, {})}, Conventions())
    assert compute(output, world) == [{"outcome": "", "reasons": []}] * 2


def test_a_share_is_taken_of_the_amount_as_it_is_paid():
    output = Output(key="x", formula="city_share", of=("amount", "share"))
    world = RuleWorld(ENDLESS, RULE, {"amount": Decimal("1.005"), "share": Decimal("0.5")}, Conventions())
    assert compute(output, world) == Decimal("0.51")


def test_filled_texts_are_sorted_whatever_the_order_of_their_groups():
    output = Output(key="x", formula="texts", groups=(("b{}", "one"), ("a{}", "two"), ("c", "one")))
    world = RuleWorld(ENDLESS, RULE, {"one": 9, "two": 8}, Conventions())
    assert compute(output, world) == ["a8", "b9", "c"]


@pytest.mark.parametrize(
    ("says", "sentence"), [((), None), ((Saying(code="too_few", worker="w", officer="太少了。"),), "太少了。")]
)
def test_a_reason_is_told_in_the_words_of_its_rule_else_in_those_of_its_condition(says, sentence):
    step = Step(outcome="not_eligible", requires=(Condition(is_="yes", fact="consent", reason="too_few"),))
    rule = Rule(id="R", title="r", clause="一", inputs={"consent": "bool"}, steps=(step,), otherwise="yes", says=says)
    (found,) = findings(ENDLESS, rule, {"consent": False}, PACKS.vocabulary, Conventions())
    assert found.sentence
    assert found.sentence == sentence or (sentence is None and found.sentence != "太少了。")


def test_a_window_begins_with_the_first_month_worked_even_if_unpaid():
    months = ("2030-01", "2030-09", "2030-10", "2030-11", "2030-12", "2031-01", "2031-02")
    rows = [{"month": month, "months": "1", "pay_yuan": "1000" if ix else "0"} for ix, month in enumerate(months)]
    facts = {"monthly": rows, "window_mode": "rolling_from_first_month"}
    assert evaluate_rule("WORKSHOP_WINDOW", facts, packs=PACKS)["window_met"] is False
    assert evaluate_rule("WORKSHOP_WINDOW", facts | {"monthly": rows[1:]}, packs=PACKS)["window_met"] is True


def test_missing_figures_are_told_in_the_order_of_their_names():
    assert told_figures({"omega": None, "alpha": None}) == {"figures_missing": ["alpha", "omega"]}


def test_figures_used_are_told_in_the_order_of_their_names():
    asked = {
        name: CountyFigure(
            pack_id="e", parameter_id=name, value=Decimal(1), unit="元/人", from_=date(2030, 1, 1), author="a",
            source="s", recorded_on=date(2030, 1, 1),
        )
        for name in ("omega", "alpha")
    }  # fmt: skip
    assert [figure["parameter_id"] for figure in told_figures(asked)["county_figures"]] == ["alpha", "omega"]


def test_who_asks_for_no_rule_is_told_every_rule_there_is():
    with pytest.raises(NotYetHere) as told:
        evaluate_rule("NONE", {}, packs=PACKS)
    listed = told.value.remedy.removeprefix("Rules of this version: ").removesuffix(".")
    assert listed.split(", ") == list(rule_ids(PACKS)) == sorted(rule_ids(PACKS))
