"""Drawn facts of n people for any rule of the packs: columns by the types the rule declares, unknowns among them.

The words a fact may take are those the rule and its figures look for, and one they do not know; days lie around the
windows of the documents, so that every step of a rule decides somebody.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from matcher.policy.checks.rule_validation import conditions_of
from matcher.policy.columns import Column, Days, Flags, Lists, Numbers, Table, Words
from matcher.policy.columns.exact import as_day
from matcher.policy.columns.kinds import Periods
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack

UNKNOWN_PERMILLE = 60
MOST_ITEMS = 4
DAYS_PER_YEAR = 365


def drawn_facts(pack: Pack, rule: Rule, n: int, seed: int) -> dict[str, Column]:
    """Columns of n people; the same for the same seed."""
    draws = np.random.default_rng([seed, zlib.crc32(rule.id.encode())])
    words = words_of(pack, rule)
    return {
        key: _column(kind, n, draws, words, rule.rows.get(key), in_force=pack if key == rule.day else None)
        for key, kind in rule.inputs.items()
    }


def words_of(pack: Pack, rule: Rule) -> tuple[str, ...]:
    """Every word the rule could look for, and one it does not know."""
    conditions = list(conditions_of(rule))
    found = {"else"} | {word for part in conditions for word in part.values}
    bounds = {part.bound for part in conditions}
    for row in pack.parameters:
        if row.id in bounds:
            listed = row.value if isinstance(row.value, tuple) else (row.value,)
            found |= {word for word in listed if isinstance(word, str)}
    for output in (*rule.derives, *rule.outputs):
        found |= {word for group in output.groups for word in group[:-1]}
    if any(part.is_ == "figure_named" for part in conditions):
        found |= {row.id for row in pack.parameters}
    return tuple(sorted(found))


def _column(
    kind: str,
    n: int,
    draws: np.random.Generator,
    words: tuple[str, ...],
    rows: Any = None,
    in_force: Pack | None = None,
) -> Column:
    nullable = "?" in kind
    name = kind.removesuffix("*").removesuffix("?")
    known = draws.integers(0, 1000, n) >= UNKNOWN_PERMILLE if nullable else np.ones(n, dtype=np.bool_)
    if name.startswith("enum("):
        choices = tuple(name.removeprefix("enum(").removesuffix(")").split(","))
        return _words(n, draws, known, choices)
    if name == "records":
        start = _starts(n, draws)
        columns = {key: _column(of, int(start[-1]), draws, words) for key, of in rows.items()}
        return Lists(start, Table(columns, int(start[-1])), known)
    if name in {"texts", "ints", "amounts", "months"}:
        start = _starts(n, draws, known)
        items = np.ones(start[-1], dtype=np.bool_)
        return Lists(start, _FLAT[name](int(start[-1]), draws, items, words, in_force), known)
    return _FLAT[name](n, draws, known, words, in_force)


def _starts(n: int, draws: np.random.Generator, known: Any = True) -> Any:
    return np.concatenate([[0], np.cumsum(draws.integers(0, MOST_ITEMS, n) * known)]).astype(np.int64)


def _flags(n: int, draws: np.random.Generator, known: Any, words: Any, pack: Any) -> Flags:
    level = np.where(draws.integers(0, 4, n) > 0, np.int8(2), np.int8(0))
    return Flags(np.where(known, level, np.int8(1)))


def _whole(low: int, high: int) -> Callable[..., Numbers]:
    def draw(n: int, draws: np.random.Generator, known: Any, words: Any, pack: Any) -> Numbers:
        return Numbers(np.where(known, draws.integers(low, high, n), 0), known, whole=True)

    return draw


def _amounts(n: int, draws: np.random.Generator, known: Any, words: Any, pack: Any) -> Numbers:
    small = draws.integers(0, 2, n) > 0
    fen = np.where(small, draws.integers(0, 2_000, n), draws.integers(0, 1_000_000, n))
    return Numbers(np.where(known, fen, 0), known, 2)


def _days(n: int, draws: np.random.Generator, known: Any, words: Any, pack: Pack | None) -> Days:
    """Days of the document's time; births among them by every third draw, but never where the day dates figures."""
    first, last = as_day("2016-01-01"), as_day("2027-01-01")
    if pack is not None:
        document = pack.document
        first = as_day(document.from_ or "2016-01-01")
        last = as_day(document.to or "2027-01-01") + 1
    day = draws.integers(first, last, n)
    if pack is None:
        day = day - np.where(draws.integers(0, 3, n) == 0, draws.integers(14, 66, n) * DAYS_PER_YEAR, 0)
    return Days(np.where(known, day, 0).astype(np.int32), known)


def _months(n: int, draws: np.random.Generator, known: Any, words: Any, pack: Any) -> Days:
    month = np.datetime64("2018-01", "M") + draws.integers(0, 8, n)
    return Days(month.astype("datetime64[D]").astype(np.int64).astype(np.int32), known)


def _some_words(n: int, draws: np.random.Generator, known: Any, words: tuple[str, ...], pack: Any) -> Words:
    return _words(n, draws, known, words)


def _words(n: int, draws: np.random.Generator, known: Any, words: tuple[str, ...]) -> Words:
    return Words(np.where(known, draws.integers(0, len(words), n), -1).astype(np.int32), words)


def _periods(n: int, draws: np.random.Generator, known: Any, words: Any, pack: Any) -> Periods:
    return Periods(draws.integers(2017, 2024, n).astype(np.int32), draws.integers(0, 5, n).astype(np.int32), known)


_FLAT: dict[str, Callable[..., Column]] = {
    "bool": _flags,
    "int": _whole(0, 70),
    "count": _whole(0, 60),
    "decimal": _amounts,
    "amount": _amounts,
    "date": _days,
    "month": _months,
    "period": _periods,
    "text": _some_words,
    "texts": _some_words,
    "ints": _whole(2017, 2026),
    "amounts": _amounts,
    "months": _months,
}
