"""Rows of tables that other rows speak of: accounts and licences the audit named, identities of people, imports.

Nothing is chained here: a row is held against the one that was written with it. Whoever changes both alike is unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import StoreError
from matcher.ports.upkeep import Altered
from matcher.records import Identity
from matcher.store import desk_schema, people, schema
from matcher.store.batches import IMPORT, UNDO
from matcher.store.chunks import chunks
from matcher.store.sealing import Vault

USER: Final = "user:"
_KEPT_OF: Final[tuple[tuple[str, sa.Column[Any]], ...]] = (
    ("user_made", desk_schema.account.c.name),
    ("licence_recorded", desk_schema.broker_licence.c.user),
)
"""Deed of the audit -> the row it made; neither is ever taken away, an account is only closed."""


def row_faults(connection: Connection, vault: Vault) -> Iterator[Altered]:
    """Rows that are missing or do not say what was written with them."""
    yield from _of_users(connection)
    yield from _without_identity(connection)
    yield from _indexes(connection, vault)
    yield from _imports(connection)


def _of_users(connection: Connection) -> Iterator[Altered]:
    """Accounts and licences that the audit says were made, and that were taken out."""
    entry, about = schema.audit.c, schema.audit_subject.c
    for action, column in _KEPT_OF:
        made = connection.execute(
            sa.select(about.subject)
            .join(schema.audit, entry.seq == about.seq)
            .where(entry.action == action, about.subject.startswith(USER))
            .distinct()
        ).scalars()
        there = set(connection.execute(sa.select(column)).scalars())
        for name in sorted({one.removeprefix(USER) for one in made} - there):
            yield Altered(table=str(column.table.name), row=name, what=f"the audit says {action}, and it was taken out")


def _without_identity(connection: Connection) -> Iterator[Altered]:
    """Workers whose identity was taken out: each has one, were it empty, and both go together."""
    worker, identity = schema.worker.c.worker_id, schema.identity.c.worker_id
    alone = sa.select(worker).where(~sa.exists().where(identity == worker)).order_by(worker)
    # Of a worker without a key there is no identity either; that the key is gone is told with the statements.
    alone = alone.where(sa.exists().where(schema.person_key.c.worker_id == worker))
    for one in connection.execute(alone).scalars():
        yield Altered(table="identity", row=one, what="taken out, while the worker stands")


def _indexes(connection: Connection, vault: Vault) -> Iterator[Altered]:
    """Keyed hashes by which people are found, against the number and phone sealed beside them."""
    columns = schema.identity.c
    rows = connection.execute(
        sa.select(columns.worker_id, columns.id_number_index, columns.phone_index).order_by(columns.worker_id)
    ).all()
    for piece in chunks(rows):
        opened = _opened(connection, vault, [row.worker_id for row in piece])
        for row in piece:
            one = opened.get(row.worker_id)
            if one is None:
                continue
            number = vault.id_number_index(one.id_number) if one.id_number else None
            phone = vault.phone_index(one.phone) if one.phone else None
            pairs = (("id_number_index", number), ("phone_index", phone))
            wrong = [name for name, said in pairs if getattr(row, name) != said]
            if wrong:
                yield Altered(table="identity", row=row.worker_id, what=f"not as sealed: {', '.join(wrong)}")


def _opened(connection: Connection, vault: Vault, ids: list[str]) -> dict[str, Identity]:
    """Identities that open; who does not is told where identities are read through."""
    try:
        return people.identities(connection, vault, ids)
    except StoreError:
        if len(ids) == 1:
            return {}
    middle = len(ids) // 2
    return _opened(connection, vault, ids[:middle]) | _opened(connection, vault, ids[middle:])


def _imports(connection: Connection) -> Iterator[Altered]:
    """Each import against its event, and the taking back of it against that of its own."""
    event = schema.event.c
    events = {row.revision: row for row in connection.execute(sa.select(schema.event)).all()}
    made = {one for one, row in events.items() if row.action == IMPORT}
    for row in connection.execute(sa.select(schema.batch).order_by(schema.batch.c.revision)):
        made.discard(row.revision)
        told = events.get(row.revision)
        said = (IMPORT, row.kind, row.batch_id, row.imported_at, row.author)
        if told is None or (told.action, told.record_kind, told.subject, told.at, told.author) != said:
            yield Altered(table="batch", row=row.batch_id, what="not as its event says: kind, day or author")
        back = events.get(row.undone_revision) if row.undone_revision else None
        is_back = back is not None and (back.action, back.subject, back.at) == (UNDO, row.batch_id, row.undone_at)
        if row.undone_revision and not is_back:
            yield Altered(table="batch", row=row.batch_id, what="taken back, and no event says so")
    undone = sa.select(schema.batch.c.undone_revision).where(schema.batch.c.undone_revision.is_not(None))
    forgotten = sa.select(event.revision).where(event.action == UNDO, event.revision.not_in(undone))
    for revision in (*sorted(made), *connection.execute(forgotten).scalars()):
        yield Altered(table="event", row=str(revision), what="an import or its taking back that no batch knows")
