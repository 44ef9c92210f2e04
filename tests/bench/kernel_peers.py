"""Peers of the kernels in this process: polars, numpy and a plain loop, all by the same rules on the same codes.

Every peer is given what ours has: the codes of both sides, the cells of every relation and probabilities as tables.
The databases are in `kernel_sql`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcher import kernels
from matcher.kernels import spec, twin
from matcher.kernels.askers import N_CODES, Askers
from matcher.kernels.layout import NO_AT, SHIFTS, SUM_MASK, UNKNOWN_AT
from matcher.kernels.views import view_of_ranking

Lines = list[tuple[int, int, int]]
SLACK = 30
"""Rows a database tells beyond the list, among which ties are settled."""


class Question:
    """A shelf, those who ask of it and how: what every peer answers."""

    def __init__(self, askers: Askers, shelf: kernels.Shelf, ranking: kernels.Ranking, top: int) -> None:
        self.askers, self.shelf, self.ranking, self.top = askers, shelf, ranking, top
        rows = shelf.rows
        self.codes = np.empty((len(rows), len(askers.relations)), dtype=np.int32)
        for ix, bundle in enumerate(shelf.bundles):
            self.codes[:, list(bundle)] = shelf.parts[ix][rows.codes[:, ix]]
        view = view_of_ranking(ranking, shelf)
        self.chances = [view.apply, view.hire, view.keep]
        self.n_relations = len(askers.relations)
        self.is_list = ranking.order == 0

    def row(self, asker: int, relation: int) -> np.ndarray:
        """Cells of one who asks and every code of a relation."""
        return self.askers.row(asker, relation)

    def cells(self, asker: int) -> np.ndarray:
        """Cells of one who asks, relation after relation; where each begins: `starts`."""
        return np.concatenate([self.row(asker, relation) for relation in range(self.n_relations)])

    @property
    def starts(self) -> list[int]:
        """Where the cells of each relation begin in `cells`."""
        return np.concatenate([[0], np.cumsum(self.askers.relations[:-1, N_CODES])]).tolist()

    def settled(self, asker: int, at: np.ndarray, *compared: np.ndarray) -> Lines | None:
        """The list out of rows a peer told best first, ties settled; None if equals may be missing at the end.

        compared : verdict first, worth last but waiting, all larger first
        """
        tie = twin._ties(self.askers.key[asker], self.shelf.rows.key[at])
        order = np.lexsort((tie, *(-column for column in reversed(compared))))
        full = len(at) == self.top + SLACK
        if full and all(column[order[-1]] == column[order[self.top - 1]] for column in compared):
            return None
        verdict, worth = compared[0], compared[1] if self.is_list else compared[3]
        first = order[: self.top]
        return list(zip(at[first].tolist(), verdict[first].tolist(), worth[first].tolist(), strict=True))


def ours(question: Question) -> Callable[[int], Lines]:
    """The compiled search."""
    search = kernels.use.searcher(question.askers, question.shelf, question.ranking, top=question.top)

    def ask(asker: int) -> Lines:
        found = search(asker, asker + 1)
        lines = zip(found.at[0].tolist(), found.verdict[0].tolist(), found.worth[0].tolist(), strict=True)
        return [line for line in lines if line[0] >= 0]

    return ask


def numpy_twin(question: Question) -> Callable[[int], Lines]:
    """Every row of the shelf in numpy."""

    def ask(asker: int) -> Lines:
        told = twin.first(question.askers, question.shelf, question.ranking, asker, question.top)
        return list(zip(*(column.tolist() for column in told), strict=True))

    return ask


def plain_loop(question: Question) -> Callable[[int], Lines]:
    """The specification, one pair after the other."""
    layout, rows = question.shelf.layout, question.shelf.rows

    def cell(packed: int) -> spec.Cell:
        verdict = 0 if packed >> NO_AT else 1 if packed >> UNKNOWN_AT else 2
        sums = layout.sums(np.array([packed & ((1 << UNKNOWN_AT) - 1)]))[0]
        return spec.Cell(verdict, tuple(int(x) for x in sums))

    columns = zip(
        question.codes.tolist(), rows.base.tolist(), rows.key.tolist(), rows.price.tolist(), rows.status.tolist(),
        rows.waiting.tolist(), rows.weight.tolist(), strict=True,
    )  # fmt: skip
    ones = [
        spec.One(ix, codes, cell(base), key, price, status, waiting, weight)
        for ix, (codes, base, key, price, status, waiting, weight) in enumerate(columns)
    ]
    rules = spec.Rules(
        layout.least, question.ranking.logistic.tolist(), question.ranking.order, question.ranking.bands.tolist(),
        question.ranking.floor,
    )  # fmt: skip

    def ask(asker: int) -> Lines:
        cells = [[cell(int(c)) for c in question.row(asker, ix)] for ix in range(question.n_relations)]
        who = spec.Who(
            cells, cell(int(question.askers.own[asker])), int(question.askers.factor[asker]),
            int(question.askers.key[asker]),
        )  # fmt: skip
        return [tuple(line) for line in spec.first(who, ones, rules, question.top)]

    return ask


def polars_gather(question: Question) -> Callable[[int], Lines]:
    """Columns in polars: cells gathered relation by relation, refused rows filtered out on the way."""
    import polars as pl

    rows = question.shelf.rows
    table = pl.DataFrame(
        {
            "at": np.arange(len(rows)), "base": rows.base, "price": rows.price, "status": rows.status,
            "waiting": rows.waiting,
        }
        | {f"c{ix}": question.codes[:, ix].astype(np.uint32) for ix in range(question.n_relations)}
    )  # fmt: skip
    chances = [pl.Series(told.astype(np.int64)) for told in question.chances]
    bands = question.ranking.bands.tolist()

    def ask(asker: int) -> Lines:
        factor = int(question.askers.factor[asker])
        total = pl.col("base") + int(question.askers.own[asker])
        for ix in range(question.n_relations):
            total += pl.lit(pl.Series(question.row(asker, ix))).gather(pl.col(f"c{ix}"))
        p = [pl.lit(chances[ix]).gather((pl.col("x") // (1 << shift)) & SUM_MASK) for ix, shift in enumerate(SHIFTS)]
        told = table.lazy().select("at", "price", "status", "waiting", x=total).filter(pl.col("x") < 1 << NO_AT)
        told = told.with_columns(
            verdict=pl.when(pl.col("x") >= 1 << UNKNOWN_AT).then(1).otherwise(2), q=p[0] * p[1], keep=p[2]
        )
        if question.is_list:
            told = told.with_columns(worth=pl.col("q") * (pl.col("keep") * factor) - pl.col("price") * (1 << 30))
            keys = ["verdict", "worth"]
        else:
            fit = pl.col("q") * pl.col("keep")
            told = told.with_columns(fit=fit, standing=-pl.col("status")).filter(
                pl.col("fit") >= question.ranking.floor
            )
            told = told.with_columns(band=pl.sum_horizontal([pl.col("fit") >= bound for bound in bands]))
            keys = ["verdict", "band", "standing", "fit", "waiting"]
        first = told.sort(keys, descending=True).head(question.top + SLACK).collect()
        lines = question.settled(asker, first["at"].to_numpy(), *(first[key].cast(pl.Int64).to_numpy() for key in keys))
        if lines is None:
            raise RuntimeError("more equals than the slack")
        return lines

    return ask
