"""What each term adds to one pair's stage, for explanations: the numbers of `kernel.py`, a pair at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from matcher.scoring.model import AdditiveModel


def contributions(model: AdditiveModel, stage: str, values: Mapping[str, int]) -> dict[str, int]:
    """Term -> integer contribution (of 2**10) of one pair in one stage; equal to `reference.contributions`."""
    cuts_of, tables = model.plain
    parts = {}
    for term, table in tables[stage].items():
        value, cuts = values[term], cuts_of.get(term)
        if cuts is not None:
            value = len(cuts) + 1 if value < 0 else bisect_right(cuts, value)
        parts[term] = table[value]
    return parts
