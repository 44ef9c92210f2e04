"""A frozen report as a page: towns by figures, the names behind a cell, and what came in behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from matcher.errors import NotFound
from matcher.office.registers.standing import village_of
from matcher.office.reports.forms import forms
from matcher.office.reports.table import Change
from matcher.office.tracking.evidence import definition as grades
from matcher.ports import DeedStore, RosterStore
from matcher.records import TOWNSHIP_DIGITS, Kind, Worker
from matcher.records.access import Role
from matcher.services.ground.named_people import named
from matcher.services.ground.rulebook import Means
from matcher.services.registers.words import place_name, town_name
from matcher.services.reports.calendar import frozen_row
from matcher.services.reports.due import due_of
from matcher.services.reports.redo import open_ask
from matcher.services.reports.snapshot import compare, freezings, last_frozen, snapshot_of

N_NAMES: Final = 50


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Whose names are asked for: behind a figure, of a place (leading digits of a code), from where on."""

    figure: str
    place: str = ""
    skip: int = 0


def report_page(
    store: RosterStore, deeds: DeedStore, means: Means, kind: str, period: str, regions: Sequence[str]
) -> dict[str, Any]:
    """The figures of the newest freezing in the reader's regions, and where they would differ now. Raises NotFound.

    store : of the whole county; what is told of changes is cut down to the regions like the figures
    """
    frozen = last_frozen(deeds, kind, period)
    kept = snapshot_of(deeds, frozen)
    table = kept.table.within(regions)
    figures = forms().figures(kind)
    asked = open_ask(deeds, kind, period, frozen.seq)
    return {
        **frozen_row(frozen),
        "asked": None if asked is None else {"why": asked.why, "by": asked.by, "at": asked.at.isoformat()},
        "title": forms().of(kind).title,
        "first": kept.first.isoformat(),
        "due": due_of(means, kind, period),
        "document": kept.document,
        "figures": [{"id": one.id, "title": one.title, "reading": one.reading} for one in figures],
        "towns": [
            {
                "code": code,
                "name": town_name(code),
                "n": {one.id: table.n(one.id, code) for one in figures},
            }
            for code in table.places(TOWNSHIP_DIGITS)
        ],
        "total": {one.id: table.n(one.id) for one in figures},
        "grades": [{"grade": one.grade.value, "label": one.label, "reading": one.reading} for one in grades().grade],
        "versions": [frozen_row(one) for one in freezings(deeds, kind, period)],
        "changes": [_change(row) for row in compare(store, deeds, means, frozen, regions)],
    }


def names_behind(
    store: RosterStore, deeds: DeedStore, kind: str, period: str, cell: Cell, *, role: Role, regions: Sequence[str]
) -> dict[str, Any]:
    """The people behind a cell as the role reads them; `store` is the reader's, as far as the regions reach.

    Whoever was erased, or has moved out of the regions since, is counted and not named.
    """
    frozen = last_frozen(deeds, kind, period)
    table = snapshot_of(deeds, frozen).table
    titles = {one.id: one.title for one in forms().figures(kind)}
    if cell.figure not in titles:
        raise NotFound("这张报表没有这个数", where="figure", remedy="请从表里点进来。")
    ids = table.within(regions).behind(cell.figure, cell.place)
    end = cell.skip + N_NAMES
    shown = ids[cell.skip : end]
    workers = {one.worker_id: one for one in store.records(Kind.WORKERS, ids=shown) if isinstance(one, Worker)}
    people = named(store, [workers[one] for one in shown if one in workers], role)
    return {
        **frozen_row(frozen),
        "title": forms().of(kind).title,
        "figure": cell.figure,
        "figure_title": titles[cell.figure],
        "place": cell.place,
        "place_name": town_name(cell.place) if cell.place else "全部",
        "n": len(ids),
        "n_gone": len(shown) - len(people),
        "skip": cell.skip,
        "next": end if end < len(ids) else 0,
        "people": [{**one, "village": place_name(village_of(workers[one["worker_id"]].place_code))} for one in people],
    }


def _change(row: Change) -> dict[str, Any]:
    titles = {one.id: one.title for one in forms().figure}
    return {
        "figure": row.figure,
        "title": titles[row.figure],
        "town": row.town,
        "town_name": town_name(row.town),
        "came": list(row.came),
        "went": list(row.went),
    }
