"""Whom or what a decision is about, to be found by: one person's lists without opening the whole log."""

from __future__ import annotations

from typing import Final

from alembic import op
from sqlalchemy import Column, ForeignKey

from matcher.store.columns import SQLITE, Code, Whole

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE: Final = "decision_subject"


def upgrade() -> None:
    """Make the table beside the log; the store fills in what was logged before it, for that the log is opened."""
    op.create_table(
        TABLE,
        Column("subject", Code, primary_key=True, autoincrement=False, nullable=False),
        Column("seq", Whole, ForeignKey("decision.seq"), primary_key=True, autoincrement=False, nullable=False),
        sqlite_strict=True,
    )
    if op.get_bind().dialect.name == SQLITE:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Remove it; the log stays."""
    op.drop_table(TABLE)
