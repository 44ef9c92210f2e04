"""Two offices' ledgers: the pushes, the queue of pairs under three keys, people who stand twice in our own rosters."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from api.audit import looked
from api.auth import sessions
from api.media import XLSX
from api.office.room import DOERS, READERS, ROOM, may_do, newest_seen, number
from api.pages import Data, deed, page
from api.state import access, deeds, jurisdiction, means, now, state, store, today
from api.v1 import attendant
from api.viewer import viewer
from matcher.errors import Forbidden, InvalidInput, NotFound
from matcher.services.reconcile.alone import FATE_LABELS, Fate, SayRow, say_of_row
from matcher.services.reconcile.answers import ANSWER_LABELS, TRUTH_LABELS, Say, say, take_back
from matcher.services.reconcile.desk import push_clock, queue_page, runs_page
from matcher.services.reconcile.doubles_page import TwicePage, doubles_page, people_twice_of
from matcher.services.reconcile.lists_page import list_page
from matcher.services.reconcile.merges import Merge, merge, split
from matcher.services.reconcile.named import people_of, people_of_book, people_of_pair
from matcher.services.reconcile.push_job import Ledgers, queue_ledgers, told_ledgers, waiting_ledgers
from matcher.services.reconcile.runs import book_of, outline_of
from matcher.services.reconcile.signed import signed_workbook

ASK_AGAIN_S: Final = 1
LONGEST_NAME: Final = 60
BACK: Final = "back"
LARGEST_PAIR: Final = 2
"""Two files come in one form."""


@ROOM.url_value_preprocessor
def make_room_for_two(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let an officer's two ledgers be as large as two imports; it runs before the form's token is read."""
    if endpoint == "office.push_ledgers" and request.method == "POST":
        asker = sessions.signed_in()
        if asker is not None and asker.role in DOERS:
            request.max_content_length = LARGEST_PAIR * state().application.settings.upload_max_bytes


@page(ROOM, "/office/reconcile", "office/reconcile.html", roles=READERS)
def reconcile() -> Data:
    """Every push, newest first, and the form for the next one."""
    return _runs()


def _runs() -> dict[str, Any]:
    whole_county = not viewer().regions
    return {
        "runs": runs_page(deeds()) if whole_county else [],
        "waiting": waiting_ledgers(access()) if whole_county else [],
        "push": push_clock(deeds(), means(), jurisdiction(), today()) if whole_county else None,
        "may_do": may_do() and whole_county,
        "whole_county": whole_county,
        "refused": None,
    }


