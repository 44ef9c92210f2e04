"""Rosters in: the list, the upload with its preview, one import with its cells, and taking it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for

from api.audit import looked
from api.auth import drafts, sessions
from api.auth.roles import require_role
from api.media import XLSX
from api.office.room import DOERS, READERS, ROOM, may_do, number
from api.pages import Data, deed, page
from api.state import access, jurisdiction, now, state, today
from api.v1 import attendant
from api.viewer import viewer
from matcher.errors import InvalidInput, MatcherError, NotFound
from matcher.records import Channel, Kind
from matcher.services.ground.post_words import CHANNEL_LABELS
from matcher.services.office.imports import (
    ReadImport,
    blank_template,
    confirm_preview,
    office_import,
    office_imports,
    previewed,
    undo_in_words,
)
from matcher.services.office.words import KIND_LABELS
from matcher.services.rosters.imports_told import rejects_of
from matcher.services.rosters.upload_import import Upload, queue_upload

N_LISTED: Final = 50
PARTS: Final = ("errors", "repairs", "warnings")
ASK_AGAIN_S: Final = 1
FORM: Final = "import"


@ROOM.url_value_preprocessor
def make_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let an officer's upload be as large as an import; it runs before the form's token is read out of the body."""
    if endpoint == "office.upload" and request.method == "POST":
        asker = sessions.signed_in()
        if asker is not None and asker.role in DOERS:
            request.max_content_length = state().application.settings.upload_max_bytes


@page(ROOM, "/office/imports", "office/imports.html", roles=READERS)
def imports() -> Data:
    """Every import, newest first, and the form for a new one."""
    return _imports(number("skip", 0))


def _imports(skip: int = 0) -> dict[str, Any]:
    rows = office_imports(access(), state().records, viewer().regions)
    end = skip + N_LISTED
    left = drafts.kept(FORM) if may_do() else None
    return {
        "typed": {name: left.fields.get(name, "") if left else "" for name in ("kind", "channel")},
        "kept_at": left.kept_at.isoformat() if left else "",
        "imports": rows[skip:end],
        "n_imports": len(rows),
        "skip": skip,
        "next": end if end < len(rows) else 0,
        "may_do": may_do(),
        "kinds": [{"value": kind.value, "label": label} for kind, label in KIND_LABELS.items()],
        "channels": [{"value": channel.value, "label": label} for channel, label in CHANNEL_LABELS.items()],
        "refused": None,
    }


@deed(ROOM, "/office/imports", roles=DOERS)
def upload() -> Response:
    """Queue a preview of a file: it is read and told, nothing is written."""
    try:
        call = Upload(
            kind=Kind(request.form.get("kind", "")),
            file=_file().filename or "",
            on=today(),
            jurisdiction=jurisdiction(),
            channel=Channel(request.form["channel"]) if request.form.get("channel") else None,
            dry_run=True,
            actor=viewer().actor,
            regions=viewer().regions,
        )
        job = queue_upload(access(), state().application.settings, call, _file().stream, now=now())
    except InvalidInput as refused:
        return _refused(refused.what, [problem.fix for problem in refused.problems] or [refused.remedy])
    except ValueError:
        return _refused("没选是什么名册", ["请选人员、户、岗位、单位、地块或就业安置。"])
    drafts.end(FORM)
    looked("import_preview", [job.job_id], {"kind": job.kind})
    attendant.wake()
    return _to(job.job_id)


@page(ROOM, "/office/imports/<job_id>", "office/import.html", roles=READERS)
def one_import(job_id: str) -> Data:
    """One import: how far it is, or its sum, every cell at fault and what was repaired."""
    call = ReadImport(
        job_id=job_id,
        regions=viewer().regions,
        role=viewer().role,
        skip={name: number(name, 0) for name in PARTS},
    )
    told = office_import(access(), state().records, call)
    if not told["waiting"]:
        looked("import_problems", [told["job_id"]])
    return {
        "told": told,
        "may_do": may_do(),
        "can_confirm": may_do() and previewed(state().application.settings, told),
        "has_rejects": _has_rejects(job_id),
        "ask_again_s": ASK_AGAIN_S,
    }


@deed(ROOM, "/office/imports/<job_id>/confirm", roles=DOERS)
def confirm(job_id: str) -> Response:
    """Write the very file that was previewed."""
    settings, asker = state().application.settings, viewer()
    job = confirm_preview(access(), settings, job_id, actor=asker.actor, regions=asker.regions, now=now())
    looked("import", [job.job_id], {"kind": job.kind, "preview": job_id})
    attendant.wake()
    return _to(job.job_id)


@deed(ROOM, "/office/imports/<job_id>/undo", roles=DOERS)
def undo(job_id: str) -> Response:
    """Take an import back, if the box that says so was ticked."""
    if request.form.get("sure") != "yes":
        raise InvalidInput("没有勾选“我要撤销”", remedy="请回到那次导入，勾上再撤销。")
    home, asker = state().application.settings.home, viewer()
    told = undo_in_words(access(), state().records, home, job_id, asker.regions, at=now(), by=asker.actor)
    looked("undo", [job_id, told["batch_id"]], {"kind": told["kind"]})
    return _to(job_id)


@ROOM.get("/office/imports/<job_id>/rejects.xlsx")
def rejects(job_id: str) -> Response:
    """The refused rows as a workbook with the reasons beside them. It holds whole cells: for those who mend it."""
    require_role(DOERS)
    found = rejects_of(access(), state().records, state().application.settings.home, job_id, viewer().regions)
    looked("import_rejects", [job_id])
    if found is None:
        raise NotFound("这次导入没有退回的行", remedy="不用下载。")
    return _workbook(found.read_bytes(), f"rejects-{job_id}.xlsx")


@ROOM.get("/office/templates/<kind>.xlsx")
def template(kind: str) -> Response:
    """A blank workbook of a kind."""
    require_role(READERS)
    if kind not in set(Kind):
        raise NotFound("没有这种名册的模板", remedy="请从导入页下载。")
    return _workbook(blank_template(Kind(kind)), f"{kind}-blank.xlsx")


def _file() -> Any:
    """The uploaded file. Raises InvalidInput if none was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("没有选文件", remedy="请选一份 xlsx、xls 或 csv。")
    return file


def _has_rejects(job_id: str) -> bool:
    if not may_do():
        return False
    try:
        home = state().application.settings.home
        return rejects_of(access(), state().records, home, job_id, viewer().regions) is not None
    except MatcherError:
        return False


def _refused(what: str, fixes: list[str]) -> Response:
    """The form again, with what is wrong with the file."""
    data = {**_imports(), "refused": {"what": what, "fixes": [fix for fix in fixes if fix]}}
    return make_response(
        render_template("office/imports.html", **data, viewer=viewer()), HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _to(job_id: str) -> Response:
    return make_response(redirect(url_for("office.one_import", job_id=job_id), HTTPStatus.SEE_OTHER))


def _workbook(body: bytes, name: str) -> Response:
    response = make_response(body)
    response.content_type = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
