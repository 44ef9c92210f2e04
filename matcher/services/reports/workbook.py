"""A report as a workbook: figures by town, by village, and the people behind them by id; the same bytes each time.

Nobody is named in it: it is kept for good, and somebody who is erased must not stay readable in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Final

import xlsxwriter

from matcher.office.reports.forms import Figure, Form, Forms, Period
from matcher.office.reports.table import Table, printable, printable_sum
from matcher.records import TOWNSHIP_DIGITS
from matcher.services.registers.words import place_name, town_name

VILLAGE_DIGITS: Final = 12
HIDDEN: Final = "*"
Cells = Sequence[str | int]
Heading = tuple[Form, Period, str]
_WIDTH: Final = 14


def workbook(table: Table, heading: Heading, forms: Forms, *, public: bool = False) -> bytes:
    """The workbook of a table; `public` shows public figures alone, small cells as `*`, and lists nobody."""
    form, period, said = heading
    figures = [figure for figure in forms.figures(form.kind) if figure.public or not public]
    smallest = forms.smallest_public if public else 0
    stream = BytesIO()
    file = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    file.set_properties({"created": datetime.combine(period.last, time())})
    bold, plain = file.add_format({"bold": True, "text_wrap": True}), file.add_format()
    caption = f"{form.title}　{period.name}　{period.first} 至 {period.last}　{said}"
    titles = [figure.title for figure in figures]
    sheets: list[tuple[str, Cells, Iterable[Cells]]] = [
        ("乡镇", ("乡镇", *titles), count_rows(table, figures, TOWNSHIP_DIGITS, smallest)),
        ("说明", ("数", "怎么算"), _readings(figures, smallest)),
    ]
    if not public:
        sheets[1:1] = [
            ("村", ("村", *titles), count_rows(table, figures, VILLAGE_DIGITS, smallest)),
            ("每个数里的人", ("人员编号", "村", *titles), _people(table, figures)),
        ]
    for name, header, rows in sheets:
        sheet = file.add_worksheet(name)
        sheet.write_string(0, 0, caption)
        sheet.write_row(1, 0, header, bold)
        for at, row in enumerate(rows, start=2):
            sheet.write_row(at, 0, row, plain)
        sheet.freeze_panes(2, 1)
        sheet.set_column(0, len(header) - 1, _WIDTH)
        sheet.set_landscape()
        sheet.repeat_rows(0, 1)
        sheet.fit_to_pages(1, 0)
    file.close()
    return stream.getvalue()


def count_rows(table: Table, figures: Sequence[Figure], digits: int, smallest: int = 0) -> list[Cells]:
    """A row a place and one of sums. smallest : cells below it are `*`, with those that would tell them; 0 = none."""
    places = table.places(digits)
    columns = [{code: table.n(figure.id, code) for code in places} for figure in figures]
    told = [printable(column, smallest) for column in columns]
    name = town_name if digits == TOWNSHIP_DIGITS else place_name
    rows: list[Cells] = [[name(code), *(_said(column[code]) for column in told)] for code in places]
    return [*rows, ["合计", *(_said(printable_sum(column, smallest)) for column in columns)]]


def _said(n: int | None) -> str | int:
    return HIDDEN if n is None else n


def _people(table: Table, figures: Sequence[Figure]) -> Iterator[Cells]:
    """A row a person: 1 under each figure the person stands behind, so that every column adds up to its figure."""
    marks: dict[str, tuple[str, set[int]]] = {}
    for at, figure in enumerate(figures):
        for code, ids in table.cells[figure.id].items():
            for worker_id in ids:
                marks.setdefault(worker_id, (code, set()))[1].add(at)
    for worker_id in sorted(marks):
        code, under = marks[worker_id]
        yield [worker_id, place_name(code), *(1 if at in under else "" for at in range(len(figures)))]


def _readings(figures: Sequence[Figure], smallest: int) -> Iterator[Cells]:
    yield from ([figure.title, figure.reading] for figure in figures)
    if smallest:
        yield [HIDDEN, f"不到{smallest}人的格不写；照合计能推出来的，旁边的一格也不写。"]
