"""Classes, stalls, referrals and stations: planned, with a roster, and what came of them."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.claims import claim_desk_here
from api.office.room import DOERS, READERS, ROOM, may_do
from api.pages import Data, deed, page
from matcher.errors import InvalidInput
from matcher.services.claims.programme_forms import (
    ClassFacts,
    NewProgramme,
    NewResult,
    add_people,
    amend_class,
    drop_person,
    note_result,
    plan_programme,
    programme_page,
    programmes_page,
)

LONGEST = 60
LONGEST_LIST = 50_000
N_DIGITS = 4
YES_NO = {"yes": True, "no": False}


@page(ROOM, "/office/programmes", "office/programmes.html", roles=READERS)
def programmes() -> Data:
    """What was written down by kind, and a form for one more."""
    return {**programmes_page(claim_desk_here()), "may_do": may_do()}


@page(ROOM, "/office/programmes/<programme_id>", "office/programme.html", roles=READERS)
def programme(programme_id: str) -> Data:
    """One of them with its roster, and forms for more people and for what came of it."""
    told = programme_page(claim_desk_here(), programme_id)
    if told["rows"]:
        looked("programme", [row["worker_id"] for row in told["rows"]], {"id": programme_id})
    return {**told, "may_do": may_do()}


@deed(ROOM, "/office/programmes", roles=DOERS)
def plan_one() -> Response:
    """Write a plan down."""
    form = request.form
    on = _day("on")
    if on is None:
        raise InvalidInput("没有选日子", where="on", remedy="请选哪一天。")
    call = NewProgramme(
        kind=form.get("kind", ""),
        title=form.get("title", "")[:LONGEST],
        on=on,
        until=_day("until"),
        place=form.get("place", "")[:LONGEST],
        order_of=form.get("order_of", "")[:LONGEST],
        vouchers=_number("vouchers"),
        leads_to=form.get("leads_to", "")[:LONGEST],
        course=form.get("course", ""),
        days=_number("days"),
        designated=YES_NO.get(form.get("designated", "")),
        going_out=YES_NO.get(form.get("going_out", "")),
        people=form.get("people", "")[:LONGEST_LIST],
    )
    return _done("programme_planned", plan_programme(claim_desk_here(), call))


@deed(ROOM, "/office/programmes/<programme_id>/people", roles=DOERS)
def add_to_programme(programme_id: str) -> Response:
    """Put more people on the roster."""
    add_people(claim_desk_here(), programme_id, request.form.get("people", "")[:LONGEST_LIST])
    return _done("programme_planned", programme_id)


@deed(ROOM, "/office/programmes/<programme_id>/facts", roles=DOERS)
def amend_one_class(programme_id: str) -> Response:
    """Write down what was not known of a class: its course, days, who holds it, whom its aid goes to."""
    form = request.form
    call = ClassFacts(
        course=form.get("course", ""),
        days=_number("days"),
        designated=YES_NO.get(form.get("designated", "")),
        going_out=YES_NO.get(form.get("going_out", "")),
        institution=form.get("institution", "")[:LONGEST],
        paid_to=form.get("paid_to", ""),
        paid_by=form.get("paid_by", "")[:LONGEST],
    )
    amend_class(claim_desk_here(), programme_id, call)
    return _done("programme_planned", programme_id)


@deed(ROOM, "/office/programmes/<programme_id>/drop", roles=DOERS)
def drop_from_programme(programme_id: str) -> Response:
    """Take somebody off the roster who does not belong there."""
    drop_person(claim_desk_here(), programme_id, request.form.get("drop", "")[:LONGEST])
    return _done("programme_planned", programme_id)


@deed(ROOM, "/office/programmes/<programme_id>/result", roles=DOERS)
def note_programme_result(programme_id: str) -> Response:
    """Write down who came, who got a certificate, who found work, or whether a referral came to something."""
    form = request.form
    result = NewResult(
        seen=_number("seen"),
        came=tuple(form.getlist("came")),
        certified=tuple(form.getlist("certified")),
        hired=tuple(form.getlist("hired")),
        kept=YES_NO.get(form.get("kept", "")),
        note=form.get("note", "")[:LONGEST],
    )
    note_result(claim_desk_here(), programme_id, result)
    return _done("programme_held", programme_id)


def _day(name: str) -> date | None:
    """A day of the form, None where none is written. Raises InvalidInput."""
    text = request.form.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("这不是一个日子", where=name, remedy="请写成 2018-06-01 这样。") from None


def _number(name: str) -> int | None:
    """A small whole number of the form, None where none is written. Raises InvalidInput."""
    text = request.form.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) <= N_DIGITS):
        raise InvalidInput("数字不对", where=name, remedy="请填整数，不知道就空着。")
    return int(text) if text else None


def _done(action: str, programme_id: str) -> Response:
    looked(action, [programme_id])
    return make_response(redirect(url_for("office.programme", programme_id=programme_id), HTTPStatus.SEE_OTHER))
