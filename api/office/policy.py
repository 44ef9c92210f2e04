"""Packs as readable pages, what of them ends when, and two side by side."""

from __future__ import annotations

from flask import request

from api.office.figures import recorded
from api.office.room import READERS, ROOM, day_asked
from api.pages import Data, page
from api.state import jurisdiction, means, store
from matcher.services.documents.deadline_clock import deadline_clock, soonest
from matcher.services.documents.pack_diff import pack_diff
from matcher.services.documents.pack_page import pack_page, packs_on


@page(ROOM, "/office/policy", "office/packs.html", roles=READERS)
def packs() -> Data:
    """Every document with its state on the day (`on`)."""
    day = day_asked()
    return {
        **packs_on(means().packs, jurisdiction(), day, recorded()),
        "soonest": soonest(means().packs, day),
    }


@page(ROOM, "/office/policy/deadlines", "office/deadlines.html", roles=READERS)
def clock() -> Data:
    """What ends when as of the day (`on`), what happens then, and how many registered stand under it."""
    return deadline_clock(store(), means(), day_asked())


@page(ROOM, "/office/policy/compare", "office/compare.html", roles=READERS)
def compare() -> Data:
    """Two documents (`left`, `right`) side by side on a day (`on`)."""
    return pack_diff(means().packs, request.args.get("left", ""), request.args.get("right", ""), day_asked())


@page(ROOM, "/office/policy/<pack_id>", "office/pack.html", roles=READERS)
def pack(pack_id: str) -> Data:
    """One document: its days, its figures by clause, its rules with their sentences."""
    return pack_page(means().packs, pack_id, day_asked(), recorded())
