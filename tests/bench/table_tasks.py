"""Child of `tables`: a stage's trees and the tables made of them, on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matcher.features import VOCABULARY
from matcher.learning.boosting import boosted
from matcher.learning.compiling import compiled
from matcher.learning.shapes import shapes
from matcher.scoring import adding, hand_card, load_model
from matcher.scoring.kernel import stage_log_odds
from tests.bench.measure import Laps, peak_of, resident_mib, timed

STAGE, SEED = "apply", 0
TRAINED_ON = 40_000


def drawn_values(n: int, seed: int) -> dict[str, np.ndarray]:
    """Values of every term: a cell of a named one, a number around the breaks of a numeric one."""
    rng = np.random.default_rng(seed)
    values = {}
    for term, shape in shapes().items():
        if shape.breaks:
            low, high = shape.breaks[0], shape.breaks[-1]
            values[term] = rng.integers(low - 1, high + 2, n).astype(np.int32)
        else:
            values[term] = rng.integers(0, len(shape.cells), n).astype(np.int32)
    return values


def cells_of(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Codes of term values, as training and scoring make them."""
    return {term: shape.cell(values[term]) for term, shape in shapes().items()}


def side_by_side(rows: int, repeats: int) -> tuple[Laps, dict[str, Any]]:
    """Log-odds and the decision of `rows` rows by trees and by tables; the trees are grown on other rows."""
    card, told = load_model(hand_card(), VOCABULARY), shapes()
    values = drawn_values(TRAINED_ON, SEED)
    odds = stage_log_odds(card, STAGE, values) / 1024
    rng = np.random.default_rng(SEED)
    label = rng.random(TRAINED_ON) < 1 / (1 + np.exp(-odds))
    trees, columns = boosted(STAGE, cells_of(values), label, np.ones(TRAINED_ON), told, seed=SEED)
    asked = drawn_values(rows, SEED + 1)
    codes = cells_of(asked)
    matrix = columns.matrix(codes)
    intercept, tables = compiled(trees, columns, codes)
    works: dict[str, Callable[[], Any]] = {
        "compiled": lambda: adding.compiled(np.full(rows, intercept), tables, codes),
        "numpy": lambda: adding.interpreted(np.full(rows, intercept), tables, codes),
        "predict": lambda: trees.predict(matrix),
        "decision": lambda: trees.decision_function(matrix),
        "encoding": lambda: cells_of(asked),
        "features": lambda: columns.matrix(codes),
        "served": lambda: stage_log_odds(card, STAGE, asked),
    }
    shared = resident_mib()
    first = {name: peak_of(work) for name, work in works.items()}
    off = _differences({name: first[name][0] for name in ("compiled", "numpy", "predict", "decision")})
    laps: dict[str, Laps] = {name: Laps([], []) for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            lap, _ = timed([work])
            laps[name].wall.extend(lap.wall)
            laps[name].cpu.extend(lap.cpu)
    methods = {
        name: {**lap._asdict(), "off": off.get(name), "peak_mib": first[name][1] + shared} for name, lap in laps.items()
    }
    return laps["compiled"], {"methods": methods, "trees": int(trees.n_iter_), "terms": len(tables)}


def _differences(told: dict[str, np.ndarray]) -> dict[str, float]:
    """Most by which log-odds differ from those of the trees; of the decisions the share that differs."""
    right = told["decision"]
    off = {name: float(np.abs(told[name] - right).max()) for name in ("compiled", "numpy")}
    return off | {"predict": float(np.mean(told["predict"] != (told["compiled"] > 0)))}
