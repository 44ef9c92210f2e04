"""Deeds of the county office in streams, what each stream holds, and files frozen with them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from matcher.store.columns import Body, Code, Whole

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables beside those there are, which stay as they are."""
    op.create_table(
        "deed",
        _key("number", Whole),
        _must("stream", Code),
        _must("seq", Whole),
        _must("kind", Code),
        _must("body", Body),
        sa.UniqueConstraint("stream", "seq", name="uq_deed_stream_seq"),
        sqlite_strict=True,
    )
    op.create_index("ix_deed_kind", "deed", ["kind"])
    op.create_table(
        "deed_subject",
        _key("subject", Code),
        _key("number", Whole, sa.ForeignKey("deed.number")),
        sqlite_strict=True,
    )
    op.create_table("deed_guard", _key("guard", Code), _must("stream", Code), sqlite_strict=True)
    op.create_index("ix_deed_guard_stream", "deed_guard", ["stream"])
    op.create_table("deed_file", _key("sha256", Code), _must("body", Body), sqlite_strict=True)


def downgrade() -> None:
    """Remove them; rosters, decisions, access, orders and texts stay."""
    for table in ("deed_file", "deed_guard", "deed_subject", "deed"):
        op.drop_table(table)


def _must(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, nullable=False)


def _key(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)
