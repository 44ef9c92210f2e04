from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import msgspec
import pytest

from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.inputs import Period
from matcher.policy.evaluation.logic import all_of, any_of, negate
from matcher.policy.evaluation.world import RuleWorld
from matcher.policy.predicates.facts import PREDICATES, predicate, truth
from matcher.policy.predicates.sentences import Speaker
from matcher.policy.rule_types import Condition, Parameter, ParameterKind, Rule
from matcher.policy.types import Document, Pack, Term, Vocabulary

ON = date(2030, 6, 1)
PACK = Pack(
    id="p",
    name="p",
    document=Document(
        title="p", issued=date(2030, 1, 1), printed=date(2030, 1, 3), from_=date(2030, 1, 1), to=date(2031, 12, 31)
    ),
    parameters=(
        Parameter(id="pay", kind=ParameterKind.NUMBER, value=6000, unit="元", operator=">=", clause="一"),
        Parameter(id="age", kind=ParameterKind.NUMBER, value=50, unit="周岁", operator="<=", clause="一"),
        Parameter(id="kinds", kind=ParameterKind.TEXT, value=("a", "b"), operator="in", clause="一"),
        Parameter(id="kind", kind=ParameterKind.TEXT, value="a", clause="一"),
        Parameter(id="elsewhere", kind=ParameterKind.TEXT, value="a", operator="outside", clause="一"),
        Parameter(id="year", kind=ParameterKind.NUMBER, value=1, unit="年", operator=">=", clause="一"),
        Parameter(id="half", kind=ParameterKind.NUMBER, value=6, unit="个月", operator=">=", clause="一"),
        Parameter(id="open_sum", kind=ParameterKind.UNSPECIFIED, unit="元", clause="一"),
        Parameter(id="start_year", kind=ParameterKind.YEAR, value=2030, operator=">=", clause="一"),
        Parameter(id="start", kind=ParameterKind.DATE, value=date(2030, 1, 1), clause="一"),
    ),
)
RULE = Rule(id="R", title="r", clause="一", inputs={}, day="as_of")
# Predicate with its arguments -> a fact that keeps it, a fact that breaks it, both next to the bound.
SIDES = {
    "yes": ({}, True, False),
    "no": ({}, False, True),
    "keeps": ({"bound": "pay"}, Decimal("6000"), Decimal("5999.99")),
    "age_keeps": ({"bound": "age"}, date(1979, 6, 2), date(1979, 6, 1)),
    "positive": ({}, 1, 0),
    "one_of": ({"values": ("a", "b")}, "b", "c"),
    "includes_any": ({"values": ("a", "b")}, ("c", "b"), ("c",)),
    "some": ({}, ("a",), ()),
    "in_list": ({"bound": "kinds"}, "b", "c"),
    "any_in_list": ({"bound": "kinds"}, ("c", "b"), ("c",)),
    "all_in_list": ({"bound": "kinds"}, ("a", "b"), ("a", "c")),
    "on_or_after": ({"bound": "start"}, date(2030, 1, 1), date(2029, 12, 31)),
    "on_or_before": ({"bound": "start"}, date(2030, 1, 1), date(2030, 1, 2)),
    "at_least": ({"than": "ten"}, 10, 9),
    "more_than": ({"than": "ten"}, 11, 10),
    "less_than": ({"than": "ten"}, 9, 10),
    "figure_named": ({}, "open_sum", "kinds"),
    "keeps_named": ({"than": "pay_named"}, 6000, 5999),
    "in_window": ({}, date(2031, 12, 31), date(2032, 1, 1)),
    "started": ({}, date(2032, 1, 1), date(2029, 12, 31)),
    "year_keeps": ({"bound": "start_year"}, date(2030, 1, 1), date(2029, 12, 31)),
    "passed_since": ({"on": "today", "bound": "year"}, date(2029, 6, 1), date(2029, 6, 2)),
    "months_in_a_row": (
        {"bound": "half"},
        tuple(date(2030, month, 1) for month in (3, 1, 2, 6, 5, 4)),
        tuple(date(2030, month, 1) for month in (1, 2, 3, 4, 5, 7, 8)),
    ),
    "whole_years": ({}, 24, 23),
    "not_paid_in": ({"on": "today"}, (2029, 2031), (2030,)),
    "quarter": ({}, Period(2030, 2), Period(2030, None)),
}
# What is not there is an answer here: nothing recorded, an open-ended contract, a figure the text does not state.
NEVER_UNKNOWN = {
    "given": ({}, False, None),
    "contract_reaches": ({"on": "today", "bound": "half"}, date(2030, 11, 30), date(2030, 11, 29)),
    "contract_within": ({"on": "today", "bound": "half"}, date(2030, 11, 30), date(2030, 12, 1)),
}
OTHERS = {"ten": 10, "pay_named": "pay", "today": ON}


