"""Lint of well-formed packs: what is not wrong but wants a look, each finding of a named kind, and those judged."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Any

import msgspec

from matcher.errors import PackError, Problem
from matcher.policy.benefit_types import Benefit
from matcher.policy.checks.coverage import Coverage, benefit_coverage, coverage, untried
from matcher.policy.checks.rule_validation import used_parameters
from matcher.policy.checks.validation import windows_meet
from matcher.policy.evaluation.evaluate import CROSS_RULES
from matcher.policy.rule_types import Parameter, Part, Rule
from matcher.policy.types import Pack, PackSet

JUDGED_FILE = "judged.toml"
# Parts of a pack that name no figure to read it: the figures themselves, rules (asked one by one) and examples.
NAMING_NOTHING = frozenset({"parameters", "rules", "cases"})
# The pack in which rules over all documents have their examples.
CROSS_PACK = "standard"


class LintKind(StrEnum):
    """What may be odd about a pack."""

    UNUSED_FIGURE = "unused_figure"
    RULE_WITHOUT_CASE = "rule_without_case"
    ONE_SIDED = "one_sided"
    NO_UNKNOWN = "no_unknown"
    UNTRIED = "untried"
    SERVICE_WITHOUT_CASE = "service_without_case"
    CASE_WITHOUT_CLAUSE = "case_without_clause"
    OVERLAPPING_DATES = "overlapping_dates"
    STALE_JUDGEMENT = "stale_judgement"


FIXES = {
    LintKind.UNUSED_FIGURE: "没有规则或补助使用这个数字；请补上规则，或在 judged.toml 写明它为什么只供查阅。",
    LintKind.RULE_WITHOUT_CASE: "请在 cases.toml 中为这条规则写算例。",
    LintKind.ONE_SIDED: "请在界限两侧各写一个算例：一个成立，一个不成立。",
    LintKind.NO_UNKNOWN: "请写一个信息不全的算例。",
    LintKind.UNTRIED: "算例里这个条件总是同一种结果，请补一个相反的算例。",
    LintKind.SERVICE_WITHOUT_CASE: "请为这项服务的先后次序写一个算例。",
    LintKind.CASE_WITHOUT_CLAUSE: "请为这个算例写明所依据的条款(clause)。",
    LintKind.OVERLAPPING_DATES: "同名的两项补助在同一天都有效，会重复给；请写明不重叠的起止日期(from、to)。",
    LintKind.STALE_JUDGEMENT: "这一条已经没有可判断的内容，请从 judged.toml 删去。",
}


class Lint(msgspec.Struct, frozen=True, kw_only=True):
    """One finding: its kind, the pack, and the id (rule, figure, case) it is about; `side` of an untried condition."""

    kind: LintKind
    pack_id: str
    about: str
    expected: str = ""

    @property
    def file(self) -> str:
        """The file of the pack that would be mended."""
        name = {
            LintKind.UNUSED_FIGURE: "parameters.toml",
            LintKind.OVERLAPPING_DATES: "benefits.toml",
            LintKind.STALE_JUDGEMENT: JUDGED_FILE,
        }
        return name.get(self.kind, "cases.toml")

    @property
    def fix(self) -> str:
        """What to do about it, in Chinese."""
        return FIXES[self.kind]


class Judged(Part, frozen=True, kw_only=True):
    """Findings of one kind that somebody looked at and let stand, with the reason (Chinese, for the next reader)."""

    pack: str
    lint: LintKind
    about: tuple[str, ...]
    reason: str


def lint(packs: PackSet, judged: Iterable[Judged] = ()) -> tuple[list[Lint], list[tuple[Lint, Judged]]]:
    """Findings that stand, and those judged with their judgement; a judgement of nothing is itself a finding."""
    reasons = {(row.pack, row.lint, about): row for row in judged for about in row.about}
    standing, set_aside = [], []
    for finding in _findings(packs):
        row = reasons.pop((finding.pack_id, finding.kind, finding.about), None)
        if row is None:
            standing.append(finding)
        else:
            set_aside.append((finding, row))
    standing += [
        Lint(kind=LintKind.STALE_JUDGEMENT, pack_id=pack_id, about=about, expected=kind)
        for pack_id, kind, about in reasons
        if pack_id in packs.packs
    ]
    return standing, set_aside


@cache
def standard_judged() -> tuple[Judged, ...]:
    """The judgements that come with the program, loaded once."""
    return load_judged(resources.files("matcher.packs"))


def load_judged(*folders: Traversable) -> tuple[Judged, ...]:
    """Judgements in `judged.toml` of folders of packs; a folder without the file has none.

    Raises PackError for a file that is no list of judgements, or a judgement without a reason.
    """
    rows: list[Judged] = []
    for folder in folders:
        file = folder.joinpath(JUDGED_FILE)
        if not file.is_file():
            continue
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            rows += msgspec.convert(table, dict[str, list[Judged]]).get("judged", [])
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise _not_judged(str(error)) from None
    for row in rows:
        if not row.reason.strip():
            raise _not_judged(f"{row.pack} {row.lint}: no reason")
    return tuple(rows)


def _not_judged(found: str) -> PackError:
    fix = "每条写 pack、lint、about（编号的数组）和 reason。"
    problem = Problem(file=JUDGED_FILE, found=found, expected="[[judged]]", fix=fix)
    return PackError(f"{JUDGED_FILE}: {found}", (problem,), where=JUDGED_FILE, remedy=fix)


def unused_figures(pack: Pack) -> list[Parameter]:
    """Figures nothing of the pack but the page reads; listed terms are for people and may stand alone."""
    if pack.document.always:
        return []
    used = frozenset[str]().union(*(used_parameters(rule) for rule in pack.rules))
    others = {field: getattr(pack, field) for field in pack.__struct_fields__ if field not in NAMING_NOTHING}
    used |= frozenset(_texts(msgspec.to_builtins(others)))
    return [row for row in pack.parameters if row.kind.is_figure and row.id not in used]


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a nest of tables and lists, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _findings(packs: PackSet) -> Iterator[Lint]:
    counts, of_benefits = coverage(packs), benefit_coverage(packs)
    for pack in packs.packs.values():
        for row in unused_figures(pack):
            yield Lint(kind=LintKind.UNUSED_FIGURE, pack_id=pack.id, about=row.id)
        for rule in pack.rules:
            yield from _of_rule(pack, rule, counts[rule.id])
        for benefit in pack.benefits:
            yield from _of_benefit(pack, benefit, of_benefits[benefit.id])
        yield from _overlapping(pack)
        for found in untried(pack):
            told = found.condition
            about = " ".join(filter(None, (found.rule.id, told.is_, told.fact, told.bound, *told.values)))
            expected = "成立" if found.side else "不成立"
            yield Lint(kind=LintKind.UNTRIED, pack_id=pack.id, about=about, expected=expected)
        yield from _of_cases(pack)
    if CROSS_PACK in packs.packs:
        for rule_id in CROSS_RULES:
            if not counts[rule_id].n_cases:
                yield Lint(kind=LintKind.RULE_WITHOUT_CASE, pack_id=CROSS_PACK, about=rule_id)


def _of_rule(pack: Pack, rule: Rule, count: Coverage) -> Iterator[Lint]:
    """Sides a rule's examples lack; a rule that only computes needs none, one without optional facts no unknown."""
    if not (rule.steps or rule.each):
        return
    if not (count.yes and count.no):
        expected = "、".join(name for name, n in (("positive", count.yes), ("negative", count.no)) if not n)
        yield Lint(kind=LintKind.ONE_SIDED, pack_id=pack.id, about=rule.id, expected=expected)
    kinds = [*rule.inputs.values(), *(kind for columns in rule.rows.values() for kind in columns.values())]
    if any("?" in kind for kind in kinds) and not count.unknown:
        yield Lint(kind=LintKind.NO_UNKNOWN, pack_id=pack.id, about=rule.id, expected="unknown")


