"""Receipts and replies that somebody drops as files: JSON lines, one thing a line.

    {"kind": "reply", "phone": "13800000001", "text": "1", "at": "2026-01-20T09:00:00+08:00"}
    {"kind": "receipt", "text_id": "t1", "part": 0, "state": "delivered", "at": "2026-01-20T09:00:00+08:00"}

A file is put under another ending and renamed to `.jsonl` when it is whole. Lines nobody can read are written to
`unread/` when the file is moved away: none is lost, none holds the others up. A file may have the name of one of
yesterday's: what it holds is new where its words or moments are.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from matcher.errors import StoreError
from matcher.gateways.account import Account
from matcher.ports.gateways import Incoming, Receipt
from matcher.records.texts import PartState

Item = Receipt | Incoming

FOLDERS: Final = "outbox, inbox/done"
RIGHTS: Final = "请管理员看看这两个文件夹的权限，再运行 matcher sms purge。"


class _ReplyLine(msgspec.Struct, tag_field="kind", tag="reply", frozen=True):
    phone: Annotated[str, Meta(min_length=1)]
    text: str
    at: datetime | None = None
    message_id: str = ""


class _ReceiptLine(msgspec.Struct, tag_field="kind", tag="receipt", frozen=True):
    text_id: Annotated[str, Meta(min_length=1)]
    state: PartState
    part: Annotated[int, Meta(ge=0)] = 0
    at: datetime | None = None
    error: str = ""


_LINES = msgspec.json.Decoder(_ReplyLine | _ReceiptLine)


@dataclass(slots=True)
class _File:
    """A file that was read: what is not kept yet, and the lines nobody can read."""

    size: int
    waiting: dict[Item, None]
    unread: list[bytes] = field(default_factory=list)


class InboxFiles:
    """The folder `<home>/inbox`; a file is moved to `done/` when everything of it is kept, and read once until then."""

    def __init__(self, account: Account, gateway: str) -> None:
        self._account, self._gateway = account, gateway
        self._folder = account.home / "inbox"
        self._files: dict[Path, _File] = {}

    def items(self) -> Iterator[Item]:
        """What is not kept yet, file by file."""
        for path in sorted(self._folder.glob("*.jsonl")):
            if not path.is_file():
                continue
            if path not in self._files or self._files[path].size != path.stat().st_size:
                self._files[path] = self._read(path)
            yield from tuple(self._files[path].waiting)
            self._move_if_empty(path)

    def done(self, items: Collection[Item]) -> None:
        """These are kept; files without anything else go away."""
        for path in list(self._files):
            for item in items:
                self._files[path].waiting.pop(item, None)
            self._move_if_empty(path)

    def old(self, before: datetime) -> list[Path]:
        """Files of `done/` that were dropped before a moment."""
        return [path for path in sorted((self._folder / "done").glob("*")) if path.stat().st_mtime < before.timestamp()]

    def _read(self, path: Path) -> _File:
        octets = path.read_bytes()
        at = datetime.fromtimestamp(int(path.stat().st_mtime), self._account.now().tzinfo)
        found = _File(size=len(octets), waiting={})
        for number, line in enumerate(octets.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                found.waiting[self._item(_LINES.decode(_as_utf8(line)), f"{path.name}:{number}", at)] = None
            # OverflowError: a moment of the first or last day there is, which no zone can tell.
            except (msgspec.MsgspecError, ValueError, OverflowError):
                found.unread.append(line)
        return found

    def _item(self, line: _ReplyLine | _ReceiptLine, place: str, file_at: datetime) -> Item:
        at = _aware(line.at, file_at)
        if isinstance(line, _ReplyLine):
            return Incoming(
                gateway=self._gateway,
                message_id=line.message_id or _name(place, line, at),
                phone=self._account.plain_number(line.phone),
                text=line.text,
                at=at,
            )
        return Receipt(
            gateway=self._gateway, text_id=line.text_id, part=line.part, state=line.state, at=at, error=line.error
        )

    def _move_if_empty(self, path: Path) -> None:
        found = self._files[path]
        if found.waiting or not path.exists() or path.stat().st_size != found.size:
            return
        if found.unread:
            _put(_free(self._folder / "unread" / path.name), b"\n".join([*found.unread, b""]))
        kept = self._folder / "done" / path.name
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(_free(kept))
        del self._files[path]


def remove(paths: Iterable[Path]) -> int:
    """Take files away; how many. Raises StoreError at the end if some cannot be."""
    n_gone, stuck = 0, []
    for path in paths:
        try:
            path.unlink()
        except OSError as error:
            stuck.append(f"{path.name}：{error.strerror}")
        else:
            n_gone += 1
    if stuck:
        raise StoreError(
            f"{len(stuck)}个旧的短信文件删不掉：{'；'.join(stuck[:3])}",
            where=FOLDERS,
            remedy=RIGHTS,
        )
    return n_gone


def _name(place: str, line: _ReplyLine, at: datetime) -> str:
    """What a line is called: the same when its file is read again, another in another file of the same name."""
    said = "\n".join((line.phone, line.text, at.isoformat()))
    return f"{place}:{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"


def _free(path: Path) -> Path:
    """The path, or one beside it where a file of that name lies already: nothing kept is written over."""
    n, free = 1, path
    while free.exists():
        n += 1
        free = path.with_name(f"{path.stem}.{n}{path.suffix}")
    return free


def _aware(at: datetime | None, otherwise: datetime) -> datetime:
    """The moment a line gives, else the file's; one without an offset is the machine's local time."""
    return otherwise if at is None else at.astimezone(otherwise.tzinfo)


def _as_utf8(line: bytes) -> bytes:
    """A line as it is, or recoded if a Windows editor wrote it in GB 18030."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030").encode("utf-8")
    return line


def _put(path: Path, octets: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(octets)
