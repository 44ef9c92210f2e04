"""Every rule answers or names what does not fit, whatever it is given of the types it asks for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.policy import evaluate_rule, standard_packs
from matcher.policy.evaluation.inputs import read_inputs

PACKS = standard_packs()
RULES = {rule.id: rule for pack in PACKS.packs.values() for rule in pack.rules}
WORDS = st.sampled_from(
    [
        "",
        "x",
        "registered_poor",
        "out_of_poverty",
        "monitored",
        "marginal",
        "hr_agency",
        "village_cadre",
        "done",
        "Hekou",
        "labour_service_agreement",
        "out_of_province",
        "abroad",
        "Guangxi",
        "coach",
        "taxi",
        "income_in_county_min",
        "external_workers_target",
        "required_list_count",
    ]
)
AMOUNTS = st.one_of(st.decimals(0, 10**11, places=2).map(str), st.floats(0, 1e6).map(repr))
DAYS = st.one_of(st.dates(date(1940, 1, 1), date(2060, 12, 31)), st.dates()).map(date.isoformat)
MONTHS = st.dates(date(1940, 1, 1), date(2060, 12, 31)).map(lambda day: day.isoformat()[:7])
COUNTS = st.integers(0, 10**8)
KINDS = {
    "bool": st.booleans(),
    "int": st.integers(-5, 10**8),
    "count": COUNTS,
    "decimal": AMOUNTS,
    "amount": AMOUNTS,
    "date": DAYS,
    "month": MONTHS,
    "period": st.sampled_from(["2018", "2018-Q1", "2019-Q4", "0000", "9999-Q4", "2018-Q5"]),
    "text": WORDS,
    "ints": st.lists(st.integers(2000, 2030)),
    "amounts": st.lists(AMOUNTS, max_size=3),
    "months": st.lists(MONTHS, max_size=5),
    "texts": st.lists(WORDS, max_size=3),
    "record": st.dictionaries(WORDS, WORDS, max_size=3),
    "counts": st.dictionaries(WORDS, COUNTS, max_size=3),
    "amounts_by_key": st.dictionaries(WORDS, AMOUNTS, max_size=3),
    "texts_by_key": st.dictionaries(WORDS, WORDS, max_size=3),
}


def value(kind: str, columns: dict[str, str] | None):
    name = kind.rstrip("?*")
    if columns is not None:
        drawn = st.lists(facts(columns, {}), max_size=3)
    elif name.startswith("enum("):
        drawn = st.sampled_from(name.removeprefix("enum(").removesuffix(")").split(","))
    else:
        drawn = KINDS[name]
    return st.one_of(st.none(), drawn) if "?" in kind else drawn


def facts(spec, rows):
    return st.fixed_dictionaries({key: value(kind, rows.get(key)) for key, kind in spec.items()})


@pytest.mark.parametrize("rule_id", sorted(RULES))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_rule_answers_or_names_the_key(rule_id, data):
    rule = RULES[rule_id]
    inputs = data.draw(facts(rule.inputs, rule.rows))
    problems = ()
    found = {}
    try:
        found = evaluate_rule(rule_id, inputs, packs=PACKS)
    except InvalidInput as error:
        problems = error.problems
    # Exactly one of the two: an answer, or every key that does not fit.
    assert bool(found) is not bool(problems)
    assert all(problem.column and problem.expected for problem in problems)
    assert found.get("reasons", []) == sorted(set(found.get("reasons", [])))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("date", "2018-02-08", "9999-12-31"),
        ("date", date(2018, 2, 8), date(1, 1, 1)),
        ("month", "2018-02", "2018-13"),
        ("months", ["2018-02"], ["2018-2"]),
        ("period", "2018-Q4", "2018-Q5"),
        ("period", "2018", "0000"),
        ("ints", [2018], ["2018"]),
        ("counts", {"a": 1}, {"a": -1}),
        ("amounts_by_key", {"a": "0.5"}, {"a": "x"}),
        ("texts_by_key", {"a": "b"}, {"a": 1}),
        ("record", {"a": None}, []),
        ("count", 10**9 - 1, 10**9),
        ("amount", "999999999999.99", "1000000000000"),
        ("amount", "5.9", "1e999999"),
    ],
)
def test_types_on_both_sides(kind, good, bad):
    read_inputs("R", {"fact": kind}, {"fact": good})
    with pytest.raises(InvalidInput, match="fact"):
        read_inputs("R", {"fact": kind}, {"fact": bad})


def test_faults_of_rows_are_named_by_row_and_column():
    columns = {"rows": {"id": "text", "n": "count?"}}
    raw = {"rows": [{"id": "a", "n": None}, {"id": 3, "n": -1, "m": 1}, {"n": 1}, 7]}
    with pytest.raises(InvalidInput) as caught:
        read_inputs("R", {"rows": "records"}, {"rows": raw["rows"][:3]}, columns)
    named = {problem.column for problem in caught.value.problems}
    assert named == {"rows[1].id", "rows[1].n", "rows[1].m", "rows[2].id"}
    with pytest.raises(InvalidInput, match="rows"):
        read_inputs("R", {"rows": "records"}, raw, columns)
