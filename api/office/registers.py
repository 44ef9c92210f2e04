"""The registers: databases with the four that must be clear, two lists, villages against last year, households."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.auth.roles import require_role
from api.county_time import moment
from api.office.room import DOERS, READERS, ROOM, day_asked, may_do, number
from api.pages import Data, deed, page
from api.state import access, deeds, jurisdiction, means, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.services.registers.assign import Act, assign_village, close_village, release_village, told_brokers
from matcher.services.registers.boards import DATABASE_BOARD, LIST_BOARD, Board, Names, board_page, names_page
from matcher.services.registers.household_page import MISSING, Homes, households_page
from matcher.services.registers.household_page import people_of as people_of_homes
from matcher.services.registers.ledger import Asked, Ledger, ledger
from matcher.services.registers.state_base import SayBase, state_base, state_nobody
from matcher.services.registers.village_page import people_of, village_page, villages_page
from matcher.services.registers.workbook import BOOKS, people_in, register_file

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST: Final = 60
STATE: Final = ("on", "revision", "deeds", "county_figures")
"""What a frozen address says: the day, the data version, the last deed and how many figures of the county count."""
PLACE: Final = re.compile(r"\d{0,12}x?", re.ASCII)
"""A beginning of a region code; with x the people whose home is known no further."""


@page(ROOM, "/office/registers", "office/registers.html", roles=READERS)
def registers() -> Data:
    """The databases and what is clear of each person; the names behind a figure."""
    return _board(DATABASE_BOARD)


@page(ROOM, "/office/two-lists", "office/registers.html", roles=READERS)
def two_lists() -> Data:
    """In work, and willing but not out, by town and village; the names behind a figure."""
    return _board(LIST_BOARD)


@page(ROOM, "/office/villages", "office/villages.html", roles=READERS)
def villages() -> Data:
    """The worklist of the villages against the base year."""
    return {**villages_page(_ledger(), deeds()), **_address(), "may_do": may_do() and not _is_frozen()}


@page(ROOM, "/office/villages/<village>", "office/village.html", roles=READERS)
def village(village: str) -> Data:
    """One village: whom to ask, who is willing, which posts suit, who has it."""
    figure, worker = (request.args.get(name, "")[:LONGEST] for name in ("list", "worker"))
    asked = Names(figure=figure, place=village, worker=worker, skip=number("skip", 0))
    told = village_page(store(), _ledger(), deeds(), village, viewer().role, asked=asked)
    looked("registers", [*people_of(told), *([worker] if worker else [])], {"village": village, "list": figure})
    doing = may_do() and not _is_frozen()
    return {**told, **_address(), "brokers": told_brokers(access(), village) if doing else [], "may_do": doing}


@deed(ROOM, "/office/villages/<village>/assign", roles=DOERS)
def assign_one(village: str) -> Response:
    """Give a village to a broker."""
    call = _act(village, broker=request.form.get("broker", "")[:LONGEST], note=request.form.get("note", ""))
    assign_village(_today(), deeds(), access(), call)
    looked("village_assigned", [village], {"broker": call.broker})
    return _to(village)


@deed(ROOM, "/office/villages/<village>/release", roles=DOERS)
def release_one(village: str) -> Response:
    """Take a village back from its broker."""
    release_village(_today(), deeds(), _act(village))
    looked("village_released", [village])
    return _to(village)


@deed(ROOM, "/office/villages/<village>/close", roles=DOERS)
def close_one(village: str) -> Response:
    """End the scheduling of a village that has recovered."""
    close_village(_today(), deeds(), _act(village))
    looked("village_closed", [village])
    return _to(village)


@deed(ROOM, "/office/villages/<village>/base", roles=DOERS)
def state_base_year(village: str) -> Response:
    """State how many people of a place the base year had, or take that back."""
    state_base(_today(), deeds(), _base(village))
    looked("village_base", [village])
    return _to(village)


@deed(ROOM, "/office/villages/base", roles=DOERS)
def state_nobody_else() -> Response:
    """State that villages without a number had nobody in the base year."""
    n = state_nobody(_today(), deeds(), _base(""))
    looked("village_base", [], {"villages": str(n)})
    return make_response(redirect(url_for("office.villages"), HTTPStatus.SEE_OTHER))


@page(ROOM, "/office/households", "office/households.html", roles=READERS)
def households() -> Data:
    """Households that have nobody in work, each with its next step; the other figures of the goal."""
    asked = Homes(figure=request.args.get("list", MISSING)[:LONGEST], place=_place(), skip=number("skip", 0))
    told = households_page(store(), _ledger(), asked, viewer().role)
    looked("registers", people_of_homes(told), {"list": asked.figure, "place": asked.place})
    return {**told, **_address()}


@ROOM.get("/office/registers/<book>.xlsx")
def register_book(book: str) -> Response:
    """A register as a workbook, names as the role reads them."""
    require_role(READERS)
    if book not in BOOKS:
        raise NotFound("没有这种名册", remedy="请从名册页下载。")
    told, place = _ledger(identities=True), _place()
    body = register_file(store(), told, deeds(), book, place, viewer().role)
    looked("register_book", people_in(told, book, place), {"book": book, "place": place})
    response = make_response(body)
    response.content_type = XLSX
    name = f"{book}-{told.asked.on.isoformat()}-r{told.asked.revision}-{told.asked.deeds_until}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _board(board: Board) -> Data:
    book = _ledger(identities=True)
    figure = request.args.get("list", "")[:LONGEST]
    if not figure:
        return {**board_page(book, board), **_address(), "figure": ""}
    asked = Names(figure=figure, place=_place(), skip=number("skip", 0))
    told = names_page(store(), book, board, asked, viewer().role)
    looked("registers", [row["worker_id"] for row in told["rows"]], {"list": figure, "place": asked.place})
    return {**told, **_address()}


def _ledger(*, identities: bool = False) -> Ledger:
    until = number("deeds", deeds().last_number())
    asked = Asked(
        on=day_asked(),
        jurisdiction=jurisdiction(),
        revision=number("revision", 0),
        deeds_until=until,
        n_figures=number("county_figures", 0) if "county_figures" in request.args else None,
    ).known_by(deeds())
    return ledger(store(), means(), asked, identities=identities)


def _today() -> Ledger:
    """The registers a deed is judged by: those of the day, whatever the address says."""
    return ledger(store(), means(), Asked(on=today(), jurisdiction=jurisdiction()).known_by(deeds()))


def _address() -> dict[str, Any]:
    """What links of the page carry on of what the reader asked for, and whether that leaves nothing to change."""
    return {
        "kept": {name: request.args[name] for name in STATE if request.args.get(name)},
        "is_frozen": _is_frozen(),
    }


def _is_frozen() -> bool:
    """Whether the address says all that a page follows from; what it says less of follows what is known now.

    Data version 0 is that of now, and deeds or figures beyond the last are still to come: neither holds anything.
    """
    if not all(request.args.get(name) for name in STATE):
        return False
    held = number("deeds", 0) <= deeds().last_number() and number("county_figures", 0) <= len(store().county_figures())
    return held and number("revision", 0) > 0


def _place() -> str:
    """The place of the address. Raises InvalidInput for what is no beginning of a region code."""
    text = request.args.get("place", "")
    if PLACE.fullmatch(text) is None:
        raise InvalidInput("地址里的地方不对", where="place", remedy="请从表里点进来。")
    return text


def _act(village: str, **more: str) -> Act:
    return Act(village=village, actor=viewer().actor, at=moment(), **more)


def _base(place: str) -> SayBase:
    n, source = (request.form.get(name, "") for name in ("n", "source"))
    return SayBase(place=place, n=n, source=source, actor=viewer().actor, at=moment())


def _to(village: str) -> Response:
    return make_response(redirect(url_for("office.village", village=village), HTTPStatus.SEE_OTHER))