def world(**facts):
    return RuleWorld(PACK, RULE, {"as_of": ON, **OTHERS, **facts}, Conventions())


def test_every_predicate_is_tried_on_both_sides():
    assert {*SIDES, *NEVER_UNKNOWN, "stated"} == set(PREDICATES)


@pytest.mark.parametrize("name", sorted(SIDES))
def test_predicate(name):
    arguments, keeps, breaks = SIDES[name]
    condition = Condition(is_=name, fact="f", **arguments)
    assert PREDICATES[name].needs == {"fact", *arguments}
    assert truth(condition, world(f=keeps)) is True
    assert truth(condition, world(f=breaks)) is False
    assert truth(condition, world(f=None)) is None
    assert truth(condition, world()) is None


@pytest.mark.parametrize("name", sorted(name for name, row in SIDES.items() if {"on", "than"} & row[0].keys()))
def test_an_unknown_other_side_is_unknown(name):
    arguments, keeps, _ = SIDES[name]
    other = arguments.get("than") or arguments["on"]
    assert truth(Condition(is_=name, fact="f", **arguments), world(f=keeps, **{other: None})) is None


@pytest.mark.parametrize("name", sorted(NEVER_UNKNOWN))
def test_predicate_to_which_nothing_is_an_answer(name):
    arguments, keeps, breaks = NEVER_UNKNOWN[name]
    condition = Condition(is_=name, fact="f", **arguments)
    assert PREDICATES[name].needs == {"fact", *arguments}
    assert truth(condition, world(f=keeps)) is True
    assert truth(condition, world(f=breaks)) is False
    assert truth(condition, world(f=None)) is (name == "contract_reaches")


@pytest.mark.parametrize("name", ["contract_reaches", "contract_within"])
def test_a_contract_without_a_start_is_unknown(name):
    condition = Condition(is_=name, fact="f", on="today", bound="half")
    assert truth(condition, world(f=date(2030, 11, 30), today=None)) is None


def test_a_stated_figure_is_one_with_a_value():
    assert truth(Condition(is_="stated", bound="pay"), world()) is True
    assert truth(Condition(is_="stated", bound="open_sum"), world()) is False
    assert PREDICATES["stated"].needs == {"bound"}


def test_between_signature_and_printing_nobody_can_be_sure():
    for name in ("in_window", "started"):
        condition = Condition(is_=name, fact="f")
        assert truth(condition, world(f=date(2030, 1, 2))) is None
        assert truth(condition, world(f=date(2030, 1, 3))) is True


def test_a_year_lies_in_the_window_if_any_day_of_it_does():
    condition = Condition(is_="in_window", fact="f")
    assert [truth(condition, world(f=year)) for year in (2029, 2030, 2031, 2032)] == [False, True, True, False]