@deed(ROOM, "/office/reconcile", roles=DOERS)
def push_ledgers() -> Response:
    """Take two ledgers in; they are compared in their turn, what was decided before and says the same is not asked."""
    if viewer().regions:
        raise Forbidden("只管一部分地区的账号不能核对全县的名单", remedy="请交给管全县的账号核对。")
    try:
        left, right = _file("left"), _file("right")
        call = Ledgers(
            left_name=_name(left),
            right_name=_name(right),
            on=today(),
            jurisdiction=jurisdiction(),
            actor=viewer().actor,
        )
        job = queue_ledgers(access(), state().application.settings, call, left.stream, right.stream, now=now())
    except InvalidInput as refused:
        fixes = [problem.fix for problem in refused.problems] or [refused.remedy]
        data = {**_runs(), "refused": {"what": refused.what, "fixes": fixes}}
        return make_response(
            render_template("office/reconcile.html", **data, viewer=viewer()), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    looked("reconcile", [job.job_id])
    attendant.wake()
    return _to(url_for("office.pushed_ledgers", push_id=job.job_id))


@page(ROOM, "/office/reconcile/jobs/<push_id>", "office/ledgers.html", roles=READERS)
def pushed_ledgers(push_id: str) -> Data | Response:
    """How far two ledgers are; once they are compared, on to their queue."""
    _whole_county()
    told = told_ledgers(access(), push_id)
    if told["run_id"]:
        return _on_to(url_for("office.queue", run_id=told["run_id"]))
    return {"told": told, "ask_again_s": ASK_AGAIN_S}


@page(ROOM, "/office/reconcile/<run_id>", "office/queue.html", roles=READERS)
def queue(run_id: str) -> Data:
    """One pair of a push beside each other, with what speaks for it; the first still open, or the one asked for."""
    _whole_county()
    told = queue_page(deeds(), run_id, viewer().role, request.args.get("pair", "")[:64])
    looked("reconcile_pair", _of_pair(run_id, told["pair"]["pair"]) if told["pair"] else [run_id])
    return {"told": told, "answers": _keys(told["pair"] or {}), "may_do": may_do()}


@deed(ROOM, "/office/reconcile/<run_id>/answers", roles=DOERS)
def answer(run_id: str) -> Response:
    """Write down an answer or which row is right, or take the last one back; then the next pair.

    Of one person whose rows differ it is asked first, on the same pair, which of them is right.
    """
    _whole_county()
    outline, asker = outline_of(deeds(), run_id), viewer().actor
    pair, seen = request.form.get("pair", "")[:64], newest_seen()
    wanted = request.form.get("answer", "")
    if wanted == BACK:
        take_back(deeds(), outline, pair, seen=seen, by=asker, on=today(), at=now())
        looked("reconcile_back", _of_pair(run_id, pair))
        return _to(url_for("office.queue", run_id=run_id, pair=pair))
    call = Say(
        pair=pair,
        **_said(wanted, request.form.get("truth", "")),
        reason=request.form.get("reason", ""),
        seen=seen,
        by=asker,
        on=today(),
        at=now(),
    )
    asks_on = say(deeds(), state().records, outline, call)
    looked("reconcile_answer", _of_pair(run_id, pair))
    return _to(url_for("office.queue", run_id=run_id, pair=pair if asks_on else None))


def _of_pair(run_id: str, pair: str) -> list[str]:
    """What a look at a pair is filed under: the run, the pair, and the workers whose numbers its rows show."""
    return [run_id, pair, *people_of_pair(deeds(), state().records, outline_of(deeds(), run_id), pair)]


def _keys(pair: Data) -> list[Data]:
    """What the keys mean on a pair: who it is, and of one person whose rows differ which of them is right."""
    labels, name = (TRUTH_LABELS, "truth") if pair.get("asks_truth") else (ANSWER_LABELS, "answer")
    return [{"name": name, "value": one.value, "label": label} for one, label in labels.items()]


def _said(answer: str, truth: str) -> dict[str, Any]:
    """What was pressed, as the call takes it. Raises InvalidInput for a key nobody offered."""
    truths = {one.value: one for one in TRUTH_LABELS}
    answers = {one.value: one for one in ANSWER_LABELS}
    if truth in truths:
        return {"truth": truths[truth]}
    if answer in answers:
        return {"answer": answers[answer]}
    raise InvalidInput("没有选判断", remedy="请按页面上的数字键。")


@page(ROOM, "/office/reconcile/<run_id>/rows/<list_name>", "office/ledger_rows.html", roles=READERS)
def reconcile_rows(run_id: str, list_name: str) -> Data:
    """Rows one office alone has, or people written down twice: the names behind a figure of a push."""
    _whole_county()
    told, rows = list_page(deeds(), run_id, list_name, viewer().role, number("skip", 0))
    looked("reconcile_rows", [run_id, *people_of(state().records, rows)], {"list": list_name})
    fates = [{"value": one.value, "label": label} for one, label in FATE_LABELS.items()]
    return {"told": told, "fates": fates, "may_do": may_do()}


@deed(ROOM, "/office/reconcile/<run_id>/rows/<list_name>", roles=DOERS)
def say_row(run_id: str, list_name: str) -> Response:
    """Write down what becomes of a row one office alone has, or take the last word back; then the same part again."""
    _whole_county()
    outline, form = outline_of(deeds(), run_id), request.form
    wanted = form.get("fate", "")
    if wanted not in {BACK, *FATE_LABELS}:
        raise InvalidInput("没有选怎么办", where="fate", remedy="请按页面上的按钮之一。")
    call = SayRow(
        name=list_name,
        row=form.get("row", "")[:64],
        fate=None if wanted == BACK else Fate(wanted),
        reason=form.get("reason", ""),
        seen=newest_seen(),
        by=viewer().actor,
        on=today(),
        at=now(),
    )
    people = say_of_row(deeds(), state().records, outline, call)
    looked("reconcile_row", [run_id, *people], {"list": list_name})
    skip = number("skip", 0) or None
    return _to(url_for("office.reconcile_rows", run_id=run_id, list_name=list_name, skip=skip, _anchor="open"))


@ROOM.get("/office/reconcile/<run_id>/result.xlsx")
def reconcile_result(run_id: str) -> Response:
    """The signed workbook: whole names and numbers, for those who serve people."""
    _may_have_numbers()
    body = signed_workbook(deeds(), run_id, key=state().records.row_key())
    looked("reconcile_result", [run_id, *people_of_book(state().records, body, state().application.settings)])
    return _workbook(body, run_id)


@ROOM.get("/office/reconcile/<run_id>/book.xlsx")
def reconcile_book(run_id: str) -> Response:
    """The whole comparison as it was kept, every row of both ledgers: for those who serve people."""
    _may_have_numbers()
    body = book_of(deeds(), run_id)
    looked("reconcile_book", [run_id, *people_of_book(state().records, body, state().application.settings)])
    return _workbook(body, f"{run_id}-book")


def _may_have_numbers() -> None:
    """Whole names and numbers go to officers of the whole county alone. Raises Forbidden, NotFound."""
    if viewer().role not in DOERS:
        raise Forbidden("表里有完整的姓名和号码，只给经办人下载", remedy="审计请看页面，或向经办人调阅。")
    _whole_county()


def _workbook(body: bytes, name: str) -> Response:
    response = make_response(body)
    response.content_type = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page(ROOM, "/office/doubles", "office/doubles.html", roles=READERS)
def people_twice() -> Data:
    """Records of our own rosters that are likely one person, and those that were joined."""
    told = _twice(number("skip", 0))
    looked("doubles", people_twice_of(told))
    return {**told, "may_do": may_do()}


@deed(ROOM, "/office/doubles", roles=DOERS)
def join_people() -> Response:
    """Join two records to one person, or take that back; both keep their history."""
    form, asker = request.form, viewer().actor
    reason = form.get("reason", "").strip()[:200]
    if form.get("stream"):
        told = _twice(0)
        if form["stream"] not in {row["stream"] for row in told["joined"]}:
            raise NotFound("没有这一对", remedy="请从名单重新点进来。")
        split(deeds(), form["stream"], reason=reason, by=asker, on=today(), at=now())
        looked("people_split", form["stream"].split(":")[1:])
    else:
        keep, other = form.get("keep", "")[:80], form.get("other", "")[:80]
        merge(deeds(), store(), Merge(keep=keep, other=other, reason=reason, by=asker, on=today(), at=now()))
        looked("people_join", [keep, other])
    return _to(url_for("office.people_twice"))


def _file(name: str) -> FileStorage:
    """An uploaded file. Raises InvalidInput if none was chosen."""
    file = request.files.get(name)
    if file is None or not file.filename:
        raise InvalidInput("两份名单都要选", remedy="请各选一份 xlsx、xls 或 csv。")
    return file


def _name(file: FileStorage) -> str:
    return (file.filename or "")[:LONGEST_NAME]


def _twice(skip: int) -> dict[str, Any]:
    asker = viewer()
    call = TwicePage(role=asker.role, regions=asker.regions, on=today(), skip=skip)
    return doubles_page(deeds(), store(), means(), call)


def _whole_county() -> None:
    """Ledgers are of the whole county: who has a part of it finds none. Raises NotFound."""
    if viewer().regions:
        raise NotFound("没有这次核对", remedy="请从核对列表重新点进来。")


def _on_to(url: str) -> Response:
    """Another page instead of this one; to a page that asks by itself the address, for it to go there whole."""
    if "HX-Request" not in request.headers:
        return _to(url)
    response = make_response()
    response.headers["HX-Redirect"] = url
    return response


def _to(url: str) -> Response:
    return make_response(redirect(url, HTTPStatus.SEE_OTHER))
