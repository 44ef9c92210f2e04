"""Kinds of columns: what a fact of n people looks like side by side; every kind knows which rows hold something.

Levels (int8) are Kleene's truth as 0 false, 1 unknown, 2 true, so that and is min, or is max, not is 2 - x.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.policy.evaluation.inputs import Period
from matcher.policy.evaluation.logic import TRUE_LEVEL

Bools: TypeAlias = NDArray[np.bool_]
Levels: TypeAlias = NDArray[np.int8]
# int64, or Python integers (dtype object) where int64 would not hold the value.
Whole: TypeAlias = NDArray[Any]
Codes: TypeAlias = NDArray[np.int32]
EPOCH = date(1970, 1, 1)
BASE = 10
MOST_BITS = 64
FALSE_LEVEL, UNKNOWN_LEVEL = 0, 1


class NotInColumns(Exception):
    """A rule, or what it would have to compute, has no columnar form; the object evaluator answers it."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A value nobody knows in any row."""

    n: int

    @property
    def known(self) -> Bools:
        """Rows that hold a value."""
        return np.zeros(self.n, dtype=np.bool_)

    def take(self, index: NDArray[Any]) -> Absent:
        """The rows at `index`, in that order."""
        return Absent(len(index))

    def only(self, rows: Bools) -> Absent:
        """The same with everything outside `rows` unknown."""
        del rows
        return self

    def at(self, row: int) -> None:
        """Nothing."""
        del row


@dataclass(frozen=True, slots=True)
class Mixed:
    """Values of several kinds: known to be there, not to be computed with."""

    known: Bools

    def take(self, index: NDArray[Any]) -> Mixed:
        """The rows at `index`, in that order."""
        return Mixed(self.known[index])

    def only(self, rows: Bools) -> Mixed:
        """The same with everything outside `rows` unknown."""
        return Mixed(self.known & rows)

    def at(self, row: int) -> None:
        """Refused: NotInColumns."""
        raise NotInColumns(f"row {row} holds one of several kinds of values")


@dataclass(frozen=True, slots=True)
class Flags:
    """Yes, no, unknown as levels, int8 of shape (n,)."""

    level: Levels

    @property
    def known(self) -> Bools:
        """Rows that hold a value."""
        return np.not_equal(self.level, UNKNOWN_LEVEL)

    def take(self, index: NDArray[Any]) -> Flags:
        """The rows at `index`, in that order."""
        return Flags(self.level[index])

    def only(self, rows: Bools) -> Flags:
        """The same with everything outside `rows` unknown."""
        return Flags(np.where(rows, self.level, np.int8(UNKNOWN_LEVEL)))

    def at(self, row: int) -> bool | None:
        """The value of one row as the evaluator holds it, None where unknown."""
        level = self.level[row]
        return None if level == UNKNOWN_LEVEL else bool(level == TRUE_LEVEL)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Exact numbers: value = units / 10**scale, units int64 (Python integers where that is too small).

    whole : an int of Python, not a decimal; loose : the decimals written differ from row to row, so that the value
    may be paid or compared but not shown as it stands
    """

    units: Whole
    known: Bools
    scale: int = 0
    whole: bool = False
    loose: bool = False

    def take(self, index: NDArray[Any]) -> Numbers:
        """The rows at `index`, in that order."""
        return Numbers(self.units[index], self.known[index], self.scale, self.whole, self.loose)

    def only(self, rows: Bools) -> Numbers:
        """The same with everything outside `rows` unknown."""
        return Numbers(self.units, self.known & rows, self.scale, self.whole, self.loose)

    def at(self, row: int) -> int | Decimal | None:
        """The value of one row as the evaluator holds it, None where unknown."""
        if not self.known[row]:
            return None
        units = int(self.units[row])
        return units if self.whole else Decimal(units).scaleb(-self.scale)


@dataclass(frozen=True, slots=True)
class Days:
    """Days as int32 counted from EPOCH."""

    day: NDArray[np.int32]
    known: Bools

    def take(self, index: NDArray[Any]) -> Days:
        """The rows at `index`, in that order."""
        return Days(self.day[index], self.known[index])

    def only(self, rows: Bools) -> Days:
        """The same with everything outside `rows` unknown."""
        return Days(self.day, self.known & rows)

    def at(self, row: int) -> date | None:
        """The value of one row as the evaluator holds it, None where unknown."""
        return EPOCH + timedelta(days=int(self.day[row])) if self.known[row] else None


@dataclass(frozen=True, slots=True)
class Periods:
    """Years or quarters of a year; quarter 0 is the whole year."""

    year: NDArray[np.int32]
    quarter: NDArray[np.int32]
    known: Bools

    def take(self, index: NDArray[Any]) -> Periods:
        """The rows at `index`, in that order."""
        return Periods(self.year[index], self.quarter[index], self.known[index])

    def only(self, rows: Bools) -> Periods:
        """The same with everything outside `rows` unknown."""
        return Periods(self.year, self.quarter, self.known & rows)

    def at(self, row: int) -> Period | None:
        """The value of one row as the evaluator holds it, None where unknown."""
        return Period(int(self.year[row]), int(self.quarter[row]) or None) if self.known[row] else None


@dataclass(frozen=True, slots=True)
class Words:
    """Texts as codes into a closed list of words; -1 is unknown. No word stands in the list twice."""

    code: Codes
    words: tuple[str, ...]

    @property
    def known(self) -> Bools:
        """Rows that hold a value."""
        return np.greater_equal(self.code, 0)

    def take(self, index: NDArray[Any]) -> Words:
        """The rows at `index`, in that order."""
        return Words(self.code[index], self.words)

    def only(self, rows: Bools) -> Words:
        """The same with everything outside `rows` unknown."""
        return Words(np.where(rows, self.code, np.int32(-1)), self.words)

    def at(self, row: int) -> str | None:
        """The value of one row as the evaluator holds it, None where unknown."""
        code = self.code[row]
        return None if code < 0 else self.words[code]


@dataclass(frozen=True, slots=True)
class WordSets:
    """Which of up to 64 words a row carries, as bits of a uint64; shown in the order of the words."""

    bits: NDArray[np.uint64]
    words: tuple[str, ...]
    known: Bools

    def take(self, index: NDArray[Any]) -> WordSets:
        """The rows at `index`, in that order."""
        return WordSets(self.bits[index], self.words, self.known[index])

    def only(self, rows: Bools) -> WordSets:
        """The same with everything outside `rows` unknown."""
        return WordSets(self.bits, self.words, self.known & rows)

    def at(self, row: int) -> list[str] | None:
        """The value of one row as the evaluator holds it, None where unknown."""
        return words_of(int(self.bits[row]), self.words) if self.known[row] else None


FlatColumn: TypeAlias = Absent | Mixed | Flags | Numbers | Days | Periods | Words | WordSets


def words_of(bits: int, words: tuple[str, ...]) -> list[str]:
    """The words whose bits are set, in their order."""
    return [word for place, word in enumerate(words) if bits >> place & 1]


def levels(truth: NDArray[Any], known: Bools) -> Levels:
    """Levels of a truth that counts where it is known."""
    return np.where(known, truth.astype(np.int8) * np.int8(TRUE_LEVEL), np.int8(UNKNOWN_LEVEL))