def _of_benefit(pack: Pack, benefit: Benefit, count: Coverage) -> Iterator[Lint]:
    """Sides the examples of a benefit lack of conditions of its own; those of its rule have examples of theirs."""
    if not benefit.steps:
        return
    if not (count.yes and count.no):
        expected = "、".join(name for name, n in (("positive", count.yes), ("negative", count.no)) if not n)
        yield Lint(kind=LintKind.ONE_SIDED, pack_id=pack.id, about=benefit.id, expected=expected)
    if any("?" in kind for kind in benefit.inputs.values()) and not count.unknown:
        yield Lint(kind=LintKind.NO_UNKNOWN, pack_id=pack.id, about=benefit.id, expected="unknown")


def _overlapping(pack: Pack) -> Iterator[Lint]:
    """Benefits of one title that hold on the same day: a later version whose earlier one was never ended."""
    own = pack.document
    for left, right in combinations(pack.benefits, 2):
        days = [(row.from_ or own.from_, row.to or own.to) for row in (left, right)]
        if left.title == right.title and windows_meet(*days):
            yield Lint(
                kind=LintKind.OVERLAPPING_DATES, pack_id=pack.id, about=f"{left.id} {right.id}", expected="from / to"
            )


def _of_cases(pack: Pack) -> Iterator[Lint]:
    services = {str(case.inputs.get("service")) for case in pack.cases if case.rule in CROSS_RULES}
    for service in pack.services:
        if service.id not in services:
            yield Lint(kind=LintKind.SERVICE_WITHOUT_CASE, pack_id=pack.id, about=service.id, expected="X_PRIORITY")
    for case in pack.cases:
        if case.rule and not case.clause and pack.rule(case.rule) is None:
            about = f"{case.rule} {case.name}"
            yield Lint(kind=LintKind.CASE_WITHOUT_CLAUSE, pack_id=pack.id, about=about, expected="clause")
