"""What was written last of each kind of record and of plans, and the look that spares reading it."""

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

NOTHING: Final = LastChanges(0, dict.fromkeys(Kind, 0), 0)
"""Of a store without an event."""


def read(connection: Connection, known: LastChanges | None = None) -> LastChanges:
    """Numbers of the last events, 0 before the first, and how many plans there are.

    known : read before, so that only events written since are looked at; of a kind without any event all would be
    """
    event = schema.event.c
    newest, n_plans = connection.execute(
        sa.select(
            sa.select(sa.func.coalesce(sa.func.max(event.revision), 0)).scalar_subquery(),
            sa.select(sa.func.count()).select_from(schema.plan).scalar_subquery(),
        )
    ).one()
    # A database that was put back from a copy may end before what was read of it.
    since = known if known is not None and known.revision <= newest else NOTHING
    rows = connection.execute(
        sa.select(event.record_kind, sa.func.max(event.revision))
        .where(event.revision > since.revision)
        .group_by(event.record_kind)
    )
    written = {kind: last for kind, last in rows}  # noqa: C416 - a Row is no pair to mypy
    return LastChanges(newest, {kind: written.get(kind.value, since.of[kind]) for kind in Kind}, n_plans)
