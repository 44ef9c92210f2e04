"""Alembic's entry: runs the steps in the connection and transaction that `migrate` hands over."""

from __future__ import annotations

from alembic import context

from matcher.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    # SQLite's DDL is transactional once the driver leaves BEGIN to us: a killed migration leaves nothing.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
