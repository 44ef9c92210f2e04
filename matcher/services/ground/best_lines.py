"""The first lines of a worker: found on the shelf of an index without looking at the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher import kernels
from matcher.explanation import Verdict
from matcher.kernels.ranking import order_named
from matcher.records import Worker
from matcher.scoring.kernel import logistic_table
from matcher.services.ground.asking import Asking, asking_of
from matcher.services.ground.vacancy_index import VacancyIndex
from matcher.shortlist import PlanMode


class Line(NamedTuple):
    """A vacancy of a list: id, verdict (1 unknown, 2 yes), score of 2**60."""

    vacancy_id: str
    verdict: int
    score: int


def best_of(index: VacancyIndex, worker: Worker, *, factor: int, mode: PlanMode, top: int) -> tuple[Line, ...]:
    """The first `top` vacancies of a worker, as `shortlist.worker_lists` orders them; factor : of 2**18."""
    return best_lines(index, asking_of(index, worker, factor), mode=mode, top=top).lines if len(index) else ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a list, best first, and their rows on the shelf."""

    lines: tuple[Line, ...]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def ids(self) -> frozenset[str]:
        """Their vacancies."""
        return frozenset(line.vacancy_id for line in self.lines)

    def take(self, at: Sequence[int]) -> Lines:
        """Those at some places."""
        return Lines(tuple(self.lines[ix] for ix in at), self.rows[list(at)])

    def first(self, n: int) -> Lines:
        """The first n."""
        return Lines(self.lines[:n], self.rows[:n])

    def sure(self) -> Lines:
        """Those with verdict yes, which come first."""
        return self.first(sum(line.verdict == Verdict.YES for line in self.lines))

    def beside(self, others: Iterable[Lines]) -> Lines:
        """These, and of the others each line that does not stand there yet."""
        rows = dict(zip(self.lines, self.rows.tolist(), strict=True))
        for lines in others:
            rows |= dict(zip(lines.lines, lines.rows.tolist(), strict=True))
        return Lines(tuple(rows), np.array(list(rows.values()), dtype=np.int64))


def best_lines(index: VacancyIndex, asking: Asking, *, mode: PlanMode, top: int) -> Lines:
    """As `best_of`, for a worker who may ask more than once."""
    found = kernels.fastest(asking.askers, index.shelf, _by_score(mode), top=top)
    rows = found.at[0][found.at[0] >= 0]
    told = zip(index.shelf.rows.number[rows].tolist(), found.verdict[0].tolist(), found.worth[0].tolist(), strict=False)
    return Lines(tuple(Line(index.ids[number], verdict, score) for number, verdict, score in told), rows)


@cache
def _by_score(mode: PlanMode) -> kernels.Ranking:
    return kernels.Ranking(logistic_table(), order_named(mode.value), np.zeros(0, dtype=np.int64))
