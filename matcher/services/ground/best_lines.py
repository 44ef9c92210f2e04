"""The first lines of a worker: found on the shelf of an index without looking at the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import kernels
from matcher.explanation import Verdict
from matcher.kernels.askers import Askers
from matcher.kernels.ranking import order_named
from matcher.records import Worker
from matcher.scoring.kernel import logistic_table
from matcher.services.ground.asking import asking_of
from matcher.services.ground.vacancy_index import VacancyIndex
from matcher.shortlist import PlanMode


class Line(NamedTuple):
    """A vacancy of a list: id, verdict (1 unknown, 2 yes), score of 2**60."""

    vacancy_id: str
    verdict: int
    score: int


def best_of(index: VacancyIndex, worker: Worker, *, factor: int, mode: PlanMode, top: int) -> tuple[Line, ...]:
    """The first `top` vacancies of a worker, as `shortlist.worker_lists` orders them; factor : of 2**18."""
    return best_lines(index, asking_of(index, worker, factor).askers, mode=mode, top=top).lines if len(index) else ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a list, best first, and their rows on the shelf."""

    lines: tuple[Line, ...]
    rows: NDArray[np.int64]

    @property
    def n_sure(self) -> int:
        """How many have verdict yes; these come first."""
        return sum(line.verdict == Verdict.YES for line in self.lines)

    def ending_in(self, other: Lines) -> Lines:
        """These, the last of them given up for other ones."""
        return Lines((*self.lines[:-1], *other.lines), np.concatenate([self.rows[:-1], other.rows]))


def best_lines(index: VacancyIndex, askers: Askers, *, mode: PlanMode, top: int, floor: int = 0) -> Lines:
    """As `best_of`, for a worker who may ask more than once; floor : smallest fit of a line, of 2**42"""
    found = kernels.fastest(askers, index.shelf, _by_score(mode, floor), top=top)
    rows = found.at[0][found.at[0] >= 0]
    told = zip(index.shelf.rows.number[rows].tolist(), found.verdict[0].tolist(), found.worth[0].tolist(), strict=False)
    return Lines(tuple(Line(index.ids[number], verdict, score) for number, verdict, score in told), rows)


@cache
def _by_score(mode: PlanMode, floor: int) -> kernels.Ranking:
    return kernels.Ranking(logistic_table(), order_named(mode.value), np.zeros(0, dtype=np.int64), floor)
