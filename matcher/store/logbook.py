"""What is written with every answer: the decision, and who asked for it; of callers of one moment in one commit.

SQLite is spoken to directly: a row costs a tenth of what it costs through SQLAlchemy, and every answer waits for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import Connection

from matcher.errors import InvalidInput
from matcher.ports import Decision
from matcher.records.access import AuditEntry
from matcher.store import answers, audit
from matcher.store.columns import utc_text
from matcher.store.database import Database
from matcher.store.driver_errors import is_busy
from matcher.store.group_commit import GroupCommit
from matcher.store.keyholder import Keyholder
from matcher.store.sealing import Vault

_DECISION: Final = "INSERT INTO decision (decision_id, kind, made_at, body) VALUES "
_DECISION_SUBJECT: Final = "INSERT INTO decision_subject (subject, seq) VALUES "
_LAST_ENTRY: Final = "SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1"
_ENTRY: Final = "INSERT INTO audit (seq, at, actor, role, action, subjects, detail, chain) VALUES "
_ENTRY_SUBJECT: Final = "INSERT INTO audit_subject (subject, seq) VALUES "
_MOST_ROWS: Final = 64
"""Rows of a statement: each is prepared once for each number of rows."""


class Lines(NamedTuple):
    """What one caller writes: answers, and an entry of the audit, all of it or nothing."""

    decisions: tuple[Decision, ...] = ()
    entry: AuditEntry | None = None


class Given(NamedTuple):
    """Lines that can be stored; the entry but for its place in the chain."""

    decisions: tuple[Decision, ...]
    entry: audit.Ready | None


class _Sealed(NamedTuple):
    """What can be made ready of a batch before its turn. subjects : of each decision; entries : of each caller"""

    decisions: list[tuple[str, str, str, bytes]]
    subjects: list[list[str]]
    entries: list[audit.Ready | None]


class Logbook:
    """Appends to the log of decisions and to the audit of one database."""

    def __init__(self, database: Database, keys: Keyholder) -> None:
        self._database: Final = database
        self._keys: Final = keys
        # While another writer holds the database each would wait as long as all together have waited.
        self._commits: Final = GroupCommit(self._write, is_of_all=is_busy)

    def add(self, lines: Lines) -> AuditEntry | None:
        """Write lines durably; the entry with its number and chain hash. Raises StoreError, or as `given`."""
        return self._commits.put(given(lines))

    def _write(self, batch: Sequence[Given]) -> list[AuditEntry | None]:
        opened = self._keys.opened
        if self._database.is_sqlite and opened is not None:
            sealed = _sealed(opened, batch)
            with self._database.writing_plainly() as raw:
                return _written(raw.cursor(), sealed)
        with self._database.writing() as connection:
            vault = self._keys.vault(connection)
            return [_appended(connection, vault, lines) for lines in batch]


def given(lines: Lines) -> Given:
    """Lines made ready before they join those of others. InvalidInput for a value that cannot be stored."""
    try:
        for decision in lines.decisions:
            utc_text(decision.made_at)
        return Given(lines.decisions, None if lines.entry is None else audit.ready(lines.entry))
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"a value cannot be stored: {error}") from error


def _appended(connection: Connection, vault: Vault, lines: Given) -> AuditEntry | None:
    for decision in lines.decisions:
        answers.append_decision(connection, vault, decision)
    return None if lines.entry is None else audit.append(connection, lines.entry.entry)


def _sealed(vault: Vault, batch: Sequence[Given]) -> _Sealed:
    decisions = [decision for lines in batch for decision in lines.decisions]
    return _Sealed(
        [(one.decision_id, one.kind, utc_text(one.made_at), answers.sealed_decision(vault, one)) for one in decisions],
        [answers.subjects_of(decision) for decision in decisions],
        [lines.entry for lines in batch],
    )


def _written(cursor: sqlite3.Cursor, sealed: _Sealed) -> list[AuditEntry | None]:
    """The same rows as `_appended` makes, in the transaction of the cursor, with as few statements as there can be.

    At each of them this thread may lose the interpreter to one that reckons, while other processes wait for the turn.
    """
    if sealed.decisions:
        last_seq = _put(cursor, _DECISION, sealed.decisions)
        # Whoever writes alone gets numbers that follow one another.
        first_seq = last_seq - len(sealed.decisions) + 1
        about = enumerate(sealed.subjects, first_seq)
        _put(cursor, _DECISION_SUBJECT, [(subject, seq) for seq, subjects in about for subject in subjects])
    return _chained(cursor, sealed.entries) if any(sealed.entries) else [None] * len(sealed.entries)


def _chained(cursor: sqlite3.Cursor, entries: Sequence[audit.Ready | None]) -> list[AuditEntry | None]:
    """Entries at the end of the audit, one after another."""
    last: tuple[int, str] | None = cursor.execute(_LAST_ENTRY).fetchone()
    told: list[AuditEntry | None] = []
    rows: list[tuple[Any, ...]] = []
    for ready in entries:
        if ready is None:
            told.append(None)
            continue
        entry = audit.chained(ready, last)
        last = entry.seq, entry.chain
        told.append(entry)
        about = (entry.actor, entry.role, entry.action, ready.subjects, ready.detail)
        rows.append((entry.seq, ready.at, *about, entry.chain))
    _put(cursor, _ENTRY, rows)
    _put(cursor, _ENTRY_SUBJECT, [(subject, entry.seq) for entry in told if entry for subject in entry.subjects])
    return told


def _put(cursor: sqlite3.Cursor, insert: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert rows, many with one statement; the number of the last one."""
    for start in range(0, len(rows), _MOST_ROWS):
        piece = rows[start : start + _MOST_ROWS]
        cursor.execute(_statement(insert, len(piece[0]), len(piece)), [*chain.from_iterable(piece)])
    return cursor.lastrowid or 0


@cache
def _statement(insert: str, n_columns: int, n_rows: int) -> str:
    row = f"({', '.join('?' * n_columns)})"
    return insert + ", ".join([row] * n_rows)
