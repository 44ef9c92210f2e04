"""What each term adds to one pair's stage, for explanations: the numbers of `kernel.py`, a pair at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache

from matcher.scoring.kernel import P_ONE, band_thresholds, logistic_table
from matcher.scoring.model import AdditiveModel


def contributions(model: AdditiveModel, stage: str, values: Mapping[str, int]) -> dict[str, int]:
    """Term -> integer contribution (of 2**10) of one pair in one stage; equal to `reference.contributions`."""
    return {term: term_share(model, stage, term, values[term]) for term in model.plain.stages[stage]}


def probabilities(log_odds: Sequence[int]) -> list[int]:
    """Integer probabilities (of 2**14) of integer log-odds (of 2**10), as `kernel.probability` gives them."""
    table = _plain_logistic()
    last = len(table) - 1
    return [table[min(odds, last)] if odds >= 0 else P_ONE - table[min(-odds, last)] for odds in log_odds]


def band_of(fit: int, width_permille: int) -> int:
    """As `kernel.bands_of`, of one fit."""
    return bisect_right(_plain_thresholds(width_permille), fit)


@cache
def _plain_logistic() -> list[int]:
    table: list[int] = logistic_table().tolist()
    return table


@cache
def _plain_thresholds(width_permille: int) -> list[int]:
    thresholds: list[int] = band_thresholds(width_permille).tolist()
    return thresholds


def term_share(model: AdditiveModel, stage: str, term: str, value: int) -> int:
    """Integer contribution (of 2**10) of one term with a value to one stage."""
    cuts_of, tables = model.plain
    cuts = cuts_of.get(term)
    if cuts is not None:
        value = len(cuts) + 1 if value < 0 else bisect_right(cuts, value)
    return tables[stage][term][value]
