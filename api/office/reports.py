"""Reports on their dates: which are due, a frozen one with the names behind each cell, its workbook."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for

from api.audit import looked
from api.auth.roles import require_role
from api.county_time import moment
from api.office.registers import PLACE, XLSX
from api.office.room import DOERS, READERS, ROOM, may_do, number
from api.pages import Data, deed, page
from api.state import access, deeds, jurisdiction, means, orders, state, store, today
from api.viewer import viewer
from matcher.errors import Forbidden, InvalidInput
from matcher.services.office.ending import Ending, ending_soon, with_people
from matcher.services.reports.calendar import report_calendar
from matcher.services.reports.redo import AskAgain, ask_again
from matcher.services.reports.report_page import Cell, names_behind, report_page
from matcher.services.reports.snapshot import Freeze, freeze, last_frozen, public_workbook

LONGEST: Final = 60


@page(ROOM, "/office/reports", "office/reports.html", roles=READERS)
def reports() -> Data:
    """What is due next, what is late, what is frozen."""
    told = report_calendar(deeds(), means(), jurisdiction(), today())
    return {**told, "may_freeze": _may_freeze()}


@page(ROOM, "/office/ending", "office/ending.html", roles=READERS)
def ending() -> Data:
    """What ends soon: documents, contracts, statuses, registrations."""
    call = Ending(on=today(), jurisdiction=jurisdiction(), everywhere=not viewer().regions)
    told = with_people(store(), ending_soon(store(), access(), orders(), means(), call), viewer().role)
    looked("ending", told.pop("people"))
    return told


@page(ROOM, "/office/reports/<report_kind>/<period>", "office/report.html", roles=READERS)
def report(report_kind: str, period: str) -> Data:
    """The figures of a frozen report; of a `figure` the names behind it."""
    asker, figure = viewer(), request.args.get("figure", "")[:LONGEST]
    if figure:
        cell = Cell(figure=figure, place=_place(), skip=number("skip", 0))
        told = names_behind(store(), deeds(), report_kind, period, cell, role=asker.role, regions=asker.regions)
        looked("report", [row["worker_id"] for row in told["people"]], {"kind": report_kind, "period": period})
        return told
    told = report_page(state().records, deeds(), means(), report_kind, period, asker.regions)
    mine = told["asked"] is not None and told["asked"]["by"] == asker.actor
    return {**told, "figure": "", "may_freeze": _may_freeze(), "whole": not asker.regions, "asked_by_me": mine}


@deed(ROOM, "/office/reports/<report_kind>/<period>/freeze", roles=DOERS)
def freeze_report(report_kind: str, period: str) -> Response:
    """Freeze a report of the whole county; one that is frozen is made anew where `sign` signs what another asked."""
    _require_whole()
    call = Freeze(
        kind=report_kind,
        period=period,
        on=today(),
        at=moment(),
        by=viewer().actor,
        jurisdiction=jurisdiction(),
        again=request.form.get("sign") == "yes",
    )
    made = freeze(state().records, deeds(), means(), call)
    looked("report_frozen", [], {"kind": report_kind, "period": period, "seq": made.seq})
    return _to(report_kind, period)


@deed(ROOM, "/office/reports/<report_kind>/<period>/again", roles=DOERS)
def ask_report_again(report_kind: str, period: str) -> Response:
    """Ask that a frozen report is made anew; another officer signs it."""
    _require_whole()
    call = AskAgain(
        kind=report_kind,
        period=period,
        seq=last_frozen(deeds(), report_kind, period).seq,
        why=" ".join(request.form.get("again", "").split())[:LONGEST],
        by=viewer().actor,
        at=moment(),
        on=today(),
    )
    ask_again(deeds(), call)
    looked("report_asked_again", [], {"kind": report_kind, "period": period})
    return _to(report_kind, period)


@ROOM.get("/office/reports/<report_kind>/<period>/workbook.xlsx")
def report_book(report_kind: str, period: str) -> Response:
    """The kept workbook, byte for byte; `public=1`: what anybody may have."""
    require_role(READERS)
    public = request.args.get("public") == "1"
    if not public and viewer().regions:
        raise Forbidden("整份报表是全县的，管一片的登录不能下载", remedy="可以下载对外的一份。")
    frozen = last_frozen(deeds(), report_kind, period)
    body = public_workbook(deeds(), frozen) if public else deeds().file(frozen.workbook)
    looked("report_book", [], {"kind": report_kind, "period": period, "public": public})
    response = make_response(body)
    response.content_type = XLSX
    name = f"{report_kind}-{period}-{frozen.seq}{'-public' if public else ''}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _to(report_kind: str, period: str) -> Response:
    address = url_for("office.report", report_kind=report_kind, period=period)
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))


def _require_whole() -> None:
    if not _may_freeze():
        raise Forbidden("报表是全县的，管一片的登录不能定稿", remedy="请全县的就业局登录来定稿。")


def _may_freeze() -> bool:
    """A report tells of the whole county: whoever has a region sees their part of it and freezes none."""
    return may_do() and not viewer().regions


def _place() -> str:
    text: Any = request.args.get("place", "")
    if PLACE.fullmatch(text) is None:
        raise InvalidInput("地址里的地方不对", where="place", remedy="请从表里点进来。")
    return str(text)
