"""Brokers' orders with their people and what belongs to them; kiosks, what they hold and what they sent later."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import Column, ForeignKey

from matcher.store.columns import SQLITE, Body, Code, Day, Moment, Text, Whole

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES: Final = (
    "labour_order",
    "order_person",
    "seat_bound",
    "contact_unlock",
    "saved_search",
    "arrear",
    "broker_licence",
    "follow_up",
    "desk_draft",
    "kiosk",
    "fair_pack",
    "synced_visit",
)
INDEXES: Final = (
    ("labour_order", "broker"),
    ("labour_order", "region_code"),
    ("order_person", "worker_id"),
    ("seat_bound", "order_id"),
    ("contact_unlock", "actor"),
    ("contact_unlock", "worker_id"),
    ("follow_up", "order_id"),
    ("follow_up", "worker_id"),
    ("follow_up", "open_until"),
    ("fair_pack", "kiosk_id"),
    ("synced_visit", "kiosk_id"),
)
LOG: Final = "contact_unlock"


def upgrade() -> None:
    """Make the tables beside those there are, which stay as they are."""
    _create_orders()
    _create_desk()
    _create_kiosks()
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    if op.get_bind().dialect.name != SQLITE:
        op.execute(
            f"CREATE TRIGGER {LOG}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {LOG} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {LOG}_no_{verb.lower()} BEFORE {verb} ON {LOG} "
            f"BEGIN SELECT RAISE(ABORT, '{LOG} is append-only'); END"
        )


def downgrade() -> None:
    """Remove them; rosters, decisions and access stay."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_orders() -> None:
    _table(
        "labour_order",
        _key("order_id", Code),
        _must("created_at", Moment),
        _must("broker", Code),
        _must("region_code", Code),
        _must("body", Body),
    )
    _table("order_person", _key("order_id", Code, ForeignKey("labour_order.order_id")), _key("worker_id", Code))
    _table("seat_bound", _key("worker_id", Code), _must("order_id", Code, ForeignKey("labour_order.order_id")))
    _table(
        "contact_unlock",
        Column("seq", Whole, primary_key=True, autoincrement=True, nullable=False),
        _must("at", Moment),
        _must("actor", Code),
        _must("worker_id", Code),
        _must("order_id", Code),
        _must("reason", Text),
    )


def _create_desk() -> None:
    _table(
        "saved_search", _key("owner", Code), _key("search_id", Code), _must("created_at", Moment), _must("body", Body)
    )
    _table("arrear", _key("arrear_id", Code), _must("body", Body))
    _table("broker_licence", _key("user", Code), _must("body", Body))
    _table(
        "follow_up",
        _key("follow_up_id", Code),
        _must("order_id", Code),
        _must("worker_id", Code),
        Column("open_until", Day),
        _must("body", Body),
    )
    _table("desk_draft", _key("owner", Code), _key("form", Code), _must("body", Body))


def _create_kiosks() -> None:
    _table("kiosk", _key("kiosk_id", Code), _must("body", Body))
    _table("fair_pack", _key("pack_id", Code), _must("kiosk_id", Code), _must("made_at", Moment), _must("body", Body))
    _table(
        "synced_visit", _key("visit_id", Code), _must("kiosk_id", Code), _must("began_at", Moment), _must("body", Body)
    )


def _table(name: str, *columns: Any) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def _must(name: str, kind: Any, *items: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *items, nullable=False, **options)


def _key(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)
