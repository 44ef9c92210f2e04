"""Whether a helper stood beside somebody who reacted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column

from matcher.store.columns import Flag

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Beside every reaction kept so far nobody is said to have stood."""
    op.add_column("reaction", Column("assisted", Flag, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Forget beside whom somebody stood; the reactions stay."""
    op.drop_column("reaction", "assisted")
