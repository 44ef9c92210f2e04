"""A dirty Monday's files: a roster of invented people with faults counted beforehand, and a notice in broken letters.

Every fault stands in a row of its own, so that the rows at fault are counted exactly. A repairable one says one thing
only; of the others nobody could know what was meant.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter

from matcher.demo import clean_records, county_spec
from matcher.demo.people_forms import ledger_form, people
from matcher.demo.tables import Content, Table
from matcher.records.id_numbers import check_digit

JURISDICTION: Final = "liujiang_2018"
N_COLUMNS: Final = 25
LEAST_ROWS: Final = 400
ELSEWHERE: Final = "450222"
"""Numbers issued in the neighbouring county: none of them is in the demonstration."""

Cell = str


def wide(text: str) -> str:
    """Letters and digits in full width."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


FAULTS: Final[Mapping[str, tuple[str, int, Callable[[Cell], Cell]]]] = {
    "number in full width": ("身份证号*", 31, wide),
    "number with spaces": ("身份证号*", 20, lambda text: f" {text[:6]} {text[6:14]}　{text[14:]}"),
    "phone in full width": ("电话*", 20, wide),
    "name in broken letters": ("姓名*", 30, lambda text: text.encode("gb18030").decode("latin-1")),
    "name padded": ("姓名*", 30, lambda text: f"　{text[0]} {text[1:]} "),
    "wrong check digit": ("身份证号*", 20, lambda text: text[:-1] + ("1" if text[-1] != "1" else "2")),
    "masked number": ("身份证号*", 12, lambda text: f"{text[:10]}****{text[14:]}"),
    "number cut by a spreadsheet": ("身份证号*", 10, lambda text: f"{text[0]}.{text[1:6]}E+17"),
    "unknown place": ("家庭住址", 15, lambda _: "桃花源县武陵镇无名村"),
}
"""What is wrong -> column, rows, and what becomes of the cell."""
REPAIRED: Final = ("number in full width", "number with spaces", "phone in full width", "name in broken letters",
                   "name padded")  # fmt: skip


@dataclass(frozen=True)
class Roster:
    """A roster with its faults, and what is right of each.

    cells : rows as they are sent
    clean : the same rows before anything went wrong
    faulty : 0-based row -> what is wrong with it
    """

    headers: list[str]
    cells: list[list[str]]
    clean: list[list[str]]
    faulty: dict[int, str]

    def rows_with(self, *, repaired: bool) -> list[int]:
        return [ix for ix, fault in self.faulty.items() if (fault in REPAIRED) is repaired]


def roster(n_rows: int, seed: int = 188) -> Roster:
    """n_rows people as the poverty office writes them, 188 of them wrongly; at least 400 rows."""
    spec, county = county_spec(JURISDICTION), clean_records(JURISDICTION, seed, n_rows)
    table = ledger_form(spec, people(county, spec.counties[0]))
    keep = [ix for ix, column in enumerate(table.columns) if column.content is not Content.KEY][:N_COLUMNS]
    headers = [table.columns[ix].header for ix in keep]
    numbers = [at for at, ix in enumerate(keep) if table.columns[ix].content is Content.ID_NUMBER]
    clean = _texts(table, keep, n_rows)
    for row in clean:
        for at in numbers:
            row[at] = _elsewhere(row[at])
    cells, faulty = [list(row) for row in clean], {}
    wanted = [name for name, (_, n, _) in FAULTS.items() for _ in range(n)]
    step = n_rows // len(wanted)
    for nth, name in enumerate(wanted):
        column, _, spoil = FAULTS[name]
        at = headers.index(column)
        ix = next(ix for ix in range(nth * step + 1, n_rows) if cells[ix][at] and ix not in faulty)
        cells[ix][at] = spoil(cells[ix][at])
        faulty[ix] = name
    return Roster(headers, cells, clean, faulty)


def _texts(table: Table, keep: Sequence[int], n_rows: int) -> list[list[str]]:
    return [["" if row[ix] is None else str(row[ix]) for ix in keep] for row in table.rows[:n_rows]]


def _elsewhere(number: str) -> str:
    body = ELSEWHERE + number[6:17]
    return body + check_digit(body) if number else ""


def workbook(headers: Sequence[str], rows: Sequence[Sequence[str]], sheet: str = "家庭成员") -> bytes:
    """An xlsx of texts."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": True})
    page = book.add_worksheet(sheet)
    for at, row in enumerate([headers, *rows]):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


def broken_letters(n_rows: int, n_beyond: int) -> tuple[list[str], list[list[str]]]:
    """Headers and n_rows people whose trade is GBK read as Latin-1; the first n_beyond lost a byte an editor drops."""
    made = roster(max(2 * n_rows, LEAST_ROWS))
    rows = [list(row) for row in made.clean if all(row[:4])][:n_rows]
    for nth, row in enumerate(rows):
        words = "巩固经济成果质量" if nth < n_beyond else "就业帮扶车间针车工"
        broken = words.encode("gb18030").decode("latin-1")
        row[made.headers.index("工种")] = broken.replace("\xad", "") if nth < n_beyond else broken
    return made.headers, rows
