"""Append-only logs of who did what: a hash chain of deeds and looks, and the reactions to lists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.errors import UsageError
from matcher.records.access import AuditEntry, Reaction
from matcher.store import schema
from matcher.store.chunks import CHUNK, chunks
from matcher.store.columns import SQLITE, utc_text, yielding_insert


class Ready(NamedTuple):
    """An entry but for its number and its hash, which its turn gives it. entry : with each subject once

    at, subjects, detail : as its row has them; canonical : as its hash has it, before the number and after
    """

    entry: AuditEntry
    at: str
    subjects: str
    detail: str
    canonical: tuple[str, str]


def ready(entry: AuditEntry) -> Ready:
    """All of an entry that can be made before its turn. ValueError for a time without a zone, TypeError for no JSON."""
    once = msgspec.structs.replace(entry, subjects=tuple(dict.fromkeys(entry.subjects)))
    at, subjects = utc_text(once.at), _json(once.subjects)
    return Ready(once, at, subjects, _json(once.detail), _canonical(once, at, subjects))


def append(connection: Connection, entry: AuditEntry) -> AuditEntry:
    """Number and chain an entry and keep it. One writer at a time: two entries never share a predecessor."""
    if connection.dialect.name != SQLITE:
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")
    columns = schema.audit.c
    last = connection.execute(sa.select(columns.seq, columns.chain).order_by(columns.seq.desc()).limit(1)).first()
    given = ready(entry)
    entered = chained(given, None if last is None else (last.seq, last.chain))
    row = {**msgspec.structs.asdict(entered), "subjects": given.subjects, "detail": given.detail}
    connection.execute(sa.insert(schema.audit).values(row))
    for piece in chunks(entered.subjects):
        rows = [{"subject": subject, "seq": entered.seq} for subject in piece]
        connection.execute(sa.insert(schema.audit_subject), rows)
    return entered


def chained(given: Ready, last: tuple[int, str] | None) -> AuditEntry:
    """The entry as it follows the last one, given by number and chain hash; None before the first."""
    seq, before = (last[0] + 1, last[1]) if last else (1, "")
    return msgspec.structs.replace(given.entry, seq=seq, chain=_chain(given.canonical, seq, before))


def entries(connection: Connection, *, subject: str, actor: str, before: int, limit: int) -> list[AuditEntry]:
    """Entries newest first, narrowed by what is not empty."""
    columns = schema.audit.c
    statement = sa.select(schema.audit).order_by(columns.seq.desc()).limit(limit)
    if subject:
        about = schema.audit_subject.c
        statement = statement.where(columns.seq.in_(sa.select(about.seq).where(about.subject == subject)))
    if actor:
        statement = statement.where(columns.actor == actor)
    if before:
        statement = statement.where(columns.seq < before)
    return [_entry(row) for row in connection.execute(statement)]


def broken(connection: Connection) -> list[int]:
    """Numbers of entries that were changed, whose list of subjects was, or before which one was taken out."""
    wrong: set[int] = set()
    before, due = "", 1
    for entry in _in_order(connection):
        canonical = _canonical(entry, utc_text(entry.at), _json(entry.subjects))
        if entry.seq != due or entry.chain != _chain(canonical, entry.seq, before):
            wrong.add(entry.seq)
        before, due = entry.chain, entry.seq + 1
    return sorted(wrong | _wrong_subjects(connection))


def head(connection: Connection) -> str:
    """Number and chain hash of the newest entry, `0:` before any: whoever notes it can tell later what was cut off."""
    columns = schema.audit.c
    last = connection.execute(sa.select(columns.seq, columns.chain).order_by(columns.seq.desc()).limit(1)).first()
    return f"{last.seq}:{last.chain}" if last else "0:"


def holds(connection: Connection, noted: str) -> bool:
    """Whether a head noted before still stands in the chain; the empty one always does."""
    seq, _, chain = noted.partition(":")
    columns = schema.audit.c
    if not (seq.isdigit() and seq.isascii()):
        raise UsageError("a head is written NUMBER:HASH", where=noted, remedy="Take it from an earlier run.")
    found = connection.execute(sa.select(columns.chain).where(columns.seq == int(seq))).scalar()
    return (found or "") == chain if int(seq) else not chain


def add_reactions(connection: Connection, reactions: Iterable[Reaction]) -> None:
    """Append reactions; one whose event_id stands there already is left alone."""
    for piece in chunks(reactions):
        insert = yielding_insert(connection, schema.reaction).on_conflict_do_nothing()
        connection.execute(insert, [msgspec.structs.asdict(reaction) for reaction in piece])


def reactions(connection: Connection, decision_id: str) -> list[Reaction]:
    """Reactions to the lists of a decision, oldest first."""
    columns = schema.reaction.c
    fields = [columns[name] for name in Reaction.__struct_fields__]
    rows = connection.execute(
        sa.select(*fields).where(columns.decision_id == decision_id).order_by(columns.ts, columns.seq)
    )
    return [Reaction(**row._mapping) for row in rows]


def _chain(canonical: tuple[str, str], seq: int, before: str) -> str:
    """SHA-256 over the hash before and the entry as canonical JSON (sorted keys, UTC), its own hash left out."""
    return hashlib.sha256(f"{before}\n{canonical[0]}{seq}{canonical[1]}".encode()).hexdigest()


def _canonical(entry: AuditEntry, at: str, subjects: str) -> tuple[str, str]:
    """The canonical JSON of an entry before its number and after it: only `subjects` sorts behind `seq`."""
    fields = {"action": entry.action, "actor": entry.actor, "at": at, "detail": entry.detail, "role": entry.role}
    return f'{_json(fields)[:-1]},"seq":', f',"subjects":{subjects}}}'


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        role=row.role,
        action=row.action,
        subjects=tuple(msgspec.json.decode(row.subjects)),
        detail=msgspec.json.decode(row.detail),
        chain=row.chain,
    )


def _in_order(connection: Connection) -> Iterator[AuditEntry]:
    columns = schema.audit.c
    done = -1
    while rows := connection.execute(
        sa.select(schema.audit).where(columns.seq > done).order_by(columns.seq).limit(CHUNK)
    ).all():
        yield from map(_entry, rows)
        done = rows[-1].seq


def _wrong_subjects(connection: Connection) -> set[int]:
    """Entries that could not be found by one of their subjects, or would be found by another's."""
    about = schema.audit_subject.c
    kept: dict[int, set[str]] = {}
    for seq, subject in connection.execute(sa.select(about.seq, about.subject)):
        kept.setdefault(seq, set()).add(subject)
    return {
        entry.seq for entry in _in_order(connection) if kept.pop(entry.seq, set()) != set(entry.subjects)
    } | kept.keys()
