"""Reading a database through: which rows are not as the program wrote them.

Chained: the audit. Sealed and bound to their place: decisions, deeds, accounts, orders, texts and all other shelves,
workers' statements. Named by their content: artifacts. Worked out of statements: the current records; whoever changes
a record, or a statement of one that is no worker, is seen because the two no longer agree. Whoever changes both alike
is seen by nothing here but a backup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput, StoreError
from matcher.ports import Decision
from matcher.ports.upkeep import Altered, Soundness
from matcher.records import ID_FIELDS, RECORD_TYPES, Kind
from matcher.store import answers, audit, desk_schema, fold, log, people, projections, schema
from matcher.store.chunks import CHUNK, chunks
from matcher.store.deed_checks import deed_faults
from matcher.store.rotation import SHELVES
from matcher.store.row_checks import row_faults
from matcher.store.sealing import Vault, place
from matcher.store.shelf import Shelf

Found = Iterator[Altered | str]
"""What reading a table gives: for each row its table's name, before it a row that was altered, if it was."""

_ENTRY: Final = "changed, its list of subjects was, or an entry before it was taken out"


def soundness(connection: Connection, vault: Vault, noted: str) -> Soundness:
    """Everything read through in one snapshot."""
    rows: Counter[str] = Counter()
    altered: list[Altered] = []
    for found in _everything(connection, vault, noted):
        if isinstance(found, Altered):
            altered.append(found)
        else:
            rows[found] += 1
    return Soundness(rows=dict(rows), audit_head=audit.head(connection), altered=tuple(altered))


def _everything(connection: Connection, vault: Vault, noted: str) -> Found:
    yield from _engine(connection)
    yield from _audit(connection, noted)
    yield from _decisions(connection, vault)
    yield from _artifacts(connection, vault)
    for shelf in SHELVES:
        yield from _shelf(connection, vault, shelf)
    yield from _numbers(connection)
    yield from deed_faults(connection, vault)
    yield from row_faults(connection, vault)
    for kind in Kind:
        yield from _records(connection, vault, kind)
    yield from _identities(connection, vault)


def _engine(connection: Connection) -> Found:
    """What SQLite itself finds, and triggers of append-only tables that somebody took away."""
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.exec_driver_sql("PRAGMA quick_check"):
        if said != "ok":
            yield Altered(table="(file)", row="", what=f"damaged: {str(said).splitlines()[-1]}")
    kept = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars())
    for table in schema.APPEND_ONLY:
        if f"{table}_no_update" not in kept:
            yield Altered(table=table, row="", what="the trigger that refuses changes was taken away")


def _audit(connection: Connection, noted: str) -> Found:
    yield from (Altered(table="audit", row=str(seq), what=_ENTRY) for seq in audit.broken(connection))
    if noted and not audit.holds(connection, noted):
        yield Altered(table="audit", row=noted.partition(":")[0], what="not the entry that was noted before")
    yield from _counted(connection, schema.audit)


def _decisions(connection: Connection, vault: Vault) -> Found:
    """Every decision opens, in its place, and says what its columns say; on SQLite the numbers have no gap."""
    columns, due = schema.decision.c, 1
    decode = msgspec.json.Decoder(Decision).decode
    rows = connection.execute(sa.select(schema.decision).order_by(columns.seq).execution_options(yield_per=CHUNK))
    for row in rows:
        if connection.dialect.name == "sqlite" and row.seq != due:
            yield Altered(table="decision", row=str(row.seq), what="a row before it was taken out")
        due = row.seq + 1
        try:
            told = decode(vault.unseal(row.body, place("decision", "body", row.decision_id)))
            if (told.decision_id, told.kind, told.made_at) != (row.decision_id, row.kind, row.made_at):
                yield Altered(table="decision", row=str(row.seq), what="not as sealed: kind or made_at")
        except (StoreError, msgspec.MsgspecError):
            yield Altered(table="decision", row=str(row.seq), what="the sealed body does not open")
        yield "decision"


def _artifacts(connection: Connection, vault: Vault) -> Found:
    for sha256 in connection.execute(sa.select(schema.artifact.c.sha256).order_by(schema.artifact.c.sha256)).scalars():
        try:
            answers.artifact(connection, vault, sha256)
        except StoreError:
            yield Altered(table="artifact", row=sha256, what="the body is not the one its name was made of")
        yield "artifact"


