"""Three additive integer-table models in one readable file: would apply x would be taken x would stay.

Log-odds are integers in units of 2**-10; a stage is intercept + one table entry per term (Hastie & Tibshirani
1986, generalised additive models with step functions). Integers, so that every engine agrees to the last tie.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from matcher.errors import ModelError

FORMAT = 1
STAGES = ("apply", "hire", "keep")
SCALE = 1024
UNKNOWN = "unknown"
# Beyond 16 in log-odds a single entry would decide alone and the table of probabilities is flat.
LIMIT = 16 * SCALE

SHOWN = "`matcher model show --format table` draws the one in use; name a file that `matcher train` wrote."
WHOLE = "Name a model file that `matcher train` wrote, whole."
AGAIN = "Train or export the model again with this version."

# Whose own record may count beside the tables: the firm of a post, the township a person lives in, and the route from
# a village to a city away from home, where those who went before draw others after them or not.
OFFSET_KINDS = ("employer", "town", "route")

Vocabulary = Mapping[str, tuple[str, ...] | None]


class _StageFile(msgspec.Struct, forbid_unknown_fields=True):
    intercept: int
    tables: dict[str, dict[str, int]]


class _ModelFile(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    id: Annotated[str, Meta(min_length=1)]
    kind: str
    made: str
    note: str
    breaks: dict[str, list[int]]
    stages: dict[str, _StageFile]
    approved_by: str = ""
    training: dict[str, str] = {}
    metrics: dict[str, dict[str, float]] = {}
    offsets: dict[str, dict[str, dict[str, int]]] = {}
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class StageTables:
    """One stage: intercept and a table per term, int32, shape (n_cells,); a numeric table ends with its unknown.

    An offset (a kind of OFFSET_KINDS) is a table by position among its names, ending with 0 for whoever has none.
    """

    intercept: int
    tables: Mapping[str, NDArray[np.int32]]


class PlainTables(NamedTuple):
    """breaks : term -> its breaks; stages : stage -> term -> entries by cell."""

    breaks: Mapping[str, list[int]]
    stages: Mapping[str, Mapping[str, list[int]]]

    @classmethod
    def of(cls, breaks: Mapping[str, NDArray[np.int32]], stages: Mapping[str, StageTables]) -> PlainTables:
        """The same numbers; reading one of them out of an array costs ten times as much as out of a list."""
        return cls(
            {term: cuts.tolist() for term, cuts in breaks.items()},
            {name: {term: table.tolist() for term, table in stage.tables.items()} for name, stage in stages.items()},
        )


@dataclass(frozen=True, slots=True)
class AdditiveModel:
    """A loaded model: its name, the SHA-256 of its file, the breaks of numeric terms and the three stages.

    calibrated : it passed the release gate, so that its probabilities may be priced; the hand card never did
    names : kind of offset -> name -> position in its tables; empty for a model without offsets
    plain : breaks and tables again as lists of Python integers, for one pair at a time
    """

    model_id: str
    digest: str
    breaks: Mapping[str, NDArray[np.int32]]
    stages: Mapping[str, StageTables]
    calibrated: bool = False
    names: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    plain: PlainTables = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", PlainTables.of(self.breaks, self.stages))

    @property
    def label(self) -> str:
        """Name and short digest, as answers and decisions carry it."""
        return f"{self.model_id}@{self.digest[:12]}"


def cell_names(term: str, vocabulary: Vocabulary, breaks: Mapping[str, list[int]]) -> tuple[str, ...]:
    """Cells of a term in table order; a numeric term has `<a`, `a..b`, `>=c` between its breaks, then `unknown`."""
    cells = vocabulary[term]
    if cells is not None:
        return cells
    cuts = breaks[term]
    inner = tuple(f"{low}..{high - 1}" for low, high in pairwise(cuts))
    return (f"<{cuts[0]}", *inner, f">={cuts[-1]}", UNKNOWN)


def cells_of_numbers(cuts: NDArray[np.int32], values: NDArray[np.int32]) -> NDArray[np.intp]:
    """Table positions of a numeric term's values: the number of breaks not above; -1 is its last cell, unknown."""
    return np.where(values < 0, len(cuts) + 1, np.searchsorted(cuts, values, side="right"))


