"""One column out of two, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from matcher.policy.columns.exact import rescaled
from matcher.policy.columns.kinds import Absent, Bools, Days, Flags, Mixed, Numbers, Words, WordSets
from matcher.policy.columns.nested import Column, Lists


def merged(rows: Bools, inside: Column, outside: Column) -> Column:
    """`inside` in the rows, `outside` elsewhere; of two kinds of values only which rows hold something is kept."""
    if isinstance(outside, Absent):
        return inside if rows.all() else inside.only(rows)
    if isinstance(inside, Absent):
        return outside.only(~rows)
    if type(inside) is not type(outside) or isinstance(inside, Mixed):
        return Mixed(np.where(rows, inside.known, outside.known))
    return _MERGES[type(inside)](rows, inside, outside)


def recoded(columns: list[Words]) -> tuple[tuple[str, ...], list[Words]]:
    """The same columns over one sorted list of words."""
    words = tuple(sorted({word for column in columns for word in column.words}))
    place = {word: code for code, word in enumerate(words)}
    found = []
    for column in columns:
        table = np.array([place[word] for word in column.words] + [-1], dtype=np.int32)
        found.append(Words(table[column.code], words))
    return words, found


def _flags(rows: Bools, inside: Flags, outside: Flags) -> Column:
    return Flags(np.where(rows, inside.level, outside.level))


def _numbers(rows: Bools, inside: Numbers, outside: Numbers) -> Column:
    """Of unlike writing only what is known to be shown alike may be shown."""
    scale = max(inside.scale, outside.scale)
    alike = inside.scale == outside.scale and inside.whole == outside.whole
    return Numbers(
        np.where(rows, rescaled(inside, scale), rescaled(outside, scale)),
        np.where(rows, inside.known, outside.known),
        scale,
        inside.whole and outside.whole,
        inside.loose or outside.loose or not alike,
    )


def _days(rows: Bools, inside: Days, outside: Days) -> Column:
    return Days(np.where(rows, inside.day, outside.day), np.where(rows, inside.known, outside.known))


def _words(rows: Bools, inside: Words, outside: Words) -> Column:
    words, (a, b) = recoded([inside, outside])
    return Words(np.where(rows, a.code, b.code), words)


def _word_sets(rows: Bools, inside: WordSets, outside: WordSets) -> Column:
    if inside.words != outside.words:
        return Mixed(np.where(rows, inside.known, outside.known))
    return WordSets(
        np.where(rows, inside.bits, outside.bits), inside.words, np.where(rows, inside.known, outside.known)
    )


def _lists(rows: Bools, inside: Lists, outside: Lists) -> Column:
    return Mixed(np.where(rows, inside.known, outside.known))


_MERGES: Mapping[type[Any], Callable[[Bools, Any, Any], Column]] = {
    Flags: _flags,
    Numbers: _numbers,
    Days: _days,
    Words: _words,
    WordSets: _word_sets,
    Lists: _lists,
}