def _shelf(connection: Connection, vault: Vault, shelf: Shelf[Any]) -> Found:
    for key, fault in shelf.altered(connection, vault):
        if fault:
            yield Altered(table=str(shelf.table.name), row=key, what=fault)
        yield str(shelf.table.name)


def _numbers(connection: Connection) -> Found:
    """Numbers the program gives without gaps."""
    for table, column in (
        (schema.event, schema.event.c.revision),
        (schema.assertion, schema.assertion.c.seq),
        (desk_schema.deed, desk_schema.deed.c.number),
    ):
        first, last, n_rows = connection.execute(
            sa.select(sa.func.min(column), sa.func.max(column), sa.func.count()).select_from(table)
        ).one()
        if n_rows and (first, last) != (1, n_rows):
            yield Altered(table=str(table.name), row="", what=f"numbers 1 to {last} are not all there")
    yield from _counted(connection, schema.assertion)


def _records(connection: Connection, vault: Vault, kind: Kind) -> Found:
    """Current records against what was stated of them."""
    table = projections.PROJECTIONS[kind].table
    id_column = table.c[ID_FIELDS[kind]]
    kept = set(connection.execute(sa.select(id_column)).scalars())
    stated = sa.select(schema.assertion.c.record_id).where(schema.assertion.c.kind == kind.value).distinct()
    for ids in chunks(sorted(kept.union(connection.execute(stated).scalars()))):
        rows = {row[id_column.name]: row for row in connection.execute(
            sa.select(table).where(id_column.in_(ids))).mappings()}  # fmt: skip
        told = _told(connection, vault, kind, ids)
        for one in ids:
            fault = _fault(kind, rows.get(one), told.get(one))
            if fault:
                yield Altered(table=str(table.name), row=one, what=fault)
            yield str(table.name)


def _told(connection: Connection, vault: Vault, kind: Kind, ids: list[str]) -> dict[str, dict[str, Any] | str]:
    """Rows as the statements make them, or what is wrong with the statements; one by one only where a piece fails."""
    try:
        return dict(_made(connection, vault, kind, ids))
    except (StoreError, InvalidInput, msgspec.MsgspecError):
        if len(ids) == 1:
            return {ids[0]: "a statement was altered: it does not open or does not fit"}
    middle = len(ids) // 2
    halves = (_told(connection, vault, kind, half) for half in (ids[:middle], ids[middle:]))
    return {one: row for half in halves for one, row in half.items()}


def _made(connection: Connection, vault: Vault, kind: Kind, ids: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = projections.PROJECTIONS[kind].columns
    for story in log.stories(connection, vault, kind, ids=ids):
        record = fold.record(kind, story.record_id, (patch.fields for patch in story.patches))
        if record is not None:
            yield story.record_id, {**columns(record), "body": msgspec.json.encode(record)}


def _fault(kind: Kind, row: Any, told: dict[str, Any] | str | None) -> str:
    if isinstance(told, str):
        return told
    if row is None or told is None:
        return "" if row is None and told is None else "stands without a statement, or a statement without it"
    wrong = sorted(name for name, value in told.items() if row[name] != value)
    if wrong == ["body"] and _same(kind, row["body"], told["body"]):
        return ""
    return f"not what was stated: {', '.join(wrong)}" if wrong else ""


def _same(kind: Kind, kept: bytes, told: bytes) -> bool:
    """Whether two bodies are one record; an older program may have written its fields in other words."""
    try:
        return bool(
            msgspec.json.decode(kept, type=RECORD_TYPES[kind]) == msgspec.json.decode(told, type=RECORD_TYPES[kind])
        )
    except msgspec.MsgspecError:
        return False


def _identities(connection: Connection, vault: Vault) -> Found:
    """Identities open, each in its place, with their owner's key."""
    table = schema.identity
    for ids in chunks(connection.execute(sa.select(table.c.worker_id).order_by(table.c.worker_id)).scalars().all()):
        try:
            people.identities(connection, vault, ids)
            unopened: list[str] = []
        except StoreError:
            unopened = [one for one in ids if not _opens(connection, vault, one)]
        for one in unopened:
            yield Altered(table=str(table.name), row=one, what="the sealed name or number does not open")
        yield from (str(table.name) for _ in ids)


def _opens(connection: Connection, vault: Vault, worker_id: str) -> bool:
    try:
        people.identities(connection, vault, [worker_id])
    except StoreError:
        return False
    return True


def _counted(connection: Connection, table: sa.Table) -> Found:
    n_rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    yield from (str(table.name) for _ in range(n_rows))
