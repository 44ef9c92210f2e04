"""Rows of a push that are no pair: those one office alone has, people written down twice in one ledger.

They are kept sealed as the queue is, a few hundred to a file, so that a page opens one file and not all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from matcher.ports import DeedStore
from matcher.records.deeds import file_name
from matcher.services.reconcile.comparison import Comparison, Side, side_of
from matcher.services.reconcile.keys import alone_key
from matcher.services.reconcile.ledgers import Ledger

LEFT_ONLY, RIGHT_ONLY, DOUBLES = "left_only", "right_only", "doubles"
LIST_TITLES: Final = {LEFT_ONLY: "只在左表", RIGHT_ONLY: "只在右表", DOUBLES: "同一张表里重复"}
N_PER_FILE: Final = 200


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A row, or two of one person. side : which ledger, left or right; points : how alike two are.

    key : of a row one office alone has, the name under which it is said what becomes of it
    """

    side: str
    rows: tuple[Side, ...]
    points: int = 0
    key: str = ""


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it is kept. parts : SHA-256 of its files, N_PER_FILE rows each; n : how many rows it still holds.

    keys : of its rows in order, so that counting opens no file; none where rows have none
    """

    parts: tuple[str, ...] = ()
    n: int = 0
    keys: tuple[str, ...] = ()


def lists_of(compared: Comparison, key: bytes) -> dict[str, list[Listed]]:
    """The lists of a comparison by name, each in the order of its ledger."""
    left, right = compared.left, compared.right
    return {
        LEFT_ONLY: [_alone("left", left, ix, key) for ix in compared.left_only],
        RIGHT_ONLY: [_alone("right", right, ix, key) for ix in compared.right_only],
        DOUBLES: [Listed(side=one.side, rows=(one.earlier, one.later), points=one.points) for one in compared.doubles],
    }


def _alone(side: str, ledger: Ledger, ix: int, key: bytes) -> Listed:
    return Listed(side=side, rows=(side_of(ledger, ix),), key=alone_key(side, ledger.entries[ix], key))


def parts_of(rows: Sequence[msgspec.Struct]) -> tuple[bytes, ...]:
    """The files that hold rows, N_PER_FILE each."""
    return tuple(msgspec.json.encode(rows[start : start + N_PER_FILE]) for start in range(0, len(rows), N_PER_FILE))


def shelved(lists: Mapping[str, Sequence[Listed]]) -> tuple[dict[str, Shelf], tuple[bytes, ...]]:
    """Lists as they are kept, with all files they stand in."""
    files = {name: parts_of(rows) for name, rows in lists.items()}
    shelves = {
        name: Shelf(
            parts=tuple(map(file_name, files[name])), n=len(rows), keys=tuple(row.key for row in rows if row.key)
        )
        for name, rows in lists.items()
    }
    return shelves, tuple(part for parts in files.values() for part in parts)


def listed(deeds: DeedStore, shelf: Shelf, start: int = 0, stop: int | None = None) -> list[Listed]:
    """Rows of a list from one place to another; only the files they stand in are opened."""
    end = shelf.n if stop is None else min(stop, shelf.n)
    first, last = start // N_PER_FILE, -(-end // N_PER_FILE)
    rows = [
        row
        for part in shelf.parts[first:last]
        for row in msgspec.json.decode(deeds.file(part), type=tuple[Listed, ...])
    ]
    return rows[start - first * N_PER_FILE : end - first * N_PER_FILE]
