"""The file of a backup: a tar whose first entry lists every other one with its digest.

Nothing of it counts before every digest was held against the list: a file that was cut short, or in which one bit
turned over, is refused as a whole. The list is no signature: who owns the file can write another.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Final

import msgspec

from matcher.errors import StoreError

LIST: Final = "matcher-backup.json"
DATABASE: Final = "database"
HOME: Final = "home"
_PIECE: Final = 1 << 20
_DAMAGED: Final = "Take another copy; of this one nothing was put back."


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the copy."""

    name: str
    octets: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy holds, of which schema and moment; engine : sqlite or postgresql; keys : whether they are in it."""

    format: int = 1
    program: str
    made_at: datetime
    engine: str
    schema: str
    revision: int
    audit_head: str
    keys: bool
    files: tuple[Entry, ...]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def entry(name: str, path: Path) -> Entry:
    """A file as the list names it."""
    return Entry(name=name, octets=path.stat().st_size, sha256=digest(path))


def is_backup(path: Path) -> bool:
    """Whether a file is a backup, by its first octets."""
    with path.open("rb") as file:
        return file.read(len(LIST)) == LIST.encode()


def write(out: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write a copy beside its place and move it there whole; readable by its owner alone."""
    part = out.with_name(out.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, LIST, io.BytesIO(body := msgspec.json.format(msgspec.json.encode(manifest))), len(body))
                for one in manifest.files:
                    with files[one.name].open("rb") as read:
                        _add(tar, one.name, read, one.octets)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"the backup cannot be written: {error.strerror or error}", where=str(out), remedy="Choose another place."
        ) from error


def manifest_of(file: Path) -> Manifest:
    """The list of a copy. Raises StoreError for a file that is none, or of a newer form."""
    with _opened(file) as tar:
        first = tar.next()
        read = tar.extractfile(first) if first is not None and first.name == LIST else None
        if read is None:
            raise StoreError("this is no backup of this program", where=str(file), remedy="Name a file it wrote.")
        try:
            manifest = msgspec.json.decode(read.read(), type=Manifest)
        except msgspec.MsgspecError as error:
            raise StoreError(f"the list of the backup is damaged: {error}", where=str(file), remedy=_DAMAGED) from None
    if manifest.format != 1:
        raise StoreError(
            f"the backup has form {manifest.format}, this program reads form 1",
            where=str(file),
            remedy="Install the version of the program that wrote it.",
        )
    return manifest


def unpack(file: Path, manifest: Manifest, folder: Path) -> None:
    """Write every file of a copy under a folder. Raises StoreError unless all are there and none other, unharmed."""
    listed = {one.name: one for one in manifest.files}
    with _opened(file) as tar:
        for member in tar:
            if member.name == LIST:
                continue
            one, read = listed.pop(member.name, None), tar.extractfile(member)
            if one is None or read is None or not _is_inside(member.name):
                raise StoreError("the backup holds a file its list lacks", where=member.name, remedy=_DAMAGED)
            if _written(read, folder / member.name) != one.sha256:
                raise StoreError("a file of the backup is damaged", where=member.name, remedy=_DAMAGED)
    if listed:
        raise StoreError("the backup was cut short: files lack", where=", ".join(sorted(listed)), remedy=_DAMAGED)


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except FileNotFoundError:
        raise StoreError("there is no such file", where=str(file), remedy="Name a backup.") from None
    except (tarfile.TarError, EOFError) as error:
        raise StoreError(f"the file is damaged or no backup: {error}", where=str(file), remedy=_DAMAGED) from None
    except OSError as error:
        raise StoreError(f"the file cannot be read: {error.strerror or error}", where=str(file)) from error


def _add(tar: tarfile.TarFile, name: str, body: IO[bytes], octets: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = octets, 0o600
    tar.addfile(info, body)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _written(read: IO[bytes], path: Path) -> str:
    """Copy what is read to a file of one's own; its digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while piece := read.read(_PIECE):
            found.update(piece)
            file.write(piece)
    return found.hexdigest()
