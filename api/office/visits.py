"""After placement: who is at work by which proof, checks to make, signs of false placement, audit samples."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.office.room import DOERS, READERS, ROOM, day_asked, may_do, number
from api.pages import Data, deed, page
from api.state import deeds, jurisdiction, means, orders, store, today
from api.texting import by, desk
from api.viewer import viewer
from matcher.errors import InvalidInput
from matcher.services.tracking.audit_sample import (
    DrawSample,
    draw_sample,
    note_found,
    sample_told,
    samples_told,
    signs_told,
)
from matcher.services.tracking.note_visit import LONGEST_JOB, NoteVisit, note_visit, undo_visit
from matcher.services.tracking.suspects import Signs
from matcher.services.tracking.unemployed import NoteUnemployed, Unemployed, note_unemployed, unemployed_told
from matcher.services.tracking.visits import Visits, visits_told

LONGEST_ID: Final = 80


@page(ROOM, "/office/visits", "office/visits.html", roles=READERS)
def visits() -> Data:
    """The checks to make, those due longest first; of a `grade`, its people."""
    call = Visits(on=today(), grade=request.args.get("grade", ""), skip=number("skip", 0), regions=viewer().regions)
    told = visits_told(store(), orders(), deeds(), means(), call)
    looked("visits", [row["worker_id"] for row in told["rows"]], {"grade": call.grade})
    return {**told, "may_do": may_do(), "noted": request.args.get("noted", "")[:LONGEST_ID]}


@deed(ROOM, "/office/visits", roles=DOERS)
def note_check() -> Response:
    """Keep what a check found."""
    form = request.form
    income = form.get("income_yuan_month", "")
    call = NoteVisit(
        placement_id=form.get("placement_id", "")[:LONGEST_ID],
        months=_whole(form.get("months", ""), "months"),
        status=form.get("status", ""),
        kind=form.get("kind", ""),
        on=_day(form.get("on", "")),
        income_yuan_month=_whole(income, "income_yuan_month") if income else None,
        job=form.get("job", "")[:LONGEST_JOB],
        issue=form.get("issue", ""),
    )
    worker_id = note_visit(desk(), deeds(), call, by(), today=today())
    looked("visit", [worker_id, call.placement_id], {"months": call.months, "status": call.status})
    return _to("office.visits", noted=call.placement_id)


@deed(ROOM, "/office/visits/undo", roles=DOERS)
def undo_check() -> Response:
    """Take the last check of a placement back."""
    placement_id = request.form.get("placement_id", "")[:LONGEST_ID]
    worker_id = undo_visit(desk(), deeds(), placement_id, by())
    looked("visit_undone", [worker_id, placement_id])
    return _to("office.visits")


@page(ROOM, "/office/visits/ended", "office/ended.html", roles=READERS)
def ended() -> Data:
    """Who left work and has none again: registered as unemployed or not, which support, what the rule says."""
    call = Unemployed(on=today(), jurisdiction=jurisdiction(), skip=number("skip", 0))
    told = unemployed_told(store(), deeds(), means().packs, call)
    looked("unemployed", [row["worker_id"] for row in told["rows"]])
    return {**told, "may_do": may_do(), "noted": "noted" in request.args}


@deed(ROOM, "/office/visits/ended", roles=DOERS)
def note_ended() -> Response:
    """Keep when somebody registered as unemployed and what they draw."""
    form = request.form
    call = NoteUnemployed(
        placement_id=form.get("placement_id", "")[:LONGEST_ID],
        registered=_day(form["registered"]) if form.get("registered") else None,
        benefit=form.get("benefit", ""),
    )
    worker_id = note_unemployed(store(), call, by(), today=today())
    looked("unemployed_noted", [worker_id, call.placement_id])
    return _to("office.ended", noted=1)


@page(ROOM, "/office/visits/signs", "office/signs.html", roles=READERS)
def signs() -> Data:
    """Placements somebody should look at, and the samples drawn so far."""
    sign = request.args.get("sign", "")[:LONGEST_ID]
    call = Signs(on=day_asked(), skip=number("skip", 0), regions=viewer().regions, sign=sign)
    told = signs_told(store(), orders(), deeds(), means(), call)
    looked("signs", [row["worker_id"] for row in told["rows"]])
    return {**told, "may_do": may_do()}


@page(ROOM, "/office/visits/sample", "office/sample.html", roles=READERS)
def sample() -> Data:
    """One sample (`id`) with what was found; without one the samples there are."""
    sample_id = request.args.get("id", "")[:LONGEST_ID]
    samples = samples_told(deeds(), viewer().regions)
    if not sample_id:
        return {"sample": None, "samples": samples, "may_do": may_do()}
    told = sample_told(store(), deeds(), sample_id, viewer().regions)
    looked("sample", [row["worker_id"] for part in told["strata"] for row in part["rows"]], {"sample": sample_id})
    return {"sample": told, "samples": samples, "may_do": may_do()}


@deed(ROOM, "/office/visits/sample", roles=DOERS)
def new_sample() -> Response:
    """Draw a sample."""
    call = DrawSample(
        on=today(),
        seed=_whole(request.form.get("seed", ""), "seed"),
        per_stratum=_whole(request.form.get("per_stratum", ""), "per_stratum"),
    )
    sample_id = draw_sample(store(), orders(), deeds(), means(), call, by())
    looked("sample_drawn", [sample_id], {"seed": call.seed})
    return _to("office.sample", id=sample_id)


@deed(ROOM, "/office/visits/sample/found", roles=DOERS)
def sample_found() -> Response:
    """Keep what a look at one of a sample found."""
    sample_id = request.form.get("sample_id", "")[:LONGEST_ID]
    placement_id, result = request.form.get("placement_id", "")[:LONGEST_ID], request.form.get("result", "")
    note_found(store(), deeds(), sample_id, placement_id, result, by())
    looked("sample_found", [placement_id], {"sample": sample_id, "result": result})
    return _to("office.sample", id=sample_id)


def _to(endpoint: str, **asked: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **asked), HTTPStatus.SEE_OTHER))


def _whole(text: str, field: str) -> int:
    """A small whole number of a form; InvalidInput for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(2**31))):
        raise InvalidInput("这不是一个整数", where=field, remedy="请填0或者更大的整数。")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("日期没填或看不懂", where="on", remedy="请写成 2018-06-01 这样。") from None
