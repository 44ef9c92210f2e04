"""Imports as an officer reads them: the sum of the rows, each cell at fault in her own sheet, what was repaired."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, NotFound, Severity, UndoRefused
from matcher.intake import write_template
from matcher.ports import AccessStore, RosterStore
from matcher.privacy import cell_for, header_for
from matcher.records import Channel, Kind
from matcher.records.access import ImportJob, Role
from matcher.services.office.words import KIND_LABELS
from matcher.services.rosters.imports_told import take_back, told_import, told_imports
from matcher.services.rosters.upload_import import OF_PEOPLE, Upload, drop, folder_of, queue_upload
from matcher.settings import Settings

N_SHOWN: Final = 50
N_CAUSES: Final = 12
FINE: Final = ("accepted", "unchanged")
WAITING: Final = frozenset({"queued", "running"})
STATES: Final = {
    "queued": "排队等着",
    "running": "正在导入",
    "done": "完成",
    "failed": "没有导入",
    "interrupted": "中途停了",
}
TAKEN: Final = ".confirmed"
"""Name of a preview's file from the tap that confirms it until it is queued; no upload's begins with a dot."""
_CELL: Final = ("sheet", "row", "column", "found", "expected", "fix")
Seen = Callable[[Mapping[str, Any]], dict[str, Any]]
_PARTS: Final = {"errors": Severity.ERROR, "repairs": Severity.REPAIRED, "warnings": Severity.WARNING}


class ReadImport(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which import, whom its reader reaches, from which row each part of its problems is read.

    role : says what of a cell is read
    """

    job_id: str
    regions: tuple[str, ...] = ()
    role: Role
    skip: Mapping[str, int] = {}


def office_imports(access: AccessStore, store: RosterStore, regions: Collection[str]) -> list[dict[str, Any]]:
    """Every import the regions reach, newest first; `open` where somebody still has to do something about it."""
    return [_row(told) for told in told_imports(access, store, regions)]


def office_import(access: AccessStore, store: RosterStore, call: ReadImport) -> dict[str, Any]:
    """One import: its sum, and N_SHOWN problems of each weight with how many there are. Raises NotFound."""
    try:
        told = told_import(access, store, call.job_id, call.regions)
    except NotFound:
        raise NotFound("没有这次导入", remedy="请从导入列表重新点进来。") from None
    problems: Sequence[Mapping[str, Any]] = told["problems"]
    unread, of_people = tuple(told.get("unread_columns", ())), Kind(told["kind"]) in OF_PEOPLE
    seen = partial(cell_for, call.role, of_people=of_people, unread=unread)
    return {
        **_row(told),
        "unread_columns": [header_for(call.role, header, of_people=of_people) for header in unread],
        "forms": list(told.get("forms", ())),
        "n_left_out": told["n_problems"] - len(problems),
        **{name: _part(problems, weight, call.skip.get(name, 0), seen) for name, weight in _PARTS.items()},
    }


def confirm_preview(
    access: AccessStore, settings: Settings, job_id: str, *, actor: str, regions: tuple[str, ...], now: datetime
) -> ImportJob:
    """Queue the very file of a preview, once. NotFound, Conflict if it is no preview or no longer kept."""
    job = _job(access, job_id, regions)
    path = folder_of(settings.home, job.job_id) / job.file
    taken = path.with_name(TAKEN)
    try:
        if not job.dry_run or job.state != "done":
            raise FileNotFoundError
        # Of two taps at once exactly one moves the file.
        path.rename(taken)
    except FileNotFoundError:
        raise Conflict("这份预览不能再导入", remedy="预览只保留24小时，导入以后也不再保留。请重新选文件。") from None
    call = Upload(
        kind=Kind(job.kind),
        file=job.file,
        on=job.on or job.created_at.date(),
        jurisdiction=job.jurisdiction,
        channel=Channel(job.channel) if job.channel else None,
        actor=actor,
        regions=regions,
    )
    try:
        with taken.open("rb") as stream:
            queued = queue_upload(access, settings, call, stream, now=now)
    except BaseException:
        taken.rename(path)
        raise
    drop(settings.home, job.job_id)
    return queued