def test_a_policy_year_begins_with_the_document():
    condition = Condition(is_="not_paid_in", fact="f", on="today")
    facts = {"f": (2030,), "today": date(2031, 12, 31)}
    document = msgspec.structs.replace(PACK.document, from_=date(2030, 9, 1))
    pack = msgspec.structs.replace(PACK, document=document)
    by_policy_year = Conventions(once_per_year="policy_year")
    days = {date(2030, 9, 1): False, date(2031, 8, 31): False, date(2031, 9, 1): True}
    for day, free in days.items():
        assert truth(condition, RuleWorld(pack, RULE, {**facts, "today": day}, by_policy_year)) is free


def test_a_strict_contract_end_needs_one_day_more():
    reaches = Condition(is_="contract_reaches", fact="f", on="today", bound="half")
    within = Condition(is_="contract_within", fact="f", on="today", bound="half")
    strict = Conventions(contract_end="one_day_more")
    for day, enough, short_enough in ((date(2030, 11, 30), False, True), (date(2030, 12, 1), True, True)):
        facts = {"f": day, "today": ON}
        assert truth(reaches, RuleWorld(PACK, RULE, facts, strict)) is enough
        assert truth(within, RuleWorld(PACK, RULE, facts, strict)) is short_enough


def test_a_list_that_stands_outside_turns_the_question_round():
    condition = Condition(is_="in_list", fact="f", bound="elsewhere")
    assert [truth(condition, world(f=place)) for place in ("a", "b", None)] == [False, True, None]


def test_age_on_a_day_of_its_own():
    condition = Condition(is_="age_keeps", fact="f", on="travel", bound="age")
    assert truth(condition, world(f=date(1979, 6, 2), travel=date(2030, 6, 1))) is True
    assert truth(condition, world(f=date(1979, 6, 2), travel=date(2030, 6, 2))) is False
    assert truth(condition, world(f=date(1979, 6, 2), travel=None)) is None


@pytest.mark.parametrize("name", sorted({*SIDES, *NEVER_UNKNOWN}))
def test_the_sentence_of_a_predicate_names_what_it_looks_at(name):
    vocabulary = Vocabulary(facts={"f": Term(label="某项", ask="请问？")}, flags={})
    arguments, _, _ = SIDES.get(name) or NEVER_UNKNOWN[name]
    said = Speaker(PACK, vocabulary).reason(Condition(is_=name, fact="f", **arguments), {})
    assert said.endswith("。")
    assert any(word in said for word in ("某项", "50周岁", "6个月", "当年"))


def test_a_single_listed_term_is_a_list_of_one():
    condition = Condition(is_="in_list", fact="f", bound="kind")
    assert truth(condition, world(f="a")) is True
    assert truth(condition, world(f="ab")) is False


def test_groups_combine_by_kleene():
    yes, no = Condition(is_="yes", fact="t"), Condition(is_="no", fact="t")
    unknown = Condition(is_="yes", fact="u")
    facts = world(t=True)
    assert truth(Condition(all=(yes, unknown)), facts) is None
    assert truth(Condition(all=(no, unknown)), facts) is False
    assert truth(Condition(any=(yes, unknown)), facts) is True
    assert truth(Condition(any=(no, unknown)), facts) is None
    assert truth(Condition(none=(no, unknown)), facts) is None
    assert truth(Condition(none=(yes, unknown)), facts) is False
    assert truth(Condition(all=()), facts) is True
    assert truth(Condition(any=()), facts) is False


def test_kleene_tables():
    for a, b in product((True, False, None), repeat=2):
        both = False if False in (a, b) else None if None in (a, b) else True
        assert all_of([a, b]) is both
        assert any_of([a, b]) is negate(all_of([negate(a), negate(b)]))
    assert negate(None) is None


@pytest.mark.parametrize(("fails", "asks"), [("", "问？"), ("否。", " ")])
def test_a_predicate_without_a_sentence_is_refused(fails, asks):
    with pytest.raises(ValueError, match="mute"):
        predicate("mute", "fact", fails=fails, asks=asks)(lambda world, condition: True)
    assert "mute" not in PREDICATES


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="twice"):
        predicate("yes", "fact", fails="否。")(lambda world, condition: True)
