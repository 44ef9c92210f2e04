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

HEADERS: Final = ("身份证号", "姓名", "电话")
"""How the columns of a workbook of a push end in which a number may stand: an office swaps them now and then."""
_SHORTEST: Final = 15
"""Digits of an identity number of the old form; names and phones are shorter."""


def people_of(store: RosterStore, sides: Iterable[Side]) -> tuple[str, ...]:
    """Ids of the workers whose number stands in one of the rows, sorted; a number with a slip names nobody.

    Whichever column it stands in: the page puts it back in its own.
    """
    cells = (cell for side in sides for cell in (side.cells.number, side.cells.name, side.cells.phone, side.cells.born))
    return _known(store, cells)


def people_of_pair(deeds: DeedStore, store: RosterStore, outline: Outline, pair: str) -> tuple[str, ...]:
    """The same of both rows of a pair of the queue. Raises NotFound."""
    told = pair_at(deeds, outline, place_of(outline, pair))
    return people_of(store, (told.left, told.right))


def people_of_book(store: RosterStore, body: bytes, settings: Settings) -> tuple[str, ...]:
    """The same of a workbook of a push: whose number stands in a column of numbers, names or phones of any sheet."""
    numbers: set[str] = set()
    for sheet in read_table(body, name="book.xlsx", settings=settings).sheets:
        columns: tuple[int, ...] = ()
        for at, (_, row) in enumerate(sheet.rows()):
            if at == 0:
                columns = tuple(ix for ix, cell in enumerate(row) if plain_text(cell).endswith(HEADERS))
            else:
                numbers.update(plain_text(row[ix]) for ix in columns if ix < len(row))  # type: ignore[index]
    return _known(store, numbers)


def _known(store: RosterStore, cells: Iterable[str]) -> tuple[str, ...]:
    normal = {number for cell in cells if len(number := normalise_id_number(cell)) >= _SHORTEST}
    return tuple(sorted(set(store.workers_by_id_number(normal).values()))) if normal else ()
