"""The gateway without a carrier: texts go to a file a day for a person to forward, what came in is dropped as files.

Numbers and words stand in these files in clear, for whoever forwards them: their rights are the owner's alone.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from matcher.errors import StoreError
from matcher.gateways.account import Account, Pace
from matcher.gateways.inbox_files import FOLDERS, RIGHTS, InboxFiles, remove
from matcher.gateways.outcomes import untouched
from matcher.ports.gateways import Fate, Incoming, Outgoing, Receipt, Submitted, SubmittedPart
from matcher.records.texts import PartState

NAME: Final = "file"
_LAST: Final = "last-batch.json"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class _Batch(msgspec.Struct, frozen=True):
    """The batch written last: into which file, behind how many octets, which lines, the texts and parts in them."""

    file: str
    offset: int
    lines: str
    texts: tuple[tuple[str, int], ...]


class FileGateway:
    """Appends each text as a JSON line to `<home>/outbox/<day>.jsonl`; reads receipts and replies of `<home>/inbox`.

    A batch is in the file whole or not at all: it is noted beside the file first, and whoever opens the outbox after
    a crash brings a torn batch to its end. The note stays until the next batch begins, and what it names is told by
    `receive` as accepted: a text whose worker died between writing and settling is not unknown for long.
    """

    name: Final = NAME

    def __init__(self, account: Account, _pace: Pace | None = None) -> None:
        self._account = account
        self._outbox = account.home / "outbox"
        self._inbox = InboxFiles(account, NAME)
        self._recovered: dict[Receipt | Incoming, None] = {}
        self._looked = False

    def submit(self, texts: Sequence[Outgoing]) -> Iterator[Submitted]:
        """ACCEPTED for all once they are on the disk; DOWN for all if it is full or closed to us."""
        if not texts:
            return
        try:
            with self._alone():
                self._append(texts)
        except OSError as error:
            yield from (untouched(text, Fate.DOWN, f"发件箱写不进去：{error.strerror}") for text in texts)
            return
        for text in texts:
            parts = (SubmittedPart(state=PartState.ACCEPTED),) * len(text.parts)
            yield Submitted(text_id=text.text_id, fate=Fate.ACCEPTED, parts=parts)

    def receive(self, timeout_s: float = 0.0) -> Iterable[Receipt | Incoming]:
        """What lies in the inbox, and the texts a run before this one wrote last; there is nothing to wait for."""
        if not self._looked and self._outbox.is_dir():
            with self._alone():
                self._bring_to_end()
        self._looked = True
        return [*self._recovered, *self._inbox.items()]

    def done(self, items: Iterable[Receipt | Incoming]) -> None:
        """Files of which everything is kept are moved to `<home>/inbox/done`."""
        kept = set(items)
        for item in kept & self._recovered.keys():
            del self._recovered[item]
        self._inbox.done(kept)

    def purge(self, before: datetime) -> int:
        """Files of days wholly before the moment, and files of `inbox/done` dropped before it; how many.

        What lies in `inbox` and in `inbox/unread` stays: nobody has taken it in, and a refusal may stand there.
        """
        try:
            old = self._inbox.old(before)
            if not self._outbox.is_dir():
                return remove(old)
            with self._alone():
                return remove([*old, *self._old(before)])
        except OSError as error:
            raise StoreError(f"旧的短信文件看不了：{error.strerror}", where=FOLDERS, remedy=RIGHTS) from None

    def close(self) -> None:
        """Nothing is open between two calls."""

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else writes to the outbox meanwhile."""
        self._outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._outbox / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _old(self, before: datetime) -> Iterator[Path]:
        """Days before that of the moment, by their names, and the note of a batch of such a day."""
        first = f"{before.astimezone():%Y-%m-%d}"
        days = [path for path in self._outbox.glob("*.jsonl") if _DAY.fullmatch(path.stem) and path.stem < first]
        yield from days
        note = self._outbox / _LAST
        if note.exists() and msgspec.json.decode(note.read_bytes(), type=_Batch).file < f"{first}.jsonl":
            yield note

    def _append(self, texts: Sequence[Outgoing]) -> None:
        self._bring_to_end()
        now = self._account.now()
        day = self._outbox / f"{now.astimezone():%Y-%m-%d}.jsonl"
        lines = "".join(_line(text, now.isoformat()) for text in texts)
        offset = day.stat().st_size if day.exists() else 0
        named = tuple((text.text_id, len(text.parts)) for text in texts)
        self._note(_Batch(file=day.name, offset=offset, lines=lines, texts=named))
        try:
            _write_at(day, offset, lines.encode())
        except OSError:
            # Nobody was told that these went: they must not go when the disk has room again.
            (self._outbox / _LAST).unlink(missing_ok=True)
            _cut(day, offset)
            raise

    def _note(self, batch: _Batch) -> None:
        beside = self._outbox / f".{_LAST}"
        descriptor = os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        _write_out(descriptor, msgspec.json.encode(batch))
        beside.replace(self._outbox / _LAST)
        _settle(self._outbox)

    def _bring_to_end(self) -> None:
        """Complete the batch noted last if it is torn; what another run wrote is told as accepted."""
        note = self._outbox / _LAST
        if not note.exists():
            self._looked = True
            return
        batch = msgspec.json.decode(note.read_bytes(), type=_Batch)
        day, lines = self._outbox / batch.file, batch.lines.encode()
        written = day.read_bytes()[batch.offset :] if day.exists() else b""
        if not written.startswith(lines):
            _write_at(day, batch.offset, lines)
        if not self._looked:
            now = self._account.now()
            for text_id, n_parts in batch.texts:
                for place in range(n_parts):
                    self._recovered[_accepted(text_id, place, now)] = None
        note.unlink()
        self._looked = True


def _accepted(text_id: str, place: int, now: datetime) -> Receipt:
    return Receipt(gateway=NAME, text_id=text_id, part=place, state=PartState.ACCEPTED, at=now)


def _line(text: Outgoing, at: str) -> str:
    told = {"text_id": text.text_id, "phone": text.phone, "body": "".join(text.parts), "parts": text.parts, "at": at}
    return msgspec.json.encode(told).decode() + "\n"


def _write_at(path: Path, offset: int, octets: bytes) -> None:
    """The octets behind the first `offset` of the file, and nothing behind them, on the disk."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    os.ftruncate(descriptor, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)
    _write_out(descriptor, octets)


def _write_out(descriptor: int, octets: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _cut(path: Path, offset: int) -> None:
    if path.exists():
        os.truncate(path, offset)


def _settle(folder: Path) -> None:
    """The folder's own entries on the disk: a rename is not there before."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
