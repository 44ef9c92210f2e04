"""A county's own figures: rows in the order they were recorded, none ever changed."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from matcher.records.access import AuditEntry
from matcher.records.figures import CountyFigure
from matcher.store import audit, schema
from matcher.store.columns import SQLITE


def record(connection: Connection, figure: CountyFigure, entry: AuditEntry) -> bool:
    """Append a figure with the entry of the deed; False if the last of its parameter says the same already."""
    if connection.dialect.name != SQLITE:
        connection.exec_driver_sql("LOCK TABLE county_figure IN EXCLUSIVE MODE")
    last = _last(connection, figure)
    if last is not None and msgspec.structs.replace(last, recorded_on=figure.recorded_on) == figure:
        return False
    fields = msgspec.structs.asdict(figure)
    columns = {_COLUMNS.get(name, name): value for name, value in fields.items()}
    connection.execute(sa.insert(schema.county_figure).values(columns))
    audit.append(connection, entry)
    return True


def every(connection: Connection) -> list[CountyFigure]:
    """All figures, oldest first."""
    table = schema.county_figure
    return [_figure(row) for row in connection.execute(sa.select(table).order_by(table.c.seq))]


def _last(connection: Connection, figure: CountyFigure) -> CountyFigure | None:
    table = schema.county_figure
    of_parameter = (table.c.pack_id == figure.pack_id, table.c.parameter_id == figure.parameter_id)
    row = connection.execute(sa.select(table).where(*of_parameter).order_by(table.c.seq.desc()).limit(1)).first()
    return None if row is None else _figure(row)


def _figure(row: Any) -> CountyFigure:
    fields = row._mapping
    return CountyFigure(**{name: fields[_COLUMNS.get(name, name)] for name in CountyFigure.__struct_fields__})


# `from` and `to` are words of SQL.
_COLUMNS = {"from_": "since", "to": "until"}
