"""What each term adds to one pair's stage, for explanations: the numbers of `kernel.py`, a pair at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import cache

from matcher.scoring.kernel import P_ONE, band_thresholds, logistic_table
from matcher.scoring.model import AdditiveModel


def contributions(model: AdditiveModel, stage: str, values: Mapping[str, int]) -> dict[str, int]:
    """Term -> integer contribution (of 2**10) of one pair in one stage; equal to `reference.contributions`."""
    return {term: term_share(model, stage, term, values[term]) for term in model.plain.stages[stage]}


def probabilities(log_odds: tuple[int, int, int]) -> tuple[int, int, int]:
    """Integer probabilities (of 2**14) of the three stages' log-odds (of 2**10), as `kernel.probability` gives them."""
    table, far = _logistic_from_below()
    apply, hire, keep = [
        table[odds + far] if -far <= odds <= far else table[-1 if odds > 0 else 0] for odds in log_odds
    ]
    return apply, hire, keep


def band_of(fit: int, width_permille: int) -> int:
    """As `kernel.bands_of`, of one fit."""
    return bisect_right(_plain_thresholds(width_permille), fit)


@cache
def _logistic_from_below() -> tuple[list[int], int]:
    """Probabilities of the log-odds of the table, from the smallest below zero on, and the largest of these."""
    table: list[int] = logistic_table().tolist()
    return [P_ONE - p for p in reversed(table[1:])] + table, len(table) - 1


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
