"""The log of patches: appended row by row, read back record by record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import count, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput
from matcher.ports import Change
from matcher.records import Fact, Kind, Source
from matcher.store import people, schema
from matcher.store.chunks import CHUNK, chunks
from matcher.store.fold import IDENTITY_FIELDS, Patch, held_on
from matcher.store.sealing import Vault, place, seal, unseal

_PATCH = msgspec.json.Decoder(Patch)
_SINCE, _REVISION = 4, 5


class Story(NamedTuple):
    """The patches of one record that count, oldest first, and the data key if it is a worker.

    Oldest by the day from which they hold, where an import states one, else by the day of the import: a roster of
    former years that comes in late does not erase what has become of people since.
    """

    record_id: str
    patches: list[Patch]
    key: AESGCM | None


def append(
    connection: Connection, vault: Vault, *, revision: int, kind: Kind, changes: Iterable[Change]
) -> Iterator[Iterator[Story]]:
    """Write changes in their order, in chunks; the caller's transaction holds them.

    Yields after each chunk what its changes state, each as a story of its own, to those who ask.
    """
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(schema.assertion.c.seq), 0))).scalar_one()
    numbers = count(last + 1)
    insert = sa.insert(schema.assertion)
    for piece in chunks(changes):
        keys: dict[str, AESGCM] = {}
        ids = [change.record_id for change in piece]
        if kind is Kind.WORKERS:
            keys = people.keys_for_writing(connection, vault, ids, revision=revision)
        bodies = [_body(change, keys.get(change.record_id)) for change in piece]
        rows = [
            _row(change, body, keys.get(change.record_id), seq=next(numbers), revision=revision, kind=kind)
            for change, body in zip(piece, bodies, strict=True)
        ]
        connection.execute(insert, rows)
        yield (Story(id_, [_PATCH.decode(body)], keys.get(id_)) for id_, body in zip(ids, bodies, strict=True))


def stated_before(connection: Connection, kind: Kind, revision: int) -> bool:
    """Whether a batch before a revision stated anything of a kind, withdrawn or not."""
    batch = schema.batch.c
    earlier = sa.select(batch.revision).where(batch.kind == kind.value, batch.revision < revision)
    return connection.execute(earlier.limit(1)).first() is not None


def stories(
    connection: Connection,
    vault: Vault | None,
    kind: Kind,
    *,
    ids: Collection[str] | None = None,
    revision: int | None = None,
    on: date | None = None,
) -> Iterator[Story]:
    """Records with at least one patch that counts at `revision` (default now), by id within each chunk of `ids`.

    `vault` is needed for workers. Patches older than a worker's key belong to somebody who was erased.
    on : only what holds on that day, without identities; None = everything stated
    """
    statement = _counting(kind, revision).order_by(schema.assertion.c.record_id, schema.assertion.c.seq)
    if ids is None:
        rows = connection.execute(statement.execution_options(yield_per=CHUNK))
        yield from _grouped(connection, rows, vault, on)
        return
    for piece in chunks(sorted(set(ids))):
        rows = connection.execute(statement.where(schema.assertion.c.record_id.in_(piece)))
        yield from _grouped(connection, rows, vault, on)


def facts(connection: Connection, vault: Vault | None, kind: Kind, record_id: str) -> list[Fact]:
    """What was stated of a record, field by field; of a worker, without the identity."""
    batch, assertion = schema.batch.c, schema.assertion.c
    statement = (
        _counting(kind, None)
        .add_columns(
            assertion.sheet,
            assertion.row_number,
            batch.batch_id,
            batch.file,
            batch.author,
            batch.imported_at,
        )
        .where(assertion.record_id == record_id)
        .order_by(assertion.seq)
    )
    stated = []
    for row in connection.execute(statement):
        source = Source(
            batch_id=row.batch_id,
            file=row.file,
            sheet=row.sheet,
            row=row.row_number,
            by=row.author,
            imported_at=row.imported_at,
        )
        (patch,) = _story(record_id, [row], vault).patches
        stated += [
            Fact(kind=kind.value, record_id=record_id, field=name, value=value, since=row.since, source=source)
            for name, value in patch.fields.items()
        ]
    return stated


def touched_ids(connection: Connection, revision: int) -> Iterator[list[str]]:
    """Ids of the records a batch stated something of, in chunks, each id once."""
    column = schema.assertion.c.record_id
    statement = sa.select(column).where(schema.assertion.c.revision == revision).distinct().order_by(column)
    piece = list(connection.execute(statement.limit(CHUNK)).scalars())
    while piece:
        yield piece
        piece = list(connection.execute(statement.where(column > piece[-1]).limit(CHUNK)).scalars())


def touched_since(connection: Connection, kind: Kind, change: int) -> frozenset[str]:
    """Ids of the records that batches written or withdrawn after event `change` stated something of."""
    assertion, batch = schema.assertion.c, schema.batch.c
    later = sa.select(batch.revision).where(
        batch.kind == kind.value, sa.or_(batch.revision > change, batch.undone_revision > change)
    )
    return frozenset(connection.execute(sa.select(assertion.record_id).where(assertion.revision.in_(later))).scalars())


def _counting(kind: Kind, revision: int | None) -> sa.Select[Any]:
    """Patches of a kind whose batch was not withdrawn, now or as seen at `revision`."""
    assertion, batch, key = schema.assertion, schema.batch, schema.person_key
    source = assertion.join(batch, assertion.c.revision == batch.c.revision)
    wrapped: sa.ColumnElement[Any] = sa.null()
    if kind is Kind.WORKERS:
        wrapped = key.c.wrapped
        source = source.join(
            key,
            sa.and_(key.c.worker_id == assertion.c.record_id, key.c.since_revision <= assertion.c.revision),
        )
    standing: sa.ColumnElement[bool] = batch.c.undone_revision.is_(None)
    if revision is not None:
        standing = sa.and_(assertion.c.revision <= revision, sa.or_(standing, batch.c.undone_revision > revision))
    columns = (assertion.c.record_id, assertion.c.seq, assertion.c.body, wrapped)
    return (
        sa.select(*columns, assertion.c.since, assertion.c.revision)
        .select_from(source)
        .where(assertion.c.kind == kind.value, standing)
    )


def _grouped(
    connection: Connection, rows: Iterable[Any], vault: Vault | None, on: date | None = None
) -> Iterator[Story]:
    imported: dict[int, date] = {}
    for record_id, group in groupby(rows, key=itemgetter(0)):
        told = list(group)
        if on is not None or any(row[_SINCE] is not None for row in told):
            imported = imported or _import_days(connection)
            told.sort(key=lambda row: (row[_SINCE] or imported[row[_REVISION]], row[1]))
        story = _story(record_id, told, vault)
        if on is not None:
            days = (row[_SINCE] or imported[row[_REVISION]] for row in told)
            dated = (row[_SINCE] is not None for row in told)
            story = story._replace(patches=held_on(zip(days, dated, story.patches, strict=True), on))
        yield story


def stated_after(connection: Connection, kind: Kind, on: date) -> bool:
    """Whether anything of the kind that counts now holds only from a later day than `on`."""
    statement = _counting(kind, None).with_only_columns(schema.assertion.c.seq)
    later = sa.or_(
        schema.assertion.c.since > on,
        sa.and_(
            schema.assertion.c.since.is_(None),
            schema.assertion.c.revision.in_([one for one, day in _import_days(connection).items() if day > on]),
        ),
    )
    return connection.execute(statement.where(later).limit(1)).first() is not None


def _import_days(connection: Connection) -> dict[int, date]:
    """Revision -> the day of its import; asked for only where a statement has a day of its own."""
    rows = connection.execute(sa.select(schema.batch.c.revision, schema.batch.c.imported_at))
    return {revision: at.date() for revision, at in rows}


def _story(record_id: str, rows: list[Any], vault: Vault | None) -> Story:
    """Rows are (record id, seq, body, wrapped key, since, revision), read by position: there may be millions."""
    wrapped = rows[0][3]
    if wrapped is None or vault is None:
        return Story(record_id, [_PATCH.decode(row[2]) for row in rows], None)
    key = vault.person_key(record_id, wrapped)
    patches = [_PATCH.decode(unseal(key, row[2], _place(record_id, row[1]))) for row in rows]
    return Story(record_id, patches, key)


def _body(change: Change, key: AESGCM | None) -> bytes:
    """What a change states, encoded; InvalidInput where it says who somebody is that has no key."""
    identity = dict(change.identity or {})
    if identity and (key is None or not identity.keys() <= set(IDENTITY_FIELDS)):
        raise InvalidInput(
            f"identity fields are {', '.join(IDENTITY_FIELDS)}, and only of workers", where=change.record_id
        )
    return msgspec.json.encode(Patch(dict(change.fields), identity))


def _row(change: Change, body: bytes, key: AESGCM | None, *, seq: int, revision: int, kind: Kind) -> dict[str, Any]:
    return {
        "seq": seq,
        "revision": revision,
        "kind": kind.value,
        "record_id": change.record_id,
        "sheet": change.sheet,
        "row_number": change.row,
        "since": change.since,
        "body": body if key is None else seal(key, body, _place(change.record_id, seq)),
    }


def _place(record_id: str, seq: int) -> bytes:
    return place("assertion", record_id, str(seq))
