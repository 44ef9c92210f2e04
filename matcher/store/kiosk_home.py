"""The folder of a kiosk: who it is, and its fair pack, sealed row by row.

`kiosk.json` (for its owner alone) holds the secret and the key that the server gave at enrolment; `kiosk.db` holds
nothing that can be read without that key.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import PackRefused, StoreError
from matcher.fair_pack import PackContents, open_pack
from matcher.ports.kiosk_home import KioskFile
from matcher.records import Vacancy
from matcher.records.fair_packs import CarriedPerson, PackHeading
from matcher.store.kiosk_disk import KioskDisk, WaitingVisits
from matcher.store.sealing import place, seal, unseal

FILE: Final = "kiosk.json"
_PERSON: Final = "person"
_VACANCY: Final = "vacancy"
_REST: Final = "rest"
T = TypeVar("T")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A pack as it was put on the disk: heading, contents, and the key of its cards; people are empty once dropped."""

    heading: PackHeading
    contents: PackContents
    key: bytes


class KioskFolder:
    """`ports.KioskHome` on a folder. Every call is one transaction; several threads may call."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._disk = KioskDisk(home)
        self.visits = WaitingVisits(self._disk, lambda: self._key(b"outbox"))
        self._held: Held | None = None
        self._loaded = False
        self._clock: tuple[int, datetime | None] | None = None

    def enrolment(self) -> KioskFile | None:
        """Who this machine is; StoreError for a file others may read or that cannot be read."""
        path = self._home / FILE
        try:
            if os.name == "posix" and path.stat().st_mode & 0o077:
                raise StoreError("others may read the kiosk's keys", where=str(path), remedy=f"Run: chmod 600 {path}")
            return msgspec.json.decode(path.read_bytes(), type=KioskFile)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise StoreError(f"the kiosk's file cannot be read: {error}", where=str(path)) from None

    def enrol(self, file: KioskFile) -> None:
        """Keep who this machine is; what an earlier enrolment left behind is destroyed first."""
        with self._disk.lock:
            self._destroy()
            self._put_file(file)

    def move(self, server: str) -> None:
        """The server has another address."""
        with self._disk.lock:
            file = self.enrolment()
            if file is not None:
                self._put_file(msgspec.structs.replace(file, server=server))

    def held(self) -> Held | None:
        """The pack that is held, opened once and kept in memory until another one comes."""
        with self._disk.lock:
            if not self._loaded:
                self._held = self._load()
                self._loaded = True
            return self._held

    def heading(self) -> PackHeading | None:
        """The heading of the pack that is held."""
        held = self.held()
        return None if held is None else held.heading

    def carried(self, worker_id: str) -> CarriedPerson | None:
        """A person of the pack."""
        held = self.held()
        people = () if held is None else held.contents.people
        return next((each for each in people if each.person.worker.worker_id == worker_id), None)

    def install(self, body: bytes, now: datetime) -> PackHeading:
        """Open a pack and hold it in place of the one before; PackRefused leaves that one."""
        with self._disk.lock:
            file = self._enrolled()
            opened = open_pack(
                body,
                kiosk_id=file.enrolment.kiosk_id,
                kiosk_key=bytes.fromhex(file.enrolment.pack_key),
                now=now,
            )
            # The server made it without the answers that wait here.
            contents = _without_offers(opened.contents, self.visits.refused_texts())
            held = Held(heading=opened.heading, contents=contents, key=opened.key)
            self._refuse_older(held.heading)
            self._write(held)
            self._held, self._loaded = held, True
            return held.heading

    def drop_offers(self, worker_ids: Collection[str]) -> int:
        """Take back what texts still offer these people, on the disk too; of how many people."""
        with self._disk.lock:
            held = self.held()
            people = held.contents.people if held else ()
            n_offered = sum(bool(each.offers) and each.person.worker.worker_id in worker_ids for each in people)
            if held is not None and n_offered:
                self._held = msgspec.structs.replace(held, contents=_without_offers(held.contents, worker_ids))
                self._write(self._held)
            return n_offered

    def drop_people(self) -> None:
        """Destroy people and the key of their cards; adverts and rules stay."""
        with self._disk.lock:
            held = self.held()
            if held is None or not (held.contents.people or held.key):
                return
            contents = msgspec.structs.replace(held.contents, people=(), plan=None)
            dropped = Held(heading=held.heading, contents=contents, key=b"")
            self._write(dropped)
            self._held = dropped

    def wipe(self) -> None:
        """Destroy the key of everything, then everything; the secret stays so that the server can be told."""
        with self._disk.lock:
            file = self.enrolment()
            if file is not None:
                bare = msgspec.structs.replace(file.enrolment, pack_key="")
                self._put_file(msgspec.structs.replace(file, enrolment=bare))
            self._destroy()

    def is_wiped(self) -> bool:
        """Whether the key is gone and the secret is not."""
        file = self.enrolment()
        return file is not None and not file.enrolment.pack_key

    def forget(self) -> None:
        """Forget who this machine is."""
        with self._disk.lock:
            self._destroy()
            (self._home / FILE).unlink(missing_ok=True)

    def note_clock(self, *, off_s: int | None = None, seen: datetime | None = None) -> None:
        """Keep how far the clock is off, and the latest time; only the server's word lets the latter go back."""
        with self._disk.writing() as connection:
            if off_s is not None:
                _note(connection, "clock_off_s", str(off_s))
                connection.execute("DELETE FROM note WHERE name = 'latest'")
            latest = _noted(connection, "latest")
            if seen is not None and (latest is None or datetime.fromisoformat(latest) < seen):
                _note(connection, "latest", seen.isoformat())
            self._clock = _clock(connection)

    def clock_off_s(self) -> int:
        """The machine's clock minus the server's."""
        return self._told_clock()[0]

    def latest(self) -> datetime | None:
        """The latest time this kiosk has seen."""
        return self._told_clock()[1]

    def _told_clock(self) -> tuple[int, datetime | None]:
        """What is noted of the clock, read once: every screen asks."""
        if self._clock is None:
            with self._disk.reading() as connection:
                self._clock = _clock(connection)
        return self._clock

    def _put_file(self, file: KioskFile) -> None:
        """Write beside and move into place, readable by its owner alone."""
        self._home.mkdir(parents=True, exist_ok=True)
        path = self._home / FILE
        beside = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as open_file:
            open_file.write(msgspec.json.encode(file))
            open_file.flush()
            os.fsync(open_file.fileno())
        beside.replace(path)

    def _enrolled(self) -> KioskFile:
        file = self.enrolment()
        if file is None or not file.enrolment.pack_key:
            raise StoreError("this kiosk is not enrolled", remedy="Run `matcher kiosk enrol --server URL --code CODE`.")
        return file

    def _refuse_older(self, heading: PackHeading) -> None:
        """A pack made before the one that is held would bring back people who have been erased since."""
        held = self.heading()
        if held is not None and heading.made_at < held.made_at:
            raise PackRefused(
                "已经有一份更新的资料包", reason="expired", where=heading.pack_id, remedy="不用再装旧的。"
            )

    def _key(self, purpose: bytes) -> AESGCM:
        """A key for one purpose, out of the one handed over at enrolment."""
        root = bytes.fromhex(self._enrolled().enrolment.pack_key)
        return AESGCM(hmac.digest(root, b"kiosk home\x1f" + purpose, "sha256"))

    def _write(self, held: Held) -> None:
        """Put a pack on the disk in place of what was held: all of it or nothing."""
        key = self._key(b"held")
        rest = msgspec.structs.replace(held, contents=msgspec.structs.replace(held.contents, people=(), vacancies=()))
        # Under their places and not their ids, which tell who lives here.
        kinds = ((_REST, (rest,)), (_PERSON, held.contents.people), (_VACANCY, held.contents.vacancies))
        rows = [
            (kind, f"{at:08d}", msgspec.msgpack.encode(each)) for kind, all_ in kinds for at, each in enumerate(all_)
        ]
        with self._disk.writing() as connection:
            connection.execute("DELETE FROM held")
            connection.executemany(
                "INSERT INTO held (kind, id, body) VALUES (?, ?, ?)",
                ((kind, name, seal(key, body, place("held", kind, name))) for kind, name, body in rows),
            )

    def _load(self) -> Held | None:
        file = self.enrolment()
        if file is None or not file.enrolment.pack_key or not self._disk.is_there:
            return None
        key = self._key(b"held")
        with self._disk.reading() as connection:
            rows = connection.execute("SELECT kind, id, body FROM held ORDER BY kind, id").fetchall()
        opened: dict[str, list[bytes]] = {_PERSON: [], _VACANCY: [], _REST: []}
        for kind, name, body in rows:
            opened[kind].append(unseal(key, body, place("held", kind, name)))
        if not opened[_REST]:
            return None
        rest = msgspec.msgpack.decode(opened[_REST][0], type=Held)
        people = tuple(_decoded(opened[_PERSON], CarriedPerson))
        vacancies = tuple(_decoded(opened[_VACANCY], Vacancy))
        contents = msgspec.structs.replace(rest.contents, people=people, vacancies=vacancies)
        return msgspec.structs.replace(rest, contents=contents)

    def _destroy(self) -> None:
        self._held, self._loaded, self._clock = None, False, None
        self._disk.destroy()


def _without_offers(contents: PackContents, worker_ids: Collection[str]) -> PackContents:
    people = tuple(
        msgspec.structs.replace(each, offers=()) if each.offers and each.person.worker.worker_id in worker_ids else each
        for each in contents.people
    )
    return msgspec.structs.replace(contents, people=people)


def _decoded(bodies: list[bytes], kind: type[T]) -> list[T]:
    decoder = msgspec.msgpack.Decoder(kind)
    return [decoder.decode(body) for body in bodies]


def _note(connection: sqlite3.Connection, name: str, body: str) -> None:
    connection.execute(
        "INSERT INTO note (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        (name, body),
    )


def _noted(connection: sqlite3.Connection, name: str) -> str | None:
    found = connection.execute("SELECT body FROM note WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def _clock(connection: sqlite3.Connection) -> tuple[int, datetime | None]:
    latest = _noted(connection, "latest")
    return int(_noted(connection, "clock_off_s") or 0), None if latest is None else datetime.fromisoformat(latest)
