"""Workers' data keys and sealed identities."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput, StoreError
from matcher.records import Identity
from matcher.records.id_numbers import normalise_id_number
from matcher.store import schema
from matcher.store.chunks import chunks
from matcher.store.fold import IDENTITY_FIELDS
from matcher.store.sealing import Vault, normalise_phone, place, seal, unseal


def keys_for_writing(
    connection: Connection, vault: Vault, worker_ids: Collection[str], *, revision: int
) -> dict[str, AESGCM]:
    """The data key of each worker; who has none gets one, valid for patches from `revision` on."""
    keys = _keys(connection, vault, worker_ids)
    rows = []
    for worker_id in dict.fromkeys(worker_ids):
        if worker_id not in keys:
            keys[worker_id], wrapped = vault.new_person_key(worker_id)
            rows.append({"worker_id": worker_id, "since_revision": revision, "wrapped": wrapped})
    if rows:
        connection.execute(sa.insert(schema.person_key), rows)
    return keys


def sealed_row(vault: Vault, key: AESGCM, identity: Identity) -> dict[str, Any]:
    """The row of `identity` in which only its owner's key reads."""
    row: dict[str, Any] = {"worker_id": identity.worker_id}
    for name in IDENTITY_FIELDS:
        value = getattr(identity, name)
        row[name] = seal(key, value.encode(), place("identity", name, identity.worker_id)) if value else None
    row["id_number_index"] = vault.id_number_index(identity.id_number) if identity.id_number else None
    row["phone_index"] = vault.phone_index(identity.phone) if identity.phone else None
    return row


def insert_identities(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add identities; InvalidInput naming both workers if two would share one identity number."""
    _refuse_shared_numbers(connection, rows)
    if rows:
        connection.execute(sa.insert(schema.identity), rows)


def delete_identities(connection: Connection, worker_ids: Any) -> None:
    """Remove identities; `worker_ids` is a list or a subquery."""
    connection.execute(sa.delete(schema.identity).where(schema.identity.c.worker_id.in_(worker_ids)))


def identities(connection: Connection, vault: Vault, worker_ids: Collection[str]) -> dict[str, Identity]:
    """Opened identities of those who have one."""
    columns = schema.identity.c
    opened = {}
    for piece in chunks(dict.fromkeys(worker_ids)):
        keys = _keys(connection, vault, piece)
        for row in connection.execute(sa.select(schema.identity).where(columns.worker_id.in_(piece))).mappings():
            worker_id = row["worker_id"]
            if worker_id not in keys:
                raise StoreError("the key of a person is gone", where=worker_id, remedy="`matcher verify`")
            fields = {
                name: unseal(keys[worker_id], row[name], place("identity", name, worker_id)).decode()
                for name in IDENTITY_FIELDS
                if row[name] is not None
            }
            opened[worker_id] = Identity(worker_id=worker_id, **fields)
    return opened


def by_id_number(connection: Connection, vault: Vault, id_numbers: Collection[str]) -> dict[str, str]:
    """Normalised identity number -> worker id, of the numbers that are known."""
    found: dict[str, str] = {}
    column = schema.identity.c.id_number_index
    for piece in chunks(dict.fromkeys(map(normalise_id_number, id_numbers))):
        by_index = {vault.id_number_index(number): number for number in piece if number}
        for worker_id, index in _indexed(connection, column, by_index):
            found[by_index[index]] = worker_id
    return found


def by_phone(connection: Connection, vault: Vault, phones: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Normalised phone -> ids of all workers who gave it, sorted."""
    found: dict[str, list[str]] = {}
    column = schema.identity.c.phone_index
    for piece in chunks(dict.fromkeys(map(normalise_phone, phones))):
        by_index = {vault.phone_index(phone): phone for phone in piece if phone}
        for worker_id, index in _indexed(connection, column, by_index):
            found.setdefault(by_index[index], []).append(worker_id)
    return {phone: tuple(sorted(worker_ids)) for phone, worker_ids in found.items()}


def destroy_key(connection: Connection, worker_id: str) -> bool:
    """Delete a person's key and identity; False if there was no key."""
    delete_identities(connection, [worker_id])
    done = connection.execute(sa.delete(schema.person_key).where(schema.person_key.c.worker_id == worker_id))
    return done.rowcount > 0


def rewrap(connection: Connection, vault: Vault) -> int:
    """Wrap every data key under the active master key; how many there were to wrap."""
    table = schema.person_key
    # All ids first: a cursor over rows that are being changed has no defined order.
    worker_ids = connection.execute(sa.select(table.c.worker_id)).scalars().all()
    n_wrapped = 0
    update = sa.update(table).where(table.c.worker_id == sa.bindparam("row_id")).values(wrapped=sa.bindparam("new"))
    for piece in chunks(worker_ids):
        rows = [
            {"row_id": worker_id, "new": vault.rewrap(worker_id, wrapped)}
            for worker_id, wrapped in _wrapped(connection, piece)
            if not vault.is_current(wrapped)
        ]
        if rows:
            connection.execute(update, rows)
            n_wrapped += len(rows)
    return n_wrapped


def _keys(connection: Connection, vault: Vault, worker_ids: Collection[str]) -> dict[str, AESGCM]:
    return {
        worker_id: vault.person_key(worker_id, wrapped)
        for piece in chunks(dict.fromkeys(worker_ids))
        for worker_id, wrapped in _wrapped(connection, piece)
    }


def _wrapped(connection: Connection, worker_ids: Collection[str]) -> Iterable[tuple[str, bytes]]:
    columns = schema.person_key.c
    rows = connection.execute(sa.select(columns.worker_id, columns.wrapped).where(columns.worker_id.in_(worker_ids)))
    return [(row.worker_id, row.wrapped) for row in rows]


def _indexed(connection: Connection, column: sa.Column[Any], indexes: Collection[bytes]) -> list[tuple[str, bytes]]:
    if not indexes:
        return []
    rows = connection.execute(sa.select(schema.identity.c.worker_id, column).where(column.in_(list(indexes))))
    return [(row[0], bytes(row[1])) for row in rows]


def _refuse_shared_numbers(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """The unique index would refuse as well, but names nobody and, on PostgreSQL, ends the transaction."""
    indexes = [row["id_number_index"] for row in rows if row["id_number_index"] is not None]
    column = schema.identity.c.id_number_index
    owners = {index: worker_id for worker_id, index in _indexed(connection, column, indexes)}
    for row in rows:
        index = row["id_number_index"]
        owner = owners.setdefault(index, row["worker_id"]) if index is not None else row["worker_id"]
        if owner != row["worker_id"]:
            raise InvalidInput(
                f"the identity number belongs to worker {owner} already",
                where=row["worker_id"],
                remedy="Two records cannot share one identity number: correct the number, or import under that id.",
            )
