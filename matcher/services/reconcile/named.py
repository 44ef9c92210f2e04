"""Whom rows of two ledgers name, of our own rosters: the audit and every answer are found by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from matcher.intake import read_table
from matcher.intake.cells import plain_text
from matcher.ports import DeedStore, RosterStore
from matcher.records.id_numbers import normalise_id_number
from matcher.services.reconcile.comparison import Side
from matcher.services.reconcile.runs import Outline, pair_at, place_of
from matcher.settings import Settings

NUMBER_HEADER: Final = "身份证号"
"""How a column of numbers ends in every workbook of a push."""


def people_of(store: RosterStore, sides: Iterable[Side]) -> tuple[str, ...]:
    """Ids of the workers whose number stands in one of the rows, sorted; a number with a slip names nobody."""
    return _known(store, {side.cells.number for side in sides})


def people_of_pair(deeds: DeedStore, store: RosterStore, outline: Outline, pair: str) -> tuple[str, ...]:
    """The same of both rows of a pair of the queue. Raises NotFound."""
    told = pair_at(deeds, outline, place_of(outline, pair))
    return people_of(store, (told.left, told.right))


def people_of_book(store: RosterStore, body: bytes, settings: Settings) -> tuple[str, ...]:
    """The same of a workbook of a push: whose number stands in a column of numbers of any sheet."""
    numbers: set[str] = set()
    for sheet in read_table(body, name="book.xlsx", settings=settings).sheets:
        columns: tuple[int, ...] = ()
        for at, (_, row) in enumerate(sheet.rows()):
            if at == 0:
                columns = tuple(ix for ix, cell in enumerate(row) if plain_text(cell).endswith(NUMBER_HEADER))
            else:
                numbers.update(plain_text(row[ix]) for ix in columns if ix < len(row))  # type: ignore[index]
    return _known(store, numbers)


def _known(store: RosterStore, numbers: Iterable[str]) -> tuple[str, ...]:
    normal = {normalise_id_number(number) for number in numbers} - {""}
    return tuple(sorted(set(store.workers_by_id_number(normal).values()))) if normal else ()
