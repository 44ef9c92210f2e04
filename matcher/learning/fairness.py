"""Who keeps jobs and who is shown what, by group: an audit from a table that the caller gives for this purpose alone.

Sex and ethnicity are read here and nowhere on the way to a list. A ratio of 1 means no difference; a group of fewer
than twenty people, or one with so few others, has no figure. A difference is no proof of a cause, and none is no proof
of fairness (QUALITY section 10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput
from matcher.learning.judging import GROUP_LABELS
from matcher.learning.limits import limits
from matcher.learning.resampling import UNKNOWN, Floats, Index, Interval, home_sums, interval_of

GROUPS: Final = ("from_45", "women", "minority", "weak", "relocated")
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A person of the audit. A group of which it is not known whether they belong to it (None) is judged without them.

    care : whether somebody in the household needs their care; age_band, education : any names, equal for alike people
    """

    worker_id: str
    household_id: str
    from_45: bool | None = None
    women: bool | None = None
    minority: bool | None = None
    weak: bool | None = None
    relocated: bool | None = None
    care: bool | None = None
    age_band: str = ""
    education: str = ""

    @property
    def stratum(self) -> tuple[bool | None, str, str]:
        """People with the same duty of care, age and schooling are compared with one another."""
        return self.care, self.age_band, self.education


class ShownLine(NamedTuple):
    """A line of somebody's list: posted wage and the chance that they get and keep it, None where it is not stated."""

    worker_id: str
    wage_yuan_month: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class GroupRatio:
    """Of a group the rate or mean over that of all others, with its interval; of how many people."""

    group: str
    n_group: int
    n_others: int
    ratio: Interval

    @property
    def sentence(self) -> str:
        """The figure in words."""
        told = self.ratio
        return (
            f"{GROUP_LABELS[self.group]}（{self.n_group}人）是其他人的{told.value:.2f}倍"
            f"（区间{told.low:.2f}到{told.high:.2f}）"
        )


@dataclass(frozen=True, slots=True)
class ExposureGap:
    """Mean of what women are shown over that of men: raw, and among people of alike care, age band and schooling.

    covered : share of the women that stand in a stratum with people enough of both sexes; measure : wage or p
    """

    measure: str
    raw: Interval
    adjusted: Interval
    covered: float


@dataclass(frozen=True, slots=True)
class Audit:
    """Outcome ratios, exposure ratios by measure (wage, p, lines), and the gaps between women and men."""

    outcome: tuple[GroupRatio, ...]
    exposure: Mapping[str, tuple[GroupRatio, ...]]
    gaps: tuple[ExposureGap, ...]

    def record(self) -> dict[str, Any]:
        """As data; what has too few people is not in it."""

        def told(ratios: Sequence[GroupRatio]) -> dict[str, Any]:
            return {r.group: {"n": r.n_group, "others": r.n_others, **r.ratio.record()} for r in ratios}

        return {
            "outcome": told(self.outcome),
            "exposure": {measure: told(ratios) for measure, ratios in self.exposure.items()},
            "gaps": {
                gap.measure: {
                    "raw": gap.raw.record(),
                    "adjusted": gap.adjusted.record(),
                    "covered": round(gap.covered, 6),
                }
                for gap in self.gaps
            },
        }


def audit(people: Sequence[Audited], kept: Mapping[str, bool], shown: Sequence[ShownLine], *, seed: int = 0) -> Audit:
    """The whole audit. kept : worker -> whether a job was kept, of those of whom it is known; shown : lines of lists.

    Raises InvalidInput for a person who is there twice, or an outcome or line of somebody who is not.
    """
    table = _Table.of(people)
    table.refuse_strangers([*kept, *(line.worker_id for line in shown)])
    done = np.array([[float(kept[name]), 1.0] if name in kept else [0.0, 0.0] for name in table.names])
    exposure = {measure: table.shown(shown, of) for measure, of in MEASURES.items()}
    listed = table.shown(shown, lambda _: 1.0)[:, 0]
    lines = np.stack([listed, np.ones(len(people))], axis=1)
    return Audit(
        outcome=table.ratios(done.reshape(-1, 2), seed=seed),
        exposure={
            **{measure: table.ratios(sums, seed=seed) for measure, sums in exposure.items()},
            "lines": table.ratios(lines, seed=seed),
        },
        gaps=tuple(
            gap for measure, sums in exposure.items() if (gap := table.gap(measure, sums, seed=seed)) is not None
        ),
    )


MEASURES: Final[Mapping[str, Callable[[ShownLine], float | None]]] = {
    "wage": lambda line: line.wage_yuan_month,
    "p": lambda line: line.p,
}


