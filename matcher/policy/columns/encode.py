"""Facts of many people into columns, by the types a rule declares; a value no column holds is refused by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np

from matcher.policy.columns.exact import as_day, as_units
from matcher.policy.columns.kinds import BASE, UNKNOWN_LEVEL, Days, Flags, NotInColumns, Numbers, Periods, Words
from matcher.policy.columns.nested import Column, Lists, Table
from matcher.policy.evaluation.inputs import OPTIONAL
from matcher.policy.rule_types import Rule

Facts: TypeAlias = Mapping[str, Column]
# Beyond so many decimals no county writes an amount, and products would no longer fit.
MOST_DECIMALS = 6


def encode_facts(rule: Rule, people: Sequence[Mapping[str, Any]]) -> Facts:
    """Columns of the facts of many people, each as `rule_facts` types them (aliases already put into words).

    Raises NotInColumns naming the input that has no columnar form (records of free keys, seven decimals).
    """
    return {
        key: _encode(kind, [facts.get(key) for facts in people], rule.rows.get(key), key)
        for key, kind in rule.inputs.items()
    }


def has_columns(kind: str, rows: Mapping[str, str] | None = None) -> bool:
    """Whether a type of an input has a columnar form."""
    name = _name(kind)
    if name == "records":
        return rows is not None and all(has_columns(column) for column in rows.values())
    return name in _ENCODERS


def _name(kind: str) -> str:
    name = kind.removesuffix(OPTIONAL).removesuffix("?")
    return "text" if name.startswith("enum(") else name


def _encode(kind: str, values: list[Any], rows: Mapping[str, str] | None, key: str) -> Column:
    name = _name(kind)
    if name == "records" and rows is not None:
        return _records(values, rows, key)
    if name not in _ENCODERS:
        raise NotInColumns(f"{key} is of type {kind}")
    return _ENCODERS[name](values)


def _known(values: list[Any]) -> Any:
    return np.fromiter((value is not None for value in values), dtype=np.bool_, count=len(values))


def flags(values: Sequence[bool | None]) -> Flags:
    """Flags of a sequence, None unknown."""
    return Flags(np.array([UNKNOWN_LEVEL if value is None else 2 * value for value in values], dtype=np.int8))


def integers(values: list[int | None]) -> Numbers:
    """Whole numbers, None unknown."""
    return Numbers(np.array([value or 0 for value in values], dtype=np.int64), _known(values), whole=True)


def decimals(values: list[Decimal | None]) -> Numbers:
    """Decimals at one scale, None unknown; `loose` where they are not all written with that many places."""
    pairs = [as_units(value or Decimal()) for value in values]
    scale = max((scale for _, scale in pairs), default=0)
    if scale > MOST_DECIMALS:
        raise NotInColumns(f"more than {MOST_DECIMALS} decimals")
    units = np.array([units * BASE ** (scale - own) for units, own in pairs], dtype=np.int64)
    known = _known(values)
    loose = any(own != scale for (_, own), given in zip(pairs, known, strict=True) if given)
    return Numbers(units, known, scale, loose=loose)


def days(values: list[Any]) -> Days:
    """Days, None unknown."""
    return Days(np.array([0 if value is None else as_day(value) for value in values], dtype=np.int32), _known(values))


def words(values: list[str | None]) -> Words:
    """Texts as codes in the order of their first use."""
    codes: dict[str, int] = {}
    found = [-1 if value is None else codes.setdefault(value, len(codes)) for value in values]
    return Words(np.array(found, dtype=np.int32), tuple(codes))


def _periods(values: list[Any]) -> Periods:
    year = [0 if value is None else value.year for value in values]
    quarter = [0 if value is None else value.quarter or 0 for value in values]
    return Periods(np.array(year, dtype=np.int32), np.array(quarter, dtype=np.int32), _known(values))


def _lists(of: Callable[[list[Any]], Column]) -> Callable[[list[Any]], Lists]:
    def encode(values: list[Any]) -> Lists:
        start = np.concatenate([[0], np.cumsum([len(value or ()) for value in values])]).astype(np.int64)
        return Lists(start, of([item for value in values for item in value or ()]), _known(values))

    return encode


def _records(values: list[Any], rows: Mapping[str, str], key: str) -> Lists:
    def table(flat: list[Any]) -> Table:
        columns = {
            column: _encode(kind, [row.get(column) for row in flat], None, f"{key}.{column}")
            for column, kind in rows.items()
        }
        return Table(columns, len(flat))

    return _lists(table)(values)


_ENCODERS: dict[str, Callable[[list[Any]], Column]] = {
    "bool": flags,
    "int": integers,
    "count": integers,
    "decimal": decimals,
    "amount": decimals,
    "date": days,
    "month": days,
    "period": _periods,
    "text": words,
    "texts": _lists(words),
    "ints": _lists(integers),
    "amounts": _lists(decimals),
    "months": _lists(days),
}
