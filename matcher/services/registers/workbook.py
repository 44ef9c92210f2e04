"""Registers as a workbook: a sheet of figures, then a sheet of names behind each; the same bytes of the same state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from matcher.ports import DeedStore, RosterStore
from matcher.records.access import Role
from matcher.services.registers.boards import BOARDS, Board, Names, behind, board_page, known_words, rows_of
from matcher.services.registers.household_page import LISTS as HOME_LISTS
from matcher.services.registers.household_page import (
    MISSING,
    OPEN,
    SKILL_OPEN,
    SKILL_SHORT,
    Homes,
    able_words,
    home_rows,
    household_figures,
    households_page,
)
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.village_page import LISTS as VILLAGE_LISTS
from matcher.services.registers.village_page import villages_page
from matcher.services.registers.words import UNSTATED

Cells = Sequence[str | int | float]
SUMMARY: Final = "汇总"
LONGEST_TAB: Final = 31
PERSON: Final = (
    "姓名", "身份证", "电话", "村", "户编号", "出生日期", "劳动能力", "搬迁", "外出意愿", "就业", "单位", "开始",
    "佐证", "不清楚的", "要核实的",
)  # fmt: skip
NAMED: Final = {
    "registers": ("registered_poor_rural_labour", "relocated_poor_rural_labour", "review"),
    "two-lists": ("employed_list", "wish_list", "unproved"),
}
"""Figures of a board whose names have a sheet of their own."""
VILLAGES, HOUSEHOLDS = "villages", "households"
BOOKS: Final = (*NAMED, VILLAGES, HOUSEHOLDS)


def register_file(store: RosterStore, book: Ledger, deeds: DeedStore, name: str, place: str, role: Role) -> bytes:
    """The workbook of a board, of the villages or of the households (`BOOKS`), of one place if asked."""
    if name == VILLAGES:
        return _file(book, _village_sheets(book, deeds, place))
    if name == HOUSEHOLDS:
        return _file(book, _household_sheets(store, book, place, role))
    return _file(book, _board_sheets(store, book, BOARDS[name], place, role))


def people_in(book: Ledger, name: str, place: str) -> list[str]:
    """Ids of everybody the workbook names, for the audit."""
    if name == VILLAGES:
        return []
    if name == HOUSEHOLDS:
        told = (home for found in household_figures(book).values() for home in found if home.place.startswith(place))
        return sorted({one.worker_id for home in told for one in home.members})
    board = BOARDS[name]
    return sorted({one for figure in NAMED[name] for one in behind(book, board, Names(figure=figure, place=place))})


def _board_sheets(
    store: RosterStore, book: Ledger, board: Board, place: str, role: Role
) -> Iterable[tuple[str, Cells, Iterable[Cells]]]:
    page = board_page(book, board)
    header = ("乡镇", "村", *(figure["title"] for figure in page["figures"]))
    names = [figure["name"] for figure in page["figures"]]
    rows = [
        [town["name"], village["name"], *(village["n"][name] for name in names)]
        for town in page["towns"]
        for village in town["villages"]
        if village["code"].startswith(place)
    ]
    yield SUMMARY, header, [*rows, _total(rows, 2)]
    for figure in NAMED[board.name]:
        ids = behind(book, board, Names(figure=figure, place=place))
        yield board.figures[figure].title, PERSON, [_person(row) for row in rows_of(store, book, ids, role)]


def _village_sheets(book: Ledger, deeds: DeedStore, place: str) -> Iterable[tuple[str, Cells, Iterable[Cells]]]:
    page = villages_page(book, deeds)
    header = (
        "村", "对比年人数", "怎么来的", "差几人", "适合的岗", *(title for title, _ in VILLAGE_LISTS.values()),
        "调度", "交给", "说明",
    )  # fmt: skip
    for name, year, told in (
        ("", page["base_year"], page["villages"]),
        ("乡镇", page["town_base_year"], page["towns"]),
    ):
        rows = [_village(row) for row in told if row["code"].startswith(place)]
        yield f"{name}{page['year']}年比{year}年", (name or "村", *header[1:]), rows


def _village(row: dict[str, Any]) -> Cells:
    base = row["then"]
    known = base["n"] is not None
    return [
        row["name"], base["n"] if known else UNSTATED, f"{base['label']} {base['source']}".strip(),
        row["short"] if known else "比不了", row["n_posts"], *(row["n"][name] for name in VILLAGE_LISTS),
        row["since"], row["broker"], row["note"],
    ]  # fmt: skip


def _household_sheets(
    store: RosterStore, book: Ledger, place: str, role: Role
) -> Iterable[tuple[str, Cells, Iterable[Cells]]]:
    page = households_page(store, book, Homes(most=0), role)
    names = [figure["name"] for figure in page["figures"]]
    rows = [
        [town["name"], village["name"], *(village["n"][name] for name in names)]
        for town in page["towns"]
        for village in town["villages"]
        if village["code"].startswith(place)
    ]
    yield SUMMARY, ("乡镇", "村", *(figure["title"] for figure in page["figures"])), [*rows, _total(rows, 2)]
    header = ("户编号", "村", "劳动力", "在岗", "下一步", "和谁", "问什么", "合适的岗", "户里的人")
    figures = household_figures(book)
    for figure in (one for one in (MISSING, OPEN, SKILL_SHORT, SKILL_OPEN) if one in figures):
        found = [home for home in figures[figure] if home.place.startswith(place)]
        yield HOME_LISTS[figure][0], header, [_home(row) for row in home_rows(store, book, found, role, figure)]


def _home(row: dict[str, Any]) -> Cells:
    step = row["step"] or {"label": "", "worker_id": "", "asks": "", "n_posts": 0}
    names = {member["worker_id"]: member["person"]["name"] or UNSTATED for member in row["members"]}
    return [
        row["household_id"], row["place"], able_words(row["able"]), able_words(row["employed"]), step["label"],
        names.get(step["worker_id"], ""), step["asks"], step["n_posts"] or "", "、".join(names.values()),
    ]  # fmt: skip


def _person(row: dict[str, Any]) -> Cells:
    person = row["person"]
    return [
        person["name"] or UNSTATED, person["id_tail"], person["phone"], row["village"], row["household_id"],
        row["birth_date"] or UNSTATED, row["ability"], row["relocated"], row["wish"], row["state"], row["employer"],
        row["since"], "、".join(row["evidence"]), "、".join(one["label"] for one in row["unclear"]),
        "、".join(row["review"]),
    ]  # fmt: skip


def _total(rows: Sequence[Cells], n_words: int) -> Cells:
    """The line under a table: sums of what stands above it."""
    if not rows:
        return ["合计"]
    sums = [sum(int(row[at]) for row in rows) for at in range(n_words, len(rows[0]))]
    return ["合计", *[""] * (n_words - 1), *sums]


def _file(book: Ledger, sheets: Iterable[tuple[str, Cells, Iterable[Cells]]]) -> bytes:
    """The sheets as a workbook. Its date is the day it tells of, so that the same state gives the same bytes."""
    stream = BytesIO()
    file = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    file.set_properties({"created": datetime.combine(book.asked.on, time())})
    bold = file.add_format({"bold": True, "text_wrap": True, "border": 1})
    plain = file.add_format({"text_wrap": True, "border": 1})
    caption = f"{book.asked.on.isoformat()}　{known_words(book)}　{book.bound.asked.name}"
    for name, header, rows in sheets:
        sheet = file.add_worksheet(name[:LONGEST_TAB])
        sheet.write_string(0, 0, f"{name}　{caption}")
        sheet.write_row(1, 0, header, bold)
        for nr, row in enumerate(rows, start=2):
            sheet.write_row(nr, 0, row, plain)
        sheet.freeze_panes(2, 0)
        sheet.set_column(0, len(header) - 1, 14)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0, 1)
        sheet.fit_to_pages(1, 0)
    file.close()
    return stream.getvalue()
