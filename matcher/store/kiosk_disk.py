"""The database of a kiosk: one SQLite file that holds nothing readable, and the visits that wait in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matcher.errors import StoreError
from matcher.records.kiosks import SyncedVisit
from matcher.store.sealing import place, seal, unseal

DATABASE: Final = "kiosk.db"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS held (
  kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id)
) STRICT;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS visit (
  visit_id TEXT PRIMARY KEY, began_at TEXT NOT NULL, assisted INTEGER NOT NULL DEFAULT 0,
  ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY, visit_id TEXT NOT NULL REFERENCES visit, body BLOB NOT NULL
) STRICT;
"""
_DELETIONS: Final = ("DELETE FROM event", "DELETE FROM visit", "DELETE FROM held", "DELETE FROM note")
# FULL and overwriting: a kiosk is switched off at the socket, and what is deleted must be gone.
_PRAGMAS: Final = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"


class KioskDisk:
    """Transactions on the file: all or nothing is on the disk when one ends. Several threads may call."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.lock = RLock()

    @property
    def is_there(self) -> bool:
        """Whether anything was ever written."""
        return (self._home / DATABASE).is_file()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with."""
        with self.lock, self._refusals(), closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that commits at the end or leaves nothing."""
        with self.lock, self._refusals(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def destroy(self) -> None:
        """Overwrite every row, then delete the file and what a rollback may have left beside it."""
        with self.lock:
            if self.is_there:
                with self.writing() as connection:
                    for deletion in _DELETIONS:
                        connection.execute(deletion)
            for left in self._home.glob(f"{DATABASE}*"):
                left.unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        path = self._home / DATABASE
        if not path.is_file():
            self._home.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript(_PRAGMAS + _SCHEMA)
        return connection

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the kiosk's disk refused: {error}",
                where=str(self._home / DATABASE),
                remedy="Free some space and look after the disk; nothing of this call was kept.",
            ) from error


class WaitingVisits:
    """`ports.WaitingVisits` in the kiosk's database, each event sealed. key : gives the key they are sealed with."""

    def __init__(self, disk: KioskDisk, key: Callable[[], AESGCM]) -> None:
        self._disk = disk
        self._key = key

    def begin(self, visit_id: str, at: datetime) -> None:
        """Somebody stands here; the same visit begins once."""
        with self._disk.writing() as connection:
            connection.execute(
                "INSERT INTO visit (visit_id, began_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (visit_id, at.isoformat()),
            )

    def mark_assisted(self, visit_id: str) -> None:
        """A helper stands beside."""
        with self._disk.writing() as connection:
            connection.execute("UPDATE visit SET assisted = 1 WHERE visit_id = ?", (visit_id,))

    def add(self, visit_id: str, event: Mapping[str, Any]) -> None:
        """Append an event; to a visit that is over nothing is added."""
        with self._disk.writing() as connection:
            under_way = "SELECT 1 FROM visit WHERE visit_id = ? AND ended = 0"
            if connection.execute(under_way, (visit_id,)).fetchone() is not None:
                body = seal(self._key(), msgspec.json.encode(event), _place(visit_id))
                connection.execute("INSERT INTO event (visit_id, body) VALUES (?, ?)", (visit_id, body))

    def end(self, visit_ids: tuple[str, ...] | None = None) -> None:
        """These visits are over, all of them if None; what is over is sent."""
        with self._disk.writing() as connection:
            if visit_ids is None:
                connection.execute("UPDATE visit SET ended = 1")
            for visit_id in visit_ids or ():
                connection.execute("UPDATE visit SET ended = 1 WHERE visit_id = ?", (visit_id,))

    def ended(self, kiosk_id: str) -> list[SyncedVisit]:
        """Visits that are over and not sent yet, oldest first; when they were received is for the server to say."""
        with self._disk.reading() as connection:
            visits = connection.execute(
                "SELECT visit_id, began_at, assisted FROM visit WHERE ended = 1 ORDER BY began_at, visit_id"
            ).fetchall()
            bodies = {
                visit_id: connection.execute(
                    "SELECT body FROM event WHERE visit_id = ? ORDER BY seq", (visit_id,)
                ).fetchall()
                for visit_id, _, _ in visits
            }
        return [
            SyncedVisit(
                visit_id=visit_id,
                kiosk_id=kiosk_id,
                began_at=datetime.fromisoformat(began_at),
                received_at=datetime.fromisoformat(began_at),
                assisted=bool(assisted),
                events=tuple(
                    msgspec.json.decode(unseal(self._key(), body, _place(visit_id))) for (body,) in bodies[visit_id]
                ),
            )
            for visit_id, began_at, assisted in visits
        ]

    def forget(self, visit_id: str) -> None:
        """The server has it."""
        with self._disk.writing() as connection:
            connection.execute("DELETE FROM event WHERE visit_id = ?", (visit_id,))
            connection.execute("DELETE FROM visit WHERE visit_id = ?", (visit_id,))

    def refused_texts(self) -> frozenset[str]:
        """Who said no to texts in a visit that is not sent yet."""
        with self._disk.reading() as connection:
            rows = connection.execute("SELECT visit_id, body FROM event").fetchall()
        events = (msgspec.json.decode(unseal(self._key(), body, _place(visit_id))) for visit_id, body in rows)
        return frozenset(
            event["worker_id"] for event in events if event.get("event") == "consent" and not event["agreed"]
        )

    def n_ended(self) -> int:
        """Visits that are over and not sent yet."""
        with self._disk.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM visit WHERE ended = 1").fetchone()[0])

    def count(self) -> int:
        """Visits not sent yet, those under way included."""
        with self._disk.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM visit").fetchone()[0])


def _place(visit_id: str) -> bytes:
    return place("event", "body", visit_id)
