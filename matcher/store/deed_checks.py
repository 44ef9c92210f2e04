"""What deeds say of themselves against the tables beside them: whom they name, what they hold, which files they keep.

A guard that is taken out would let a claim be paid twice, a subject hides a deed from everybody who asks about a
person: both are written in the sealed deed as well, so that the table alone changes nothing unseen.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import StoreError
from matcher.ports.upkeep import Altered
from matcher.records.deeds import Deed
from matcher.store import desk_schema as schema
from matcher.store.chunks import CHUNK
from matcher.store.sealing import Vault, place

_DECODE = msgspec.json.Decoder(Deed).decode


def deed_faults(connection: Connection, vault: Vault) -> Iterator[Altered]:
    """Rows beside the deeds that are missing, or that no deed speaks of; a deed that does not open judges nothing."""
    subjects: set[tuple[int, str]] = set()
    held: dict[str, str] = {}
    files: set[str] = set()
    wrote: set[str] = set()
    whole = True
    for number, deed in _read(connection, vault):
        if deed is None:
            whole = False
            continue
        subjects.update((number, one) for one in deed.subjects)
        files.update(deed.files)
        for guard in deed.frees:
            if held.get(guard) == deed.stream:
                del held[guard]
        held |= dict.fromkeys(deed.takes, deed.stream)
        wrote.update({deed.stream} if deed.takes or deed.frees else ())
    if not whole:
        return
    yield from _subjects(connection, subjects)
    yield from _guards(connection, held, wrote)
    kept = set(connection.execute(sa.select(schema.deed_file.c.sha256)).scalars())
    for name in sorted(files - kept):
        yield Altered(table="deed_file", row=name, what="kept with a deed, and taken out")


def _read(connection: Connection, vault: Vault) -> Iterator[tuple[int, Deed | None]]:
    columns = schema.deed.c
    rows = connection.execute(sa.select(columns.number, columns.body).order_by(columns.number))
    for number, body in rows.yield_per(CHUNK):
        try:
            yield number, _DECODE(vault.unseal(body, place(schema.deed.name, "body", str(number))))
        except (StoreError, msgspec.MsgspecError):
            yield number, None


def _subjects(connection: Connection, said: set[tuple[int, str]]) -> Iterator[Altered]:
    columns = schema.deed_subject.c
    there = {(number, subject) for number, subject in connection.execute(sa.select(columns.number, columns.subject))}
    for number in sorted({number for number, _ in said ^ there}):
        yield Altered(table="deed_subject", row=str(number), what="not whom the deed names")


def _guards(connection: Connection, held: dict[str, str], wrote: set[str]) -> Iterator[Altered]:
    """What is held by the table and by the deeds; streams whose deeds say nothing of guards are not judged."""
    columns = schema.deed_guard.c
    there: dict[str, str] = {
        row.guard: row.stream for row in connection.execute(sa.select(columns.guard, columns.stream))
    }
    for guard in sorted(held.keys() | there.keys()):
        judged = {held.get(guard, ""), there.get(guard, "")} & wrote
        if judged and held.get(guard) != there.get(guard):
            yield Altered(table="deed_guard", row=guard, what="not what the deeds took and gave up")
