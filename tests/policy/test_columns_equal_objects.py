"""Rules in columns answer as the evaluator does, person by person: on every worked example and on drawn facts."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.policy import Conventions, standard_packs
from matcher.policy.checks.cases import case_inputs
from matcher.policy.checks.rule_validation import conditions_of
from matcher.policy.columns import NotInColumns, covered, encode_facts, evaluate_columns
from matcher.policy.evaluation.conventions import CHOICES
from matcher.policy.evaluation.evaluate import answer, rule_facts
from matcher.policy.evaluation.inputs import Period, is_type
from matcher.policy.predicates.facts import PREDICATES

PACKS = standard_packs()
OWNERS = {rule.id: (pack, rule) for pack in PACKS.packs.values() for rule in pack.rules}
COVERED = sorted(rule_id for rule_id, (_, rule) in OWNERS.items() if covered(rule))
# Their facts are tables of free keys: villages, indicators, two ledgers, one record. Nothing to lay in columns.
ONE_BY_ONE = ["HK_TARGETS_2018", "LJ_WELFARE_QUOTA", "MC_COMPLETE", "MC_RECONCILE"]


def examples() -> dict[str, list[dict]]:
    """Rule -> typed facts of its vectors and cases."""
    raw = defaultdict(list)
    with (Path(__file__).parent / "vectors.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            raw[row["rule_id"]].append(json.loads(row["inputs_json"]))
    for pack in PACKS.packs.values():
        for case in (case for case in pack.cases if case.rule):
            raw[case.rule].append(case_inputs(case))
    return {rule_id: [rule_facts(OWNERS[rule_id][1], facts) for facts in raw[rule_id]] for rule_id in OWNERS}


EXAMPLES = examples()


def both(rule_id, people, conventions=None):
    """Answers one by one and in columns."""
    pack, rule = OWNERS[rule_id]
    said = conventions or Conventions()
    alone = [answer(pack, rule, facts, said) for facts in people]
    return alone, list(evaluate_columns(pack, rule, encode_facts(rule, people), len(people), said))


def test_every_rule_but_those_over_free_keys_has_columns():
    assert sorted(set(OWNERS) - set(COVERED)) == ONE_BY_ONE


@pytest.mark.parametrize("rule_id", COVERED)
def test_worked_examples_answer_alike(rule_id):
    alone, together = both(rule_id, EXAMPLES[rule_id])
    assert together == alone
    assert [list(found) for found in together] == [list(found) for found in alone]


def words_of(rule) -> list[str]:
    """Words a rule could look for, and one it does not know."""
    found = {"else"}
    for part in conditions_of(rule):
        found.update(part.values)
    pack = OWNERS[rule.id][0]
    for row in pack.parameters:
        if any(row.id == part.bound for part in conditions_of(rule)):
            found.update(
                word for word in (row.value if isinstance(row.value, tuple) else (row.value,)) if isinstance(word, str)
            )
    for output in (*rule.derives, *rule.outputs):
        found.update(word for group in output.groups for word in group[:-1])
    if rule.id == "MC_THRESHOLD":
        found = {row.id for row in pack.parameters} | {"else", ""}
    return sorted(found)


# Days around those the documents name: their windows, leap days, ends of months.
NAMED = sorted(
    {
        day
        for pack, _ in OWNERS.values()
        for day in (pack.document.from_, pack.document.to, pack.document.printed)
        if day
    }
    | {date(2016, 2, 29), date(2020, 2, 29), date(1980, 2, 29), date(2019, 8, 31), date(2021, 12, 31)}
)
DAYS = st.one_of(
    st.builds(lambda day, off: day + timedelta(days=off), st.sampled_from(NAMED), st.integers(-2, 2)),
    st.builds(
        lambda day, years: day.replace(year=day.year - years, day=min(day.day, 28)),
        st.sampled_from(NAMED),
        st.integers(0, 66),
    ),
    st.dates(date(1000, 1, 1), date(8999, 12, 31)),
)
MONTHS = st.builds(lambda at: date(2018 + at // 12, at % 12 + 1, 1), st.integers(0, 40))
AMOUNTS = st.one_of(
    st.integers(0, 400).map(lambda n: Decimal(n) / 2),
    st.integers(0, 10**14).map(lambda n: Decimal(n).scaleb(-2)),
    st.integers(0, 10**7).map(lambda n: Decimal(n).scaleb(-5)),
)
COUNTS = st.one_of(st.integers(0, 60), st.integers(0, 10**9 - 1))


def values(kind: str, rule) -> st.SearchStrategy:
    """Values of a type, unknown among them where the type allows it."""
    assert is_type(kind)
    nullable = "?" in kind
    name = kind.removesuffix("*").removesuffix("?")
    some = st.sampled_from(words_of(rule))
    by_name = {
        "bool": st.booleans(),
        "int": st.one_of(st.integers(-3, 70), st.integers(2017, 2026)),
        "count": COUNTS,
        "decimal": st.one_of(AMOUNTS, AMOUNTS.map(lambda amount: -amount)),
        "amount": AMOUNTS,
        "date": DAYS,
        "month": MONTHS,
        "period": st.builds(Period, st.integers(2017, 2024), st.sampled_from([None, 1, 2, 3, 4])),
        "text": some,
        "texts": st.lists(some, max_size=4).map(tuple),
        "ints": st.lists(st.integers(2017, 2026), max_size=3).map(tuple),
        "amounts": st.lists(AMOUNTS, max_size=4).map(tuple),
        "months": st.lists(MONTHS, max_size=8).map(tuple),
    }
    if name.startswith("enum("):
        found = st.sampled_from(name.removeprefix("enum(").removesuffix(")").split(","))
    else:
        found = by_name[name]
    return st.one_of(st.none(), found, found) if nullable else found


def people_of(rule) -> st.SearchStrategy:
    def of(spec):
        return {
            key: st.lists(st.fixed_dictionaries(of(rule.rows[key])), max_size=4).map(tuple)
            if key in rule.rows
            else values(kind, rule)
            for key, kind in spec.items()
        }

    known = st.sampled_from(EXAMPLES[rule.id])
    drawn = st.fixed_dictionaries(of(rule.inputs))
    changed = st.builds(lambda facts, other, keys: {**facts, **{key: other[key] for key in keys}}, known, drawn,
                        st.sets(st.sampled_from(sorted(rule.inputs)), max_size=3))  # fmt: skip
    return st.lists(st.one_of(changed, drawn), min_size=1, max_size=12)


READINGS = st.builds(Conventions, **{name: st.sampled_from(choices) for name, choices in CHOICES.items()})


@pytest.mark.parametrize("rule_id", COVERED)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_drawn_facts_answer_alike(rule_id, data):
    rule = OWNERS[rule_id][1]
    people = data.draw(people_of(rule))
    readings = data.draw(st.one_of(st.just(Conventions()), READINGS))
    alone, together = both(rule_id, people, readings)
    assert together == alone


def test_every_predicate_of_the_vocabulary_has_its_columnar_twin():
    from matcher.policy.columns.twins import PREDICATES as TWINS

    assert set(TWINS) == set(PREDICATES)


def test_an_amount_of_seven_decimals_goes_to_the_evaluator():
    _, rule = OWNERS["HK_TRANSPORT"]
    facts = {**EXAMPLES["HK_TRANSPORT"][0], "approved_standard_yuan": Decimal("0.0000001")}
    with pytest.raises(NotInColumns):
        encode_facts(rule, [facts])
