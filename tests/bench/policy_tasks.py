"""Children of the policy workload: every rule for n people in columns, by a plain loop, and as SQL in DuckDB.

All three work on the same drawn facts, each in its own form, made before the clock runs; each tells a digest a rule of
what it answered, so that the parent sees they agree.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from matcher.policy import Conventions, standard_packs
from matcher.policy.columns import Answers, Column, Numbers, covered, evaluate_columns
from matcher.policy.columns.exact import divided
from matcher.policy.evaluation.evaluate import answer
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack
from tests.bench.measure import Laps, repeated
from tests.bench.policy_facts import drawn_facts
from tests.bench.policy_sql import NoSql, RuleSql

SEED = 4
Timed = tuple[Laps, Any]
SAID = Conventions()
FEN = 2


def _rules() -> list[tuple[Pack, Rule]]:
    return [(pack, rule) for pack in standard_packs().packs.values() for rule in pack.rules]


def _in_columns() -> list[tuple[Pack, Rule]]:
    return [(pack, rule) for pack, rule in _rules() if covered(rule)]


def _in_sql() -> list[tuple[Pack, Rule]]:
    """Rules of flat facts that this bench can write in SQL."""
    found = []
    for pack, rule in _in_columns():
        flat = all(_sql_type(kind) for kind in rule.inputs.values())
        try:
            RuleSql(pack, rule).query("t")
        except NoSql:
            continue
        if flat and rule.steps:
            found.append((pack, rule))
    return found


def coverage() -> Timed:
    """Names of the rules each method answers."""
    told = {
        "rules": [rule.id for _, rule in _rules()],
        "columns": [rule.id for _, rule in _in_columns()],
        "sql": [rule.id for _, rule in _in_sql()],
    }
    return repeated(lambda: told, repeats=1)


def columns(workers: int, repeats: int, sample: int, only_sql: bool) -> Timed:
    """Each rule for everybody; of a sample the answers in full."""
    rules = _in_sql() if only_sql else _in_columns()
    facts = [drawn_facts(pack, rule, workers, SEED) for pack, rule in rules]

    def once() -> list[Answers]:
        given = zip(rules, facts, strict=True)
        return [evaluate_columns(pack, rule, own, workers, SAID) for (pack, rule), own in given]

    laps, answers = repeated(once, repeats=repeats)
    digests = {
        rule.id: _digest(_coded(found, rule)) if only_sql else _told(found.at(row) for row in range(sample))
        for (_, rule), found in zip(rules, answers, strict=True)
    }
    return laps, {"digests": digests, "outcomes": sum(len(found.counts()) for found in answers)}


def objects(workers: int, sample: int, repeats: int) -> Timed:
    """The same evaluator called person by person, for a sample of them."""
    rules = _in_columns()
    people = []
    for pack, rule in rules:
        facts = drawn_facts(pack, rule, workers, SEED)
        people.append([{key: _typed(column.at(row)) for key, column in facts.items()} for row in range(sample)])

    def once() -> list[list[Any]]:
        given = zip(rules, people, strict=True)
        return [[answer(pack, rule, facts, SAID) for facts in everybody] for (pack, rule), everybody in given]

    laps, answers = repeated(once, repeats=repeats)
    found = zip(rules, answers, strict=True)
    return laps, {"digests": {rule.id: _told(everybody) for (_, rule), everybody in found}}


def sql(workers: int, repeats: int) -> Timed:
    """The same rules as queries over one table each; what comes back is outcome, reasons and amounts as arrays."""
    import duckdb

    rules = _in_sql()
    connection = duckdb.connect()
    queries = []
    for place, (pack, rule) in enumerate(rules):
        _fill(connection, f"facts_{place}", drawn_facts(pack, rule, workers, SEED), rule)
        queries.append(RuleSql(pack, rule).query(f"facts_{place}"))
    laps, answers = repeated(lambda: [connection.execute(query).fetchnumpy() for query in queries], repeats=repeats)
    found = zip(rules, answers, strict=True)
    return laps, {"digests": {rule.id: _digest(own) for (_, rule), own in found}, "duckdb": duckdb.__version__}


def _fill(connection: Any, table: str, facts: dict[str, Column], rule: Rule) -> None:
    """A table of the facts in DuckDB's own types."""
    import pandas as pd

    frame = pd.DataFrame({key: _plain(column) for key, column in facts.items()})
    connection.register("frame", frame)
    columns = ", ".join(_cast(key, kind) for key, kind in rule.inputs.items())
    connection.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM frame")  # noqa: S608 - our own names
    connection.unregister("frame")


def _cast(key: str, kind: str) -> str:
    if _kind(kind) == "amount":
        return f'CAST("{key}" * 0.01::DECIMAL(3, 2) AS DECIMAL(14, 2)) AS "{key}"'
    return f'CAST("{key}" AS {_sql_type(kind)}) AS "{key}"'


def _sql_type(kind: str) -> str:
    """Type in DuckDB, empty where this bench writes no SQL for it."""
    return _SQL_TYPES.get(_kind(kind), "")


def _kind(kind: str) -> str:
    name = kind.removesuffix("*").removesuffix("?")
    return "text" if name.startswith("enum(") else name


_SQL_TYPES = {
    "bool": "BOOLEAN",
    "int": "INTEGER",
    "count": "INTEGER",
    "amount": "DECIMAL(14, 2)",
    "date": "DATE",
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "ints": "INTEGER[]",
    "months": "DATE[]",
}


def _plain(column: Column) -> Any:
    """Values of a column as pandas takes them; amounts in fen."""
    import pandas as pd

    if isinstance(column, Numbers):
        return (
            pd.array(np.where(column.known, column.units, 0), dtype="Int64").copy()
            if column.known.all()
            else _nullable(column)
        )
    n = len(column.known)
    return pd.Series([column.at(row) for row in range(n)], dtype=object)


def _nullable(column: Numbers) -> Any:
    import pandas as pd

    return pd.arrays.IntegerArray(np.asarray(column.units, dtype=np.int64), ~column.known)


def _coded(found: Answers, rule: Rule) -> dict[str, Any]:
    """Outcome, bits and amounts in fen of our answers, as the queries name them."""
    told: dict[str, Any] = {"outcome": found.outcome, "bits": found.reason_bits}
    for shown in found.outputs:
        if shown.shape != "money":
            continue
        fen = np.ma.masked_all(len(found), dtype=np.int64) if shown.key not in told else told[shown.key]
        column = shown.column
        if isinstance(column, Numbers):
            fen[shown.rows] = divided(column, FEN, half_up=True).units[shown.rows]
        told[shown.key] = fen
    return told


def _digest(columns: dict[str, Any]) -> str:
    """Of columns of whole numbers, nulls apart from every value."""
    digest = sha256()
    for name in sorted(columns):
        values = np.ma.masked_array(columns[name])
        digest.update(name.encode())
        digest.update(np.ma.getmaskarray(values).tobytes())
        digest.update(values.filled(0).astype(np.int64).tobytes())
    return digest.hexdigest()


def _told(answers: Any) -> str:
    digest = sha256()
    for found in answers:
        digest.update(msgspec.json.encode(found, order="sorted"))
    return digest.hexdigest()


def _typed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
