"""The same rules as SQL: conditions, steps and amounts of a pack as DuckDB expressions; NULL is unknown there too.

A rule that misses a figure of its document, or uses a word not written here, has no SQL (NoSql) and stays out of the
comparison with DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from matcher.policy.predicates.lists import NEGATIVE
from matcher.policy.rule_types import Condition, Output, Parameter, Rule, StopOn
from matcher.policy.types import Pack


class NoSql(Exception):
    """A word of a rule that is not written in SQL here."""


class RuleSql:
    """One rule as SQL over a table whose columns are its inputs."""

    def __init__(self, pack: Pack, rule: Rule) -> None:
        self.pack, self.rule = pack, rule
        self.derives = {output.key: output for output in rule.derives}
        self.outputs: dict[str, str] = {}

    def query(self, table: str) -> str:
        """Outcome code, bit mask of reasons, and every amount in fen, a row a person."""
        columns = [f"{self.outcome()} AS outcome", f"{self.bits()} AS bits"]
        columns += [f"{sql} AS {key}" for key, sql in self.amounts().items()]
        return f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - names and figures of our own packs

    def outcome(self) -> str:
        """Code of the outcome in the order of `outcomes`."""
        names = self.outcomes()
        cases = [f"WHEN {self.stops(step)} THEN {names.index(step.outcome)}" for step in self.rule.steps]
        return f"CASE {' '.join(cases)} ELSE {names.index(self.rule.otherwise)} END" if cases else "0"

    def outcomes(self) -> list[str]:
        """Outcomes in the order of the columnar evaluator."""
        return list(dict.fromkeys([*(step.outcome for step in self.rule.steps), self.rule.otherwise]))

    def bits(self) -> str:
        """Reasons of the deciding step, the bits in the order of the sorted reasons."""
        loud = [step for step in self.rule.steps if not step.silent]
        reasons = sorted({part.reason for step in loud for part in step.requires})
        cases = []
        for step in self.rule.steps:
            if step.silent:
                cases.append(f"WHEN {self.stops(step)} THEN 0::UBIGINT")
                continue
            of_reason: dict[str, list[str]] = {}
            for part in step.requires:
                of_reason.setdefault(part.reason, []).append(_hit(self.truth(part), step.stop_on))
            told = [
                f"CASE WHEN {' OR '.join(hits)} THEN {1 << reasons.index(reason)}::UBIGINT ELSE 0::UBIGINT END"
                for reason, hits in of_reason.items()
            ]
            cases.append(f"WHEN {self.stops(step)} THEN {' + '.join(told)}")
        return f"CASE {' '.join(cases)} ELSE 0::UBIGINT END" if cases else "0::UBIGINT"

    def stops(self, step: Any) -> str:
        """Whether a step decides."""
        return "(" + " OR ".join(_hit(self.truth(part), step.stop_on) for part in step.requires) + ")"

    def amounts(self) -> dict[str, str]:
        """Amounts of the answer by key, NULL where the answer carries none; later rows of a key win."""
        found: dict[str, list[str]] = {}
        for output in self.rule.outputs:
            if output.as_ != "money":
                continue
            applies = (
                [f"({self.outcome()}) IN ({', '.join(str(self.outcomes().index(o)) for o in output.beside)})"]
                if output.beside
                else []
            )
            applies += [self.truth(output.when)] if output.when is not None else []
            value = self.computed(output)
            self.outputs[output.key] = f"({value})"
            fen = f"CAST(round(({value}) * 100) AS BIGINT)"
            found.setdefault(output.key, []).append(
                f"CASE WHEN {' AND '.join(applies)} THEN {fen} END" if applies else fen
            )
        return {key: f"coalesce({', '.join(reversed(cases))})" for key, cases in found.items()}

    def truth(self, condition: Condition) -> str:
        """A condition as a boolean expression, NULL unknown."""
        parts = []
        if condition.is_:
            parts.append(self.word(condition))
        if condition.all is not None:
            parts += [self.truth(part) for part in condition.all]
        if condition.any is not None:
            parts.append("(" + (" OR ".join(self.truth(part) for part in condition.any) or "FALSE") + ")")
        if condition.none is not None:
            parts.append("NOT (" + (" OR ".join(self.truth(part) for part in condition.none) or "FALSE") + ")")
        return "(" + " AND ".join(parts) + ")" if parts else "TRUE"

    def word(self, condition: Condition) -> str:
        """One predicate. Raises NoSql for one not written here."""
        if condition.is_ not in WORDS:
            raise NoSql(condition.is_)
        return WORDS[condition.is_](self, condition)

    def name(self, name: str) -> str:
        """A fact, a value before, or a figure."""
        if name in self.rule.inputs:
            return f'"{name}"'
        if name in self.outputs:
            return self.outputs[name]
        if name in self.derives:
            return f"({self.computed(self.derives[name])})"
        return literal(self.figure(name).value)

    def figure(self, name: str) -> Parameter:
        """The one figure of a name. Raises NoSql where the document states none, or several by day."""
        rows = [row for row in self.pack.parameters if row.id == name]
        if len(rows) != 1 or not rows[0].kind.has_value:
            raise NoSql(name)
        return rows[0]

    def computed(self, output: Output) -> str:
        """The value of an output. Raises NoSql for a formula not written here."""
        if output.fixed is not None:
            return literal(Decimal(output.fixed)) if output.as_ == "money" else f"'{output.fixed}'"
        if output.formula not in FORMULAS:
            raise NoSql(output.formula)
        return FORMULAS[output.formula](self, output)

    def within(self, value: str, name: str) -> str:
        """A value against the figure of a name, by the figure's own sign."""
        row = self.figure(name)
        return f"{value} {row.operator} {literal(row.value)}"

    def months(self, name: str) -> str:
        """A length of time as an interval."""
        row = self.figure(name)
        return f"INTERVAL {int(row.value) * (12 if row.unit == '年' else 1)} MONTH"


