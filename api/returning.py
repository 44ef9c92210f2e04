"""The return ledger at a desk: what the pages of the office and of brokers do alike."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import request

from api.audit import looked
from api.state import store, today
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.records.access import Role
from matcher.records.texts import Channel
from matcher.services.ground.masked_people import N_FOUND, people_called
from matcher.services.messages.returns import (
    LONGEST_WORDS,
    NoteReturn,
    note_return,
    require_new,
    returns_told,
    take_back_entry,
)

LONGEST: Final = 60


def returns_page() -> dict[str, Any]:
    """The ledger of the reader's regions, newest first."""
    told = returns_told(desk(), by(), own=_own())
    looked("returns", dict.fromkeys(row["worker_id"] for row in told["entries"]))
    return {
        **told,
        "asked": False,
        "found": [],
        "n_found": 0,
        "noted": "noted" in request.args,
        "today": today().isoformat(),
    }


def found_page() -> dict[str, Any]:
    """The same with the people whose name or id was typed, masked; what was typed is in no address."""
    asked = request.form.get("q", "").strip()[:LONGEST]
    found = people_called(store(), asked)
    if found.people:
        looked("people", [person.worker_id for person in found.people], {"by": "name", "n": found.n_found})
    rows = [
        {"worker_id": person.worker_id, "name": person.name, "place": person.place, "phone": person.phone}
        for person in found.people
    ]
    return {**returns_page(), "asked": True, "found": rows, "n_found": found.n_found, "most": N_FOUND}


def note_one() -> None:
    """Keep the entry of the form. Raises InvalidInput for a day that is none, NotFound for nobody of the regions."""
    form = request.form
    if not form.get("worker_id", ""):
        raise InvalidInput("没有选是谁", where="worker_id", remedy="请先找到这个人，点一下他的名字。")
    call = NoteReturn(
        worker_id=form["worker_id"][:LONGEST],
        returned_on=_day(form.get("returned_on", "")),
        from_words=form.get("from_words", "")[:LONGEST_WORDS],
        why=form.get("why", "")[:LONGEST],
        wish=form.get("wish", "")[:LONGEST],
        helper=form.get("helper", "")[:LONGEST_WORDS],
        channel=Channel.CALL if form.get("channel") == "call" else Channel.DESK,
    )
    require_new(desk(), call, by())
    note_return(desk(), call, by())


def take_one_back() -> None:
    """Take the entry of the form back. Raises NotFound for none of the regions, Conflict for another broker's."""
    take_back_entry(desk(), request.form.get("return_id", "")[:LONGEST], by(), own=_own())


def _own() -> bool:
    """Whether the reader takes back own entries alone: the county's desk keeps the ledger, brokers tell it."""
    return viewer().role is Role.BROKER


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("返乡日期没填或看不懂", where="returned_on", remedy="请写成 2018-01-20 这样。") from None
