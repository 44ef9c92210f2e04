"""A worked example written down is read back as it was: nulls, lists of tables, days, keys, quotes."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.policy import evaluate_rule, run_cases, standard_packs
from matcher.policy.checks.case_text import Example, case_stanza, polarity_of
from matcher.policy.checks.cases import case_expected, case_inputs
from matcher.policy.types import Case

PACKS = standard_packs()
RUNS = [run for run in run_cases(PACKS) if run.case.rule]


def read_back(stanza: str) -> Case:
    (table,) = tomllib.loads(stanza, parse_float=Decimal)["case"]
    return msgspec.convert(table, Case)


@pytest.mark.parametrize("run", RUNS, ids=[f"{run.case.rule}-{at}" for at, run in enumerate(RUNS)])
def test_every_example_of_the_packs_survives_being_written(run):
    inputs = case_inputs(run.case)
    told = evaluate_rule(run.case.rule, inputs, packs=PACKS)
    polarity = polarity_of(run.case.rule, told, PACKS)
    example = Example(rule=run.case.rule, name=run.case.name, polarity=polarity, inputs=inputs, expected=told)
    written = read_back(case_stanza(example))
    assert case_expected(written) == case_expected(run.case)
    assert evaluate_rule(written.rule, case_inputs(written), packs=PACKS) == run.answer


PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12)
TABLE = st.dictionaries(st.text(min_size=1, max_size=6).filter(lambda key: "." not in key), PLAIN, max_size=4)


@given(inputs=TABLE, rows=st.lists(TABLE, max_size=3), notes=st.lists(st.sampled_from(["甲", "乙"]), max_size=2))
def test_whatever_stands_in_an_example_is_read_back(inputs, rows, notes):
    example = Example(
        rule="R", name='引号"和\\', polarity="neutral", inputs=inputs, expected={"rows": rows}, notes=tuple(notes)
    )
    case = read_back(case_stanza(example))
    assert (case.rule, case.name) == ("R", '引号"和\\')
    assert case_inputs(case) == inputs
    assert case_expected(case) == {"rows": rows}


def test_days_stay_days_and_exact_numbers_text():
    example = Example(
        rule="R",
        name="n",
        polarity="neutral",
        inputs={"on": date(2030, 1, 2), "rate": Decimal("0.50")},
        expected={},
        clause="一",
    )
    assert 'on = 2030-01-02\nrate = "0.50"\n' in case_stanza(example)
    assert 'clause = "一"' in case_stanza(example)


@pytest.mark.parametrize(
    ("rule", "told", "polarity"),
    [
        ("HK_SERVICE", {"outcome": "eligible"}, "positive"),
        ("HK_SERVICE", {"outcome": "not_eligible"}, "negative"),
        ("HK_SERVICE", {"outcome": "needs_review"}, "unknown"),
        ("HK_TRANSPORT", {"outcome": "needs_config"}, "unknown"),
        ("X_AGE", {"age": 3}, "neutral"),
        ("LJ_FARM_TERM", {"free_until": "2030-01-01"}, "neutral"),
    ],
)
def test_the_side_an_answer_shows(rule, told, polarity):
    assert polarity_of(rule, told, PACKS) == polarity
