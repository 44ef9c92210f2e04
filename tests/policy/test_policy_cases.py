"""Every worked example of every pack runs; the packs are clean."""

from __future__ import annotations

import pytest

from matcher.errors import Severity
from matcher.policy import check, coverage, run_cases, standard_packs
from matcher.policy.check import case_expected

RUNS = list(run_cases(standard_packs()))


@pytest.mark.parametrize("run", RUNS, ids=[f"{run.pack_id}-{run.case.rule}-{at}" for at, run in enumerate(RUNS)])
def test_case(run):
    assert run.error == ""
    assert run.answer == case_expected(run.case)


def test_no_error_and_no_gap_in_the_examples():
    findings = check(standard_packs())
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    assert [finding for finding in findings if finding.file.endswith("cases.toml")] == []


def test_every_rule_of_a_pack_has_both_sides():
    for pack in standard_packs().packs.values():
        for rule in pack.rules:
            n_positive, n_all = coverage(standard_packs())[rule.id]
            assert n_positive >= 1
            assert n_all >= 2 or not rule.steps
