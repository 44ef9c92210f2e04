"""Rosters in over HTTP: upload, progress, problems, refused rows, and taking an import back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask_openapi3 import APIBlueprint
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from werkzeug.datastructures import FileStorage

from api.audit import looked
from api.media import XLSX
from api.state import access, now, state, today
from api.v1 import attendant
from api.v1.operations import Operation, Told, attach
from api.v1.reading import Flag, NoParameters, OfImport, Paged, Parameters, absent
from api.viewer import viewer
from matcher.errors import Severity
from matcher.privacy import cell_for, header_for
from matcher.records import Channel, Kind
from matcher.records.access import Scope
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.cursors import page_behind, query_digest
from matcher.services.rosters.imports_told import rejects_of, take_back, told_import, told_imports
from matcher.services.rosters.upload_import import OF_PEOPLE, Upload, queue_upload

BINARY = {"type": "string", "format": "binary"}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Where the progress is told."}}
FOLLOW = {"progress": {"operationId": "import_state", "parameters": {"id": "$response.body#/job_id"}}}


def _is_file(given: Any) -> FileStorage:
    if not isinstance(given, FileStorage):
        raise ValueError("must be one file, sent with its name")
    return given


class ImportForm(Parameters):
    """A roster file and what it holds."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    kind: Kind = Field(description="What the rows are.")
    file: Annotated[
        Any,
        AfterValidator(_is_file),
        Field(json_schema_extra=BINARY, description="xlsx, xls, csv or jsonl; known by its content."),
    ]
    channel: Channel | None = absent("Way into work of vacancies that state none.")
    jurisdiction: str = Field(default="", max_length=60, pattern=r"^[a-z0-9_]*$", description="Pack or region code.")
    dry_run: Flag = Field(default=False, description="Read and tell, write nothing.")


class ProblemRow(BaseModel):
    """One finding about one cell, row or file."""

    sheet: str
    row: int = Field(description="As a person sees it in the sheet; 0 is the whole file.")
    column: str
    found: str
    expected: str
    fix: str
    severity: Severity


class ImportState(BaseModel):
    """An upload on its way: CONTRACT section 6 once it is done, as far as it has come until then."""

    job_id: str
    state: Literal["queued", "running", "done", "failed", "interrupted"]
    kind: Kind
    file: str
    by: str
    created_at: str
    finished_at: str | None = None
    dry_run: bool
    rows_read: int
    batch_id: str | None = None
    rows: int | None = None
    accepted: int | None = None
    repaired: int | None = None
    rejected: int | None = None
    unchanged: int | None = None
    forms: list[str] | None = None
    unread_columns: list[str] | None = None
    undone_at: str | None = None
    error: str | None = None
    remedy: str | None = None


class Import(ImportState):
    """An upload with a page of its problems."""

    problems: list[ProblemRow]
    n_problems: int
    next_cursor: str | None = None


class ImportPage(BaseModel):
    """Imports, newest first."""

    imports: list[ImportState]
    next_cursor: str | None = None


class Undone(BaseModel):
    """An import that was taken back."""

    batch_id: str
    kind: Kind
    file: str
    undone: bool


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "post", "/imports", start_import, Operation(
        scope=Scope.IMPORTS_WRITE, answer=ImportState, status=202, writes=True, form=ImportForm, headers=LOCATION,
        links=FOLLOW,
    ))  # fmt: skip
    attach(api, "get", "/imports", imports, Operation(scope=Scope.IMPORTS_READ, answer=ImportPage, faults=(400,)))
    attach(api, "get", "/imports/<id>", import_state, Operation(
        scope=Scope.IMPORTS_READ, answer=Import, faults=(400, 404),
    ))  # fmt: skip
    attach(api, "get", "/imports/<id>/rejects.xlsx", rejects, Operation(
        scope=Scope.IMPORTS_WRITE, media={XLSX: BINARY}, also={204: {"description": "No row was refused."}},
        faults=(404, 409, 410),
    ))  # fmt: skip
    attach(api, "delete", "/imports/<id>", undo, Operation(
        scope=Scope.IMPORTS_WRITE, answer=Undone, writes=True, faults=(404, 409),
    ))  # fmt: skip


def start_import(form: ImportForm) -> Told:
    """Take a roster file in; the answer comes at once, the rows are read in the order of arrival."""
    asker, settings = viewer(), state().application.settings
    call = Upload(
        kind=form.kind,
        file=form.file.filename or "",
        on=today(),
        jurisdiction=form.jurisdiction or settings.jurisdiction,
        channel=form.channel,
        dry_run=form.dry_run,
        actor=asker.actor,
        regions=asker.regions,
    )
    job = queue_upload(access(), settings, call, form.file.stream, now=now())
    looked("import", [job.job_id])
    attendant.wake()
    told = told_import(access(), state().records, job.job_id, asker.regions)
    body = {name: value for name, value in told.items() if name not in ("problems", "n_problems")}
    return Told(body=answer_bytes(body), status=202, location=f"/api/v1/imports/{job.job_id}")


def imports(query: Paged) -> dict[str, Any]:
    """Imports, newest first."""
    records, regions = state().records, viewer().regions
    entries = told_imports(access(), records, regions)
    asked, ids = query_digest(["imports", regions]), [entry["job_id"] for entry in entries]
    shown, following = page_behind(records, asked, query.cursor or "", entries, ids, limit=query.limit)
    return {"imports": [_told(entry) for entry in shown], "next_cursor": following}


def _told(entry: dict[str, Any]) -> dict[str, Any]:
    """An import as the viewer may see it."""
    headers, of_people = entry.get("unread_columns"), Kind(entry["kind"]) in OF_PEOPLE
    if not headers:
        return entry
    return entry | {"unread_columns": [header_for(viewer().role, each, of_people=of_people) for each in headers]}


def import_state(path: OfImport, query: Paged) -> dict[str, Any]:
    """How far an import has come; when it is done its summary and, page by page, its problems."""
    asker, records = viewer(), state().records
    told = told_import(access(), records, path.job_id, asker.regions)
    asked, ids = query_digest(["problems", told["job_id"]]), [str(nr) for nr in range(len(told["problems"]))]
    shown, following = page_behind(records, asked, query.cursor or "", told["problems"], ids, limit=query.limit)
    if shown:
        # What was found in a cell may be somebody's number; a look at the progress alone is at nobody's data.
        looked("import_problems", [told["job_id"]])
    of_people = Kind(told["kind"]) in OF_PEOPLE
    unread = told.get("unread_columns", ())
    cells = [cell_for(asker.role, problem, of_people=of_people, unread=unread) for problem in shown]
    return {**_told(told), "problems": cells, "next_cursor": following}


def rejects(path: OfImport, query: NoParameters) -> Told:
    """The refused rows as a workbook with a 原因 column, to be mended and imported again; kept for a day.

    It holds whole cells: for those who send rosters in.
    """
    home = state().application.settings.home
    found = rejects_of(access(), state().records, home, path.job_id, viewer().regions)
    looked("import_rejects", [path.job_id])
    return Told(body=found.read_bytes(), content_type=XLSX) if found else Told(body=b"", status=204, content_type="")


def undo(path: OfImport, query: NoParameters) -> dict[str, Any]:
    """Take an import back: everything else stands as if it had never been."""
    asker = viewer()
    home = state().application.settings.home
    told = take_back(access(), state().records, home, path.job_id, asker.regions, at=now(), by=asker.actor)
    looked("undo", [path.job_id, told["batch_id"]])
    return told
