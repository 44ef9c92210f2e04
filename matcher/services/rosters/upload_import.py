"""An upload becomes an import job: the file waits in a spool of its own until its turn, and is deleted after it.

What is no table at all is refused at once; everything else is queued. Jobs run one at a time in the order of arrival
(`run_imports`), whichever process of the machine took the upload.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, BinaryIO, Final

import msgspec

from matcher.errors import Forbidden
from matcher.intake import inspect
from matcher.ports import AccessStore
from matcher.records import Channel, Kind
from matcher.records.access import ImportJob
from matcher.settings import Settings

PIECE: Final = 1 << 20
OF_PEOPLE: Final = frozenset({Kind.WORKERS, Kind.HOUSEHOLDS, Kind.PLOTS, Kind.PLACEMENTS})
"""Kinds whose rows name people: whoever reaches only some regions could read or change others through an import."""

_STRANGE: Final = re.compile(r"[^\w.()（）·-]+")
LONGEST_NAME: Final = 60


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what the file is said to hold, for which county and day, and who sends it."""

    kind: Kind
    file: str
    on: date
    jurisdiction: str
    channel: Channel | None = None
    dry_run: bool = False
    actor: str
    regions: tuple[str, ...] = ()


def queue_upload(
    access: AccessStore, settings: Settings, call: Upload, stream: BinaryIO, *, now: datetime
) -> ImportJob:
    """The job that waits for its turn; nothing of the file has been read into the database yet.

    Raises Forbidden for a kind that names people if the sender reaches only some regions, InvalidInput with one
    Problem for a file that is empty, too big, locked, broken, a bomb or no table.
    """
    if call.regions and call.kind in OF_PEOPLE:
        raise Forbidden(
            "只管一部分地区的账号不能导入人员名册", where=call.kind.value, remedy="请交给管全县的账号导入。"
        )
    with new_spool(settings.home, "i") as (job_id, folder):
        path = folder / plain_name(call.file)
        sha256, n_bytes = copied(stream, path)
        with path.open("rb") as file:
            inspect(file, path.name, settings)
        job = ImportJob(
            job_id=job_id,
            kind=call.kind.value,
            file=path.name,
            actor=call.actor,
            regions=call.regions,
            channel=call.channel or "",
            jurisdiction=call.jurisdiction,
            on=call.on,
            dry_run=call.dry_run,
            file_sha256=sha256,
            file_bytes=n_bytes,
            created_at=now,
        )
        access.put_job(job)
    return job


def spool(home: Path) -> Path:
    """The folder of waiting uploads; nobody else on the machine may look into it."""
    folder = home / "spool"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def new_spool(home: Path, letter: str) -> Iterator[tuple[str, Path]]:
    """A new job's id and the folder its files wait in; the folder goes again if what is done with it fails.

    letter : what the id begins with; the time follows, so that jobs of one second keep their order of arrival
    """
    job_id = f"{letter}-{time.time_ns():016x}{secrets.token_hex(6)}"
    folder = folder_of(home, job_id)
    folder.mkdir(mode=0o700)
    try:
        yield job_id, folder
    except BaseException:
        drop(home, job_id)
        raise


def folder_of(home: Path, job_id: str) -> Path:
    """Where a job's files lie while they are kept."""
    return spool(home) / job_id


def drop(home: Path, job_id: str) -> None:
    """Delete what is kept of a job's files."""
    shutil.rmtree(folder_of(home, job_id), ignore_errors=True)


def plain_name(name: str) -> str:
    """The last part of a file's name without anything a file system or a page could stumble over."""
    last = re.split(r"[/\\]", name)[-1]
    return _STRANGE.sub("_", last).lstrip(".")[-LONGEST_NAME:] or "upload"


def copied(stream: IO[bytes], path: Path) -> tuple[str, int]:
    """Copy the upload into a file only its owner reads; its SHA-256 and size."""
    digest, n_bytes = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := stream.read(PIECE):
            digest.update(piece)
            n_bytes += file.write(piece)
    return digest.hexdigest(), n_bytes
