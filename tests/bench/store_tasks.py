"""Children of the store workload: batches written, everybody loaded, one import undone; by ours and by plain sqlite3.

`standing` and `plain_standing` tell how many people stand there afterwards, with a digest of all their fields, so that
every method is seen to have kept, read and taken back the same; they are children too, to leave peak memory alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from matcher.demo import clean_records
from matcher.ports import Batch, Change
from matcher.records import Kind, Worker
from matcher.store import Store, open_store
from tests.bench.county import AT, JURISDICTION, SEED, changes_of
from tests.bench.measure import Laps, repeated, timed

Timed = tuple[Laps, Any]
CHANGES = msgspec.json.Decoder(list[Change])
PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
"""What our store promises of a commit, the peer promises too."""


def prepare(folder: str, workers: int, batch_rows: int) -> Timed:
    """Write the rows of every batch to a file of its own; returns files, sizes, and the digests that are right."""
    return repeated(partial(_prepared, Path(folder), workers, batch_rows), repeats=1)


def _prepared(folder: Path, workers: int, batch_rows: int) -> dict[str, Any]:
    county = clean_records(JURISDICTION, SEED, workers)
    identities = {identity.worker_id: identity for identity in county.identities}
    changes = list(changes_of(Kind.WORKERS, county.workers, identities, {}))
    pieces = [changes[start : start + batch_rows] for start in range(0, len(changes), batch_rows)]
    files = [folder / f"batch-{number}.json" for number in range(len(pieces))]
    for path, piece in zip(files, pieces, strict=True):
        path.write_bytes(msgspec.json.encode(piece))
    kept = changes[: -len(pieces[-1])]
    return {
        "files": [str(path) for path in files],
        "rows": [len(piece) for piece in pieces],
        "whole": _told(sorted((change.record_id, change.fields) for change in changes)),
        "without_last": _told(sorted((change.record_id, change.fields) for change in kept)),
    }


def _told(people: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """How many people there are, and a digest of what is known of them; by id rising."""
    digest, n_people = sha256(), 0
    for person in people:
        digest.update(msgspec.json.encode(person, order="sorted"))
        n_people += 1
    return {"people": n_people, "digest": digest.hexdigest()}


def _ours(folder: str) -> Store:
    return open_store(f"sqlite:///{folder}/matcher.db", home=Path(folder))


def _of_records(records: Iterable[Any]) -> dict[str, Any]:
    def told() -> Iterator[tuple[str, Any]]:
        for record in records:
            fields = msgspec.to_builtins(record)
            yield fields.pop("worker_id"), fields

    return _told(told())


def standing(folder: str) -> Timed:
    """Who stands in our store."""
    store = _ours(folder)
    laps, records = repeated(partial(store.records, Kind.WORKERS), repeats=1)
    store.close()
    return laps, _of_records(records)


def write(folder: str, files: list[str]) -> Timed:
    """Each batch as an import writes it: facts and identities sealed, records built, checked and indexed."""
    store, laps = _ours(folder), Laps([], [])
    store.migrate()
    for number, path in enumerate(files):
        changes = CHANGES.decode(Path(path).read_bytes())
        batch = Batch(batch_id=f"b-{number}", kind=Kind.WORKERS, file="w.xlsx", file_sha256="0" * 64, imported_at=AT)
        lap, _ = timed([partial(store.write_batch, batch, changes)])
        laps.wall.extend(lap.wall)
        laps.cpu.extend(lap.cpu)
    store.close()
    return laps, None


def load(folder: str, repeats: int) -> Timed:
    """Every worker as a typed record."""
    store = _ours(folder)
    laps, records = repeated(partial(store.records, Kind.WORKERS), repeats=repeats)
    store.close()
    return laps, _of_records(records)


def undo(folder: str, batch: int) -> Timed:
    """One import taken back, every record it touched worked out anew from what is left."""
    store = _ours(folder)
    laps, _ = timed([partial(store.undo_batch, f"b-{batch}", at=AT)])
    store.close()
    return laps, None


def _plain(folder: str) -> sqlite3.Connection:
    connection = sqlite3.connect(Path(folder, "plain.db"), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE IF NOT EXISTS person (worker_id TEXT PRIMARY KEY, batch INTEGER, body TEXT)")
    return connection


def _people(connection: sqlite3.Connection, decode: Callable[[str], Any]) -> list[tuple[str, Any]]:
    rows = connection.execute("SELECT worker_id, body FROM person ORDER BY worker_id")
    return [(worker_id, decode(body)) for worker_id, body in rows]


def plain_standing(folder: str) -> Timed:
    """Who stands in the plain table."""
    return _plain_load(folder, msgspec.json.decode, repeats=1)


def plain_write(folder: str, files: list[str]) -> Timed:
    """Each batch as JSON text in one table, one executemany and one commit."""
    connection, laps = _plain(folder), Laps([], [])

    def one(number: int, changes: list[Change]) -> None:
        rows = (
            (change.record_id, number, json.dumps({"fields": change.fields, "identity": change.identity}))
            for change in changes
        )
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO person VALUES (?, ?, ?)", rows)
        connection.execute("COMMIT")

    for number, path in enumerate(files):
        lap, _ = timed([partial(one, number, CHANGES.decode(Path(path).read_bytes()))])
        laps.wall.extend(lap.wall)
        laps.cpu.extend(lap.cpu)
    connection.close()
    return laps, None


def plain_load(folder: str, repeats: int) -> Timed:
    """Every row through json.loads into a dictionary."""
    return _plain_load(folder, json.loads, repeats=repeats)


def _plain_load(folder: str, decode: Callable[[str], Any], *, repeats: int) -> Timed:
    connection = _plain(folder)
    laps, people = repeated(partial(_people, connection, decode), repeats=repeats)
    connection.close()
    return laps, _told((worker_id, row["fields"]) for worker_id, row in people)


def typed_load(folder: str, repeats: int) -> Timed:
    """Our own table read with sqlite3 alone, each body decoded into a record: the floor of typed records."""
    decode = msgspec.json.Decoder(Worker).decode

    def once() -> list[Worker]:
        with sqlite3.connect(Path(folder, "matcher.db")) as connection:
            return [decode(body) for (body,) in connection.execute("SELECT body FROM worker ORDER BY worker_id")]

    laps, records = repeated(once, repeats=repeats)
    return laps, _of_records(records)


def plain_undo(folder: str, batch: int) -> Timed:
    """The rows of one batch deleted."""
    connection = _plain(folder)
    laps, _ = timed([partial(connection.execute, "DELETE FROM person WHERE batch = ?", (batch,))])
    connection.close()
    return laps, None
