"""Work in pieces, so that memory stays bounded and no statement outgrows an engine's limit of variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

CHUNK: Final = 2_000
"""Rows at a time; SQLite takes at most 32,766 variables in a statement."""

T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size` items, in order; none is empty."""
    iterator = iter(items)
    while piece := list(islice(iterator, size)):
        yield piece
