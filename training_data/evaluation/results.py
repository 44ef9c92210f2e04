"""Results of an evaluation: one row per policy and county-season, and what is read off them with paired errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from training_data.market.tallies import Tally, added, pooled_error

Floats = NDArray[np.float64]


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Metrics of one policy in one county-season; a metric that has no value is left out.

    tallies : `stage` and `stage group` -> probabilities and what happened by fine bin
    """

    table: str
    variant: str
    county: str
    season: str
    policy: str
    metrics: dict[str, float]
    tallies: dict[str, list[tuple[int, float, float, float]]] = {}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its standard error over the county-seasons; nan for what was not measured."""

    value: float
    error: float = nan

    @property
    def measured(self) -> bool:
        """Whether there is a number."""
        return not isnan(self.value)


NOT_MEASURED = Figure(nan)


@dataclass(frozen=True)
class Results:
    """All results of a run, by table, market and policy, each in the order of counties and seasons."""

    rows: tuple[Result, ...]

    @classmethod
    def of(cls, rows: Iterable[Result]) -> Results:
        """Those rows."""
        return cls(tuple(rows))

    def policies(self, table: str = "main") -> list[str]:
        """Names in the order in which they first came."""
        return list(dict.fromkeys(row.policy for row in self.rows if row.table == table))

    def variants(self) -> list[str]:
        """Markets of the table of variants, in order."""
        return list(dict.fromkeys(row.variant for row in self.rows if row.table == "variant"))

    def series(self, policy: str, metric: str, *, table: str = "main", variant: str | None = None) -> Floats:
        """The metric in each county-season the policy ran in, nan where it has none."""
        return np.array(
            [
                row.metrics.get(metric, nan)
                for row in self.rows
                if row.table == table and row.policy == policy and variant in (None, row.variant)
            ]
        )

    def mean(self, policy: str, metric: str, *, table: str = "main", variant: str | None = None) -> Figure:
        """Mean over the county-seasons that have it, with its standard error."""
        return mean_of(self.series(policy, metric, table=table, variant=variant))

    def difference(self, policy: str, base: str, metric: str) -> Figure:
        """Paired difference to another policy in the same county-seasons."""
        ours, theirs = self.series(policy, metric), self.series(base, metric)
        return mean_of(ours - theirs) if ours.size == theirs.size else NOT_MEASURED

    def ratio(
        self, policy: str, base: str, metric: str = "kept", *, table: str = "main", variant: str | None = None
    ) -> Figure:
        """Total of one policy over that of another, with the paired standard error of the ratio (delta method)."""
        ours, theirs = (self.series(name, metric, table=table, variant=variant) for name in (policy, base))
        return ratio_of(ours, theirs)

    def tallies(self, policy: str, name: str) -> list[Tally]:
        """The bins of a `stage` or `stage group` in each county-season of the main table that has them."""
        mine = (row.tallies for row in self.rows if row.table == "main" and row.policy == policy)
        return [told[name] for told in mine if name in told]

    def error(self, policy: str, stage: str) -> Figure:
        """ECE over all county-seasons together; its standard error leaves out one after the other (jackknife)."""
        told = self.tallies(policy, stage)
        value, _ = pooled_error(added(told))
        if len(told) < 2:
            return Figure(value)
        without = [pooled_error(added(told[:ix] + told[ix + 1 :]))[0] for ix in range(len(told))]
        return Figure(value, float(np.sqrt((len(told) - 1) * np.square(np.subtract(without, value)).mean())))

    def wins(self, policy: str, base: str, metric: str = "kept") -> int:
        """County-seasons in which a policy has more than another."""
        ours, theirs = self.series(policy, metric), self.series(base, metric)
        return int((ours > theirs).sum()) if ours.size == theirs.size else 0


def mean_of(values: Floats) -> Figure:
    """Mean of what is there and its standard error; the error of a single one is not a number."""
    told = values[~np.isnan(values)]
    if not told.size:
        return NOT_MEASURED
    error = float(told.std(ddof=1) / np.sqrt(told.size)) if told.size > 1 else nan
    return Figure(float(told.mean()), error)


def ratio_of(ours: Floats, theirs: Floats) -> Figure:
    """sum(ours) / sum(theirs); the error is that of ours - ratio * theirs, which are paired."""
    if ours.size != theirs.size or not ours.size or not theirs.sum() > 0 or np.isnan(ours + theirs).any():
        return NOT_MEASURED
    ratio = float(ours.sum() / theirs.sum())
    if ours.size < 2:
        return Figure(ratio)
    left = ours - ratio * theirs
    return Figure(ratio, float(left.std(ddof=1) / np.sqrt(left.size) / theirs.mean()))


def write_results(rows: Sequence[Result], path: Path) -> None:
    """One JSON line each, the same bytes for the same rows."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    path.write_bytes(b"".join(encode(row) + b"\n" for row in rows))


def read_results(path: Path) -> Results:
    """What `write_results` wrote."""
    decode = msgspec.json.Decoder(Result).decode
    return Results.of(decode(line) for line in path.read_bytes().splitlines())
