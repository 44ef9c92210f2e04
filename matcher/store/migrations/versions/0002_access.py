"""Who asks: accounts, tokens, sessions, repeats, import jobs, reactions and the audit chain."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import Column, ForeignKey

from matcher.store.columns import SQLITE, Body, Code, Moment, Text, Whole

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES: Final = (
    "account",
    "access_token",
    "browser_session",
    "kept_answer",
    "import_job",
    "reaction",
    "audit",
    "audit_subject",
)
INDEXES: Final = (
    ("browser_session", "expires_at"),
    ("kept_answer", "created_at"),
    ("import_job", "created_at"),
    ("import_job", "batch_id"),
    ("reaction", "decision_id"),
    ("reaction", "worker_id"),
    ("audit", "actor"),
)
APPEND_ONLY: Final = ("reaction", "audit", "audit_subject")


def upgrade() -> None:
    """Make the tables of access beside those of the first schema, which stay as they are."""
    _create_sealed_tables()
    _create_logs()
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    guard = _guard_on_sqlite if op.get_bind().dialect.name == SQLITE else _guard_on_postgresql
    for table in APPEND_ONLY:
        guard(table)


def downgrade() -> None:
    """Remove them; rosters and decisions stay."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_sealed_tables() -> None:
    _table("account", _key("name", Code), _must("body", Body))
    _table("access_token", _key("token_id", Code), _must("created_at", Moment), _must("body", Body))
    _table("browser_session", _key("session_sha256", Code), _must("expires_at", Moment), _must("body", Body))
    _table(
        "kept_answer",
        _key("actor", Code),
        _key("key", Code),
        _must("created_at", Moment),
        _must("body", Body),
    )
    _table(
        "import_job",
        _key("job_id", Code),
        _must("created_at", Moment),
        Column("batch_id", Code),
        _must("body", Body),
    )


def _create_logs() -> None:
    _table(
        "reaction",
        Column("seq", Whole, primary_key=True, autoincrement=True, nullable=False),
        _must("event_id", Code, unique=True),
        _must("ts", Moment),
        _must("decision_id", Code),
        _must("worker_id", Code),
        _must("vacancy_id", Code),
        _must("kind", Text),
        _must("reason_code", Text),
        _must("channel", Text),
        _must("actor", Text),
    )
    _table(
        "audit",
        _key("seq", Whole),
        _must("at", Moment),
        _must("actor", Code),
        _must("role", Text),
        _must("action", Text),
        _must("subjects", Text),
        _must("detail", Text),
        _must("chain", Text),
    )
    _table("audit_subject", _key("subject", Code), _key("seq", Whole, ForeignKey("audit.seq")))


def _guard_on_sqlite(table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _guard_on_postgresql(table: str) -> None:
    """`refuse_change` is of the first schema."""
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _table(name: str, *columns: Any) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def _must(name: str, kind: Any, *items: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *items, nullable=False, **options)


def _key(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)
