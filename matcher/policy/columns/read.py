"""Columns of the kind a predicate or formula works on; what nobody knows fits every kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from matcher.policy.columns.exact import counts
from matcher.policy.columns.kinds import (
    UNKNOWN_LEVEL,
    Absent,
    Bools,
    Days,
    Flags,
    Levels,
    NotInColumns,
    Numbers,
    Periods,
    Words,
)
from matcher.policy.columns.nested import Column, Lists, Table
from matcher.policy.evaluation.logic import TRUE_LEVEL


def flag_level(column: Column) -> Levels:
    """Levels of a flag. A number or text has no columnar reading as a flag."""
    if isinstance(column, Absent):
        return np.full(column.n, UNKNOWN_LEVEL, dtype=np.int8)
    if isinstance(column, Flags):
        return column.level
    raise _unfit(column, "a flag")


def known_true(column: Column) -> Bools:
    """Rows in which a flag is known to hold."""
    if not isinstance(column, Flags):
        return np.zeros(len(column.known), dtype=np.bool_)
    return np.equal(column.level, TRUE_LEVEL)


def numbers(column: Column) -> Numbers:
    """Numbers."""
    if isinstance(column, Absent):
        return Numbers(np.zeros(column.n, dtype=np.int64), column.known)
    if isinstance(column, Numbers):
        return column
    raise _unfit(column, "a number")


def days(column: Column) -> Days:
    """Days."""
    if isinstance(column, Absent):
        return Days(np.zeros(column.n, dtype=np.int32), column.known)
    if isinstance(column, Days):
        return column
    raise _unfit(column, "a day")


def periods(column: Column) -> Periods:
    """Years or quarters."""
    if isinstance(column, Absent):
        zeros = np.zeros(column.n, dtype=np.int32)
        return Periods(zeros, zeros, column.known)
    if isinstance(column, Periods):
        return column
    raise _unfit(column, "a period")


def words(column: Column) -> Words:
    """Texts."""
    if isinstance(column, Absent):
        return Words(np.full(column.n, -1, dtype=np.int32), ())
    if isinstance(column, Words):
        return column
    raise _unfit(column, "a text")


def lists(column: Column) -> Lists:
    """Lists."""
    if isinstance(column, Absent):
        return Lists(np.zeros(column.n + 1, dtype=np.int64), Words(np.zeros(0, dtype=np.int32), ()), column.known)
    if isinstance(column, Lists):
        return column
    raise _unfit(column, "a list")


def table(column: Lists) -> Table:
    """The items of a list of records."""
    if isinstance(column.items, Table):
        return column.items
    raise _unfit(column.items, "a record")


def units_of_list(column: Lists) -> Numbers:
    """The items of a list of numbers, none where no row holds a list."""
    if not len(column.items.known):
        return Numbers(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))
    return numbers(column.items)


def among(column: Words, wanted: tuple[str, ...]) -> Bools:
    """Rows whose word is one of those wanted; False where unknown."""
    table = np.array([word in wanted for word in column.words] + [False], dtype=np.bool_)
    return table[column.code]


def holds_any(column: Lists, wanted: tuple[str, ...]) -> Bools:
    """Rows whose list holds one of the words wanted."""
    items, bits = words(column.items), column.word_bits
    if bits is None:
        return np.greater(counts(column, among(items, wanted)), 0)
    mask = sum(1 << place for place, word in enumerate(items.words) if word in wanted)
    found: Bools = np.not_equal(bits & np.uint64(mask), 0)
    return found


def holds_only(column: Lists, wanted: tuple[str, ...]) -> Bools:
    """Rows whose list holds nothing but words wanted; also those whose list is empty."""
    others = tuple(word for word in words(column.items).words if word not in wanted)
    return ~holds_any(column, others)


def written(column: Column, texts: tuple[str, ...]) -> Bools:
    """Rows whose value, written as text, is one of some texts; False where unknown."""
    if isinstance(column, Absent):
        return column.known
    if isinstance(column, Words):
        return among(column, texts)
    if isinstance(column, Flags):
        return column.known & np.isin(column.level, [TRUE_LEVEL * (text == "True") for text in _flag_words(texts)])
    if isinstance(column, Numbers) and column.whole:
        meant = [int(text) for text in texts if text.lstrip("-").isdecimal() and str(int(text)) == text]
        return column.known & np.isin(column.units, np.array(meant, dtype=np.int64))
    raise _unfit(column, "a word or whole number")


def listed(value: Any) -> tuple[str, ...]:
    """Words of a listed term. Raises NotInColumns for anything but texts."""
    found = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(item, str) for item in found):
        raise NotInColumns("a list of figures that are no texts")
    return found


def is_number(value: Any) -> bool:
    """Whether a figure is a number."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _flag_words(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if text in {"True", "False"}]


def _unfit(column: Column, wanted: str) -> NotInColumns:
    return NotInColumns(f"{type(column).__name__} where {wanted} is needed")
