"""Column types, and an insert, that mean the same on SQLite STRICT tables and on PostgreSQL.

SQLite STRICT knows INTEGER, REAL, TEXT and BLOB only; what has no such type there travels as ISO text or 0/1.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeEngine

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

Text: Final = sa.TEXT()
Code: Final = sa.TEXT().with_variant(sa.TEXT(collation="C"), POSTGRESQL)
"""Ids and codes: compared byte by byte on both engines, so that sorted lists are equal."""
Whole: Final = sa.BigInteger().with_variant(sa.INTEGER(), SQLITE)
Number: Final[TypeEngine[float]] = sa.Double().with_variant(sa.REAL(), SQLITE)


class _Bytes(sa.LargeBinary):
    """Bytes handed to the driver and back as they are; the usual wrapping costs 1.5 us a value each way."""

    def bind_processor(self, dialect: Dialect) -> None:
        """No wrapping on the way in."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """No copy on the way out: both drivers give bytes."""


Body: Final = _Bytes()


class _Typed(sa.types.TypeDecorator[Any]):
    """A type with one form per engine."""

    impl = sa.TEXT
    cache_ok = True
    native: type[TypeEngine[Any]] | TypeEngine[Any]
    strict: type[TypeEngine[Any]] = sa.TEXT

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite's plain storage class, or the engine's own type."""
        return dialect.type_descriptor(sa.types.to_instance(self.strict if dialect.name == SQLITE else self.native))


class Moment(_Typed):
    """A UTC-aware time; naive times are refused. SQLite keeps ISO text of fixed width, which sorts by time."""

    impl = sa.TEXT
    cache_ok = True
    native = sa.TIMESTAMP(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Aware time to UTC; ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return utc_text(value) if dialect.name == SQLITE else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if dialect.name == SQLITE else value).astimezone(UTC)


class Day(_Typed):
    """A calendar day."""

    impl = sa.TEXT
    cache_ok = True
    native = sa.DATE

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """ISO text on SQLite."""
        return value.isoformat() if value is not None and dialect.name == SQLITE else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """A date on both engines."""
        return date.fromisoformat(value) if value is not None and dialect.name == SQLITE else value


class Flag(_Typed):
    """True, false or unknown."""

    impl = sa.TEXT
    cache_ok = True
    native = sa.BOOLEAN
    strict = sa.INTEGER

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """0/1 on SQLite."""
        return int(value) if value is not None and dialect.name == SQLITE else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """A bool on both engines."""
        return None if value is None else bool(value)


class DecimalText(sa.types.TypeDecorator[Decimal]):
    """A decimal kept as text, digit for digit (0.30 stays 0.30)."""

    impl = sa.TEXT
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Plain notation, never an exponent."""
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """The same digits."""
        return None if value is None else Decimal(value)


def utc_text(value: datetime) -> str:
    """An aware time as ISO text of fixed width in UTC; ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    # As `isoformat(timespec="microseconds")` writes it, for a third of its cost: each answer stores three times.
    told = msgspec.to_builtins(value.astimezone(UTC)).removesuffix("Z")
    return f"{told}+00:00" if value.microsecond else f"{told}.000000+00:00"


def yielding_insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can give way to a row that stands there already; both engines spell it alike."""
    return sqlite.insert(table) if connection.dialect.name == SQLITE else postgresql.insert(table)
