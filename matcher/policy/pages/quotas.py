"""A quota of a pack as a line for people: what, how much, of what, and that it only reports a shortage."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.policy.pages.figures import figure
from matcher.policy.types import Pack, Quota

MISSING = "原文没有给出数目，要县里定"


def quota_line(pack: Pack, quota: Quota, words: Mapping[str, str]) -> str:
    """`- title：不低于 5%（clause）`; of a figure the text masks or leaves open, that the county must say it."""
    row = pack.parameter(quota.bound)
    stated = row is not None and row.kind.has_value
    much = figure(row, words) if row is not None and stated else MISSING
    share = "，按总数的比例，不足一人按一人算" if quota.share else ""
    return f"- {quota.title}：{much}{share}（{quota.clause}）。只提示还差多少，不改动名单。"
