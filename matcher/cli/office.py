"""`matcher office`: registers of a day, the two lists, villages against the base year, households without work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from matcher.bootstrap import Application
from matcher.cli.lists import jurisdiction_option
from matcher.cli.looks import looked
from matcher.cli.options import application_options, format_option, on_option, today_if_none
from matcher.cli.output import note, write_rows
from matcher.errors import UsageError
from matcher.records.access import Role
from matcher.services.registers.boards import (
    DATABASE_BOARD,
    LIST_BOARD,
    Board,
    Names,
    behind,
    board_page,
    known_words,
    rows_of,
)
from matcher.services.registers.household_page import LISTS, MISSING, home_rows, household_figures
from matcher.services.registers.ledger import Asked, Ledger, ledger
from matcher.services.registers.village_page import villages_page
from matcher.services.registers.workbook import HOUSEHOLDS, VILLAGES, people_in, register_file

F = TypeVar("F", bound=Callable[..., Any])


def _state_options(command: F) -> F:
    """Which state: the day, the data version it was known at, the county; and where a workbook goes."""
    for option in (
        click.option("--revision", type=click.IntRange(min=0), default=0, help="Data version; default: the newest."),
        click.option("--deeds-until", type=click.IntRange(min=0), help="Last deed that counts; default: the newest."),
        click.option("--county-figures", type=click.IntRange(min=0), help="How many figures of the county count."),
        click.option("--place", default="", help="Leading digits of a region code; default: everywhere."),
        click.option("--out", type=click.Path(path_type=Path), default=None, help="Write a workbook (xlsx) instead."),
        jurisdiction_option,
        on_option,
        format_option,
        application_options,
    ):
        command = option(command)
    return command


@click.group("office")
def office_group() -> None:
    """What the county office keeps: registers, the two lists, villages against the base year, households.

    Example: matcher office two-lists --on 2018-06-01 --format table
    """


@office_group.command("registers")
@click.option("--names", default="", help="The names behind a figure, such as registered_poor_rural_labour or unclear.")
@_state_options
def registers_command(app: Application, *, names: str, output_format: str, **asked: Any) -> None:
    """Real-name databases and the four that must be clear, by village; the names behind a figure.

    Example: matcher office registers --on 2018-06-01 --format table
    """
    _board(app, DATABASE_BOARD, names, output_format, **asked)


@office_group.command("two-lists")
@click.option("--names", default="", help="The names behind a figure: employed_list, wish_list, unproved.")
@_state_options
def two_lists_command(app: Application, *, names: str, output_format: str, **asked: Any) -> None:
    """In work by evidence, and willing but not out, by village; the names behind a figure.

    Example: matcher office two-lists --names wish_list --format csv
    """
    _board(app, LIST_BOARD, names, output_format, **asked)


@office_group.command("villages")
@click.option("--towns", is_flag=True, help="Towns in place of villages, against the base year of towns.")
@_state_options
def villages_command(
    app: Application, *, towns: bool, output_format: str, place: str, out: Path | None, **asked: Any
) -> None:
    """Villages against the base year: how many are missing, who is willing, how many posts suit, who has it.

    Example: matcher office villages --on 2018-06-01 --format table
    """
    book = _ledger(app, **asked)
    if out is not None:
        _write(app, book, VILLAGES, place, out)
        return
    page = villages_page(book, app.deeds)
    if not page["base_is_set"]:
        note(f"文件遮住了和哪一年比，先按{page['base_year']}年比。")
    for one in page["needed"]:
        note(f"等县里填：{one['name']}（matcher policy figure set {one['pack_id']} {one['parameter_id']}）")
    if page["n_unknown"]:
        note(f"{page['n_unknown']}个村没有对比年的人数，比不了：导入全国系统的名单，或者在村的那一页填。")
    rows = [row for row in page["towns" if towns else "villages"] if row["code"].startswith(place)]
    write_rows(map(_flat, rows), output_format)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A village or town in one line; base : names of the base year, base_count : the number compared with."""
    told = {name: value for name, value in row.items() if name not in ("n", "then")}
    return {**told, "base_count": row["then"]["n"], "base_basis": row["then"]["basis"], **row["n"]}


@office_group.command("households")
@click.option("--list", "figure", default=MISSING, show_default=True, help=f"One of: {', '.join(LISTS)}.")
@_state_options
def households_command(
    app: Application, *, figure: str, output_format: str, place: str, out: Path | None, **asked: Any
) -> None:
    """Able registered households: those without anybody in work, each with its best next step.

    Example: matcher office households --list missing --format table
    """
    book = _ledger(app, **asked)
    if out is not None:
        _write(app, book, HOUSEHOLDS, place, out)
        return
    figures = household_figures(book)
    if figure not in figures:
        raise UsageError(f"no list {figure!r}", where="--list", remedy=f"Use one of: {', '.join(figures)}.")
    note("，".join(f"{LISTS[name][0]}{len(found)}" for name, found in figures.items()))
    found = [home for home in figures[figure] if home.place.startswith(place)]
    rows = home_rows(app.store, book, found, Role.AUDITOR, figure)
    write_rows(({**row, "members": [one["worker_id"] for one in row["members"]]} for row in rows), output_format)


def _board(
    app: Application, board: Board, names: str, output_format: str, *, place: str, out: Path | None, **asked: Any
) -> None:
    book = _ledger(app, identities=True, **asked)
    if out is not None:
        _write(app, book, board.name, place, out)
        return
    page = board_page(book, board)
    for one in page["sources"]:
        note(f"{one['title']}：{one['document']} {one['clause']}。{one['care']}")
    if names:
        ids = behind(book, board, Names(figure=names, place=place))
        looked("registers", app, ids, {"list": names, "place": place})
        write_rows(rows_of(app.store, book, ids, Role.AUDITOR), output_format)
        return
    write_rows(_village_rows(page, place), output_format)


def _village_rows(page: dict[str, Any], place: str) -> Iterator[dict[str, Any]]:
    for town in page["towns"]:
        for village in town["villages"]:
            if village["code"].startswith(place):
                yield {"town": town["name"], "code": village["code"], "village": village["name"], **village["n"]}


def _ledger(
    app: Application,
    *,
    on: date | None,
    revision: int,
    deeds_until: int | None,
    county_figures: int | None,
    jurisdiction: str | None,
    identities: bool = False,
) -> Ledger:
    until = app.deeds.last_number() if deeds_until is None else deeds_until
    asked = Asked(
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        revision=revision,
        deeds_until=until,
        n_figures=county_figures,
    ).known_by(app.deeds)
    book = ledger(app.store, app.means, asked, identities=identities)
    note(f"{asked.on}这一天，{known_words(book)}")
    return book


def _write(app: Application, book: Ledger, name: str, place: str, out: Path) -> None:
    """The workbook with whole names, as an officer reads them: whoever has the machine's database has them anyway."""
    looked("register_book", app, people_in(book, name, place), {"book": name, "place": place})
    out.write_bytes(register_file(app.store, book, app.deeds, name, place, Role.OFFICER))
    note(f"写好了 {out}")


COMMANDS = (office_group,)
