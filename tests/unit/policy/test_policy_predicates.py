from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from matcher.policy.conventions import Conventions
from matcher.policy.evaluate import RuleWorld, sentence
from matcher.policy.logic import all_of, any_of, negate
from matcher.policy.predicates import PREDICATES, predicate, truth
from matcher.policy.rule_types import Condition, Parameter, ParameterKind, Rule
from matcher.policy.types import Document, Pack, Term, Vocabulary

ON = date(2030, 6, 1)
PACK = Pack(
    id="p",
    name="p",
    document=Document(title="p"),
    parameters=(
        Parameter(id="pay", kind=ParameterKind.NUMBER, value=6000, unit="元", operator=">=", clause="一"),
        Parameter(id="age", kind=ParameterKind.NUMBER, value=50, unit="周岁", operator="<=", clause="一"),
        Parameter(id="kinds", kind=ParameterKind.TEXT, value=("a", "b"), operator="in", clause="一"),
        Parameter(id="kind", kind=ParameterKind.TEXT, value="a", clause="一"),
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
    "in_list": ({"bound": "kinds"}, "b", "c"),
    "on_or_after": ({"bound": "start"}, date(2030, 1, 1), date(2029, 12, 31)),
    "on_or_before": ({"bound": "start"}, date(2030, 1, 1), date(2030, 1, 2)),
}


def world(**facts):
    return RuleWorld(PACK, RULE, {"as_of": ON, **facts}, Conventions())


def test_every_predicate_is_tried_on_both_sides():
    assert set(SIDES) == set(PREDICATES)


@pytest.mark.parametrize("name", sorted(SIDES))
def test_predicate(name):
    arguments, keeps, breaks = SIDES[name]
    condition = Condition(is_=name, fact="f", **arguments)
    assert PREDICATES[name].needs == {"fact", *arguments}
    assert truth(condition, world(f=keeps)) is True
    assert truth(condition, world(f=breaks)) is False
    assert truth(condition, world(f=None)) is None
    assert truth(condition, world()) is None


@pytest.mark.parametrize("name", sorted(SIDES))
def test_the_sentence_of_a_predicate_names_the_fact_or_the_bound(name):
    vocabulary = Vocabulary(facts={"f": Term(label="某项", ask="请问？")}, flags={})
    arguments, _, _ = SIDES[name]
    said = sentence(Condition(is_=name, fact="f", **arguments), world(), vocabulary)
    assert said.endswith("。")
    assert "某项" in said or "50周岁" in said


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
