"""The tables: an append-only log of patches, what follows from it, what was answered, and who asked.

Truth is `event`, `batch` and `assertion`; `worker` to `placement` and `identity` are projections that can be
rebuilt from it at any revision. Every change of this module needs a migration; a test compares the two.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from matcher.store.columns import Body, Code, Day, DecimalText, Flag, Moment, Number, Text, Whole

HEAD: Final = "0009"
"""Newest migration; the versions are numbers, so that a newer database is told from an older one."""

METADATA: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *items: Any) -> Table:
    """A table of this program's metadata; SQLite keeps its types strictly."""
    return Table(name, METADATA, *items, sqlite_strict=True)


def count(name: str) -> Column[Any]:
    """A number the engine gives; rows of these tables are never deleted, so it only grows."""
    return Column(name, Whole, primary_key=True, autoincrement=True, nullable=False)


def must(name: str, kind: Any, *items: Any, **options: Any) -> Column[Any]:
    """A column that is never empty."""
    return Column(name, kind, *items, nullable=False, **options)


def key(name: str, kind: Any, *items: Any) -> Column[Any]:
    """A column of the primary key, given by the program."""
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)


event = table(
    "event",
    key("revision", Whole),
    must("action", Text),
    must("record_kind", Text),
    must("subject", Text),
    must("at", Moment),
    must("author", Text),
)
"""One number per write: what happened (import, undo, erase), to which kind of record, to which batch or person."""

batch = table(
    "batch",
    key("revision", Whole, ForeignKey("event.revision")),
    must("batch_id", Code, unique=True),
    must("kind", Text),
    must("file", Text),
    must("file_sha256", Text),
    must("imported_at", Moment),
    must("author", Text),
    must("summary", Body),
    Column("undone_revision", Whole, ForeignKey("event.revision")),
    Column("undone_at", Moment),
)
"""One import. It counts at revision r if revision <= r and not undone_revision <= r."""

batch_problem = table(
    "batch_problem",
    key("revision", Whole, ForeignKey("batch.revision")),
    key("position", Whole),
    must("body", Body),
)
"""Problems of an import, sealed: a cell that was found may hold a name or an identity number."""

assertion = table(
    "assertion",
    key("seq", Whole),
    must("revision", Whole, ForeignKey("batch.revision")),
    must("kind", Text),
    must("record_id", Code),
    must("sheet", Text),
    must("row_number", Whole),
    Column("since", Day),
    must("body", Body),
    Index(None, "kind", "record_id"),
    Index(None, "revision", "record_id"),
)
"""One row of an import as a patch, in the order of `seq`; append-only. Workers' bodies are sealed."""

person_key = table(
    "person_key",
    key("worker_id", Code),
    must("since_revision", Whole, ForeignKey("event.revision")),
    must("wrapped", Body),
)
"""A worker's data key, wrapped by the master key. Erasing a person deletes the row: older patches open no more."""

identity = table(
    "identity",
    key("worker_id", Code, ForeignKey("person_key.worker_id")),
    Column("name", Body),
    Column("id_number", Body),
    Column("phone", Body),
    Column("ethnicity", Body),
    Column("id_number_index", Body, unique=True),
    Column("phone_index", Body, index=True),
)
"""Who a worker is, each field sealed; the indexes are keyed hashes. A phone is not a person, so it may repeat."""

worker = table(
    "worker",
    key("worker_id", Code),
    must("place_code", Code, index=True),
    Column("household_id", Code, index=True),
    Column("birth_date", Day),
    Column("wish_to_work", Flag),
    must("body", Body),
)
household = table(
    "household",
    key("household_id", Code),
    Column("place_code", Code, index=True),
    must("body", Body),
)
vacancy = table(
    "vacancy",
    key("vacancy_id", Code),
    must("channel", Text),
    Column("employer_id", Code, index=True),
    must("place_code", Code),
    must("headcount", Whole),
    must("filled", Whole),
    Column("wage_low_yuan_month", Whole),
    Column("wage_high_yuan_month", Whole),
    Column("valid_from", Day),
    Column("valid_to", Day),
    must("publishable", Flag),
    must("body", Body),
    Index(None, "channel", "place_code"),
)
employer = table(
    "employer",
    key("employer_id", Code),
    must("name", Text),
    Column("place_code", Code, index=True),
    Column("credit_code", Code, index=True),
    must("body", Body),
)
plot = table(
    "plot",
    key("plot_id", Code),
    must("site_code", Code, index=True),
    must("area_mu", DecimalText),
    must("state", Text),
    Column("household_id", Code, index=True),
    must("body", Body),
)
placement = table(
    "placement",
    key("placement_id", Code),
    must("worker_id", Code, index=True),
    Column("vacancy_id", Code, index=True),
    Column("employer_id", Code, index=True),
    must("starts_on", Day),
    Column("ends_on", Day),
    must("body", Body),
)

