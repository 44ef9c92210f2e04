"""What was written last of each kind of record and of plans: one statement, and the look that spares it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.ports import LastChanges
from matcher.records import Kind
from matcher.store import schema
from matcher.store.glance import Look

LOOK: Final = Look("SELECT max(revision), (SELECT max(number) FROM plan) FROM event")
"""Whatever is written of records, taken back or erased is an event; plans are only ever added."""


def read(connection: Connection) -> LastChanges:
    """Numbers of the last events, 0 before the first, and how many plans there are."""
    event = schema.event.c
    newest = sa.select(sa.func.coalesce(sa.func.max(event.revision), 0))
    of_kinds = (newest.where(event.record_kind == kind.value).scalar_subquery() for kind in Kind)
    n_plans = sa.select(sa.func.count()).select_from(schema.plan).scalar_subquery()
    revision, *of, kept = connection.execute(sa.select(newest.scalar_subquery(), *of_kinds, n_plans)).one()
    return LastChanges(revision, dict(zip(Kind, of, strict=True)), kept)
