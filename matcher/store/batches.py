"""Imports: written whole, taken back whole; each is one revision, and so is each taking back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput, NotFound, Problem, UndoRefused
from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.local_time import CHINA
from matcher.store import log, people, projections, schema
from matcher.store.chunks import chunks
from matcher.store.sealing import Vault, place

IMPORT: Final = "import"
UNDO: Final = "undo"
ERASE: Final = "erase"

_PROBLEM = msgspec.json.Decoder(Problem)


def revision(connection: Connection) -> int:
    """Number of the last event; 0 before the first."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(schema.event.c.revision), 0))).scalar_one())


def last_change(connection: Connection, kind: Kind) -> int:
    """Number of the last event that touched records of the kind; 0 before the first."""
    newest = sa.select(sa.func.coalesce(sa.func.max(schema.event.c.revision), 0))
    return int(connection.execute(newest.where(schema.event.c.record_kind == kind.value)).scalar_one())


def event_named(connection: Connection, kind: Kind, number: int) -> tuple[int, str, str, str] | None:
    """Number, action, subject and moment of an event that touched records of the kind; None if it touched none."""
    event = schema.event.c
    asked = sa.select(event.revision, event.action, event.subject, event.at)
    row = connection.execute(asked.where(event.record_kind == kind.value, event.revision == number)).first()
    return None if row is None else (int(row.revision), row.action, row.subject, row.at.isoformat())


def changed_since(connection: Connection, kind: Kind, since: int) -> bool:
    """True if an event after revision `since` touched records of the kind."""
    later = sa.select(sa.literal(1)).where(schema.event.c.record_kind == kind.value, schema.event.c.revision > since)
    return connection.execute(later.limit(1)).first() is not None


def write(
    connection: Connection, vault: Vault, batch: Batch, changes: Iterable[Change], problems: Iterable[Problem]
) -> None:
    """Append a batch and bring the records it touches up to date."""
    if _row(connection, batch.batch_id) is not None:
        raise InvalidInput("a batch of this id was written before", where=batch.batch_id)
    number = _append_event(connection, IMPORT, batch.kind, batch.batch_id, at=batch.imported_at, by=batch.by)
    summary = {name: value for name, value in batch.summary.items() if name != "problems"}
    connection.execute(
        sa.insert(schema.batch).values(
            revision=number,
            batch_id=batch.batch_id,
            kind=batch.kind.value,
            file=batch.file,
            file_sha256=batch.file_sha256,
            imported_at=batch.imported_at,
            author=batch.by,
            summary=msgspec.json.encode(summary),
        )
    )
    is_first = not log.stated_before(connection, batch.kind, number)
    known: set[str] = set()
    for stories in log.append(connection, vault, revision=number, kind=batch.kind, changes=changes):
        is_first = is_first and projections.add(connection, vault, batch.kind, list(stories), known)
    _write_problems(connection, vault, number, problems)
    if not is_first:
        projections.rebuild(connection, vault, batch.kind, touched_by=number, complete=True)


def undo(connection: Connection, vault: Vault, batch_id: str, *, at: datetime, by: str) -> None:
    """Withdraw a batch; UndoRefused if unknown, withdrawn already, or if two workers would share a number."""
    row = _row(connection, batch_id)
    if row is None:
        raise UndoRefused("no import has this id", where=batch_id, remedy="List them with `matcher import list`.")
    if row.undone_revision is not None:
        at_home = f"{row.undone_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        raise UndoRefused(f"the import was taken back already, on {at_home} (time in China).", where=batch_id)
    kind = Kind(row.kind)
    number = _append_event(connection, UNDO, kind, batch_id, at=at, by=by)
    connection.execute(
        sa.update(schema.batch)
        .where(schema.batch.c.revision == row.revision)
        .values(undone_revision=number, undone_at=at)
    )
    try:
        projections.rebuild(connection, vault, kind, touched_by=row.revision, complete=False)
    except InvalidInput as error:
        raise UndoRefused(
            f"a later import stands in the way: {error.what}",
            where=batch_id,
            remedy=f"Take back the later import of {error.where} first.",
        ) from error


