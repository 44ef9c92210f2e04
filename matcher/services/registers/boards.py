"""The databases and the two lists as boards: figures by town and village, and behind each figure its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from matcher.errors import NotFound
from matcher.office.registers.figures import (
    CLEAR,
    REGISTERS,
    TWO_LISTS,
    UNCLEAR,
    Named,
    Place,
    by_town,
    counted,
    together,
)
from matcher.office.registers.rules import rule_ids
from matcher.office.registers.standing import COARSE
from matcher.ports import RosterStore
from matcher.records import TOWNSHIP_DIGITS
from matcher.records.access import Role
from matcher.services.ground.named_people import named
from matcher.services.registers.ledger import Ledger
from matcher.services.registers.words import person_row, place_name, source_words, town_name

N_NAMES: Final = 50


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A board: its title, its figures, the rules they rest on (fields of `RuleIds`), and the figure it opens with."""

    name: str
    title: str
    figures: Mapping[str, Named]
    rules: tuple[str, ...]
    leads: tuple[str, ...]


DATABASE_BOARD: Final = Board(
    name="registers",
    title="实名库和四清",
    figures=REGISTERS,
    rules=("databases", "clear"),
    leads=("registered_poor_rural_labour", "relocated_poor_rural_labour"),
)
LIST_BOARD: Final = Board(
    name="two-lists",
    title="两张清单",
    figures=TWO_LISTS,
    rules=("lists", "countable"),
    leads=("employed_list", "wish_list"),
)
BOARDS: Final = {board.name: board for board in (DATABASE_BOARD, LIST_BOARD)}


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """Which names: behind which figure, of which place (leading digits of a code, "" everywhere), from where on.

    worker : of one person alone, by id, where a figure is each person's
    """

    figure: str
    place: str = ""
    worker: str = ""
    skip: int = 0
    most: int = N_NAMES


def board_page(book: Ledger, board: Board) -> dict[str, Any]:
    """The figures of a board by town and village; each is the number of people behind it."""
    villages = counted(book.people, board.figures)
    return {
        **heading(book, board),
        "figures": [{"name": name, "title": figure.title} for name, figure in board.figures.items()],
        "total": _counts(together("", villages), board),
        "towns": [
            {
                "code": town.code,
                "name": town_name(town.code),
                **_counts(town, board),
                "villages": [{"code": one.code, "name": place_name(one.code), **_counts(one, board)} for one in inside],
            }
            for town, inside in by_town(villages)
        ],
    }


def names_page(store: RosterStore, book: Ledger, board: Board, asked: Names, role: Role) -> dict[str, Any]:
    """The people behind a figure, as the role reads them. NotFound for a figure that the board does not have."""
    people = behind(book, board, asked)
    end = asked.skip + asked.most
    shown = people[asked.skip : end]
    return {
        **heading(book, board),
        "figure": asked.figure,
        "figure_title": board.figures[asked.figure].title,
        "place": asked.place,
        "place_name": place_name_of(asked.place),
        "n": len(people),
        "skip": asked.skip,
        "next": end if end < len(people) else 0,
        "rows": list(rows_of(store, book, shown, role)),
    }


def behind(book: Ledger, board: Board, asked: Names) -> list[str]:
    """Ids of the people behind a figure of a place, village by village."""
    if asked.figure not in board.figures:
        raise NotFound("没有这个数", where="figure", remedy="请从表里点进来。")
    villages = counted(book.people, {asked.figure: board.figures[asked.figure]})
    chosen = [one for one in villages if one.code.startswith(asked.place)]
    return together(asked.place, chosen).people.get(asked.figure, [])


def rows_of(store: RosterStore, book: Ledger, ids: Iterable[str], role: Role) -> Iterable[dict[str, Any]]:
    """One row a person: the name as the role reads it, and what the registers say."""
    workers = [book.workers[worker_id] for worker_id in ids]
    vocabulary = book.means.packs.vocabulary
    for worker, person in zip(workers, named(store, workers, role, book.asked.revision), strict=True):
        yield {**person_row(book.by_id[worker.worker_id], worker, vocabulary), "person": person}


def heading(book: Ledger, board: Board) -> dict[str, Any]:
    """What every page and workbook of the registers says of itself: day, data version, documents."""
    return {
        "board": board.name,
        "title": board.title,
        **state_of(book),
        "sources": source_words(book.source(getattr(rule_ids(), rule)) for rule in board.rules),
    }


def state_of(book: Ledger) -> dict[str, Any]:
    """Day, and what was known by when, as a frozen address carries them; warnings of the document that binds."""
    return {
        "on": book.asked.on.isoformat(),
        "revision": book.asked.revision,
        "deeds": book.asked.deeds_until,
        "county_figures": book.asked.n_figures,
        "warnings": list(book.bound.warnings),
    }


def known_words(book: Ledger) -> str:
    """What was known by when, as a heading says it."""
    asked = book.asked
    deeds = "" if asked.deeds_until is None else f"、办理记录到第{asked.deeds_until}号"
    return f"数据第{asked.revision}版{deeds}、县里填的数{asked.n_figures}条"


def place_name_of(code: str) -> str:
    """A place that was asked for: the whole reach, a town or a village."""
    if not code:
        return "全部"
    return town_name(code) if len(code) <= TOWNSHIP_DIGITS and not code.endswith(COARSE) else place_name(code)


def _counts(place: Place, board: Board) -> dict[str, Any]:
    n = {name: place.n(name) for name in board.figures}
    if CLEAR not in n:
        return {"n": n}
    whole = n[CLEAR] + n[UNCLEAR]
    return {"n": n, "meter": {"clear": n[CLEAR], "of": whole, "percent": 100 * n[CLEAR] // whole if whole else None}}
