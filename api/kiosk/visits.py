"""Views of a visit's beginning and end: attract, agree, where, trade, still there, over, help."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, request

from api.audit import looked
from api.auth import sessions
from api.kiosk.frame import installed
from api.kiosk.pad import read_card
from api.kiosk.room import PEOPLE, ROOM, Visit, begin, changed, go, path_back, visit
from api.pages import deed, page
from api.state import means, state, store, today
from api.viewer import viewer
from matcher.errors import InvalidInput, NotFound
from matcher.records.access import Role
from matcher.services.browse_vacancies import Browse, browse
from matcher.services.ground.answering import worker_named
from matcher.services.ground.masked_people import masked_people
from matcher.services.kiosk.cards import demo_cards
from matcher.services.kiosk.jobs import Where
from matcher.services.kiosk.trades import trades_told

N_TRADES: Final = 5
WARNED_S: Final = 20


@page(ROOM, "/kiosk", "kiosk/attract.html", roles=PEOPLE)
def attract() -> dict[str, Any]:
    """The first screen: a card on the pad, or a look round without one; and how many posts there are today."""
    return {"cards": _cards(), "n_jobs": browse(store(), means(), Browse(on=today(), limit=1))["total"]}


@deed(ROOM, "/kiosk/card", roles=PEOPLE)
def lay_card() -> Response:
    """A card is laid on the pad; the visit of whoever stood here before ends."""
    number = request.form.get("number", "")
    return read_card(number) if number else _test_card(request.form.get("card", ""))


def _test_card(key: str) -> Response:
    application = state().application
    if not application.settings.demo:
        raise NotFound("这台机器还没有接身份证读卡器", remedy="请按“没带身份证，先看看”，或者找人帮忙。")
    card = next((card for card in demo_cards(store(), application.settings, today()) if card["key"] == key), None)
    if card is None:
        raise NotFound("没有这张测试卡", remedy="请回到开头，从显示的卡里选一张。")
    begin(Visit(worker_id=card["worker_id"]))
    looked("card", (card["worker_id"],))
    return go("/kiosk/agree")


@deed(ROOM, "/kiosk/voice", roles=PEOPLE)
def choose_voice() -> Response:
    """The voice the pages are read with from here on, until nobody stands here any more."""
    code = request.form.get("voice", "")
    if code not in {of.code for of in installed()}:
        raise InvalidInput("没有这种声音可选", where="voice", remedy="请从屏幕上选一种。")
    begin(Visit(voice=code))
    return go("/kiosk")


@deed(ROOM, "/kiosk/look", roles=PEOPLE)
def only_look() -> Response:
    """Somebody without a card, or who keeps the record out of it: the same jobs, nothing of the person."""
    begin(Visit(agreed=False))
    return go("/kiosk/where")


@page(ROOM, "/kiosk/agree", "kiosk/agree.html", roles=PEOPLE)
def agree() -> dict[str, Any] | Response:
    """May the record be used? Nothing was read from it but the masked name."""
    said = visit()
    if said is None or not said.worker_id:
        return go("/kiosk")
    person = masked_people(store(), [worker_named(store(), said.worker_id)])[said.worker_id]
    return {"name": person.name, "family": said.family}


@deed(ROOM, "/kiosk/agree", roles=PEOPLE)
def say_yes() -> Response:
    """The person's yes, for this visit; or that of somebody of the family, who looks and consents to nothing else."""
    said = visit()
    if said is None or not said.worker_id:
        return go("/kiosk")
    family = request.form.get("family", "") == "1"
    changed(said, agreed=True, family=family)
    looked("agree", (said.worker_id,), {"family": True} if family else {})
    return go("/kiosk/where")


@page(ROOM, "/kiosk/where", "kiosk/where.html", roles=PEOPLE)
def where() -> dict[str, Any] | Response:
    """Where would you like to work? The answer of last time is marked, none is pressed beforehand."""
    said = visit()
    if said is None:
        return go("/kiosk")
    known = bool(said.worker_id and said.agreed)
    return {"last": _last_answer(said), "known": known, "unknown": said.unknown}


