"""Figures that a county records where its documents state none."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import Column

from matcher.store.columns import SQLITE, Code, Day, DecimalText, Text, Whole

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE: Final = "county_figure"


def upgrade() -> None:
    """Make the table; it takes rows and gives none back."""
    op.create_table(
        TABLE,
        Column("seq", Whole, primary_key=True, autoincrement=True, nullable=False),
        _must("pack_id", Code),
        _must("parameter_id", Code),
        _must("value", DecimalText),
        _must("unit", Text),
        _must("since", Day),
        Column("until", Day),
        _must("author", Text),
        _must("source", Text),
        _must("recorded_on", Day),
        sqlite_strict=True,
    )
    op.create_index(f"ix_{TABLE}_pack_id_parameter_id", TABLE, ["pack_id", "parameter_id"])
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
    """Remove it with every figure in it; the documents stay."""
    op.drop_table(TABLE)


def _must(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)
