"""Rows that are a key, a few columns to be found by, and the whole thing as sealed JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import StoreError
from matcher.store.chunks import CHUNK, chunks
from matcher.store.columns import yielding_insert
from matcher.store.sealing import Vault, place

T = TypeVar("T", bound=msgspec.Struct)


class Shelf(Generic[T]):
    """Things of one type in one table; `columns` gives the key and what else is looked up.

    The seal binds a thing to table and key: a row that is copied, renamed or made without the keys does not open.
    """

    def __init__(self, table: sa.Table, kind: type[T], columns: Callable[[T], dict[str, Any]]) -> None:
        self.table = table
        self._columns = columns
        self._decoder = msgspec.json.Decoder(kind)
        self._keys = tuple(column.name for column in table.primary_key.columns)
        # Every page looks up a session and a user: the statement is put together once.
        self._one = sa.select(table.c.body).where(self._at({name: sa.bindparam(name) for name in self._keys}))

    def add(self, connection: Connection, vault: Vault, thing: T) -> bool:
        """Put a thing where none stands; False if one does. Of two callers at once exactly one gets True."""
        insert = yielding_insert(connection, self.table).values(self._row(vault, thing))
        counted = {"preserve_rowcount": True}
        return connection.execute(insert.on_conflict_do_nothing(), execution_options=counted).rowcount == 1

    def put(self, connection: Connection, vault: Vault, thing: T) -> None:
        """Put a thing in its place, whatever stood there."""
        row = self._row(vault, thing)
        rest = {name: value for name, value in row.items() if name not in self._keys}
        insert = yielding_insert(connection, self.table).values(row)
        connection.execute(insert.on_conflict_do_update(index_elements=list(self._keys), set_=rest))

    def add_all(self, connection: Connection, vault: Vault, things: Collection[T]) -> None:
        """Put many things where none stands; StoreError if one does."""
        for piece in chunks(things):
            connection.execute(sa.insert(self.table), [self._row(vault, thing) for thing in piece])

    def put_all(self, connection: Connection, vault: Vault, things: Collection[T]) -> None:
        """Put many things in the places they stand in already."""
        for piece in chunks(things):
            rows = [{f"new_{name}": value for name, value in self._row(vault, thing).items()} for thing in piece]
            values: dict[str, Any] = {name.removeprefix("new_"): sa.bindparam(name) for name in rows[0]}
            at = self._at({name: sa.bindparam(f"new_{name}") for name in self._keys})
            rest = {name: value for name, value in values.items() if name not in self._keys}
            connection.execute(sa.update(self.table).where(at).values(rest), rows)

    def change(self, connection: Connection, vault: Vault, key: str, change: Callable[[T], T]) -> T | None:
        """What `change` makes of the thing of a key stands in its place; None if there is none.

        Nobody else changes or ends it between the reading and the writing.
        """
        columns = self.table.c
        where = columns[self._keys[0]] == key
        # SQLite has one writer at a time anyhow, and no such words.
        body = connection.execute(sa.select(columns.body).where(where).with_for_update()).scalar()
        if body is None:
            return None
        found = self._decoder.decode(vault.unseal(body, self._place([key])))
        changed = change(found)
        if changed != found:
            connection.execute(sa.update(self.table).where(where).values(self._row(vault, changed)))
        return changed

    def find(self, connection: Connection, vault: Vault, *key: str) -> T | None:
        """The thing of a key, None if there is none."""
        body = connection.execute(self._one, dict(zip(self._keys, key, strict=True))).scalar()
        return None if body is None else self._decoder.decode(vault.unseal(body, self._place(list(key))))

    def where(self, connection: Connection, vault: Vault, *conditions: Any, by: tuple[str, ...] = ()) -> list[T]:
        """Things that fit all conditions, sorted by the named columns and then by key."""
        columns = self.table.c
        order = [columns[name] for name in dict.fromkeys((*by, *self._keys))]
        keys = [columns[name] for name in self._keys]
        rows = connection.execute(sa.select(*keys, columns.body).where(*conditions).order_by(*order))
        return [self._decoder.decode(vault.unseal(body, self._place(key))) for *key, body in rows]

    def reseal(self, connection: Connection, vault: Vault) -> int:
        """Bring every thing under the active master key; how many there were to bring."""
        columns = self.table.c
        # All keys first: a cursor over rows that are being changed has no defined order.
        rows = connection.execute(sa.select(*(columns[name] for name in self._keys), columns.body)).all()
        old = [(key, body) for *key, body in rows if not vault.is_current(body)]
        for key, body in old:
            where = self._place(key)
            sealed = vault.seal(vault.unseal(body, where), where)
            at = self._at(dict(zip(self._keys, key, strict=True)))
            connection.execute(sa.update(self.table).where(at).values(body=sealed))
        return len(old)

    def altered(self, connection: Connection, vault: Vault) -> Iterator[tuple[str, str]]:
        """Each key, and what is wrong with its row: it does not open, or stands under columns not its own; else ""."""
        columns = self.table.c
        rows = connection.execute(sa.select(self.table).order_by(*(columns[name] for name in self._keys)))
        for row in rows.yield_per(CHUNK).mappings():
            key = [row[name] for name in self._keys]
            yield " ".join(map(str, key)), self._fault(vault, key, row)

    def _fault(self, vault: Vault, key: list[Any], row: Any) -> str:
        try:
            thing = self._decoder.decode(vault.unseal(row["body"], self._place(key)))
        except StoreError:
            return "the sealed body does not open"
        wrong = [name for name, value in self._found_by(vault, thing).items() if row[name] != value]
        return f"not as sealed: {', '.join(wrong)}" if wrong else ""

    def _row(self, vault: Vault, thing: T) -> dict[str, Any]:
        columns = self._found_by(vault, thing)
        where = self._place([columns[name] for name in self._keys])
        return {**columns, "body": vault.seal(msgspec.json.encode(thing), where)}

    def _found_by(self, vault: Vault, thing: T) -> dict[str, Any]:
        """The columns beside the body; of the vault a shelf of numbers needs the keyed hash."""
        return self._columns(thing)

    def _place(self, key: list[Any]) -> bytes:
        return place(self.table.name, "body", "\x1f".join(map(str, key)))

    def _at(self, row: dict[str, Any]) -> Any:
        return sa.and_(*(self.table.c[name] == row[name] for name in self._keys))


class NumberShelf(Shelf[T]):
    """Things with a `phone`, found by its keyed hash; empty where there is none."""

    def _found_by(self, vault: Vault, thing: T) -> dict[str, Any]:
        phone: str = getattr(thing, "phone")  # noqa: B009 - the bound says nothing of the field
        return {**super()._found_by(vault, thing), "phone_index": vault.phone_index(phone) if phone else None}