def load_model(body: bytes, vocabulary: Vocabulary, *, where: str = "") -> AdditiveModel:
    """Read a model file and check it against the terms of this program; where : the file, as errors name it.

    Raises ModelError naming every unknown term, missing or surplus cell, and bad break at once.
    """
    try:
        parsed = msgspec.json.decode(body, type=_ModelFile)
    except msgspec.ValidationError as error:
        raise ModelError(f"the model file does not fit: {error}", where=where, remedy=SHOWN) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"the model file is no JSON: {error}", where=where, remedy=WHOLE) from None
    if parsed.format != FORMAT:
        raise ModelError(f"model format {parsed.format}, this program reads {FORMAT}", where=where, remedy=AGAIN)
    faults = [*_break_faults(parsed, vocabulary), *_stage_faults(parsed, vocabulary), *_offset_faults(parsed)]
    if faults:
        raise ModelError("the model does not fit the terms: " + "; ".join(faults), where=where, remedy=AGAIN)
    names = _offset_names(parsed)
    stages = {name: _stage(name, stage, parsed, vocabulary, names) for name, stage in parsed.stages.items()}
    breaks = {term: np.array(cuts, dtype=np.int32) for term, cuts in parsed.breaks.items()}
    return AdditiveModel(parsed.id, hashlib.sha256(body).hexdigest(), breaks, stages, parsed.calibrated, names)


def _stage(
    name: str, stage: _StageFile, parsed: _ModelFile, vocabulary: Vocabulary, names: Mapping[str, Mapping[str, int]]
) -> StageTables:
    tables = {
        term: np.array([cells[cell] for cell in cell_names(term, vocabulary, parsed.breaks)], dtype=np.int32)
        for term, cells in stage.tables.items()
    }
    for kind, entries in parsed.offsets.get(name, {}).items():
        table = np.zeros(len(names[kind]) + 1, dtype=np.int32)
        for who, entry in entries.items():
            table[names[kind][who]] = entry
        tables[kind] = table
    return StageTables(stage.intercept, tables)


def _offset_names(parsed: _ModelFile) -> dict[str, dict[str, int]]:
    """Kind -> names of all stages, sorted, with their positions."""
    found: dict[str, set[str]] = {}
    for kinds in parsed.offsets.values():
        for kind, entries in kinds.items():
            found.setdefault(kind, set()).update(entries)
    return {kind: {name: ix for ix, name in enumerate(sorted(names))} for kind, names in sorted(found.items())}


def _offset_faults(parsed: _ModelFile) -> list[str]:
    faults = [f"offsets of stage {stage}: no such stage" for stage in parsed.offsets if stage not in STAGES]
    for stage, kinds in parsed.offsets.items():
        faults += [f"offsets {stage}.{kind}: no such kind" for kind in kinds if kind not in OFFSET_KINDS]
        faults += [
            f"offsets {stage}.{kind}.{name}: {entry} is beyond {LIMIT}"
            for kind, entries in kinds.items()
            for name, entry in entries.items()
            if abs(entry) > LIMIT
        ]
    return faults


def _break_faults(parsed: _ModelFile, vocabulary: Vocabulary) -> list[str]:
    faults = [f"breaks of {term}: not a numeric term" for term in parsed.breaks if vocabulary.get(term, ()) is not None]
    faults += [
        f"breaks of {term}: not strictly rising numbers above 0"
        for term, cuts in parsed.breaks.items()
        if not cuts or cuts != sorted(set(cuts)) or cuts[0] <= 0
    ]
    return faults


def _stage_faults(parsed: _ModelFile, vocabulary: Vocabulary) -> list[str]:
    faults = [f"stage {name} is missing" for name in STAGES if name not in parsed.stages]
    faults += [f"stage {name} is unknown" for name in parsed.stages if name not in STAGES]
    for name, stage in parsed.stages.items():
        for term, cells in stage.tables.items():
            if term not in vocabulary:
                faults.append(f"{name}.{term}: no such term")
                continue
            if vocabulary[term] is None and not parsed.breaks.get(term):
                faults.append(f"{name}.{term}: a numeric term needs breaks")
                continue
            wanted = cell_names(term, vocabulary, parsed.breaks)
            faults += [f"{name}.{term}: cell {cell} is missing" for cell in wanted if cell not in cells]
            faults += [f"{name}.{term}: cell {cell} is unknown" for cell in cells if cell not in wanted]
            faults += [f"{name}.{term}.{cell}: {v} is beyond {LIMIT}" for cell, v in cells.items() if abs(v) > LIMIT]
    return faults
