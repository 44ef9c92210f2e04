"""Imports as they are told: uploads on their way and batches that commands wrote, each with what became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.errors import Conflict, Gone, NotFound
from matcher.ports import AccessStore, Batch, RosterStore
from matcher.records import Kind
from matcher.records.access import ImportJob
from matcher.services.rosters.run_imports import REJECTS
from matcher.services.rosters.undo_import import undo_import
from matcher.services.rosters.upload_import import drop, folder_of

WAITING: Final = frozenset({"queued", "running"})
COUNTS: Final = ("rows", "accepted", "repaired", "rejected", "unchanged", "forms", "unread_columns")


def told_imports(access: AccessStore, store: RosterStore, regions: Collection[str]) -> list[dict[str, Any]]:
    """Every import the regions reach, newest first, without problems."""
    batches = {batch.batch_id: batch for batch in store.batches()}
    jobs = [job for job in access.jobs() if _reaches(job, regions)]
    of_jobs = {job.batch_id for job in access.jobs()}
    jobs += [_as_job(batch) for batch in batches.values() if batch.batch_id not in of_jobs and not regions]
    jobs.sort(key=lambda job: (job.created_at, job.job_id), reverse=True)
    return [_told(job, batches.get(job.batch_id)) for job in jobs]


def told_import(access: AccessStore, store: RosterStore, job_id: str, regions: Collection[str]) -> dict[str, Any]:
    """One import by the id of its upload or of its batch, with all its problems. Raises NotFound."""
    job, batch = _found(access, store, job_id, regions)
    problems = list(job.summary.get("problems", ()))
    if batch is not None:
        problems += [_problem(found) for found in msgspec.to_builtins(store.problems(batch.batch_id))]
    left_out = int(job.summary.get("problems_left_out", 0))
    return {**_told(job, batch), "problems": problems, "n_problems": len(problems) + left_out}


def take_back(
    access: AccessStore, store: RosterStore, home: Path, job_id: str, regions: Collection[str], *, at: datetime, by: str
) -> dict[str, Any]:
    """Undo an import. NotFound, Conflict if it wrote nothing (yet), UndoRefused if it was taken back before."""
    job, batch = _found(access, store, job_id, regions)
    if batch is None:
        waiting = job.state in WAITING
        raise Conflict(
            "这次导入还没有完成" if waiting else "这次导入没有写入任何内容，没有可撤回的",
            where=job_id,
            remedy="请等它完成后再撤回。" if waiting else "不需要撤回。",
        )
    told = undo_import(store, batch.batch_id, at=at, by=by)
    drop(home, job.job_id)
    return told


def rejects_of(
    access: AccessStore, store: RosterStore, home: Path, job_id: str, regions: Collection[str]
) -> Path | None:
    """The refused rows of an import as a workbook to be mended; None if no row was refused.

    NotFound for an unknown import, Conflict for one that is not done, Gone for rows that are no longer kept.
    """
    job, _ = _found(access, store, job_id, regions)
    if job.state in WAITING:
        raise Conflict("这次导入还没有完成", where=job_id, remedy="请等它完成后再取退回表。")
    path = folder_of(home, job.job_id) / REJECTS
    if path.is_file():
        return path
    if job.summary.get("rejected"):
        raise Gone("退回表已经删除", where=job_id, remedy="退回表只保存24小时；请把原文件再导入一次。")
    return None


def _found(
    access: AccessStore, store: RosterStore, job_id: str, regions: Collection[str]
) -> tuple[ImportJob, Batch | None]:
    batches = {batch.batch_id: batch for batch in store.batches()}
    try:
        job = access.job(job_id)
    except NotFound:
        if job_id not in batches:
            raise _missing(job_id) from None
        job = _as_job(batches[job_id])
    if not _reaches(job, regions):
        raise _missing(job_id)
    return job, batches.get(job.batch_id)


def _missing(job_id: str) -> NotFound:
    return NotFound("没有这次导入", where=job_id, remedy="`GET /api/v1/imports` 列出所有导入。")


def _reaches(job: ImportJob, regions: Collection[str]) -> bool:
    """Whether a job is an import that somebody of the regions may see: its sender reached no further than they do."""
    if job.kind not in set(Kind):
        return False
    return not regions or (bool(job.regions) and all(region.startswith(tuple(regions)) for region in job.regions))


def _as_job(batch: Batch) -> ImportJob:
    """A batch that a command wrote, as if it had been uploaded."""
    return ImportJob(
        job_id=batch.batch_id, kind=batch.kind.value, file=batch.file, actor=batch.by, created_at=batch.imported_at,
        state="done", rows_read=int(batch.summary.get("rows", 0)), finished_at=batch.imported_at,
        batch_id=batch.batch_id, summary=batch.summary, file_sha256=batch.file_sha256,
    )  # fmt: skip


def _told(job: ImportJob, batch: Batch | None) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "state": job.state,
        "kind": job.kind,
        "file": job.file,
        "by": job.actor,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "dry_run": job.dry_run,
        "rows_read": job.rows_read,
        "batch_id": job.batch_id or None,
        **{name: job.summary[name] for name in COUNTS if name in job.summary},
        "undone_at": batch.undone_at.isoformat() if batch and batch.undone_at else None,
        "error": job.error or None,
        "remedy": job.summary.get("remedy") or None,
    }


def _problem(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "file"}
