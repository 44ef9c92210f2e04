"""`policy check`: faults of loaded packs, lint, and worked examples run as tests; findings are values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from matcher.errors import Problem, Severity
from matcher.policy.checks.cases import CaseRun, case_expected, run_cases
from matcher.policy.checks.lint import Judged, Lint, LintKind, lint
from matcher.policy.checks.validation import pack_faults, set_faults
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.types import Pack, PackSet


def check(
    packs: PackSet,
    conventions: Conventions | None = None,
    *,
    verbose: bool = False,
    judged: Iterable[Judged] = (),
) -> list[Problem]:
    """Every finding over loaded packs: faults and cases that do not come out (errors), lint (warnings).

    verbose : name every figure that no rule uses, instead of one line a pack with their number
    judged : lint findings that somebody let stand; they are left out
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
    problems += [_failed(packs[run.pack_id], run) for run in run_cases(packs, conventions) if not run.passed]
    standing, _ = lint(packs, judged)
    return problems + list(_linted(packs, standing, verbose=verbose))


def _linted(packs: PackSet, standing: list[Lint], *, verbose: bool) -> Iterator[Problem]:
    """Lint as warnings; unused figures of a pack as one line unless `verbose`."""
    for pack in packs.packs.values():
        of_pack = [finding for finding in standing if finding.pack_id == pack.id]
        idle = [finding for finding in of_pack if finding.kind is LintKind.UNUSED_FIGURE]
        if idle and not verbose:
            found = f"{pack.id}：{len(idle)}个数字暂无规则使用，只供查阅"
            fix = "要逐个查看请加 --verbose；看过的写进 judged.toml。"
            yield _problem(pack, idle[0].file, found, "使用这些数字的规则", fix, Severity.WARNING)
        for finding in of_pack:
            if verbose or finding.kind is not LintKind.UNUSED_FIGURE:
                yield _problem(pack, finding.file, finding.about, finding.expected, finding.fix, Severity.WARNING)


def _failed(pack: Pack, run: CaseRun) -> Problem:
    found = run.error or msgspec.json.encode(run.answer, order="sorted").decode()
    expected = msgspec.json.encode(case_expected(run.case), order="sorted").decode()
    fix = "算例与规则不一致：请核对条款后改正规则、补助或算例。"
    return _problem(pack, "cases.toml", f"{run.case.about} {run.case.name}: {found}", expected, fix, Severity.ERROR)


def _problem(pack: Pack, file: str, found: str, expected: str, fix: str, severity: Severity) -> Problem:
    name = f"{pack.id}/{file}" if file else pack.id
    return Problem(file=name, found=found, expected=expected, fix=fix, severity=severity)
