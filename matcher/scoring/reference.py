"""The slow twin: one pair's three stages in plain Python integers; the oracle of `kernel.py`."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.scoring.kernel import P_ONE, logistic_table
from matcher.scoring.model import STAGES, AdditiveModel


def term_cell(model: AdditiveModel, term: str, value: int) -> int:
    """Position in the term's table: the number of breaks not above the value; unknown comes last."""
    if term not in model.breaks:
        return value
    cuts = [int(cut) for cut in model.breaks[term]]
    return len(cuts) + 1 if value < 0 else sum(1 for cut in cuts if cut <= value)


def contributions(model: AdditiveModel, stage: str, values: Mapping[str, int]) -> dict[str, int]:
    """Term -> integer contribution (of 2**10) of one pair in one stage."""
    return {
        term: int(table[term_cell(model, term, values[term])]) for term, table in model.stages[stage].tables.items()
    }


def pair_score(model: AdditiveModel, values: Mapping[str, int]) -> dict[str, int]:
    """Stage -> integer probability (of 2**14), and `fit` (of 2**42)."""
    table = logistic_table()
    result, fit = {}, 1
    for stage in STAGES:
        odds = model.stages[stage].intercept + sum(contributions(model, stage, values).values())
        positive = int(table[min(abs(odds), len(table) - 1)])
        result[stage] = positive if odds >= 0 else P_ONE - positive
        fit *= result[stage]
    return result | {"fit": fit}
