"""Which rows of a sheet are its header: the one, two or three lines under which most columns are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from matcher.intake.headers import IGNORED, LEVEL_MARK, fingerprint, match_header
from matcher.intake.sheets import Merged, Raw
from matcher.records import Kind

HEADER_ROWS = 10
"""A header is looked for in so many rows from the top."""
LEVELS = 3


class Header(msgspec.Struct, frozen=True):
    """A header found: 1-based row of its last line, its columns' texts, how many fields they name."""

    row: int
    headers: tuple[str, ...]
    n_known: int


def find_header(
    top: Sequence[Sequence[Raw]], merged: Sequence[Merged], kind: Kind, remembered: Mapping[str, Mapping[str, str]]
) -> Header | None:
    """The row (and number of levels) under which most columns are known; of equals the one with fewest levels.

    A merged cell that spans rows of the header settles the number of levels.
    """
    best: Header | None = None
    for first, n_levels in _header_places(len(top), merged):
        headers = _join_levels(top[first : first + n_levels], merged, first)
        if fingerprint(kind, headers) in remembered:
            return Header(first + n_levels, headers, len(headers))
        found = [match.field for header in headers if header and (match := match_header(kind, header))]
        n_known = len(set(found) - {IGNORED})
        if n_known > (best.n_known if best else 0) and _looks_like_header(len(found), headers):
            best = Header(first + n_levels, headers, n_known)
    return best


def _looks_like_header(n_matched: int, headers: Sequence[str]) -> bool:
    """Two cells that name columns, or half of all: a list of column names down a page of advice has one a row."""
    return n_matched > 1 or 2 * n_matched >= sum(map(bool, headers))


def _header_places(n_rows: int, merged: Sequence[Merged]) -> Iterator[tuple[int, int]]:
    """(first row, levels) a header may take up, fewest levels first; none begins inside a cell merged downwards."""
    last = min(HEADER_ROWS, n_rows)
    for n_levels in range(1, LEVELS + 1):
        for first in range(last - n_levels + 1):
            cut_apart = any(top < first <= bottom for top, _, bottom, _ in merged)
            if n_levels >= _merged_levels(merged, first) and not cut_apart:
                yield first, n_levels


def _merged_levels(merged: Sequence[Merged], first: int) -> int:
    return max((min(r2 - r1 + 1, LEVELS) for r1, _, r2, _ in merged if r1 == first), default=1)


def _join_levels(rows: Sequence[Sequence[Raw]], merged: Sequence[Merged], first: int) -> tuple[str, ...]:
    """Headers of one or several lines: levels joined by a colon; an upper level reaches as far as it is merged.

    Where the file does not tell merges (csv), an empty upper cell belongs to the last filled one if the line below
    has text there.
    """
    levels = [[_header_text(cell) for cell in row] for row in rows]
    width = max((len(level) for level in levels), default=0)
    for level in levels:
        level.extend([""] * (width - len(level)))
    if len(levels) > 1:
        _spread(levels, merged, first)
    joined = []
    for column in range(width):
        parts: list[str] = []
        for level in levels:
            if level[column] and level[column] not in parts[-1:]:
                parts.append(level[column])
        joined.append(LEVEL_MARK.join(parts))
    return tuple(joined)


def _spread(levels: list[list[str]], merged: Sequence[Merged], first: int) -> None:
    for number, level in enumerate(levels[:-1]):
        below = levels[number + 1]
        here = [(c1, c2) for r1, c1, _, c2 in merged if r1 == first + number]
        if merged:
            for left, right in here:
                level[left : right + 1] = [level[left]] * (min(right, len(level) - 1) + 1 - left)
            continue
        for column in range(1, len(level)):
            if not level[column] and below[column] and level[column - 1]:
                level[column] = level[column - 1]


def _header_text(cell: Raw) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ("" if cell is None else str(cell))
