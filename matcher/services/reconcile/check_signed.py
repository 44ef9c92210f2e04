"""A signed result held against its seals: which row was changed, added, left out, or the cover."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from matcher.errors import InvalidInput
from matcher.intake import Sheet, read_table
from matcher.intake.cells import plain_text
from matcher.services.reconcile.seals import COVER_SEAL, N_ALONE, N_ROWS, RUN, alone_seal, cover_seal, row_seal
from matcher.services.reconcile.signed import ALONE_HEADER, ALONE_SHEET, COVER_SHEET, HEADER, ROWS_SHEET
from matcher.settings import Settings

CHANGED: Final = "这一行改过，或者不是这次签认的"
TWICE: Final = "这一行出现了两次"
GONE: Final = "第{number}对不见了"
ROW_GONE: Final = "序号{number}的一行不见了"
COVER_CHANGED: Final = "封面改过"
HEADER_CHANGED: Final = "表头改过"

_NAME: Final = "result.xlsx"
_Row = tuple[int, tuple[str, ...]]
"""Where a row stands in its sheet, and its cells."""


class Altered(msgspec.Struct, frozen=True, kw_only=True):
    """What no longer fits its seal. row : as the sheet counts, 0 for what is no row of it."""

    sheet: str
    row: int
    what: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A result that was held against its seals. n_rows : how many rows it holds now."""

    run_id: str
    n_rows: int
    altered: tuple[Altered, ...]


def check_signed(source: Path | bytes, settings: Settings, *, key: bytes) -> Checked:
    """Hold a signed result against the seals under the county's key. Raises InvalidInput for a file that is none."""
    sheets = {sheet.name: sheet for sheet in read_table(source, name=_NAME, settings=settings).sheets}
    cover = [(row[0], "".join(row[1:])) for _, row in _texts(sheets.get(COVER_SHEET), 2) if row[0]]
    told = dict(cover)
    if ROWS_SHEET not in sheets or not {RUN, COVER_SEAL} <= told.keys():
        raise InvalidInput("这不是核对的签认表", where=_NAME, remedy="请用核对页下载的那一份。")
    right = cover_seal(cover, key)
    believed = _same(told[COVER_SEAL], right)
    altered = [] if believed else [Altered(sheet=COVER_SHEET, row=0, what=COVER_CHANGED)]
    n_rows = 0
    for part in _PARTS:
        rows = list(_texts(sheets.get(part.sheet), len(part.header)))
        if part.sheet in sheets and [cells for _, cells in rows[:1]] != [part.header]:
            altered.append(Altered(sheet=part.sheet, row=1, what=HEADER_CHANGED))
        found = [row for row in rows[1:] if any(row[1])]
        n_wanted = int(told.get(part.n_rows, "0")) if believed else len(found)
        altered += _altered_rows(part, found, {told[COVER_SEAL], right}, n_wanted, key)
        n_rows += len(found)
    return Checked(run_id=told[RUN], n_rows=n_rows, altered=tuple(altered))


class _Part(NamedTuple):
    """A sheet of a result: its header, the line of the cover that counts its rows, their seal, what lacks."""

    sheet: str
    header: tuple[str, ...]
    n_rows: str
    seal: Callable[[str, int, Iterable[str], bytes], str]
    gone: str


_PARTS: Final = (
    _Part(ROWS_SHEET, HEADER, N_ROWS, row_seal, GONE),
    _Part(ALONE_SHEET, ALONE_HEADER, N_ALONE, alone_seal, ROW_GONE),
)


def _altered_rows(
    part: _Part, rows: Sequence[_Row], covers: Collection[str], n_wanted: int, key: bytes
) -> Iterator[Altered]:
    """Rows that do not fit their seal, stand there twice, or are not there.

    covers : the cover's seal as it stands and as it would be, so that a changed cover accuses no row
    n_wanted : how many rows there were, as the cover says, or as many as there are where it cannot be believed
    """
    seen: set[int] = set()
    for at, (number, *cells, seal) in rows:
        n = int(number) if number.isascii() and number.isdigit() else 0
        if not any(_same(seal, part.seal(cover, n, cells, key)) for cover in covers):
            yield Altered(sheet=part.sheet, row=at, what=CHANGED)
        elif n in seen:
            yield Altered(sheet=part.sheet, row=at, what=TWICE)
        seen.add(n)
    for n in sorted(set(range(1, 1 + n_wanted)) - seen):
        yield Altered(sheet=part.sheet, row=0, what=part.gone.format(number=n))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _texts(sheet: Sheet | None, width: int) -> Iterator[_Row]:
    """Rows of a sheet as the text they show, each at least so many cells wide; more only where something stands."""
    for at, row in () if sheet is None else sheet.rows():
        texts = [plain_text(cell) for cell in row]
        while len(texts) > width and not texts[-1]:
            texts.pop()
        yield at, (*texts, *("" for _ in range(width - len(texts))))