def literal(value: Any) -> str:
    """A figure as SQL."""
    if isinstance(value, tuple):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, date):
        return f"DATE '{value}'"
    return f"'{value}'" if isinstance(value, str) else f"{value}"


def _hit(truth: str, stop_on: StopOn) -> str:
    return f"({truth}) IS {'NULL' if stop_on is StopOn.UNKNOWN else 'FALSE'}"


def _listed(sql: RuleSql, name: str) -> tuple[Parameter, str]:
    row = sql.figure(name)
    return row, literal(row.value if isinstance(row.value, tuple) else (row.value,))


def _in_list(sql: RuleSql, part: Condition) -> str:
    row, listed = _listed(sql, part.bound)
    return f"{'NOT ' if row.operator in NEGATIVE else ''}list_contains({listed}, {sql.name(part.fact)})"


def _age(sql: RuleSql, part: Condition) -> str:
    if not (part.on or sql.rule.day):
        raise NoSql("a rule without a day")
    birth, on = sql.name(part.fact), sql.name(part.on or sql.rule.day)
    before = f"(month({on}), day({on})) < (month({birth}), day({birth}))"
    age = f"(year({on}) - year({birth}) - CASE WHEN {before} THEN 1 ELSE 0 END)"
    return f"CASE WHEN {birth} IS NOT NULL AND {on} IS NOT NULL THEN {sql.within(age, part.bound)} END"


def _window(sql: RuleSql, part: Condition, *, ends: bool) -> str:
    rule, document = sql.rule, sql.pack.document
    from_, to = rule.from_ or document.from_, rule.to or document.to
    settled = document.printed if rule.from_ is None else None
    value = sql.name(part.fact)
    if "int" in rule.inputs[part.fact]:
        told = [f"{value} >= {from_.year}"] if from_ else []
        told += [f"{value} <= {to.year}"] if to and ends else []
        return "(" + " AND ".join(told or [f"{value} IS NOT NULL"]) + ")"
    told = [f"{value} >= DATE '{from_}'"] if from_ else []
    told += [f"{value} <= DATE '{to}'"] if to and ends else []
    inside = " AND ".join(told) or f"{value} IS NOT NULL"
    return (
        f"CASE WHEN ({inside}) AND {value} < DATE '{settled}' THEN NULL ELSE ({inside}) END"
        if settled
        else f"({inside})"
    )


def _contract(sql: RuleSql, part: Condition, sign: str, openly: str) -> str:
    reach = f"({sql.name(part.on)} + {sql.months(part.bound)})::DATE"
    kept = f"CASE WHEN {sql.name(part.fact)} IS NULL THEN {openly} ELSE {sql.name(part.fact)} + 1 {sign} {reach} END"
    return f"CASE WHEN {sql.name(part.on)} IS NOT NULL THEN {kept} END"


def _not_paid(sql: RuleSql, part: Condition) -> str:
    on = sql.name(part.on) if "int" in sql.rule.inputs[part.on] else f"year({sql.name(part.on)})"
    return f"NOT list_contains({sql.name(part.fact)}, {on})"


def _in_a_row(sql: RuleSql, part: Condition) -> str:
    """A run of k months starts at a month whose k - 1 next months are in the list as well."""
    k = int(sql.figure(part.bound).value)
    has = (
        " AND ".join(f"list_contains({sql.name(part.fact)}, (m + INTERVAL {step} MONTH)::DATE)" for step in range(1, k))
        or "TRUE"
    )
    return f"len(list_filter({sql.name(part.fact)}, lambda m: {has})) > 0"


def _stated(sql: RuleSql, part: Condition) -> str:
    rows = [row for row in sql.pack.parameters if row.id == part.bound]
    return "TRUE" if rows and rows[0].kind.has_value else "FALSE"


