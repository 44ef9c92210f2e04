"""The store of `ports.DeedStore`, in the same database as the rosters: each method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import Conflict, Erased, NotFound
from matcher.ports.deeds import Decide
from matcher.records.deeds import Deed, NewDeed, file_name
from matcher.store import desk_schema as schema
from matcher.store.chunks import chunks
from matcher.store.database import BUSY_TIMEOUT_S, Database
from matcher.store.keyholder import Keyholder
from matcher.store.sealing import Vault, place
from matcher.store.shelf import Shelf

ERASED: Final = {"erased": True}


class _File(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kept file; of a dropped one the name is left, sealed as before, so that reading through finds nothing wrong."""

    sha256: str
    body: bytes
    dropped: bool = False


_DEEDS: Final = Shelf(
    schema.deed,
    Deed,
    lambda deed: {
        "number": deed.number,
        "stream": deed.stream,
        "seq": deed.seq,
        "kind": deed.kind,
    },
)
_FILES: Final = Shelf(schema.deed_file, _File, lambda file: {"sha256": file.sha256})
SHELVES: Final[tuple[Shelf[Any], ...]] = (_DEEDS, _FILES)


def open_deeds(url: str, *, home: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Deeds:
    """Deeds in the database that `open_store` of the same URL and home made; nothing is touched before a call."""
    return Deeds(Database(url, busy_timeout_s=busy_timeout_s), home=home)


class Deeds:
    """Streams of events, what each holds, and files frozen with them."""

    def __init__(self, database: Database, *, home: Path) -> None:
        self.database = database
        self._keys = Keyholder(home)

    def close(self) -> None:
        """Give the connections back and forget the keys."""
        self.database.close()
        self._keys.forget()

    def act(self, stream: str, decide: Decide) -> tuple[Deed, ...]:
        """Add what `decide` says to a stream, nobody else between reading and writing; Conflict."""
        with self.database.writing() as connection:
            _lock(connection)
            vault = self._keys.vault(connection)
            found = _of_stream(connection, vault, stream)
            new = decide(found)
            added = tuple(self._added(connection, vault, {stream: new}))
        self._leave_nothing(new)
        return found + added

    def act_all(self, deeds: Mapping[str, Sequence[NewDeed] | Decide]) -> int:
        """Add deeds to many streams at once, all or none, those of a `Decide` on what stands there now; Conflict."""
        with self.database.writing() as connection:
            _lock(connection)
            vault = self._keys.vault(connection)
            asked = {
                stream: new(_of_stream(connection, vault, stream)) if callable(new) else new
                for stream, new in deeds.items()
            }
            self._added(connection, vault, asked)
            last = _last(connection)
        self._leave_nothing(one for new in asked.values() for one in new)
        return last

    def stream(self, stream: str) -> tuple[Deed, ...]:
        """The deeds of a stream in their order."""
        with self.database.reading() as connection:
            return _of_stream(connection, self._keys.vault(connection), stream)

    def deeds(
        self, *, prefix: str = "", kinds: Collection[str] = (), subject: str = "", after: int = 0, until: int = 0
    ) -> list[Deed]:
        """Deeds in their order, narrowed as asked."""
        columns = schema.deed.c
        wanted: list[sa.ColumnElement[bool]] = [columns.number > after] if after else []
        if until:
            wanted.append(columns.number <= until)
        if prefix:
            wanted.append(columns.stream.startswith(prefix, autoescape=True))
        if kinds:
            wanted.append(columns.kind.in_(sorted(kinds)))
        if subject:
            about = sa.select(schema.deed_subject.c.number).where(schema.deed_subject.c.subject == subject)
            wanted.append(columns.number.in_(about))
        with self.database.reading() as connection:
            return _DEEDS.where(connection, self._keys.vault(connection), *wanted)

    def last_number(self) -> int:
        """Number of the newest deed, 0 before any."""
        with self.database.reading() as connection:
            return _last(connection)

    def holder(self, guard: str) -> str:
        """The stream that holds something, "" if none does."""
        columns = schema.deed_guard.c
        with self.database.reading() as connection:
            return connection.execute(sa.select(columns.stream).where(columns.guard == guard)).scalar() or ""

    def file(self, sha256: str) -> bytes:
        """A file kept with a deed; NotFound, Erased if its content was dropped."""
        with self.database.reading() as connection:
            found = _FILES.find(connection, self._keys.vault(connection), sha256)
        if found is None:
            raise NotFound("no file of this content is kept", where=sha256)
        if found.dropped:
            remedy = "只留了它的指纹；办理记录里写着哪天、为什么。"
            raise Erased("这份文件的内容已按规定删除", where=sha256, remedy=remedy)
        return found.body

    def forget_person(self, worker_id: str) -> int:
        """Take the words about a person out of every deed, the deeds stay; how many changed."""
        subjects = schema.deed_subject.c
        with self.database.writing() as connection:
            _lock(connection)
            self.database.forget_deleted_pages(connection)
            vault = self._keys.vault(connection)
            about = sa.select(subjects.number).where(subjects.subject == worker_id)
            found = _DEEDS.where(connection, vault, schema.deed.c.number.in_(about))
            rest = [
                msgspec.structs.replace(
                    deed, body=ERASED, subjects=tuple(one for one in deed.subjects if one != worker_id)
                )
                for deed in found
            ]
            for deed in rest:
                sealed = vault.seal(msgspec.json.encode(deed), place(schema.deed.name, "body", str(deed.number)))
                connection.execute(
                    sa.update(schema.deed).where(schema.deed.c.number == deed.number).values(body=sealed)
                )
            connection.execute(sa.delete(schema.deed_subject).where(subjects.subject == worker_id))
        # What stood there must not linger in the write-ahead file either.
        self.database.checkpoint()
        return len(rest)

    def _added(self, connection: Connection, vault: Vault, deeds: Mapping[str, Sequence[NewDeed]]) -> list[Deed]:
        """Number the deeds, keep them with their subjects and files, and give and take what they hold."""
        if any(one.drops for new in deeds.values() for one in new):
            self.database.forget_deleted_pages(connection)
        written = _numbered_all(connection, deeds)
        _DEEDS.add_all(connection, vault, written)
        for new in deeds.values():
            for one in new:
                _files(connection, vault, one)
        rows = [{"number": deed.number, "subject": one} for deed in written for one in dict.fromkeys(deed.subjects)]
        for piece in chunks(rows):
            connection.execute(sa.insert(schema.deed_subject), list(piece))
        return written

    def _leave_nothing(self, new: Iterable[NewDeed]) -> None:
        """What stood in a dropped file must not linger in the write-ahead file either."""
        if any(one.drops for one in new):
            self.database.checkpoint()


def _lock(connection: Connection) -> None:
    """One writer at a time, as SQLite has it anyhow: numbers follow each other without gaps."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE deed IN EXCLUSIVE MODE"))


def _last(connection: Connection) -> int:
    return connection.execute(sa.select(sa.func.max(schema.deed.c.number))).scalar() or 0


def _of_stream(connection: Connection, vault: Vault, stream: str) -> tuple[Deed, ...]:
    return tuple(_DEEDS.where(connection, vault, schema.deed.c.stream == stream))


def _numbered_all(connection: Connection, deeds: Mapping[str, Sequence[NewDeed]]) -> list[Deed]:
    """The deeds with their numbers, and what they hold given and taken; Conflict."""
    number, columns = _last(connection), schema.deed.c
    written: list[Deed] = []
    for stream, new in deeds.items():
        if not new:
            continue
        seq = connection.execute(sa.select(sa.func.max(columns.seq)).where(columns.stream == stream)).scalar() or 0
        for one in new:
            number, seq = number + 1, seq + 1
            written.append(_numbered(one, stream, number, seq))
            _hold(connection, stream, one)
    return written


def _files(connection: Connection, vault: Vault, new: NewDeed) -> None:
    """Keep and drop the files of a deed; one that was dropped and comes again is kept again."""
    for body in new.keeps:
        kept = _File(file_name(body), body)
        if not _FILES.add(connection, vault, kept):
            _FILES.put(connection, vault, kept)
    for sha256 in new.drops:
        _FILES.change(connection, vault, sha256, lambda file: _File(file.sha256, b"", dropped=True))


def _numbered(new: NewDeed, stream: str, number: int, seq: int) -> Deed:
    return Deed(
        number=number,
        stream=stream,
        seq=seq,
        kind=new.kind,
        at=new.at,
        on=new.on,
        by=new.by,
        subjects=new.subjects,
        body=new.body,
        takes=new.takes,
        frees=new.frees,
        files=tuple(map(file_name, new.keeps)),
    )


def _hold(connection: Connection, stream: str, new: NewDeed) -> None:
    """Give up and take what the deed says; Conflict if another stream holds it."""
    guards = schema.deed_guard.c
    if new.frees:
        mine = sa.delete(schema.deed_guard).where(guards.stream == stream, guards.guard.in_(new.frees))
        connection.execute(mine)
    for guard in _free(connection, stream, new.takes):
        connection.execute(sa.insert(schema.deed_guard).values(guard=guard, stream=stream))


def _free(connection: Connection, stream: str, wanted: Iterable[str]) -> list[str]:
    guards, free = schema.deed_guard.c, []
    for guard in dict.fromkeys(wanted):
        holder = connection.execute(sa.select(guards.stream).where(guards.guard == guard)).scalar()
        if holder is None:
            free.append(guard)
        elif holder != stream:
            raise Conflict(
                f"{guard} is held by {holder}", where=stream, remedy=f"Read {holder} first: it was done there already."
            )
    return free
