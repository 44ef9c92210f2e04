"""How much a notebook runs, and what it claims: numbers held against the goals, told and remembered.

`NOTEBOOK_SIZE=small` makes a notebook run in seconds on tiny data, where luck decides and bounds are loose; without it
a notebook runs whole, and its bounds are those that its text quotes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final, TypeVar

T = TypeVar("T")
SIZE: Final = "NOTEBOOK_SIZE"
WHOLE, SMALL = "whole", "small"
ROUNDING: Final = 1e-12
ANYTHING: Final = float("inf")
"""A bound on small data that every finite number keeps."""


class NotSo(AssertionError):
    """A claim of a notebook that does not hold."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that held. goal : what was aimed at, None where there was no number; reached : whether it was"""

    says: str
    value: float
    goal: float | None
    reached: bool


told: list[Claim] = []
"""Every claim of this process, in order: what a test looks at."""


def is_whole() -> bool:
    """Whether notebooks run whole. ValueError for a size that does not exist."""
    size = os.environ.get(SIZE, WHOLE)
    if size not in (WHOLE, SMALL):
        raise ValueError(f"{SIZE} is {size!r}; it may be {WHOLE} or {SMALL}")
    return size == WHOLE


def sized(whole: T, small: T) -> T:
    """The one for a whole run or the one for tiny data."""
    return whole if is_whole() else small


def claim(
    says: str,
    value: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    goal: float | None = None,
    small: float | None = None,
    form: str = "{:.3g}",
) -> None:
    """Claim that a number keeps its bound, and say so. NotSo if it does not, or is no number.

    small : the bound on tiny data, ANYTHING for none; by default the same
    goal : what was aimed at, where the bound is less than that: told as reached or not, never asserted
    """
    given = [(bound, sign) for bound, sign in ((at_least, 1.0), (at_most, -1.0)) if bound is not None]
    if len(given) != 1:
        raise ValueError("a claim has one bound: at_least or at_most")
    ((bound, sign),) = given
    if small is not None and not is_whole():
        bound = -sign * ANYTHING if small == ANYTHING else small
    word = "at least" if sign > 0 else "at most"
    if not isfinite(value) or sign * (value - bound) < -ROUNDING:
        raise NotSo(f"{says}: {form.format(value)}, which is not {word} {form.format(bound)}")
    reached = goal is None or sign * (value - goal) >= -ROUNDING
    told.append(Claim(says, value, bound if goal is None else goal, reached))
    line = f"✓ {says}: {form.format(value)} ({word} {form.format(bound)})"
    if goal is not None:
        line += f"; goal {form.format(goal)} {'reached' if reached else 'NOT reached'}"
    print(line)


def holds(says: str, fact: bool) -> None:
    """Claim something that is so or not. NotSo if it is not."""
    if not fact:
        raise NotSo(says)
    told.append(Claim(says, 1.0, None, True))
    print(f"✓ {says}")


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows under headings: the first column to the left, the others to the right."""
    lines = [[str(cell) for cell in line] for line in (headings, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for first, *others in lines:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        print("  ".join(cells).rstrip())
