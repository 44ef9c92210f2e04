"""What a class or a job fair would bring, before it is held; and what became of those that were."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.claims import claim_desk_here
from api.office.room import DOERS, READERS, ROOM, may_do, number
from api.pages import Data, deed, page
from matcher.errors import InvalidInput
from matcher.services.office.classes_page import AskClass, classes_page, people_of
from matcher.services.office.fairs_page import AskFair, PlanFair, fairs_page, plan_fair

LONGEST = 40


@page(ROOM, "/office/classes", "office/classes.html", roles=READERS)
def classes() -> Data:
    """Trades by the people a class of so many seats would place; one in full, the planned ones in the same order."""
    seats = number("seats", 0) if request.args.get("seats") else None
    call = AskClass(seats=seats, trade=request.args.get("trade", "")[:LONGEST])
    told = classes_page(claim_desk_here(), call)
    looked("class_estimate", people_of(told), {"trade": told["trade"]["trade"] if told["trade"] else ""})
    return told


@page(ROOM, "/office/fairs", "office/fairs.html", roles=READERS)
def fairs() -> Data:
    """Townships by what a fair there would bring; one with its guests; those held, expected beside what happened."""
    call = AskFair(town=request.args.get("town", "")[:LONGEST], day=_day(request.args.get("day", "")))
    return {**fairs_page(claim_desk_here(), call), "may_do": may_do()}


@deed(ROOM, "/office/fairs", roles=DOERS)
def plan_a_fair() -> Response:
    """Put a fair into the plan with what is expected of it today."""
    form = request.form
    town, day = form.get("town", "")[:LONGEST], _day(form.get("day", ""))
    if day is None:
        raise InvalidInput("没有选日子", where="day", remedy="请选一个日子。")
    call = PlanFair(
        town=town,
        day=day,
        fair_kind=form.get("fair_kind", ""),
        campaign=form.get("campaign", ""),
        organiser=form.get("organiser", ""),
        employers=tuple(dict.fromkeys(form.getlist("employers"))),
    )
    name = plan_fair(claim_desk_here(), call)
    looked("fair_planned", [name])
    return make_response(redirect(url_for("office.fairs", town=town, day=day.isoformat()), HTTPStatus.SEE_OTHER))


def _day(text: str) -> date | None:
    """A day of an address or a form, None where none is given. Raises InvalidInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("这不是一个日子", where="day", remedy="请写成 2018-06-01 这样。") from None