def erase(connection: Connection, worker_id: str, *, at: datetime, by: str) -> None:
    """Destroy a worker's key, identity and current record; older revisions lose the worker too."""
    if not people.destroy_key(connection, worker_id):
        raise NotFound("no worker of this id is kept", where=worker_id)
    projections.remove(connection, Kind.WORKERS, worker_id)
    _append_event(connection, ERASE, Kind.WORKERS, worker_id, at=at, by=by)


def erased(connection: Connection, worker_ids: Iterable[str]) -> frozenset[str]:
    """Those of the ids who were erased and have not come back since."""
    event, key = schema.event.c, schema.person_key.c
    statement = (
        sa.select(event.subject).where(event.action == ERASE).where(~sa.exists().where(key.worker_id == event.subject))
    )
    return frozenset(
        subject
        for piece in chunks(dict.fromkeys(worker_ids))
        for subject in connection.execute(statement.where(event.subject.in_(piece))).scalars()
    )


def erased_since(connection: Connection, revision: int) -> frozenset[str]:
    """Workers erased after the revision, whether they have come back or not."""
    event = schema.event.c
    later = sa.select(event.subject).where(event.action == ERASE, event.revision > revision)
    return frozenset(connection.execute(later).scalars())


def touched_since(connection: Connection, kind: Kind, change: int) -> frozenset[str]:
    """Ids of the records that events after `change` stated something of, took it back or erased."""
    stated = log.touched_since(connection, kind, change)
    return stated | erased_since(connection, change) if kind is Kind.WORKERS else stated


def every(connection: Connection) -> list[Batch]:
    """All batches, oldest first."""
    rows = connection.execute(sa.select(schema.batch).order_by(schema.batch.c.revision))
    return [_batch(row) for row in rows]


def problems(connection: Connection, vault: Vault, batch_id: str) -> list[Problem]:
    """The problems of an import in the order they were found; NotFound for an unknown batch."""
    row = _row(connection, batch_id)
    if row is None:
        raise NotFound("no import has this id", where=batch_id)
    columns = schema.batch_problem.c
    rows = connection.execute(
        sa.select(columns.position, columns.body).where(columns.revision == row.revision).order_by(columns.position)
    )
    return [_PROBLEM.decode(vault.unseal(body, _place(row.revision, position))) for position, body in rows]


def reseal_problems(connection: Connection, vault: Vault) -> int:
    """Bring every problem under the active master key; how many there were to bring."""
    columns = schema.batch_problem.c
    keys = connection.execute(sa.select(columns.revision, columns.position)).all()
    n_sealed = 0
    for number, position in keys:
        mine = sa.and_(columns.revision == number, columns.position == position)
        body = connection.execute(sa.select(columns.body).where(mine)).scalar_one()
        if vault.is_current(body):
            continue
        where = _place(number, position)
        sealed = vault.seal(vault.unseal(body, where), where)
        connection.execute(sa.update(schema.batch_problem).where(mine).values(body=sealed))
        n_sealed += 1
    return n_sealed


def _append_event(connection: Connection, action: str, kind: Kind, subject: str, *, at: datetime, by: str) -> int:
    number = revision(connection) + 1
    connection.execute(
        sa.insert(schema.event).values(
            revision=number, action=action, record_kind=kind.value, subject=subject, at=at, author=by
        )
    )
    return number


def _write_problems(connection: Connection, vault: Vault, number: int, found: Iterable[Problem]) -> None:
    for piece in chunks(enumerate(found, 1)):
        rows = [
            {
                "revision": number,
                "position": position,
                "body": vault.seal(msgspec.json.encode(problem), _place(number, position)),
            }
            for position, problem in piece
        ]
        connection.execute(sa.insert(schema.batch_problem), rows)


def _place(number: int, position: int) -> bytes:
    return place("batch_problem", "body", f"{number}/{position}")


def _row(connection: Connection, batch_id: str) -> Any:
    return connection.execute(sa.select(schema.batch).where(schema.batch.c.batch_id == batch_id)).first()


def _batch(row: Any) -> Batch:
    return Batch(
        batch_id=row.batch_id,
        kind=Kind(row.kind),
        file=row.file,
        file_sha256=row.file_sha256,
        imported_at=row.imported_at,
        by=row.author,
        summary=msgspec.json.decode(row.summary),
        undone_at=row.undone_at,
    )
