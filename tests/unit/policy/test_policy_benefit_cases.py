"""Worked examples of benefits: read strictly, run beside those of rules, linted; versions that overlap are found."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest
from test_policy_loader import CASES, PARAMETERS, write

from matcher.errors import PackError
from matcher.policy import (
    benefit_coverage,
    check,
    coverage,
    lint,
    load_pack,
    load_packs,
    run_cases,
    standard_packs,
)

VOCABULARY = standard_packs().vocabulary
BENEFIT = """\
[[benefit]]
id = "SM-1"
title = "外出补助"
clause = "二"
amount = "fee"
inputs = { going_out_to_work = "bool?" }
period = { per = "person", every = "year" }
evidence = [{ id = "record", label = "登记", proves = ["going_out_to_work"], basis = "design" }]

[[benefit.steps]]
outcome = "not_eligible"
requires = [{ is = "yes", fact = "going_out_to_work", reason = "not_going_out" }]

[[benefit.steps]]
outcome = "needs_review"
stop_on = "unknown"
requires = [{ is = "yes", fact = "going_out_to_work", reason = "going_out_not_recorded" }]
"""


def case(name, polarity, inputs, expected, more="", benefit="SM-1"):
    return (
        f'\n[[case]]\nbenefit = "{benefit}"\nname = "{name}"\npolarity = "{polarity}"\non = 2030-06-01\n{more}'
        f"inputs = {inputs}\nexpected = {expected}\n"
    )


YES = case(
    "去",
    "positive",
    "{ going_out_to_work = true }",
    '{ outcome = "eligible", reasons = [], amount_fen = 12050 }',
    "figures = { fee = 120.5 }\n",
)
NO = case(
    "不去",
    "negative",
    "{ going_out_to_work = false }",
    '{ outcome = "not_eligible", reasons = ["not_going_out"], amount_fen = 0 }',
    "figures = { fee = 120.5 }\n",
)
UNKNOWN = case(
    "没问",
    "unknown",
    "{}",
    '{ outcome = "needs_review", reasons = ["going_out_not_recorded"], facts_missing = ["going_out_to_work"] }',
    'unknown = ["going_out_to_work"]\nfigures = { fee = 120.5 }\n',
)
OPEN = case(
    "没有数",
    "unknown",
    "{ going_out_to_work = true }",
    '{ outcome = "not_computable", reasons = ["masked:fee"], figures_needed = ["fee"] }',
)
ALL = CASES + YES + NO + UNKNOWN + OPEN


def folder(root: Path, cases=ALL, benefits=BENEFIT, parameters=PARAMETERS):
    made = write(root, cases=cases, parameters=parameters)
    (made / "benefits.toml").write_text(benefits, encoding="utf-8")
    return made


def loaded(root: Path, **changed):
    folder(root, **changed)
    return load_packs(root, vocabulary=VOCABULARY)


def found_in(root: Path, **changed):
    standing, _ = lint(loaded(root, **changed))
    return [(finding.kind.value, finding.about) for finding in standing if "SM-1" in finding.about]


def test_examples_of_benefits_run_beside_those_of_rules(tmp_path):
    packs = loaded(tmp_path)
    runs = {run.case.name: run for run in run_cases(packs)}
    assert [name for name, run in runs.items() if not run.passed] == []
    assert runs["去"].answer == {"outcome": "eligible", "reasons": [], "amount_fen": 12050}
    row = benefit_coverage(packs)["SM-1"]
    assert (row.yes, row.no, row.unknown) == (1, 1, 2)
    assert "SM-1" not in coverage(packs)


def test_an_example_that_does_not_come_out_is_an_error_with_its_benefit(tmp_path):
    errors = [row for row in check(loaded(tmp_path, cases=ALL.replace("12050", "12000"))) if row.severity == "error"]
    assert [(row.file, row.found.split(":")[0]) for row in errors] == [("small_2030/cases.toml", "SM-1 去")]


@pytest.mark.parametrize(
    ("cases", "found"),
    [
        (ALL, []),
        (CASES + YES + UNKNOWN, [("one_sided", "SM-1"), ("untried", "SM-1 yes going_out_to_work")]),
        (CASES + YES + NO, [("no_unknown", "SM-1")]),
        (CASES, [("one_sided", "SM-1"), ("no_unknown", "SM-1")]),
    ],
)
def test_what_the_examples_of_a_benefit_lack_is_found(tmp_path, cases, found):
    assert found_in(tmp_path, cases=cases) == found


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (("to = 2030-06-30", "from = 2030-07-01"), []),
        (("to = 2030-07-01", "from = 2030-07-01"), [("overlapping_dates", "SM-1 SM-2")]),
        (("", "from = 2031-01-01"), [("overlapping_dates", "SM-1 SM-2")]),
        (("", "from = 2032-01-01"), []),
    ],
)
def test_versions_of_one_benefit_may_not_hold_on_the_same_day(tmp_path, days, found):
    first, second = (
        BENEFIT.replace("SM-1", name).replace('amount = "fee"', f'amount = "fee"\n{window}')
        for name, window in zip(("SM-1", "SM-2"), days, strict=True)
    )
    cases = CASES + "".join(text.replace("SM-1", name) for name in ("SM-1", "SM-2") for text in (YES, NO, UNKNOWN))
    assert found_in(tmp_path, benefits=first + "\n" + second, cases=cases) == found
    assert found_in(tmp_path / "b", benefits=first + "\n" + second.replace("外出", "返乡"), cases=cases) == []


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('benefit = "SM-1"', 'benefit = "SM-9"', "benefit"),
        ('benefit = "SM-1"', 'rule = "SM_ROUTE"\nbenefit = "SM-1"', ""),
        ('benefit = "SM-1"\n', "", ""),
        ("on = 2030-06-01\n", "", "on"),
        ("on = 2030-06-01", 'on = "midsummer"', "on"),
        ("figures = { fee = 120.5 }", "figures = { fees = 120.5 }", "figures.fees"),
        ("figures = { fee = 120.5 }", 'figures = { fee = "many" }', "figures"),
        ('polarity = "positive"', 'polarity = "sure"', "polarity"),
        ('benefit = "SM-1"', 'rule = "SM_ROUTE"', "on"),
    ],
)
def test_a_bad_example_is_named_with_its_line(tmp_path, old, new, column):
    with pytest.raises(PackError) as caught:
        load_pack(folder(tmp_path, cases=CASES + YES.replace(old, new)), VOCABULARY)
    first = caught.value.problems[0]
    assert first.column.removeprefix("case.1").removeprefix(".") == column
    assert first.row > 7
    assert first.fix


def test_a_broken_benefit_is_one_fault_and_not_one_of_each_example(tmp_path):
    for at, text in enumerate((BENEFIT.replace("title", "titel"), BENEFIT + "[[benefit\n")):
        with pytest.raises(PackError) as caught:
            load_pack(folder(tmp_path / str(at), benefits=text), VOCABULARY)
        assert {problem.file for problem in caught.value.problems} == {"small_2030/benefits.toml"}


def test_a_vocabulary_that_fails_is_told_alone(tmp_path):
    source = Path(str(resources.files("matcher.packs")))
    shutil.copytree(source / "liujiang_2018", tmp_path / "liujiang_2018")
    text = (source / "vocabulary.toml").read_text(encoding="utf-8")
    for broken in (text.replace("[facts", "[factz", 1), text + "[[[\n"):
        (tmp_path / "vocabulary.toml").write_text(broken, encoding="utf-8")
        with pytest.raises(PackError) as caught:
            load_packs(tmp_path)
        assert {Path(problem.file).name for problem in caught.value.problems} == {"vocabulary.toml"}
        assert len(caught.value.problems) < 5


def test_every_benefit_of_the_program_is_tried():
    covered = benefit_coverage(standard_packs())
    assert [name for name, row in covered.items() if not (row.yes and row.unknown)] == []
    dated = {benefit.id for pack in standard_packs().packs.values() if pack.document.from_ for benefit in pack.benefits}
    assert [name for name, row in covered.items() if name in dated and not row.no] == []
