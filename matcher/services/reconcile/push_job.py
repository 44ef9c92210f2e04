"""Two ledgers on their way: they wait in the line of the imports and are compared in their turn, not while one waits.

Comparing 50,000 rows with 47,000 takes the better part of a minute; a request that did it would hold a thread of the
server, and a closed browser would leave nobody knowing what became of it.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.intake import inspect
from matcher.ports import AccessStore, Clock, DeedStore
from matcher.records.access import ImportJob
from matcher.services.ground.rulebook import Means
from matcher.services.reconcile.runs import Push, push
from matcher.services.rosters.run_imports import Errand
from matcher.services.rosters.upload_import import copied, new_spool, plain_name
from matcher.settings import Settings

LEDGERS: Final = "ledgers"
"""Kind of these jobs; no kind of record, so that no list of imports shows them."""
LEFT, RIGHT = "left", "right"
WAITING: Final = frozenset({"queued", "running"})
STATES: Final = {
    "queued": "排队等着",
    "running": "正在核对",
    "done": "核对好了",
    "failed": "没有核对成",
    "interrupted": "核对中途系统停了",
}
STOPPED_ON_THE_WAY: Final = "系统在核对途中停了，这次核对没有结果"
AGAIN: Final = "请先在核对列表里看有没有这一次，没有就把两份名单重新上传。"


class Ledgers(msgspec.Struct, frozen=True, kw_only=True):
    """The call: who sends two files on which day for which county, and what the files are called."""

    left_name: str
    right_name: str
    on: date
    jurisdiction: str
    actor: str


def queue_ledgers(
    access: AccessStore, settings: Settings, call: Ledgers, left: IO[bytes], right: IO[bytes], *, now: datetime
) -> ImportJob:
    """The job that waits for its turn; nothing has been compared yet.

    Raises InvalidInput for one file given twice, and for a file that is empty, too big, locked, broken or no table.
    """
    names = {LEFT: call.left_name, RIGHT: call.right_name}
    with new_spool(settings.home, "l") as (job_id, folder):
        sums, n_bytes = [], 0
        for side, stream in ((LEFT, left), (RIGHT, right)):
            path = folder / _stored(side, names[side])
            sha256, size = copied(stream, path)
            with path.open("rb") as file:
                inspect(file, names[side], settings)
            sums.append(sha256)
            n_bytes += size
        if sums[0] == sums[1]:
            raise InvalidInput("两份是同一个文件", remedy="左边选本局的名单，右边选另一家的名单。")
        job = ImportJob(
            job_id=job_id,
            kind=LEDGERS,
            file=_stored(LEFT, call.left_name),
            actor=call.actor,
            jurisdiction=call.jurisdiction,
            on=call.on,
            file_sha256=sums[0],
            file_bytes=n_bytes,
            created_at=now,
            summary=names,
        )
        access.put_job(job)
    return job


def ledger_errand(access: AccessStore, deeds: DeedStore, means: Means, clock: Clock, *, key: bytes) -> Errand:
    """What the line of jobs does with two ledgers: compare, keep sealed, and name the run."""

    def run(job: ImportJob, path: Path) -> dict[str, Any]:
        names = {side: str(job.summary[side]) for side in (LEFT, RIGHT)}
        call = Push(
            left=path.read_bytes(),
            right=(path.parent / _stored(RIGHT, names[RIGHT])).read_bytes(),
            left_name=names[LEFT],
            right_name=names[RIGHT],
            on=job.on or job.created_at.date(),
            jurisdiction=job.jurisdiction,
            by=job.actor,
        )
        n_read = 0

        def tell(n_rows: int) -> None:
            nonlocal n_read
            n_read = n_rows
            access.put_job(msgspec.structs.replace(job, rows_read=n_rows))

        try:
            run_id = push(deeds, means, call, key=key, at=clock.now(), tell=tell)
        except InvalidInput as refused:
            fixes = [problem.fix for problem in refused.problems] or [refused.remedy]
            return {"state": "failed", "error": refused.what, "summary": {**names, "remedy": "".join(fixes[:1])}}
        return {"state": "done", "rows_read": n_read, "summary": {**names, "run_id": run_id}}

    return run


def told_ledgers(access: AccessStore, job_id: str) -> dict[str, Any]:
    """How far two ledgers are, and the run they became. NotFound for any other job."""
    job = access.job(job_id)
    if job.kind != LEDGERS:
        raise NotFound("没有这次核对", remedy="请从核对列表重新点进来。")
    stopped = job.state == "interrupted"
    return {
        "job_id": job.job_id,
        "state": job.state,
        "state_label": STATES[job.state],
        "waiting": job.state in WAITING,
        "left_name": str(job.summary.get(LEFT, "")),
        "right_name": str(job.summary.get(RIGHT, "")),
        "rows_read": job.rows_read,
        "run_id": str(job.summary.get("run_id", "")),
        "error": STOPPED_ON_THE_WAY if stopped else job.error,
        "remedy": AGAIN if stopped else str(job.summary.get("remedy", "")),
        "by": job.actor,
        "at": job.created_at.isoformat(),
    }


def waiting_ledgers(access: AccessStore) -> list[dict[str, Any]]:
    """Ledgers that wait or are being compared, oldest first."""
    return [told_ledgers(access, job.job_id) for job in access.jobs() if job.kind == LEDGERS and job.state in WAITING]


def _stored(side: str, name: str) -> str:
    """The name a file of a side lies under: two of one name lie beside each other."""
    return f"{side}-{plain_name(name)}"
