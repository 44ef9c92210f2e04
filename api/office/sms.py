"""Text messages of the county: how sending goes, one sending, the next one planned, replies that a person reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for

from api.audit import looked
from api.media import XLSX
from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, state, store
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import Conflict, InvalidInput, NotFound, UsageError
from matcher.records.access import Role
from matcher.records.texts import Sending
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.paper_plan import paper_file, paper_plan
from matcher.services.messages.plan_texts import Planned, draft_texts, plan_texts
from matcher.services.messages.read_inbox import DEEDS as READINGS
from matcher.services.messages.read_inbox import WRONG, CloseReply, close_inbox_reply
from matcher.services.messages.release import cancel_sending, pause_sending, release_sending, resume_sending
from matcher.services.messages.sms_status import held_told, inbox, parts_told, sending_page, sms_status
from matcher.services.messages.text_book import texts_told
from matcher.services.messages.write_lists import PlanTexts
from matcher.services.tracking.corrections import AskCorrection, ask_correction

KEEPERS: Final = frozenset({Role.ADMINISTRATOR})
MOST_PEOPLE: Final = 100_000
N_LOOKED_AT: Final = 5
LONGEST: Final = 60
MOVES: Final[Mapping[str, Callable[[Desk, str, By], Sending]]] = {
    "release": release_sending,
    "pause": lambda desk, sending_id, by: pause_sending(desk, sending_id, request.form.get("why", "")[:LONGEST], by),
    "resume": resume_sending,
    "cancel": cancel_sending,
}


@page(ROOM, "/office/sms", "office/sms.html", roles=READERS)
def sms() -> Data:
    """Planned, held back, sent, delivered, answered, called, placed; what it costs; what waits for a person."""
    at, who = desk(), by()
    told = sms_status(at, who)
    texts = texts_told(at)
    unread = inbox(at, who)
    return {
        **told,
        "n_unread": unread["n"],
        "oldest_unread": unread["replies"][0]["at"] if unread["replies"] else "",
        "totals": _totals(at, told["sendings"], told["season"]),
        "carrier": texts["carrier"],
        "n_texts_blocked": sum(not row["in_use"] for row in texts["texts"]),
        "rules": _rules(at),
        "may_do": may_do(),
        "may_keep": viewer().role in KEEPERS,
    }


def _totals(at: Desk, sendings: list[dict[str, Any]], season: str) -> dict[str, Any]:
    """Sums over the season's sendings that were meant; of the newest one why people were held back, and its parts."""
    meant = [one for one in sendings if one["season"] == season and not one["trial"] and one["state"] != "cancelled"]
    names = ("n_planned", "n_sent", "n_delivered", "n_answered", "n_called", "n_placed", "n_complaints", "n_stopped")
    sums = {name: sum(one[name] for one in meant) for name in names}
    last = meant[0] if meant else None
    return {
        **sums,
        "n_sendings": len(meant),
        "held": last["held"] if last else [],
        "states": _states(meant),
        "parts": parts_told(at.texts.texts(sending_id=last["sending_id"])) if last else [],
    }


