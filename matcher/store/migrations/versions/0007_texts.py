"""Text messages: consents and numbers, sendings and the outbox, offers, replies, calls and returns."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from matcher.store.columns import SQLITE, Body, Code, Day, Flag, Moment, Text, Whole

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES: Final = (
    "text_consent",
    "text_consent_body",
    "number_mark",
    "text_sending",
    "out_text",
    "text_part",
    "early_receipt",
    "text_offer",
    "text_reply",
    "call_task",
    "return_entry",
)
INDEXES: Final = (
    ("text_consent", "worker_id"),
    ("text_consent", "phone_index"),
    ("text_consent_body", "worker_id"),
    ("number_mark", "phone_index"),
    ("number_mark", "worker_id"),
    ("out_text", "worker_id"),
    ("out_text", "phone_index"),
    ("out_text", "sending_id"),
    ("out_text", "reply_id"),
    ("out_text", "handed_at"),
    ("text_part", "text_id"),
    ("text_offer", "worker_id"),
    ("text_offer", "phone_index"),
    ("text_offer", "sending_id"),
    ("text_offer", "state"),
    ("text_reply", "phone_index"),
    ("text_reply", "worker_id"),
    ("text_reply", "received_at"),
    ("call_task", "worker_id"),
    ("call_task", "due_at"),
    ("return_entry", "worker_id"),
    ("return_entry", "returned_on"),
)
# A later answer of the same person; after the no of a number, a later no of that number too: others may share it.
SAID_AGAIN: Final = (
    "EXISTS (SELECT 1 FROM text_consent later WHERE later.worker_id = OLD.worker_id AND later.at > OLD.at) "
    "AND (OLD.agreed = {yes} OR OLD.phone_index IS NULL OR EXISTS (SELECT 1 FROM text_consent later "
    "WHERE later.phone_index = OLD.phone_index AND later.agreed = {no} AND later.at > OLD.at))"
)


def upgrade() -> None:
    """Make the tables beside those there are, which stay as they are."""
    _create_answers()
    _create_outbox()
    _create_replies()
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_out_text_queue", "out_text", ["queue", "urgency", "next_at"])
    if op.get_bind().dialect.name == SQLITE:
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    """Remove them; rosters, decisions, access and orders stay."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != SQLITE:
        op.execute("DROP FUNCTION refuse_last_answer()")


def _guard_sqlite() -> None:
    refused = "BEGIN SELECT RAISE(ABORT, 'text_consent is append-only'); END"
    op.execute(f"CREATE TRIGGER text_consent_no_update BEFORE UPDATE ON text_consent {refused}")
    said_again = SAID_AGAIN.format(yes=1, no=0)
    op.execute(f"CREATE TRIGGER text_consent_no_delete BEFORE DELETE ON text_consent WHEN NOT ({said_again}) {refused}")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE TRIGGER text_consent_no_change BEFORE UPDATE OR TRUNCATE ON text_consent "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    said_again = SAID_AGAIN.format(yes="TRUE", no="FALSE")
    op.execute(
        "CREATE FUNCTION refuse_last_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {said_again} THEN RETURN OLD; END IF; RAISE EXCEPTION 'text_consent is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER text_consent_no_delete BEFORE DELETE ON text_consent "
        "FOR EACH ROW EXECUTE FUNCTION refuse_last_answer()"
    )


def _create_answers() -> None:
    _table(
        "text_consent",
        Column("seq", Whole, primary_key=True, autoincrement=True, nullable=False),
        _must("consent_id", Code),
        _must("worker_id", Code),
        _must("agreed", Flag),
        _must("at", Moment),
        _must("words", Text),
        _must("channel", Text),
        Column("phone_index", Body),
        sa.UniqueConstraint("consent_id", name="uq_text_consent_consent_id"),
    )
    _table("text_consent_body", _key("consent_id", Code), _must("worker_id", Code), _must("body", Body))
    _table(
        "number_mark",
        _key("mark_id", Code),
        _must("phone_index", Body),
        _must("worker_id", Code),
        _must("at", Moment),
        _must("body", Body),
    )


def _create_outbox() -> None:
    _table(
        "text_sending",
        _key("sending_id", Code),
        _must("created_at", Moment),
        _must("season", Text),
        _must("state", Text),
        _must("body", Body),
    )
    _table(
        "out_text",
        _key("text_id", Code),
        _must("worker_id", Code),
        Column("phone_index", Body),
        _must("sending_id", Code),
        _must("reply_id", Code),
        _must("purpose", Text),
        _must("template_id", Code),
        _must("urgency", Whole),
        _must("queue", Text),
        _must("state", Text),
        _must("n_parts", Whole),
        _must("created_at", Moment),
        _must("next_at", Moment),
        _must("not_after", Moment),
        Column("lease_until", Moment),
        Column("handed_at", Moment),
        Column("ended_at", Moment),
        _must("body", Body),
    )
    _table("text_part", _key("gateway", Code), _key("provider_id", Code), _must("text_id", Code))
    _table("early_receipt", _key("gateway", Code), _key("provider_id", Code), _must("at", Moment), _must("body", Body))
    _table(
        "text_offer",
        _key("offer_id", Code),
        _must("worker_id", Code),
        Column("phone_index", Body),
        _must("sending_id", Code),
        _must("state", Text),
        _must("created_at", Moment),
        Column("open_until", Moment),
        Column("ended_at", Moment),
        _must("body", Body),
    )


def _create_replies() -> None:
    _table(
        "text_reply",
        _key("reply_id", Code),
        Column("phone_index", Body),
        _must("worker_id", Code),
        _must("received_at", Moment),
        _must("act", Text),
        _must("unread", Flag),
        _must("body", Body),
    )
    _table(
        "call_task",
        _key("task_id", Code),
        _must("worker_id", Code),
        _must("broker", Code),
        _must("region_code", Code),
        _must("due_at", Moment),
        Column("done_at", Moment),
        _must("body", Body),
    )
    _table(
        "return_entry",
        _key("return_id", Code),
        _must("worker_id", Code),
        _must("region_code", Code),
        _must("returned_on", Day),
        _must("body", Body),
    )


def _table(name: str, *columns: Any) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def _must(name: str, kind: Any, *items: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *items, nullable=False, **options)


def _key(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)
