"""What a mutant has to get past: worked examples, drawn facts, then the tests of the room."""

from __future__ import annotations

import csv
import gc
import json
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from hypothesis import settings

from matcher.policy import Conventions, evaluate_rule, run_cases, standard_packs
from matcher.policy.columns import covered, evaluate_columns
from matcher.policy.evaluation.conventions import CHOICES
from matcher.policy.evaluation.evaluate import answer
from tests.bench.policy_facts import drawn_facts

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "matcher" / "policy"
PEOPLE = 60
SEED = 11
# Fast ones first: a mutant stops at the first test that sees it.
TESTS = (
    "tests/unit/policy/test_policy_survivors.py",
    "tests/unit/policy/test_policy_predicates.py",
    "tests/unit/policy/test_policy_batch.py",
    "tests/unit/policy/test_policy_conventions.py",
    "tests/unit/policy/test_policy_sixth_county.py",
    "tests/unit/policy/test_policy_labels.py",
    "tests/unit/policy/test_policy_figures.py",
    "tests/unit/policy/test_policy_tiers.py",
    "tests/policy/test_claim_survivors.py",
    "tests/policy/test_benefit_answers.py",
    "tests/policy/test_benefit_conditions.py",
    "tests/policy/test_benefit_vectors.py",
    "tests/policy/test_double_claims.py",
    "tests/policy/test_rule_properties.py",
)

OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True, slots=True)
class Oracle:
    """Everything known before any slip is made; broken : tests that fail without any."""

    vectors: list[tuple[str, Any, Any]]
    drawn: list[tuple[Any, Any, Any, Any, Any]]
    broken: tuple[str, ...]

    def sees(self, path: Path = POLICY) -> str:
        """Which check sees that something is wrong now, "" if none does; tests of the room of `path` come first."""
        for name, check in (("vectors", self._vectors), ("cases", _cases), ("drawn facts", self._drawn)):
            try:
                wrong = not check()
            except Exception:  # a slip may raise anything
                wrong = True
            if wrong:
                return name
        tests = sorted(TESTS, key=lambda name: ("benefit" in str(path)) != ("benefit" in name or "claims" in name))
        left_out = [word for name in self.broken for word in ("--deselect", name)]
        return "" if pytest.main(["-x", *OPTIONS, *left_out, *tests]) == pytest.ExitCode.OK else "tests"

    def _vectors(self) -> bool:
        packs = standard_packs()
        return all(evaluate_rule(rule, facts, packs=packs) == told for rule, facts, told in self.vectors)

    def _drawn(self) -> bool:
        """Drawn facts answered as the columns answered them before."""
        return all(answer(pack, rule, facts, said) == told for pack, rule, facts, said, told in self.drawn)


def _cases() -> bool:
    return all(run.passed for run in run_cases(standard_packs()))


def oracle() -> Oracle:
    """Load packs, examples, drawn facts with the answers of the columns, and the names of the tests."""
    with (ROOT / "tests" / "policy" / "vectors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    vectors = [(row["rule_id"], json.loads(row["inputs_json"]), json.loads(row["expected_json"])) for row in rows]
    # Drawn the same for every slip, and never failed by a busy machine.
    settings.register_profile("mutation", derandomize=True, deadline=None, max_examples=30, database=None)
    settings.load_profile("mutation")
    failing = Failing([])
    pytest.main([*OPTIONS, *TESTS], plugins=[failing])
    return Oracle(vectors, _drawn_answers(), tuple(failing.names))


@dataclass(frozen=True, slots=True)
class Failing:
    """Names of the tests that fail in one run."""

    names: list[str]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest after every phase of a test."""
        if report.failed:
            self.names.append(report.nodeid)


def _drawn_answers() -> list[tuple[Any, Any, Any, Any, Any]]:
    """Facts of every rule in columns, each reading in turn, as the columns answer them."""
    other = [Conventions(**{name: choice}) for name, choices in CHOICES.items() for choice in choices[1:]]
    found = []
    for pack in standard_packs().packs.values():
        for rule in filter(covered, pack.rules):
            columns = drawn_facts(pack, rule, PEOPLE, SEED)
            told = {said: list(evaluate_columns(pack, rule, columns, PEOPLE, said)) for said in (Conventions(), *other)}
            for row in range(PEOPLE):
                facts = {key: _typed(column.at(row)) for key, column in columns.items()}
                said = Conventions() if row % 2 else other[row // 2 % len(other)]
                found.append((pack, rule, facts, said, told[said][row]))
    return found


def _typed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def exchange(code: CodeType, path: Path, function: str) -> int:
    """Put the code a function has in a changed module in the place of what runs now; how many hold it."""
    changed = {(part.co_qualname, part.co_firstlineno): part for part in _functions(code)}
    n_changed = 0
    # The tests' own conftest sets aside what it finds, and the functions in it.
    gc.unfreeze()
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__.co_filename == str(path):
            own = found.__code__
            new = changed.get((own.co_qualname, own.co_firstlineno))
            if own.co_qualname == function and new is not None and new.co_freevars == own.co_freevars:
                found.__code__ = new
                n_changed += 1
    return n_changed


def _functions(code: CodeType) -> list[CodeType]:
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return [*inner, *(deeper for part in inner for deeper in _functions(part))]
