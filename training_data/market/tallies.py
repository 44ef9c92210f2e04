"""What was thought and what happened, in fine bins that can be added up over seasons: Q7 of many seasons together.

An error of fifteen bins of one season is mostly luck: of 7,000 lines at the first place even true probabilities are off
by about .017 (a bin's rate has a standard error of sqrt(p (1 - p) / 467)). Over twelve seasons luck is a third of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from training_data.market.draws import Flags, Floats
from training_data.market.metrics import BINS, FEWEST_JUDGED, groups, judged_rows
from training_data.market.season import Season

FINE = 128
"""Bins of equal width between 0 and 1; within one the sums keep the mean exact."""
Tally = Sequence[tuple[int, float, float, float]]
"""Bin, rows, sum of probabilities, how many happened; in the order of the bins."""


def tally(p: Floats, happened: Flags) -> Tally:
    """The rows by fine bin of their probability."""
    of = np.minimum((p * FINE).astype(np.int64), FINE - 1)
    rows, thought, came = (np.bincount(of, weights, FINE) for weights in (None, p, happened.astype(np.float64)))
    return [
        (at, float(rows[at]), round(float(thought[at]), 6), float(came[at])) for at in np.flatnonzero(rows).tolist()
    ]


def season_tallies(season: Season) -> dict[str, Tally]:
    """`stage` and `stage group` -> the rows of the season; a group with few rows has none."""
    told: dict[str, Tally] = {}
    for stage, parts in judged_rows(season).items():
        worker, p, happened = (np.concatenate(column) for column in zip(*parts, strict=True))
        told[stage] = tally(p, happened)
        for name, members in groups(season).items():
            mine = members[worker]
            if mine.sum() >= FEWEST_JUDGED:
                told[f"{stage} {name}"] = tally(p[mine], happened[mine])
    return told


def added(tallies: Iterable[Tally]) -> Floats:
    """Columns rows, thought, happened by fine bin of all tallies together, shape (FINE, 3)."""
    total = np.zeros((FINE, 3))
    for told in tallies:
        for at, *sums in told:
            total[at] += sums
    return total


def pooled_error(total: Floats) -> tuple[float, float]:
    """ECE over bins of equally many rows, and what luck alone would make of it on average; nan without rows.

    Luck: the mean distance of a bin whose probabilities are true, sqrt(2 / pi) of its standard deviation.
    """
    total = total[total[:, 0] > 0]
    if not total.size:
        return float("nan"), float("nan")
    rows, thought, happened = total.T
    middle = np.cumsum(rows) - rows / 2
    lot = np.minimum((middle / rows.sum() * BINS).astype(np.int64), BINS - 1)
    mean = thought / rows
    gap, variance = (np.bincount(lot, column, BINS) for column in (thought - happened, rows * mean * (1 - mean)))
    return float(np.abs(gap).sum() / rows.sum()), float(np.sqrt(2 / np.pi * variance).sum() / rows.sum())


def gap(total: Floats) -> float:
    """Mean probability less what happened; nan without rows."""
    rows, thought, happened = total.sum(axis=0)
    return float((thought - happened) / rows) if rows else float("nan")
