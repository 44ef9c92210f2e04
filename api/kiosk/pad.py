"""Views of the lit pad: a card that was read, taken away, left behind, that is one of two, that cannot be read."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api.audit import looked
from api.kiosk.room import PEOPLE, ROOM, Visit, begin, go, path_back, visit
from api.pages import deed, page
from api.state import state, store
from api.viewer import viewer
from matcher.errors import Forbidden, NotFound
from matcher.services.kiosk.cards import worker_of_card

LIFTED_S: Final = 10
LONGEST_NUMBER: Final = 40
"""Of what comes as a number; the longest one has 18 signs."""


def read_card(number: str) -> Response:
    """A card of the reader: whose it is opens a visit, one nobody is registered under a look round.

    The card that the visit began with, laid again, ends nothing. The number is looked for and forgotten.
    """
    _require_reader()
    worker_id = worker_of_card(store(), number[:LONGEST_NUMBER])
    said = visit()
    if said is not None and said.pad and worker_id and said.worker_id == worker_id:
        return go(path_back("/kiosk/where" if said.agreed else "/kiosk/agree"))
    begin(Visit(worker_id=worker_id, pad=True, unknown=not worker_id))
    if not worker_id:
        return go("/kiosk/where")
    looked("card", (worker_id,))
    return go("/kiosk/agree")


@page(ROOM, "/kiosk/lifted", "kiosk/lifted.html", roles=PEOPLE)
def lifted() -> dict[str, Any] | Response:
    """The card was taken away: nothing of the visit on the screen, and in a few seconds nothing anywhere."""
    said = visit()
    if said is None:
        return go("/kiosk")
    return {"seconds": LIFTED_S, "back": path_back("/kiosk/jobs")}


@page(ROOM, "/kiosk/card-left", "kiosk/card_left.html", roles=PEOPLE)
def card_left() -> dict[str, Any]:
    """The visit is over and the card lies there still: nobody else begins until it is taken away."""
    return {}


@page(ROOM, "/kiosk/one-card", "kiosk/one_card.html", roles=PEOPLE)
def one_card() -> dict[str, Any]:
    """Two cards at once, or one that cannot be read."""
    return {"unread": "unread" in request.args}


@deed(ROOM, "/kiosk/alarm", roles=PEOPLE)
def alarm() -> Response:
    """A card was left behind for so long that a helper is called; whose it is nobody says."""
    looked("card_left", ())
    return go("/kiosk/card-left")


def _require_reader() -> None:
    """Numbers are looked up for the kiosks of the county alone: for anybody else this would be a way to ask whether
    somebody is registered."""
    application, asker = state().application, viewer()
    settings = application.settings
    if not settings.card_bridge_port:
        raise NotFound("这台机器还没有接身份证读卡器", remedy="请按“没带身份证，先看看”，或者找人帮忙。")
    if not (settings.demo or application.is_kiosk or (asker.session and asker.session.user)):
        raise Forbidden("这台机器还没有登记成自助机", remedy="请工作人员先用自助机账号登录。")
