"""O1, the dirty Monday: a notice's broken letters and a roster with counted faults; mended, written, taken back."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import openpyxl
from playwright.sync_api import Page

from tests.browser.dirty_monday import REPAIRED, Roster, broken_letters, roster, workbook
from tests.browser.office_day import Count
from tests.browser.walk_rig import County, Walk, asked, wait_for

MOST_S: Final = 600.0
VALIDATED_S, IMPORT_S = 30.0, 60.0
MOST_CLICKS: Final = {"preview": 3, "import": 1}
N_LINES, N_BEYOND = 106, 4
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(page: Page, body: bytes, name: str, count: Count) -> float:
    """Kind, file, button: seconds until every row is told."""
    page.goto("/office/imports")
    page.select_option("#kind", "workers")
    page.set_input_files("#file", {"name": name, "mimeType": XLSX, "buffer": body})
    count.clicks += 2
    began = time.perf_counter()
    count.click(page, "form.stack button.main")
    told(page)
    return time.perf_counter() - began


def told(page: Page) -> Any:
    """What an import says once it is through."""
    wait_for(lambda: not asked(page, page.url)["told"]["waiting"], MOST_S)
    page.locator("ul.figures").first.wait_for()
    return asked(page, page.url)["told"]


def every_cell(page: Page, part: str) -> list[dict[str, Any]]:
    """All cells of a part of an import, page by page."""
    rows: list[dict[str, Any]] = []
    while True:
        found = asked(page, f"{page.url}?{part}={len(rows)}")["told"][part]
        rows += found["rows"]
        if not found["next"]:
            return rows


def counted(summary: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return summary["fine"], summary["repaired"], summary["rejected"], summary["lost"]


def monday(page: Page, county: County, walk: Walk, n_rows: int) -> None:
    """All of O1, and what it shows of O-a, O-b and O-c."""
    sent = roster(n_rows)
    before = county.export("workers")
    count = Count()
    seconds = send(page, workbook(sent.headers, sent.cells), "乡村振兴局周报.xlsx", count)
    summary = told(page)
    n_repaired, n_wrong = len(sent.rows_with(repaired=True)), len(sent.rows_with(repaired=False))
    exact = counted(summary) == (n_rows - n_repaired - n_wrong, n_repaired, n_wrong, 0)
    walk.note("O-a", f"{n_rows} rows x {len(sent.headers)} previewed, every row checked", clicks=count.clicks,
              seconds=seconds, met=exact and seconds <= VALIDATED_S and count.clicks <= MOST_CLICKS["preview"],
              told=f"ok, repaired, sent back, lost: {counted(summary)}")  # fmt: skip
    _cells(page, sent, walk)
    rejects = page.request.get(f"{page.url}/rejects.xlsx").body()
    written = Count()
    began = time.perf_counter()
    written.click(page, ".title form button.main")
    done = told(page)
    seconds, first = time.perf_counter() - began, page.url
    there = county.export("workers").count(b"\n") - before.count(b"\n")
    walk.note("O1", "written as previewed", clicks=written.clicks, seconds=seconds,
              met=seconds <= IMPORT_S and there == done["rows"] - done["rejected"] and written.clicks == 1)  # fmt: skip
    second = _mended(page, sent, rejects, walk)
    _undone(page, county, (second, first), before, walk)


def _cells(page: Page, sent: Roster, walk: Walk) -> None:
    """Every fault is told in the row of the sender's own file; what was repaired stands before and after."""
    wrong, mended = every_cell(page, "errors"), every_cell(page, "repairs")
    rows = {ix + 2: fault for ix, fault in sent.faulty.items()}
    expected = [[row for row, fault in rows.items() if (fault in REPAIRED) is kind] for kind in (False, True)]
    in_place = [sorted({cell["row"] for cell in cells}) for cells in (wrong, mended)] == [sorted(e) for e in expected]
    before_after = all(cell["found"] and cell["expected"] and cell["found"] != cell["expected"] for cell in mended)
    n_told = len({cell["row"] for cell in (*wrong, *mended)} & set(rows))
    walk.note("O-b", "seeded faults told in the sender's rows, nothing else touched, before beside after",
              met=in_place and before_after, told=f"{n_told} of {len(rows)} detected, none silently")  # fmt: skip


def _mended(page: Page, sent: Roster, rejects: bytes, walk: Walk) -> str:
    """The workbook of wrong rows, corrected where it says so, comes in without a fault: address of that import."""
    sheet = openpyxl.load_workbook(io.BytesIO(rejects)).worksheets[0]
    rows = [[("" if cell is None else str(cell)) for cell in row] for row in sheet.iter_rows(values_only=True)]
    at = _row_column(rows)
    fixed = [_right(row, sent, int(row[at])) for row in rows[1:]]
    count = Count()
    seconds = send(page, workbook(rows[0], fixed), "退回的行，改好了.xlsx", count)
    summary = told(page)
    count.click(page, ".title form button.main")
    done = told(page)
    walk.note("O1", "the wrong rows, corrected, come in clean", clicks=count.clicks, seconds=seconds,
              met=summary["rejected"] == 0 == done["rejected"] and done["rows"] == len(fixed),
              told=f"{done['rows']} rows, {done['rejected']} sent back")  # fmt: skip
    return page.url


def _row_column(rows: Sequence[Sequence[str]]) -> int:
    """The column that tells the row of the file that was sent: the last."""
    return len(rows[0]) - 1


def _right(row: list[str], sent: Roster, number: int) -> list[str]:
    clean = sent.clean[number - 2]
    return [*clean, *row[len(clean) :]]


def _undone(page: Page, county: County, addresses: Sequence[str], before: bytes, walk: Walk) -> None:
    count, began = Count(), time.perf_counter()
    for address in addresses:
        page.goto(address)
        page.locator("details summary", has_text="撤销这一批").click()
        page.check("input[name=sure]")
        count.clicks += 2
        count.click(page, "details form button[type=submit]")
    seconds = time.perf_counter() - began
    walk.note("O1", "both imports taken back: the export has the same bytes as before", clicks=count.clicks,
              seconds=seconds, met=county.export("workers") == before)  # fmt: skip


def letters(page: Page, walk: Walk) -> None:
    """O-c: lines of broken letters as the fourth document arrived, four of which lost a byte for good."""
    lines = broken_letters(N_LINES, N_BEYOND)
    send(page, workbook(*lines), "乱码.xlsx", Count())
    summary = told(page)
    fixed = {cell["row"] for cell in every_cell(page, "repairs")}
    lost = {cell["row"] for part in ("errors", "warnings") for cell in every_cell(page, part)} - fixed
    walk.note("O-c", "broken letters repaired, and what is beyond repair told",
              met=(len(fixed), len(lost)) == (N_LINES - N_BEYOND, N_BEYOND) and summary["rows"] == N_LINES,
              told=f"{len(fixed)} repaired, {len(lost)} told as lost")  # fmt: skip