WORDS: dict[str, Callable[[RuleSql, Condition], str]] = {
    "yes": lambda sql, part: sql.name(part.fact),
    "no": lambda sql, part: f"NOT {sql.name(part.fact)}",
    "keeps": lambda sql, part: sql.within(sql.name(part.fact), part.bound),
    "age_keeps": _age,
    "positive": lambda sql, part: f"{sql.name(part.fact)} > 0",
    "on_or_after": lambda sql, part: f"{sql.name(part.fact)} >= {literal(sql.figure(part.bound).value)}",
    "on_or_before": lambda sql, part: f"{sql.name(part.fact)} <= {literal(sql.figure(part.bound).value)}",
    "given": lambda sql, part: f"{sql.name(part.fact)} IS NOT NULL",
    "stated": _stated,
    "at_least": lambda sql, part: f"{sql.name(part.fact)} >= {sql.name(part.than)}",
    "more_than": lambda sql, part: f"{sql.name(part.fact)} > {sql.name(part.than)}",
    "less_than": lambda sql, part: f"{sql.name(part.fact)} < {sql.name(part.than)}",
    "in_window": lambda sql, part: _window(sql, part, ends=True),
    "started": lambda sql, part: _window(sql, part, ends=False),
    "year_keeps": lambda sql, part: sql.within(f"year({sql.name(part.fact)})", part.bound),
    "passed_since": lambda sql, part: (
        f"{sql.name(part.on)} >= ({sql.name(part.fact)} + {sql.months(part.bound)})::DATE"
    ),
    "contract_reaches": lambda sql, part: _contract(sql, part, ">=", "TRUE"),
    "contract_within": lambda sql, part: _contract(sql, part, "<=", "FALSE"),
    "months_in_a_row": _in_a_row,
    "whole_years": lambda sql, part: f"({sql.name(part.fact)} > 0 AND {sql.name(part.fact)} % 12 = 0)",
    "not_paid_in": _not_paid,
    "one_of": lambda sql, part: f"list_contains({literal(part.values)}, {sql.name(part.fact)})",
    "includes_any": lambda sql, part: f"list_has_any({sql.name(part.fact)}, {literal(part.values)})",
    "some": lambda sql, part: f"len({sql.name(part.fact)}) > 0",
    "in_list": _in_list,
    "any_in_list": lambda sql, part: f"list_has_any({sql.name(part.fact)}, {_listed(sql, part.bound)[1]})",
    "all_in_list": lambda sql, part: f"list_has_all({_listed(sql, part.bound)[1]}, {sql.name(part.fact)})",
}


def _two(sql: RuleSql, output: Output) -> tuple[str, str]:
    left, right = (sql.name(name) for name in output.of)
    return left, right


def _lookup(sql: RuleSql, output: Output) -> str:
    keys = [sql.name(name) for name in output.of]
    cases = []
    for group in output.groups:
        same = " AND ".join(f"CAST({key} AS VARCHAR) = '{word}'" for key, word in zip(keys, group, strict=False))
        cases.append(f"WHEN {same} THEN {sql.name(group[-1])}")
    return f"CASE {' '.join(cases)} END"


def _product(sql: RuleSql, names: tuple[str, ...]) -> str:
    return " * ".join(sql.name(name) for name in names)


def _least(sql: RuleSql, output: Output) -> str:
    left, right = _two(sql, output)
    return f"CASE WHEN {left} IS NOT NULL AND {right} IS NOT NULL THEN least({left}, {right}) END"


def _share_reaches(sql: RuleSql, output: Output) -> str:
    part, whole, standard = (sql.name(name) for name in output.of)
    reached = f"{whole} <> 0 AND {part} >= {whole} * {standard}"
    return f"CASE WHEN {part} IS NOT NULL AND {whole} IS NOT NULL THEN {reached} END"


FORMULAS: dict[str, Callable[[RuleSql, Output], str]] = {
    "same": lambda sql, output: sql.name(output.of[0]),
    "product": lambda sql, output: _product(sql, output.of),
    "sum_of_products": lambda sql, output: " + ".join(_product(sql, group) for group in output.groups),
    "difference": lambda sql, output: "{} - {}".format(*_two(sql, output)),
    "least": _least,
    "any_above": lambda sql, output: "{} > {}".format(*_two(sql, output)),
    "months_of": lambda sql, output: f"({sql.name(output.of[0])}) * 12",
    "whole_years": lambda sql, output: f"({sql.name(output.of[0])}) // 12",
    "lookup": _lookup,
    "city_share": lambda sql, output: "ceil(round(({}) * 100) * {}) / 100.0".format(*_two(sql, output)),
    "holds": lambda sql, output: sql.truth(output.where or Condition()),
    "at_most": lambda sql, output: "{} <= {}".format(*_two(sql, output)),
    "share_reaches": _share_reaches,
}
