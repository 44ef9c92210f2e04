"""`policy check`: lint of loaded packs and their worked examples run as tests; findings are values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from matcher.errors import MatcherError, Problem, Severity
from matcher.policy.conventions import Conventions
from matcher.policy.evaluate import CROSS_RULES, Answer, evaluate_rule
from matcher.policy.rule_types import Parameter
from matcher.policy.rule_validation import used_parameters
from matcher.policy.types import Case, Pack, PackSet
from matcher.policy.validation import pack_faults, set_faults


class CaseRun(msgspec.Struct, frozen=True, kw_only=True):
    """One worked example as it ran; `answer` is None where the rule could not be evaluated."""

    pack_id: str
    case: Case
    answer: Answer | None
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer equals what the case expects, key by key."""
        return self.answer is not None and self.answer == case_expected(self.case)


def check(packs: PackSet, conventions: Conventions | None = None, *, verbose: bool = False) -> list[Problem]:
    """Every finding over loaded packs: faults, lint warnings, cases that do not come out as written.

    verbose : name every figure that no rule uses, instead of one line a pack with their number
    """
    problems = [
        _problem(pack, "", fault.found, fault.expected, fault.fix, Severity.ERROR)
        for pack in packs.packs.values()
        for fault in pack_faults(pack, packs.vocabulary)
    ]
    problems += [
        _problem(packs[pack_id], "pack.toml", fault.found, fault.expected, fault.fix, Severity.ERROR)
        for pack_id, fault in set_faults(packs.packs.values())
    ]
    for pack in packs.packs.values():
        problems += _unused(pack) if verbose else _unused_count(pack)
        problems += _uncovered(pack)
        problems += _without_clause(pack)
    problems += [_failed(packs[run.pack_id], run) for run in run_cases(packs, conventions) if not run.passed]
    return problems


def run_cases(packs: PackSet, conventions: Conventions | None = None) -> Iterator[CaseRun]:
    """Run every case of every pack, in the order of packs and cases."""
    for pack in packs.packs.values():
        for case in pack.cases:
            yield _run(pack.id, case, packs, conventions)


def coverage(packs: PackSet) -> dict[str, tuple[int, int]]:
    """Rule id -> (cases that expect a positive or neutral answer, all cases), cross rules included."""
    counts: dict[str, tuple[int, int]] = {}
    for pack in packs.packs.values():
        for rule in pack.rules:
            counts.setdefault(rule.id, (0, 0))
        for case in pack.cases:
            n_positive, n_all = counts.get(case.rule, (0, 0))
            counts[case.rule] = (n_positive + (case.polarity in {"positive", "neutral"}), n_all + 1)
    return dict(sorted(counts.items()))


def case_inputs(case: Case) -> dict[str, Any]:
    """The inputs of a case, what it names as unknown put in as null."""
    return _with_nulls(case.inputs, case.unknown)


def case_expected(case: Case) -> dict[str, Any]:
    """The answer a case expects, with the keys that stay as null."""
    return _with_nulls(case.expected, case.null)


def _with_nulls(table: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    filled: dict[str, Any] = msgspec.to_builtins(table)
    for path in paths:
        *outer, last = path.split(".")
        place: Any = filled
        for step in outer:
            place = place[int(step) if step.isdigit() else step]
        place[last] = None
    return filled


def _run(pack_id: str, case: Case, packs: PackSet, conventions: Conventions | None) -> CaseRun:
    inputs = case_inputs(case)
    try:
        answer = evaluate_rule(case.rule, inputs, packs=packs, conventions=conventions)
    except MatcherError as error:
        return CaseRun(pack_id=pack_id, case=case, answer=None, error=str(error))
    return CaseRun(pack_id=pack_id, case=case, answer=answer)


def _unused(pack: Pack) -> list[Problem]:
    """Figures that no rule reads, one by one."""
    fix = "没有规则使用这个数字；请补上规则，或确认它只供查阅。"
    return [_problem(pack, "parameters.toml", row.id, "使用该参数的规则", fix, Severity.WARNING) for row in _idle(pack)]


def _unused_count(pack: Pack) -> list[Problem]:
    """Figures that no rule reads, as one finding."""
    n_idle = len(_idle(pack))
    if not n_idle:
        return []
    found = f"{pack.id}：{n_idle}个数字暂无规则使用，只供查阅"
    fix = "不必处理；要逐个查看请加 --verbose。"
    return [_problem(pack, "parameters.toml", found, "使用这些数字的规则", fix, Severity.WARNING)]


def _idle(pack: Pack) -> list[Parameter]:
    """Figures that no rule reads; listed terms are for people and may stand alone."""
    if pack.document.always:
        return []
    used = frozenset[str]().union(*(used_parameters(rule) for rule in pack.rules))
    return [row for row in pack.parameters if row.kind.is_figure and row.id not in used]


def _uncovered(pack: Pack) -> list[Problem]:
    """Rules without an example on one side, services without any."""
    found: list[Problem] = []
    for rule in pack.rules:
        polarities = {case.polarity for case in pack.cases if case.rule == rule.id}
        decides = bool(rule.steps or rule.each)
        wanted = {"positive", "negative"} if decides else set()
        kinds = [*rule.inputs.values(), *(kind for columns in rule.rows.values() for kind in columns.values())]
        if decides and any("?" in kind for kind in kinds):
            wanted.add("unknown")
        if not polarities or not wanted <= polarities:
            fix = "请在界限两侧各写一个算例，并写一个信息不全的算例。"
            found.append(_problem(pack, "cases.toml", rule.id, "、".join(sorted(wanted)), fix, Severity.WARNING))
    services = {str(case.inputs.get("service")) for case in pack.cases if case.rule in CROSS_RULES}
    for service in pack.services:
        if service.id not in services:
            fix = "请为这项服务的先后次序写一个算例。"
            found.append(_problem(pack, "cases.toml", service.id, "X_PRIORITY", fix, Severity.WARNING))
    return found


def _without_clause(pack: Pack) -> list[Problem]:
    """Examples nobody can look up: neither they nor their rule name a clause."""
    fix = "请为这个算例写明所依据的条款(clause)。"
    return [
        _problem(pack, "cases.toml", f"{case.rule} {case.name}", "clause", fix, Severity.WARNING)
        for case in pack.cases
        if not case.clause and pack.rule(case.rule) is None
    ]


def _failed(pack: Pack, run: CaseRun) -> Problem:
    found = run.error or msgspec.json.encode(run.answer, order="sorted").decode()
    expected = msgspec.json.encode(case_expected(run.case), order="sorted").decode()
    fix = "算例与规则不一致：请核对条款后改正规则或算例。"
    return _problem(pack, "cases.toml", f"{run.case.rule} {run.case.name}: {found}", expected, fix, Severity.ERROR)


def _problem(pack: Pack, file: str, found: str, expected: str, fix: str, severity: Severity) -> Problem:
    name = f"{pack.id}/{file}" if file else pack.id
    return Problem(file=name, found=found, expected=expected, fix=fix, severity=severity)