artifact = table(
    "artifact",
    key("sha256", Text),
    must("kind", Text),
    must("body", Body),
    Column("kept_at", Moment),
)
"""Models, packs and requests by content; a body is kept once, a request from `kept_at` on for a while only."""

plan = table(
    "plan",
    count("number"),
    must("plan_id", Code, unique=True),
    must("season", Text),
    must("season_start", Day),
    must("season_end", Day),
    must("mode", Text),
    must("seed", Text),
    must("model", Text),
    must("pack", Text),
    must("solved_on", Day),
    must("created_at", Moment),
)
plan_price = table(
    "plan_price",
    key("number", Whole, ForeignKey("plan.number")),
    key("vacancy_id", Code),
    must("price", Number),
)
exposure = table(
    "exposure",
    key("season", Text),
    key("worker_id", Code),
    key("vacancy_id", Code),
    must("number", Whole, ForeignKey("plan.number")),
)
"""Which vacancy was listed to whom; the key lists a pair once a season."""

decision = table(
    "decision",
    count("seq"),
    must("decision_id", Code, index=True),
    must("kind", Text),
    must("made_at", Moment),
    must("body", Body),
)
"""Every answer given, sealed and append-only. Equal input gives an equal id, so an id may stand in several rows."""

decision_subject = table("decision_subject", key("subject", Code), key("seq", Whole, ForeignKey("decision.seq")))
"""The worker or vacancy whose list a decision is, to be found by; append-only."""

mapping = table("mapping", key("fingerprint", Text), must("body", Body))
store_mark = table("store_mark", key("name", Text), must("value", Text))
"""What the database must agree on with its keyring."""

reaction = table(
    "reaction",
    count("seq"),
    must("event_id", Code, unique=True),
    must("ts", Moment),
    must("decision_id", Code, index=True),
    must("worker_id", Code, index=True),
    must("vacancy_id", Code),
    must("kind", Text),
    must("reason_code", Text),
    must("channel", Text),
    must("actor", Text),
    must("assisted", Flag, server_default=sa.false()),
)
"""What somebody did with a listed vacancy; append-only, ids alone."""

audit = table(
    "audit",
    key("seq", Whole),
    must("at", Moment),
    must("actor", Code, index=True),
    must("role", Text),
    must("action", Text),
    must("subjects", Text),
    must("detail", Text),
    must("chain", Text),
)
"""Deeds and looks in their order, append-only; each row's chain hashes it with the row before."""

audit_subject = table("audit_subject", key("subject", Code), key("seq", Whole, ForeignKey("audit.seq")))
"""Who an entry is about, to be found by; append-only."""

county_figure = table(
    "county_figure",
    count("seq"),
    must("pack_id", Code),
    must("parameter_id", Code),
    must("value", DecimalText),
    must("unit", Text),
    must("since", Day),
    Column("until", Day),
    must("author", Text),
    must("source", Text),
    must("recorded_on", Day),
    Index(None, "pack_id", "parameter_id"),
)
"""Figures of the county for what its documents mask, leave open or leave to it; append-only."""

APPEND_ONLY: Final = (
    "event",
    "assertion",
    "decision",
    "decision_subject",
    "reaction",
    "audit",
    "audit_subject",
    "county_figure",
    "text_consent",
)
"""Tables whose rows a trigger protects from UPDATE and DELETE."""
