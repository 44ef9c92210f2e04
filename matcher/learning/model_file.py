"""A learnt model as the readable file that scoring serves, and a served model as the prior of the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import numpy as np

from matcher.learning.shapes import Shape, Tables, shapes
from matcher.learning.thin import Prior
from matcher.scoring import SCALE, AdditiveModel
from matcher.scoring.model import FORMAT, LIMIT, cell_names, cells_of_numbers

NOTE: Final = (
    "Trained from a log of events. Entries are log-odds in 1/1024 against the average row; they explain the score, "
    "never what a condition causes. Metrics are of rows left out of the fit."
)


@dataclass(frozen=True, slots=True)
class ServedStage:
    """A stage in integers of 2**-10, tables by the cells of its shape."""

    intercept: int
    tables: Mapping[str, Sequence[int]]
    offsets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


def prior_of(model: AdditiveModel, stage: str, *, tau: float, smooth: float) -> Prior:
    """The tables of a served stage on the cells of the shapes: a number's cell has the entry of its first number."""
    told = model.stages[stage]
    tables: Tables = {}
    for term, shape in shapes().items():
        table = told.tables.get(term)
        if table is None:
            tables[term] = np.zeros(len(shape.cells))
        elif shape.breaks:
            starts = np.array([0, *shape.breaks, -1], dtype=np.int32)
            tables[term] = table[cells_of_numbers(model.breaks[term], starts)] / SCALE
        else:
            tables[term] = table / SCALE
    return Prior(told.intercept / SCALE, tables, tau, smooth)


def model_bytes(
    *, model_id: str, made: str, by: str, training: Mapping[str, str], stages: Mapping[str, ServedStage]
) -> bytes:
    """The file of a model: readable JSON that `scoring.load_model` takes; the same tables give the same bytes."""
    breaks = {term: _needed(shape, stages) for term, shape in shapes().items() if shape.breaks}
    told: dict[str, Any] = {
        "format": FORMAT,
        "id": model_id,
        "kind": "learned",
        "made": made,
        "approved_by": by,
        "note": NOTE,
        "training": dict(training),
        "metrics": {
            name: {key: round(float(value), 6) for key, value in stage.metrics.items() if not np.isnan(value)}
            for name, stage in stages.items()
        },
        "breaks": breaks,
        "stages": {name: _stage(stage, breaks) for name, stage in stages.items()},
        "offsets": {
            name: {kind: dict(sorted(known.items())) for kind, known in stage.offsets.items() if known}
            for name, stage in stages.items()
        },
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _needed(shape: Shape, stages: Mapping[str, ServedStage]) -> list[int]:
    """The breaks at which any stage changes; the first where none does, as a number is told with one at least."""
    rows = [stage.tables[shape.term] for stage in stages.values()]
    needed = [cut for ix, cut in enumerate(shape.breaks) if any(row[ix] != row[ix + 1] for row in rows)]
    return needed or [shape.breaks[0]]


def _stage(stage: ServedStage, breaks: Mapping[str, list[int]]) -> dict[str, Any]:
    tables = {}
    for term, shape in shapes().items():
        row = [max(-LIMIT, min(LIMIT, entry)) for entry in stage.tables[term]]
        if shape.breaks:
            kept = [0, *(1 + shape.breaks.index(cut) for cut in breaks[term]), len(row) - 1]
            row = [row[ix] for ix in kept]
        names = cell_names(term, {term: None if shape.breaks else shape.cells}, breaks)
        tables[term] = dict(zip(names, row, strict=True))
    return {"intercept": stage.intercept, "tables": tables}
