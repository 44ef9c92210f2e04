"""Packs as readable pages, and the figures a county must supply."""

from __future__ import annotations

from datetime import date

from flask import request

from api.office.room import READERS, ROOM
from api.pages import Data, page
from api.state import jurisdiction, means, store, today
from matcher.errors import InvalidInput
from matcher.services.documents.deadline_clock import deadline_clock, soonest
from matcher.services.documents.pack_diff import pack_diff
from matcher.services.documents.pack_page import figures_needed, pack_page, packs_on


@page(ROOM, "/office/policy", "office/packs.html", roles=READERS)
def packs() -> Data:
    """Every document with its state on the day (`on`)."""
    day = _day()
    return {**packs_on(means().packs, jurisdiction(), day), "soonest": soonest(means().packs, day)}


@page(ROOM, "/office/policy/figures", "office/figures.html", roles=READERS)
def figures() -> Data:
    """Figures that the documents mask or leave open."""
    rows = figures_needed(means().packs, jurisdiction(), today())
    return {
        "ours": [row for row in rows if row["ours"]],
        "others": [row for row in rows if not row["ours"]],
    }


@page(ROOM, "/office/policy/deadlines", "office/deadlines.html", roles=READERS)
def clock() -> Data:
    """What ends when as of the day (`on`), what happens then, and how many registered stand under it."""
    return deadline_clock(store(), means(), _day())


@page(ROOM, "/office/policy/compare", "office/compare.html", roles=READERS)
def compare() -> Data:
    """Two documents (`left`, `right`) side by side on a day (`on`)."""
    return pack_diff(means().packs, request.args.get("left", ""), request.args.get("right", ""), _day())


@page(ROOM, "/office/policy/<pack_id>", "office/pack.html", roles=READERS)
def pack(pack_id: str) -> Data:
    """One document: its days, its figures by clause, its rules with their sentences."""
    return pack_page(means().packs, pack_id, _day())


def _day() -> date:
    """The day asked about, else today. Raises InvalidInput for what is no day."""
    text = request.args.get("on", "")
    if not text:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("这不是一个日子", where="on", remedy="请写成 2021-09-01 这样。") from None