@deed(ROOM, "/kiosk/where", roles=PEOPLE)
def say_where() -> Response:
    """The answer of today."""
    said = visit()
    if said is None:
        return go("/kiosk")
    answer = request.form.get("where", "")
    if answer not in {choice.value for choice in Where}:
        raise InvalidInput("没有这个地方可选", where="where", remedy="请从图上选一个。")
    changed(said, where=answer, refused=())
    return go("/kiosk/jobs" if said.worker_id and said.agreed else "/kiosk/trade")


@page(ROOM, "/kiosk/trade", "kiosk/trade.html", roles=PEOPLE)
def trade() -> dict[str, Any] | Response:
    """What work do you know? Only for those who look round; the trades with most openings, and all of them."""
    if visit() is None:
        return go("/kiosk")
    facets = browse(store(), means(), Browse(on=today(), limit=1))["facets"]["trade"]
    return {"trades": trades_told(facets, N_TRADES)}


@deed(ROOM, "/kiosk/trade", roles=PEOPLE)
def say_trade() -> Response:
    """The trade picked, "" for all of them."""
    said = visit()
    if said is None:
        return go("/kiosk")
    changed(said, trade=request.form.get("trade", "")[:10], refused=())
    return go("/kiosk/jobs")


@page(ROOM, "/kiosk/idle", "kiosk/idle.html", roles=PEOPLE)
def idle() -> dict[str, Any]:
    """Still there? One press goes on; so many seconds without one, and the visit is wiped."""
    return {"seconds": WARNED_S, "back": path_back()}


@deed(ROOM, "/kiosk/over", roles=PEOPLE)
def over() -> Response:
    """The end of a visit: nothing of it is left on this machine or in the database's sessions."""
    sessions.wipe()
    return go("/kiosk/one-card" if request.form.get("two_cards") else "/kiosk")


@ROOM.get("/kiosk/alive")
def alive() -> Response:
    """The server is there, and somebody touches the screen: what was told is kept a while longer."""
    return make_response("", HTTPStatus.NO_CONTENT)


@page(ROOM, "/kiosk/help", "kiosk/help.html", roles=PEOPLE)
def find_help() -> dict[str, Any]:
    """Somebody to ask, and where a helper signs in, or says that they stand beside where nobody can sign in."""
    asker = viewer()
    signed_in = asker.session is not None and bool(asker.session.user)
    alone = state().application.is_kiosk or (signed_in and asker.role is Role.KIOSK)
    return {"card": visit() is not None, "alone": alone}


@deed(ROOM, "/kiosk/beside", roles=PEOPLE)
def stand_beside() -> Response:
    """A helper came, or went: from here on the visit says so; it goes on where it was."""
    is_here = bool(request.form.get("here"))
    said = visit()
    if said is None:
        begin(Visit(helper=is_here))
        return go("/kiosk")
    changed(said, helper=is_here)
    if said.where:
        return go("/kiosk/jobs" if said.worker_id and said.agreed else "/kiosk/trade")
    return go("/kiosk/agree" if said.worker_id and not said.agreed else "/kiosk/where" if said.worker_id else "/kiosk")


def _cards() -> list[dict[str, str]]:
    application = state().application
    if not application.settings.demo:
        return []
    cards = demo_cards(store(), application.settings, today())
    return [{"key": card["key"], "told": card["told"], "name": card["name"]} for card in cards]


def _last_answer(said: Visit) -> str:
    """What the record says of the range, as one of the pictures; "" where nothing is stated or may be used."""
    if not (said.worker_id and said.agreed):
        return ""
    worker = worker_named(store(), said.worker_id)
    if worker.needs_daily_return:
        return Where.HOME.value
    if worker.travel_range is None:
        return ""
    return {"anywhere": Where.AWAY, "province": Where.AWAY, "city": Where.NEAR, "county": Where.NEAR}.get(
        worker.travel_range.value, Where.HOME
    ).value
