"""Column types give back what they took, whatever the engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from matcher.store.chunks import chunks
from matcher.store.columns import Day, DecimalText, Flag, Moment

DIALECTS = [sqlite.dialect(), postgresql.dialect()]
zones = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-720, 840))
moments = st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - bounds are naive


@given(moments, moments)
def test_moments_are_the_same_instant_and_sort_by_time_as_text(one, other):
    kind, dialect = Moment(), sqlite.dialect()
    kept = kind.process_bind_param(one, dialect)
    back = kind.process_result_value(kept, dialect)
    assert back == one
    assert back.tzinfo is UTC
    assert kept == one.astimezone(UTC).isoformat(timespec="microseconds")
    assert (kept < kind.process_bind_param(other, dialect)) == (one < other)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_naive_times_are_refused(dialect):
    with pytest.raises(ValueError, match="zone"):
        Moment().process_bind_param(datetime(2018, 6, 1), dialect)  # noqa: DTZ001 - the point


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Moment(), datetime(2018, 6, 1, tzinfo=UTC)),
        (Day(), date(2018, 6, 1)),
        (Flag(), True),
        (Flag(), False),
        (DecimalText(), Decimal("0.300")),
        *((kind, None) for kind in (Moment(), Day(), Flag(), DecimalText())),
    ],
)
def test_values_come_back(dialect, kind, value):
    back = kind.process_result_value(kind.process_bind_param(value, dialect), dialect)
    assert back == value
    assert str(back) == str(value)


@pytest.mark.parametrize(
    ("kind", "name"), [(Moment(), "TIMESTAMP WITH TIME ZONE"), (Day(), "DATE"), (Flag(), "BOOLEAN")]
)
def test_postgresql_gets_its_own_types_and_sqlite_strict_ones(kind, name):
    table = sa.Table("t", sa.MetaData(), sa.Column("c", kind))
    made = sa.schema.CreateTable(table)
    assert f"c {name}" in str(made.compile(dialect=postgresql.dialect()))
    assert str(made.compile(dialect=sqlite.dialect())).split("c ")[1].split()[0] in {"TEXT", "INTEGER"}


@given(st.lists(st.integers()), st.integers(1, 5))
def test_chunks_are_the_items_in_order_and_never_empty(items, size):
    pieces = list(chunks(iter(items), size))
    assert [item for piece in pieces for item in piece] == items
    assert all(0 < len(piece) <= size for piece in pieces)