def previewed(settings: Settings, told: Mapping[str, Any]) -> bool:
    """Whether the file of a finished preview is still kept, so that it can be imported as it is."""
    kept = folder_of(settings.home, told["job_id"]) / told["file"]
    return bool(told["dry_run"]) and told["state"] == "done" and kept.is_file()


def undo_in_words(
    access: AccessStore, store: RosterStore, home: Path, job_id: str, regions: Collection[str], *, at: datetime, by: str
) -> dict[str, Any]:
    """Take an import back; why it cannot be is said as an officer needs it. NotFound, Conflict, UndoRefused."""
    try:
        return take_back(access, store, home, job_id, regions, at=at, by=by)
    except UndoRefused:
        told = told_import(access, store, job_id, regions)
        if told["undone_at"]:
            raise UndoRefused("这一批已经撤销过了", remedy="不用再撤。") from None
        raise UndoRefused(
            "后来的导入里有同一个人，先撤这一批会对不上", remedy="请先撤销后来的那一次导入，再撤这一批。"
        ) from None


def blank_template(kind: Kind) -> bytes:
    """A workbook to fill in, with drop-downs and a page of advice."""
    stream = io.BytesIO()
    write_template(stream, kind)
    return stream.getvalue()


def _job(access: AccessStore, job_id: str, regions: tuple[str, ...]) -> ImportJob:
    missing = NotFound("没有这次导入", remedy="请从导入列表重新点进来。")
    try:
        job = access.job(job_id)
    except NotFound:
        raise missing from None
    if job.kind not in set(Kind):
        raise missing
    if regions and not (job.regions and all(region.startswith(regions) for region in job.regions)):
        raise missing
    return job


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    """Heading and sum of an import; `lost` is what the parts do not come to, 0 always."""
    rows, counted = int(told.get("rows", 0)), {name: int(told.get(name, 0)) for name in (*FINE, "repaired", "rejected")}
    went_wrong = told["state"] in ("failed", "interrupted")
    standing = told["state"] == "done" and not told["dry_run"] and not told["undone_at"]
    return {
        "job_id": told["job_id"],
        "batch_id": told["batch_id"] or "",
        "kind": told["kind"],
        "kind_label": KIND_LABELS[Kind(told["kind"])],
        "file": told["file"],
        "by": told["by"],
        "created_at": told["created_at"],
        "state": told["state"],
        "state_label": STATES[told["state"]],
        "waiting": told["state"] in WAITING,
        "dry_run": told["dry_run"],
        "rows_read": told["rows_read"],
        "rows": rows,
        "fine": sum(counted[name] for name in FINE),
        **counted,
        "lost": rows - sum(counted.values()),
        "undone_at": told["undone_at"] or "",
        "error": told["error"] or "",
        "remedy": told["remedy"] or "",
        "open": (standing and counted["rejected"] > 0) or went_wrong or told["state"] in WAITING,
    }


def _part(problems: Iterable[Mapping[str, Any]], weight: Severity, skip: int, seen: Seen) -> dict[str, Any]:
    """Problems of a weight: how many, the commonest causes with their number, one page of them.

    seen : a problem as the reader may see it
    """
    mine = [problem for problem in problems if problem.get("severity", Severity.ERROR) == weight]
    alike = {(problem["column"], problem["fix"]): problem for problem in mine}
    causes = Counter((problem["column"], problem["fix"]) for problem in mine).most_common(N_CAUSES)
    end = min(skip + N_SHOWN, len(mine))
    return {
        "n": len(mine),
        "causes": [{**_cell(seen(alike[cause]), ("column", "fix")), "n": n} for cause, n in causes],
        "skip": skip,
        "next": end if end < len(mine) else 0,
        "rows": [_cell(seen(problem), _CELL) for problem in mine[skip:end]],
    }


def _cell(problem: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: problem.get(name, "") for name in names}
