"""Every worked example of every pack runs; the packs are clean."""

from __future__ import annotations

import pytest

from matcher.errors import Severity
from matcher.policy import check, coverage, run_cases, standard_judged, standard_packs
from matcher.policy.checks.cases import case_expected

RUNS = list(run_cases(standard_packs()))


@pytest.mark.parametrize("run", RUNS, ids=[f"{run.pack_id}-{run.case.about}-{at}" for at, run in enumerate(RUNS)])
def test_case(run):
    assert run.error == ""
    assert run.answer == case_expected(run.case)


def test_no_error_and_no_gap_in_the_examples():
    findings = check(standard_packs(), judged=standard_judged(), verbose=True)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    assert [finding.found for finding in findings if finding.file.endswith("cases.toml")] == []


def test_every_rule_has_a_case_and_one_that_decides_both_sides():
    covered = coverage(standard_packs())
    assert [name for name, row in covered.items() if not row.yes] == []
    for pack in standard_packs().packs.values():
        for rule in pack.rules:
            assert covered[rule.id].n_cases >= 2 or not rule.steps
