"""What a quota of a pack must keep beyond its types: one figure to reach, facts and flags of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.policy.checks.rule_validation import named, parameter_ids
from matcher.policy.loading.strict import Fault
from matcher.policy.loading.toml_lines import Path
from matcher.policy.rule_types import ParameterKind
from matcher.policy.types import Pack, Quota, Vocabulary

_MISSING = frozenset({ParameterKind.MASKED, ParameterKind.UNSPECIFIED})


def quota_faults(pack: Pack, quota: Quota, vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    """Every fault of one well-typed quota."""
    if bool(quota.share) == bool(quota.least):
        fix = "每个名额要求只能写 share（比例）或 least（数目）中的一个。"
        yield Fault(path=path, found=quota.id, expected="share | least", fix=fix)
    if bool(quota.share) != bool(quota.whole):
        fix = "写了比例(share)就要写明总数用哪个事实(whole)，没有比例就不写 whole。"
        yield Fault(path=(*path, "whole"), found=quota.whole, expected="whole", fix=fix)
    for field, name in (("share", quota.share), ("least", quota.least)):
        yield from named((field, name), parameter_ids(pack), path, "parameters.toml")
    yield from _kind(pack, quota, path)
    for field, fact in (("counted", quota.counted), ("whole", quota.whole)):
        yield from named((field, fact), vocabulary.facts, path, "vocabulary.toml: facts")
    for flag in quota.group.flags:
        yield from named(("group", flag), vocabulary.flags, path, "vocabulary.toml: flags")
    if not quota.clause.strip():
        yield Fault(path=(*path, "clause"), found="", expected="clause", fix="请写明条款号。")


def _kind(pack: Pack, quota: Quota, path: Path) -> Iterator[Fault]:
    """A share is a ratio, a number a number; a figure the text masks or leaves open may become either."""
    row = pack.parameter(quota.bound)
    wanted = ParameterKind.RATIO if quota.share else ParameterKind.NUMBER
    if row is not None and row.kind not in {wanted, *_MISSING}:
        fix = f"这里需要 {wanted} 类型的参数，请改正参数名。"
        yield Fault(path=(*path, "share" if quota.share else "least"), found=row.kind, expected=wanted, fix=fix)
