"""Refusals beside the database, in `<home>/refusals.journal`: a no outlives a restore of last night's backup.

One line each, appended and synced before the database has it. A line is sealed under a key that no rotation changes
and bound to the line before it, so that none can be read, altered, exchanged or left out in the middle. It holds the
keyed hash of a number and not the number: whoever is erased leaves none here. A last line that a power cut tore is
passed over; nobody was ever told that it was kept.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import StoreError
from matcher.store.sealing import place, seal, unseal

FILE: Final = "refusals.journal"
_START: Final = "start"
_LONGEST_LINE: Final = 1 << 16


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A no as the journal keeps it; phone_index : keyed hash of the number it came from, empty if from none."""

    consent_id: str
    worker_id: str
    at: datetime
    words: str
    where: str
    channel: str
    by: str
    phone_index: bytes


class End(NamedTuple):
    """Where a journal ends: how many octets of whole lines, and the digest of the last one."""

    octets: int
    digest: str


class Journal:
    """The file of one home folder."""

    def __init__(self, home: Path, key: bytes) -> None:
        """key : of 32 octets, the same for the life of the database."""
        self.path = home / FILE
        self._key = AESGCM(key)

    def end(self) -> End:
        """Where it ends; a torn last line does not count. Raises StoreError if the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                octets = file.seek(0, os.SEEK_END)
                start = max(0, octets - _LONGEST_LINE)
                file.seek(start)
                tail = file.read()
        except FileNotFoundError:
            return End(0, _START)
        except OSError as error:
            raise self._unusable(error) from error
        whole = tail[: tail.rfind(b"\n") + 1]
        if not whole:
            return End(0, _START)
        last = whole[:-1].rpartition(b"\n")[2]
        return End(start + len(whole), _digest(last))

    def append(self, refusals: Collection[Refusal]) -> End:
        """Add lines and wait until the disk has them; where the journal ends now. One writer at a time.

        What a torn last line left is cut off first.
        """
        octets, digest = self.end()
        lines = []
        for refusal in refusals:
            line = base64.b64encode(seal(self._key, msgspec.msgpack.encode(refusal), _place(digest)))
            digest = _digest(line)
            lines.append(line + b"\n")
        try:
            with os.fdopen(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as file:
                file.truncate(octets)
                file.seek(octets)
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
                end = End(file.tell(), digest)
            if octets == 0:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise self._unusable(error) from error
        return end

    def since(self, known: End) -> Iterator[Refusal]:
        """What was added behind an end, or all of it if that end is none of this file's.

        Raises StoreError for a line that was altered: nothing may be sent until somebody has looked.
        """
        try:
            body = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._unusable(error) from error
        body = body[: body.rfind(b"\n") + 1]
        before = body[: known.octets]
        if known.octets > len(body) or not before.endswith(b"\n") or _last_digest(before) != known.digest:
            before = b""
        digest = _last_digest(before)
        for line in body[len(before) :].splitlines():
            yield self._opened(line, digest)
            digest = _digest(line)

    def _opened(self, line: bytes, digest: str) -> Refusal:
        try:
            plain = unseal(self._key, base64.b64decode(line, validate=True), _place(digest))
            return msgspec.msgpack.decode(plain, type=Refusal)
        except (StoreError, ValueError, msgspec.MsgspecError):
            raise StoreError(
                "the journal of refusals was altered, or belongs to other keys",
                where=str(self.path),
                remedy="Send nothing. Put the journal of the last copy back, or ask who wrote to this file.",
            ) from None

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(
            f"the journal of refusals cannot be used: {error.strerror}",
            where=str(self.path),
            remedy="Check the owner and the rights of the file and the room on the disk, then repeat.",
        )


def _last_digest(body: bytes) -> str:
    return _digest(body[:-1].rpartition(b"\n")[2]) if body else _START


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _place(digest: str) -> bytes:
    return place("refusals", "line", digest)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
