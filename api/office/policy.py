"""Packs as readable pages, and the figures a county must supply."""

from __future__ import annotations

from datetime import date

from flask import request

from api.office.room import READERS, ROOM
from api.pages import Data, page
from api.state import jurisdiction, means, today
from matcher.errors import InvalidInput
from matcher.services.documents.pack_page import figures_needed, pack_page, packs_on


@page(ROOM, "/office/policy", "office/packs.html", roles=READERS)
def packs() -> Data:
    """Every document with its state on the day (`on`)."""
    return packs_on(means().packs, jurisdiction(), _day())


@page(ROOM, "/office/policy/figures", "office/figures.html", roles=READERS)
def figures() -> Data:
    """Figures that the documents mask or leave open."""
    rows = figures_needed(means().packs, jurisdiction(), today())
    return {
        "ours": [row for row in rows if row["ours"]],
        "others": [row for row in rows if not row["ours"]],
    }


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
