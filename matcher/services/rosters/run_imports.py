"""Queued uploads into the store, one at a time, in the order of arrival, by one process of the machine at a time.

Whoever runs holds a lock that the system takes back when the process ends, however it ends. A job that stands as
running while nobody holds the lock was therefore stopped on the way: an import is one write, so it is there or not.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, MatcherError
from matcher.ports import AccessStore, RosterStore
from matcher.records import Channel, Kind
from matcher.records.access import ImportJob
from matcher.services.ground.rulebook import Means
from matcher.services.rosters.import_roster import ImportRoster, import_roster, refused_summary
from matcher.services.rosters.upload_import import drop, folder_of, spool

TELL_EVERY_S: Final = 0.5
REJECTS: Final = ".rejects.xlsx"
"""Beside the upload; no upload's name begins with a dot (`upload_import.plain_name`), so none can be taken for it."""
REJECTS_KEPT: Final = timedelta(hours=24)
MOST_KEPT: Final = 1000
"""Problems kept with a job that wrote no batch; `problems_left_out` says how many there were beyond."""
INTERRUPTED: Final = "系统在导入途中停了，这份文件一行也没有写入"
STOPPED: Final = "系统中途停了，这件事没有办完"
"""Of a job that is no import; its kind's own page says what is to be done."""
AGAIN: Final = "请重新上传这份文件。"

Clock = Callable[[], datetime]


Errand = Callable[[ImportJob, Path], dict[str, Any]]
"""Does a job with its file, others of the job beside it; answers the fields of the job that its end changes."""


def run_imports(
    access: AccessStore,
    store: RosterStore,
    means: Means,
    home: Path,
    *,
    clock: Clock,
    errands: Mapping[str, Errand] | None = None,
) -> None:
    """Run every job that waits on this machine; waits itself while another process does so.

    errands : kind -> what does the jobs of it that are no imports; they wait in the same line
    """
    imports = dict.fromkeys(map(str, Kind), partial(_imported, access, store, means))
    known: dict[str, Errand] = {**imports, **(errands or {})}
    with _alone(home):
        _settle_stopped(access, store, home, clock())
        while (job := _next(access, home, known)) is not None:
            _run(access, home, job, known[job.kind], clock)
        forget_files(access, home, clock())


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (spool(home) / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _next(access: AccessStore, home: Path, kinds: Collection[str]) -> ImportJob | None:
    """The oldest job that waits; of several machines on one database each has its own uploads."""
    waiting = (job for job in access.jobs() if job.state == "queued" and job.kind in kinds)
    return next((job for job in waiting if folder_of(home, job.job_id).exists()), None)


def _settle_stopped(access: AccessStore, store: RosterStore, home: Path, now: datetime) -> None:
    """Say of every job that was stopped on the way what became of it."""
    for job in access.jobs():
        if job.state != "running" or not folder_of(home, job.job_id).exists():
            continue
        written = [
            batch
            for batch in store.batches()
            if (batch.file_sha256, batch.imported_at, batch.by) == (job.file_sha256, job.started_at, job.actor)
        ]
        if written:
            end = {"state": "done", "batch_id": written[0].batch_id, "summary": dict(written[0].summary)}
        else:
            end = {"state": "interrupted"} | _stopped(job)
        access.put_job(msgspec.structs.replace(job, finished_at=now, **end))
        drop(home, job.job_id)


def _stopped(job: ImportJob) -> dict[str, Any]:
    """What is said of a job that stopped and wrote nothing; an errand keeps its summary: its files are named there."""
    if job.kind in frozenset(Kind):
        return {"error": INTERRUPTED, "summary": {"remedy": AGAIN}}
    return {"error": STOPPED, "summary": dict(job.summary)}


def _run(access: AccessStore, home: Path, job: ImportJob, errand: Errand, clock: Clock) -> None:
    job = msgspec.structs.replace(job, state="running", started_at=clock())
    access.put_job(job)
    folder = folder_of(home, job.job_id)
    path = folder / job.file
    try:
        end = errand(job, path)
    except MatcherError as error:
        end = {"state": "failed", "error": error.what, "summary": {**job.summary, "remedy": error.remedy}}
    except BaseException:
        end = {"state": "failed", "error": "系统内部出错，已经记录", "summary": {"remedy": "请告诉系统管理员。"}}
        raise
    finally:
        access.put_job(msgspec.structs.replace(job, finished_at=clock(), **end))
        # The file of a preview waits a day for somebody to say yes to it (`office.imports.confirm_preview`).
        if not (job.dry_run and end["state"] == "done"):
            path.unlink(missing_ok=True)
            if not (folder / REJECTS).exists():
                drop(home, job.job_id)


def _imported(access: AccessStore, store: RosterStore, means: Means, job: ImportJob, path: Path) -> dict[str, Any]:
    """What becomes of the job's fields when its file has been read."""
    rejects = path.with_name(REJECTS)
    call = ImportRoster(
        kind=Kind(job.kind),
        path=path,
        on=job.on or job.created_at.date(),
        jurisdiction=job.jurisdiction,
        channel=Channel(job.channel) if job.channel else None,
        dry_run=job.dry_run,
        rejects=rejects,
        by=job.actor,
    )
    assert job.started_at is not None  # noqa: S101 - `_run` has just set it
    try:
        summary = import_roster(store, means, call, at=job.started_at, progress=_Told(access, job))
    except InvalidInput as error:
        summary = {**refused_summary(call, error), "remedy": error.remedy}
        return {"state": "failed", "error": error.what, "summary": _kept(summary, 0)}
    if summary["rejected"]:
        rejects.chmod(0o600)
    else:
        rejects.unlink(missing_ok=True)
    of_rows = 0 if job.dry_run else len(store.problems(summary["batch_id"]))
    return {
        "state": "done",
        "rows_read": summary["rows"],
        "batch_id": "" if job.dry_run else summary["batch_id"],
        "summary": _kept(summary, of_rows),
    }


def _kept(summary: dict[str, Any], of_rows: int) -> dict[str, Any]:
    """The summary without the `of_rows` problems at its end, which the store keeps with the batch."""
    problems = summary["problems"][: len(summary["problems"]) - of_rows]
    return {
        **summary,
        "problems": problems[:MOST_KEPT],
        "problems_left_out": max(0, len(problems) - MOST_KEPT),
    }


class _Told:
    """Keeps the number of rows read so far with the job, at most every TELL_EVERY_S seconds."""

    def __init__(self, access: AccessStore, job: ImportJob) -> None:
        self._access, self._job = access, job
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            self._access.put_job(msgspec.structs.replace(self._job, rows_read=done))


def forget_files(access: AccessStore, home: Path, now: datetime) -> None:
    """Delete refused rows and previews a day after their job, and as late what a stopped upload left behind.

    A young folder without a job is an upload that is coming in.
    """
    jobs = {job.job_id: job for job in access.jobs()}
    for folder in [path for path in spool(home).iterdir() if path.is_dir()]:
        job = jobs.get(folder.name)
        if job is None:
            over = time.time() - folder.stat().st_mtime >= REJECTS_KEPT.total_seconds()
        else:
            over = job.finished_at is not None and now - job.finished_at >= REJECTS_KEPT
        if over:
            drop(home, folder.name)