@dataclass(frozen=True, slots=True)
class _Table:
    """The audited people as columns; homes : as whole numbers; strata : likewise."""

    people: Sequence[Audited]
    names: tuple[str, ...]
    place: Mapping[str, int]
    homes: Index
    strata: Index

    @classmethod
    def of(cls, people: Sequence[Audited]) -> _Table:
        names = tuple(person.worker_id for person in people)
        place = {name: ix for ix, name in enumerate(names)}
        if len(place) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise InvalidInput(f"people are there twice: {', '.join(twice[:5])}", remedy="Give each person one row.")
        return cls(
            people,
            names,
            place,
            _numbers([person.household_id or person.worker_id for person in people]),
            _numbers([repr(person.stratum) for person in people]),
        )

    def refuse_strangers(self, named: Sequence[str]) -> None:
        """Raises InvalidInput naming who is not in the table."""
        if strangers := sorted(set(named) - set(self.place)):
            raise InvalidInput(
                f"{len(strangers)} people are not in the audit table: {', '.join(strangers[:5])}",
                remedy="Give a row of the audit table for everybody who was shown a list.",
            )

    def shown(self, lines: Sequence[ShownLine], of: Callable[[ShownLine], float | None]) -> Floats:
        """Sum of a measure and number of lines that have it, per person, shape (n_people, 2)."""
        told = np.zeros((len(self.names), 2))
        for line in lines:
            if (value := of(line)) is not None:
                told[self.place[line.worker_id]] += (value, 1.0)
        return told

    def flags(self, group: str) -> tuple[Flags, Flags]:
        """Who belongs to a group and who does not; who is not known to do either is in neither."""
        told = [getattr(person, group) for person in self.people]
        return np.array([t is True for t in told], dtype=bool), np.array([t is False for t in told], dtype=bool)

    def ratios(self, sums: Floats, *, seed: int) -> tuple[GroupRatio, ...]:
        """Each group's sum of the first column over that of the second, over the same of the others."""
        there, told = sums[:, 1] > 0, []
        for group in GROUPS:
            mine, others = (flags & there for flags in self.flags(group))
            if min(mine.sum(), others.sum()) < limits().fewest_people:
                continue
            columns = np.concatenate([sums * mine[:, None], sums * others[:, None]], axis=1)
            ratio = interval_of(self._by_home(columns), _ratio_of_means, seed=seed)
            told.append(GroupRatio(group, int(mine.sum()), int(others.sum()), ratio))
        return tuple(told)

    def gap(self, measure: str, sums: Floats, *, seed: int) -> ExposureGap | None:
        """Women over men, raw and by strata; None where either are too few."""
        there = sums[:, 1] > 0
        women, men = (flags & there for flags in self.flags("women"))
        fewest = limits().fewest_people
        if min(women.sum(), men.sum()) < fewest:
            return None
        n_strata = int(self.strata.max()) + 1
        counts = [np.bincount(self.strata[flags], minlength=n_strata) for flags in (women, men)]
        enough = np.flatnonzero(np.minimum(*counts) >= fewest)
        raw = interval_of(
            self._by_home(np.concatenate([sums * women[:, None], sums * men[:, None]], axis=1)),
            _ratio_of_means,
            seed=seed,
        )
        parts = [
            sums * (flags & (self.strata == stratum))[:, None] for stratum in enough.tolist() for flags in (women, men)
        ]
        adjusted = (
            interval_of(self._by_home(np.concatenate(parts, axis=1)), _over_strata, seed=seed) if parts else UNKNOWN
        )
        return ExposureGap(measure, raw, adjusted, float(counts[0][enough].sum() / women.sum()))

    def _by_home(self, columns: Floats) -> Floats:
        return home_sums(self.homes, columns, int(self.homes.max(initial=-1)) + 1)


def _numbers(names: Sequence[str]) -> Index:
    return np.unique(np.array(names, dtype=np.str_), return_inverse=True)[1].astype(np.int64)


def _ratio_of_means(totals: Floats) -> Floats:
    """Columns: sum and number of the one, sum and number of the other."""
    return np.asarray((totals[:, 0] / totals[:, 1]) / (totals[:, 2] / totals[:, 3]))


def _over_strata(totals: Floats) -> Floats:
    """The ratios of means of strata, each weighted by the women's lines in it: what men alike to them are shown."""
    told = totals.reshape(len(totals), -1, 4)
    women, lines, men, others = np.moveaxis(told, 2, 0)
    expected = np.where(others > 0, men / others, np.nan) * lines
    known = np.isfinite(expected)
    return np.asarray(np.where(known, women, 0.0).sum(axis=1) / np.where(known, expected, 0.0).sum(axis=1))