def _states(sendings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many texts stand how, over these sendings."""
    first = sendings[0]["states"] if sendings else []
    return [
        {"code": state["code"], "label": state["label"], "n": sum(one["states"][nr]["n"] for one in sendings)}
        for nr, state in enumerate(first)
    ]


def _rules(at: Desk) -> dict[str, Any]:
    rules = at.rules
    return {
        "opens": rules.hours.opens.strftime("%H:%M"),
        "closes": rules.hours.closes.strftime("%H:%M"),
        "two_people_above": rules.release.two_people_above,
        "pause_after_complaints": rules.release.pause_after_complaints,
        "days_between_lists": rules.caps.days_between_lists,
        "lists_a_season": rules.caps.lists_a_season,
        "texts_a_day": rules.delivery.texts_a_day,
        "trial": rules.delivery.trial,
        "wave_rest_days": rules.offers.wave_rest_days,
        "few_answers_permille": rules.offers.few_answers_permille,
    }


@page(ROOM, "/office/sms/plan", "office/sms_plan.html", roles=READERS)
def sms_plan() -> Data:
    """The form that plans the next sending, and plan B for a county without texts."""
    return _plan_page({"wave": "1", "most_people": "", "trial": "", "again": ""})


@deed(ROOM, "/office/sms/plan", roles=DOERS)
def plan_sms() -> Response:
    """Look at what would be written, kept nowhere; or plan it, to wait until it is let go."""
    given = {name: request.form.get(name, "") for name in ("wave", "most_people", "trial", "again")}
    at, who = desk(), by()
    try:
        call = PlanTexts(
            jurisdiction=jurisdiction(),
            wave=_count("wave", given["wave"] or "1", 9) or 1,
            trial=given["trial"] == "yes",
            again=given["again"] == "yes",
            most_people=_count("most_people", given["most_people"] or "0", MOST_PEOPLE),
        )
        meant = request.form.get("do") == "plan"
        planned = (plan_texts if meant else draft_texts)(at, call, who)
    except (Conflict, UsageError, InvalidInput) as refused:
        data = _plan_page(given) | {"refused": {"what": refused.what, "remedy": refused.remedy}}
        status = HTTPStatus.CONFLICT if isinstance(refused, Conflict) else HTTPStatus.UNPROCESSABLE_ENTITY
        return make_response(render_template("office/sms_plan.html", **data, viewer=viewer()), status)
    looked("sms_draft", [text.worker_id for text in planned.texts], {"n": len(planned.texts)})
    if meant and planned.sending is not None:
        return _to("office.sms_sending", sending_id=planned.sending.sending_id)
    data = _plan_page(given) | {"draft": _draft(planned)}
    return make_response(render_template("office/sms_plan.html", **data, viewer=viewer()))


def _plan_page(given: dict[str, str]) -> dict[str, Any]:
    return {"given": given, "rules": _rules(desk()), "draft": None, "refused": None, "may_do": may_do()}


def _draft(planned: Planned) -> dict[str, Any]:
    """A preview: how many, at what cost, why not the others, and the first texts without their numbers."""
    counts: dict[str, int] = {}
    for why in planned.held.values():
        counts[why.value] = counts.get(why.value, 0) + 1
    sending = planned.sending
    return {
        "note": planned.note,
        "n_texts": len(planned.texts),
        "n_parts": sending.n_parts if sending else 0,
        "held": held_told(counts),
        "texts": [
            {"body": text.body, "n_units": text.n_units, "n_parts": len(text.parts)}
            for text in planned.texts[:N_LOOKED_AT]
        ],
    }


def _count(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise InvalidInput("数字不对", where=name, remedy=f"请写0到{most}的整数。")
    return int(text)


@deed(ROOM, "/office/sms/paper", roles=DOERS)
def sms_paper() -> Response:
    """Plan B in one workbook: whom to call, what to put up in the villages, slips."""
    at, who = desk(), by()
    lines = paper_plan(at, PlanTexts(jurisdiction=jurisdiction()), who)
    response = make_response(paper_file(lines))
    response.content_type = XLSX
    response.headers["Content-Disposition"] = 'attachment; filename="plan-b.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page(ROOM, "/office/sms/inbox", "office/sms_inbox.html", roles=READERS)
def sms_inbox() -> Data:
    """Replies that do nothing by themselves, oldest first."""
    told = inbox(desk(), by())
    looked("sms_inbox", dict.fromkeys(row["worker_id"] for row in told["replies"] if row["worker_id"]))
    return {**told, "deeds": [{"code": code, "label": label} for code, label in READINGS.items()], "may_do": may_do()}


@deed(ROOM, "/office/sms/inbox/<reply_id>", roles=DOERS)
def read_sms(reply_id: str) -> Response:
    """A person has read it, and says what is done."""
    call = CloseReply(reply_id=reply_id, deed=request.form.get("deed", ""), note=request.form.get("note", "")[:LONGEST])
    reply = close_inbox_reply(desk(), call, by())
    if call.deed == WRONG:
        asked = AskCorrection(worker_id=reply.worker_id, what="other", through="text", reply_id=reply_id)
        ask_correction(store(), deeds(), asked, by())
        looked("correction_asked", [reply.worker_id])
    return _to("office.sms_inbox")


@page(ROOM, "/office/sms/gateway", "office/sms_gateway.html", roles=KEEPERS)
def sms_gateway() -> Data:
    """How texts leave this installation, and where a gateway program tells replies: an address as secret as a key."""
    application = state().application
    settings = application.settings
    looked("sms_gateway", [])
    return {
        "gateway": settings.sms_gateway,
        "carrier": texts_told(desk())["carrier"],
        "address": settings.sms_address,
        "system_id": settings.sms_system_id,
        "source": settings.sms_source,
        "server": settings.sms_server,
        "reply_address": application.sms_callbacks.reply_address(settings.sms_server.rstrip("/")),
        "rules": _rules(desk()),
    }


@page(ROOM, "/office/sms/<sending_id>", "office/sms_sending.html", roles=READERS)
def sms_sending(sending_id: str) -> Data:
    """One sending: whom it reaches with which text, whom it does not and why, and how far it is."""
    at = desk()
    try:
        told = sending_page(at, sending_id, by())
    except NotFound:
        raise _no_sending(sending_id) from None
    looked("sms_sending", dict.fromkeys(row["worker_id"] for row in (*told["lines"], *told["held_people"])))
    return {
        **told,
        "state_code": told["state"],
        "rules": _rules(at),
        "may_do": may_do(),
        "agreed_already": viewer().actor in told["released_by"],
    }


@deed(ROOM, "/office/sms/<sending_id>", roles=DOERS)
def move_sending(sending_id: str) -> Response:
    """Let it go, stop it, let it go on, take back what is not out."""
    move = MOVES.get(request.form.get("do", ""))
    if move is None:
        raise InvalidInput("没有这种操作", where="do", remedy="请按页面上的按钮。")
    try:
        move(desk(), sending_id, by())
    except NotFound:
        raise _no_sending(sending_id) from None
    return _to("office.sms_sending", sending_id=sending_id)


def _no_sending(sending_id: str) -> NotFound:
    return NotFound("没有这一批短信", where=sending_id, remedy="请从短信页面重新点进来。")


def _to(endpoint: str, **values: str) -> Response:
    return make_response(redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER))  # type: ignore[arg-type]
