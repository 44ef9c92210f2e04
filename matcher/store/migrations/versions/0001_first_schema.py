"""First schema: log of patches, projections, sealed identities, answers."""

from __future__ import annotations

from typing import Any, Final

from alembic import op
from sqlalchemy import Column, ForeignKey

from matcher.store.columns import SQLITE, Body, Code, Day, DecimalText, Flag, Moment, Number, Text, Whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES: Final = (
    "event",
    "batch",
    "batch_problem",
    "assertion",
    "person_key",
    "identity",
    "worker",
    "household",
    "vacancy",
    "employer",
    "plot",
    "placement",
    "artifact",
    "plan",
    "plan_price",
    "exposure",
    "decision",
    "mapping",
    "store_mark",
)
INDEXES: Final = (
    ("assertion", ("kind", "record_id")),
    ("assertion", ("revision", "record_id")),
    ("identity", ("phone_index",)),
    ("worker", ("place_code",)),
    ("worker", ("household_id",)),
    ("household", ("place_code",)),
    ("vacancy", ("employer_id",)),
    ("vacancy", ("channel", "place_code")),
    ("employer", ("place_code",)),
    ("employer", ("credit_code",)),
    ("plot", ("site_code",)),
    ("plot", ("household_id",)),
    ("placement", ("worker_id",)),
    ("placement", ("vacancy_id",)),
    ("placement", ("employer_id",)),
    ("decision", ("decision_id",)),
)
APPEND_ONLY: Final = ("event", "assertion", "decision")


def upgrade() -> None:
    """Make every table, index and guard."""
    _create_tables()
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
    guard = _guard_on_sqlite if op.get_bind().dialect.name == SQLITE else _guard_on_postgresql
    guard()


def downgrade() -> None:
    """Remove everything."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != SQLITE:
        op.execute("DROP FUNCTION refuse_change()")


def _create_tables() -> None:
    _table(
        "event",
        _key("revision", Whole),
        _must("action", Text),
        _must("record_kind", Text),
        _must("subject", Text),
        _must("at", Moment),
        _must("author", Text),
    )
    _table(
        "batch",
        _key("revision", Whole, ForeignKey("event.revision")),
        _must("batch_id", Code, unique=True),
        _must("kind", Text),
        _must("file", Text),
        _must("file_sha256", Text),
        _must("imported_at", Moment),
        _must("author", Text),
        _must("summary", Body),
        Column("undone_revision", Whole, ForeignKey("event.revision")),
        Column("undone_at", Moment),
    )
    _table(
        "batch_problem",
        _key("revision", Whole, ForeignKey("batch.revision")),
        _key("position", Whole),
        _must("body", Body),
    )
    _table(
        "assertion",
        _key("seq", Whole),
        _must("revision", Whole, ForeignKey("batch.revision")),
        _must("kind", Text),
        _must("record_id", Code),
        _must("sheet", Text),
        _must("row_number", Whole),
        Column("since", Day),
        _must("body", Body),
    )
    _table(
        "person_key",
        _key("worker_id", Code),
        _must("since_revision", Whole, ForeignKey("event.revision")),
        _must("wrapped", Body),
    )
    _table(
        "identity",
        _key("worker_id", Code, ForeignKey("person_key.worker_id")),
        Column("name", Body),
        Column("id_number", Body),
        Column("phone", Body),
        Column("ethnicity", Body),
        Column("id_number_index", Body, unique=True),
        Column("phone_index", Body),
    )
    _table(
        "worker",
        _key("worker_id", Code),
        _must("place_code", Code),
        Column("household_id", Code),
        Column("birth_date", Day),
        Column("wish_to_work", Flag),
        _must("body", Body),
    )
    _table(
        "household",
        _key("household_id", Code),
        Column("place_code", Code),
        _must("body", Body),
    )
    _table(
        "vacancy",
        _key("vacancy_id", Code),
        _must("channel", Text),
        Column("employer_id", Code),
        _must("place_code", Code),
        _must("headcount", Whole),
        _must("filled", Whole),
        Column("wage_low_yuan_month", Whole),
        Column("wage_high_yuan_month", Whole),
        Column("valid_from", Day),
        Column("valid_to", Day),
        _must("publishable", Flag),
        _must("body", Body),
    )
    _table(
        "employer",
        _key("employer_id", Code),
        _must("name", Text),
        Column("place_code", Code),
        Column("credit_code", Code),
        _must("body", Body),
    )
    _table(
        "plot",
        _key("plot_id", Code),
        _must("site_code", Code),
        _must("area_mu", DecimalText),
        _must("state", Text),
        Column("household_id", Code),
        _must("body", Body),
    )
    _table(
        "placement",
        _key("placement_id", Code),
        _must("worker_id", Code),
        Column("vacancy_id", Code),
        Column("employer_id", Code),
        _must("starts_on", Day),
        Column("ends_on", Day),
        _must("body", Body),
    )
    _table(
        "artifact",
        _key("sha256", Text),
        _must("kind", Text),
        _must("body", Body),
    )
    _table(
        "plan",
        _count("number"),
        _must("plan_id", Code, unique=True),
        _must("season", Text),
        _must("season_start", Day),
        _must("season_end", Day),
        _must("mode", Text),
        _must("seed", Text),
        _must("model", Text),
        _must("pack", Text),
        _must("solved_on", Day),
        _must("created_at", Moment),
    )
    _table(
        "plan_price",
        _key("number", Whole, ForeignKey("plan.number")),
        _key("vacancy_id", Code),
        _must("price", Number),
    )
    _table(
        "exposure",
        _key("season", Text),
        _key("worker_id", Code),
        _key("vacancy_id", Code),
        _must("number", Whole, ForeignKey("plan.number")),
    )
    _table(
        "decision",
        _count("seq"),
        _must("decision_id", Code),
        _must("kind", Text),
        _must("made_at", Moment),
        _must("body", Body),
    )
    _table("mapping", _key("fingerprint", Text), _must("body", Body))
    _table("store_mark", _key("name", Text), _must("value", Text))


def _guard_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _guard_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _table(name: str, *columns: Any) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def _must(name: str, kind: Any, *items: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *items, nullable=False, **options)


def _key(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)


def _count(name: str) -> Column[Any]:
    return Column(name, Whole, primary_key=True, autoincrement=True, nullable=False)
