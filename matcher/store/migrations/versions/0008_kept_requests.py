"""Since when a request is kept that names people who are in no roster."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from matcher.store.columns import Moment, Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of the requests kept so far the time begins now."""
    op.add_column("artifact", Column("kept_at", Moment))
    artifact = sa.table("artifact", sa.column("kind", Text), sa.column("kept_at", Moment()))
    op.execute(artifact.update().where(artifact.c.kind == "request").values(kept_at=datetime.now(UTC)))


def downgrade() -> None:
    """Forget since when; requests then stay for good."""
    op.drop_column("artifact", "kept_at")
