"""What a worked example must keep: it names one rule or one benefit that exists, and for a benefit its day."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.policy.evaluation.evaluate import CROSS_RULES
from matcher.policy.figures.words import row_of
from matcher.policy.loading.strict import Fault
from matcher.policy.loading.toml_lines import Path
from matcher.policy.types import Case, Pack

POLARITIES = ("positive", "negative", "unknown", "neutral")


def case_faults(pack: Pack) -> Iterator[Fault]:
    """Every fault of the examples of one well-typed pack."""
    rules = {rule.id for rule in pack.rules} | set(CROSS_RULES)
    benefits = {benefit.id for benefit in pack.benefits}
    for index, case in enumerate(pack.cases):
        path: Path = ("cases", index)
        if bool(case.rule) == bool(case.benefit):
            found = f"{case.rule} {case.benefit}".strip()
            yield _fault(path, found, "rule 或 benefit", "每个算例写一条规则(rule)或一项补助(benefit)，只写其中一个。")
        elif case.rule:
            yield from _known((*path, "rule"), case.rule, rules, "算例指向的规则不存在，请改正规则编号。")
            yield from _bare(case, path)
        else:
            yield from _known((*path, "benefit"), case.benefit, benefits, "算例指向的补助不存在，请改正补助编号。")
            yield from _of_benefit(pack, case, path)
        yield from _known(
            (*path, "polarity"), case.polarity, POLARITIES, "请使用 positive、negative、unknown 或 neutral。"
        )


def _of_benefit(pack: Pack, case: Case, path: Path) -> Iterator[Fault]:
    if case.on is None:
        yield _fault((*path, "on"), "", "on", "补助的算例要写明申报的日期(on)。")
    for name in case.figures:
        if row_of(pack, name) is None:
            yield _fault((*path, "figures", name), name, "parameters.toml", "这份文件没有这个数，请改正编号。")


def _bare(case: Case, path: Path) -> Iterator[Fault]:
    """A rule has its day among its inputs, and its example is the document's alone."""
    if case.on is not None:
        yield _fault((*path, "on"), case.on.isoformat(), "inputs", "规则的日期写在 inputs 里，请删去 on。")
    if case.figures:
        yield _fault((*path, "figures"), "、".join(case.figures), "inputs", "规则的算例不带县里的数，请删去 figures。")


def _known(path: Path, found: str, known: set[str] | tuple[str, ...], fix: str) -> Iterator[Fault]:
    if found not in known:
        expected = "、".join(sorted(known) if isinstance(known, set) else known)
        yield _fault(path, found, expected, fix)


def _fault(path: Path, found: str, expected: str, fix: str) -> Fault:
    return Fault(path=path, found=found, expected=expected, fix=fix)
