"""The tables: an append-only log of patches, what follows from it, what was answered, and who asked.

Truth is `event`, `batch` and `assertion`; `worker` to `placement` and `identity` are projections that can be
rebuilt from it at any revision. Every change of this module needs a migration; a test compares the two.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from matcher.store.columns import Body, Code, Day, DecimalText, Flag, Moment, Number, Text, Whole

HEAD: Final = "0005"
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


def _table(name: str, *items: Any) -> Table:
    return Table(name, METADATA, *items, sqlite_strict=True)


def _count(name: str) -> Column[Any]:
    """A number the engine gives; rows of these tables are never deleted, so it only grows."""
    return Column(name, Whole, primary_key=True, autoincrement=True, nullable=False)


def _must(name: str, kind: Any, *items: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *items, nullable=False, **options)


def _key(name: str, kind: Any, *items: Any) -> Column[Any]:
    return Column(name, kind, *items, primary_key=True, autoincrement=False, nullable=False)


event = _table(
    "event",
    _key("revision", Whole),
    _must("action", Text),
    _must("record_kind", Text),
    _must("subject", Text),
    _must("at", Moment),
    _must("author", Text),
)
"""One number per write: what happened (import, undo, erase), to which kind of record, to which batch or person."""

batch = _table(
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
"""One import. It counts at revision r if revision <= r and not undone_revision <= r."""

batch_problem = _table(
    "batch_problem",
    _key("revision", Whole, ForeignKey("batch.revision")),
    _key("position", Whole),
    _must("body", Body),
)
"""Problems of an import, sealed: a cell that was found may hold a name or an identity number."""

assertion = _table(
    "assertion",
    _key("seq", Whole),
    _must("revision", Whole, ForeignKey("batch.revision")),
    _must("kind", Text),
    _must("record_id", Code),
    _must("sheet", Text),
    _must("row_number", Whole),
    Column("since", Day),
    _must("body", Body),
    Index(None, "kind", "record_id"),
    Index(None, "revision", "record_id"),
)
"""One row of an import as a patch, in the order of `seq`; append-only. Workers' bodies are sealed."""

person_key = _table(
    "person_key",
    _key("worker_id", Code),
    _must("since_revision", Whole, ForeignKey("event.revision")),
    _must("wrapped", Body),
)
"""A worker's data key, wrapped by the master key. Erasing a person deletes the row: older patches open no more."""

identity = _table(
    "identity",
    _key("worker_id", Code, ForeignKey("person_key.worker_id")),
    Column("name", Body),
    Column("id_number", Body),
    Column("phone", Body),
    Column("ethnicity", Body),
    Column("id_number_index", Body, unique=True),
    Column("phone_index", Body, index=True),
)
"""Who a worker is, each field sealed; the indexes are keyed hashes. A phone is not a person, so it may repeat."""

worker = _table(
    "worker",
    _key("worker_id", Code),
    _must("place_code", Code, index=True),
    Column("household_id", Code, index=True),
    Column("birth_date", Day),
    Column("wish_to_work", Flag),
    _must("body", Body),
)
household = _table(
    "household",
    _key("household_id", Code),
    Column("place_code", Code, index=True),
    _must("body", Body),
)
vacancy = _table(
    "vacancy",
    _key("vacancy_id", Code),
    _must("channel", Text),
    Column("employer_id", Code, index=True),
    _must("place_code", Code),
    _must("headcount", Whole),
    _must("filled", Whole),
    Column("wage_low_yuan_month", Whole),
    Column("wage_high_yuan_month", Whole),
    Column("valid_from", Day),
    Column("valid_to", Day),
    _must("publishable", Flag),
    _must("body", Body),
    Index(None, "channel", "place_code"),
)
employer = _table(
    "employer",
    _key("employer_id", Code),
    _must("name", Text),
    Column("place_code", Code, index=True),
    Column("credit_code", Code, index=True),
    _must("body", Body),
)
plot = _table(
    "plot",
    _key("plot_id", Code),
    _must("site_code", Code, index=True),
    _must("area_mu", DecimalText),
    _must("state", Text),
    Column("household_id", Code, index=True),
    _must("body", Body),
)
placement = _table(
    "placement",
    _key("placement_id", Code),
    _must("worker_id", Code, index=True),
    Column("vacancy_id", Code, index=True),
    Column("employer_id", Code, index=True),
    _must("starts_on", Day),
    Column("ends_on", Day),
    _must("body", Body),
)

artifact = _table(
    "artifact",
    _key("sha256", Text),
    _must("kind", Text),
    _must("body", Body),
)
"""Models, packs and requests by content; a body is kept once."""

plan = _table(
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
plan_price = _table(
    "plan_price",
    _key("number", Whole, ForeignKey("plan.number")),
    _key("vacancy_id", Code),
    _must("price", Number),
)
exposure = _table(
    "exposure",
    _key("season", Text),
    _key("worker_id", Code),
    _key("vacancy_id", Code),
    _must("number", Whole, ForeignKey("plan.number")),
)
"""Which vacancy was listed to whom; the key lists a pair once a season."""

decision = _table(
    "decision",
    _count("seq"),
    _must("decision_id", Code, index=True),
    _must("kind", Text),
    _must("made_at", Moment),
    _must("body", Body),
)
"""Every answer given, sealed and append-only. Equal input gives an equal id, so an id may stand in several rows."""

decision_subject = _table("decision_subject", _key("subject", Code), _key("seq", Whole, ForeignKey("decision.seq")))
"""The worker or vacancy whose list a decision is, to be found by; append-only."""

mapping = _table("mapping", _key("fingerprint", Text), _must("body", Body))
store_mark = _table("store_mark", _key("name", Text), _must("value", Text))
"""What the database must agree on with its keyring."""

account = _table("account", _key("name", Code), _must("body", Body))
access_token = _table("access_token", _key("token_id", Code), _must("created_at", Moment), _must("body", Body))
browser_session = _table(
    "browser_session", _key("session_sha256", Code), _must("expires_at", Moment, index=True), _must("body", Body)
)
"""Users, tokens and sessions, each row sealed in its place: whoever can write the file still cannot make one."""

kept_answer = _table(
    "kept_answer",
    _key("actor", Code),
    _key("key", Code),
    _must("created_at", Moment, index=True),
    _must("body", Body),
)
"""Answers to writes that may be repeated, sealed: an answer may state facts of a person."""

import_job = _table(
    "import_job",
    _key("job_id", Code),
    _must("created_at", Moment, index=True),
    Column("batch_id", Code, index=True),
    _must("body", Body),
)
"""Uploads on their way, sealed: the summary quotes cells."""

reaction = _table(
    "reaction",
    _count("seq"),
    _must("event_id", Code, unique=True),
    _must("ts", Moment),
    _must("decision_id", Code, index=True),
    _must("worker_id", Code, index=True),
    _must("vacancy_id", Code),
    _must("kind", Text),
    _must("reason_code", Text),
    _must("channel", Text),
    _must("actor", Text),
)
"""What somebody did with a listed vacancy; append-only, ids alone."""

audit = _table(
    "audit",
    _key("seq", Whole),
    _must("at", Moment),
    _must("actor", Code, index=True),
    _must("role", Text),
    _must("action", Text),
    _must("subjects", Text),
    _must("detail", Text),
    _must("chain", Text),
)
"""Deeds and looks in their order, append-only; each row's chain hashes it with the row before."""

audit_subject = _table("audit_subject", _key("subject", Code), _key("seq", Whole, ForeignKey("audit.seq")))
"""Who an entry is about, to be found by; append-only."""

county_figure = _table(
    "county_figure",
    _count("seq"),
    _must("pack_id", Code),
    _must("parameter_id", Code),
    _must("value", DecimalText),
    _must("unit", Text),
    _must("since", Day),
    Column("until", Day),
    _must("author", Text),
    _must("source", Text),
    _must("recorded_on", Day),
    Index(None, "pack_id", "parameter_id"),
)
"""Figures of the county for what its documents mask, leave open or leave to it; append-only."""

labour_order = _table(
    "labour_order",
    _key("order_id", Code),
    _must("created_at", Moment),
    _must("broker", Code, index=True),
    _must("region_code", Code, index=True),
    _must("body", Body),
)
"""Brokers' orders with their people, sealed as one: whoever changes a seat has read all seats."""
order_person = _table(
    "order_person",
    _key("order_id", Code, ForeignKey("labour_order.order_id")),
    _key("worker_id", Code),
)
"""Who stands in an order that has not ended, to be found by."""
Index("ix_order_person_worker_id", order_person.c.worker_id)
seat_bound = _table(
    "seat_bound",
    _key("worker_id", Code),
    _must("order_id", Code, ForeignKey("labour_order.order_id"), index=True),
)
"""Who has said yes, and where: the key lets nobody say yes to two orders at once."""
contact_unlock = _table(
    "contact_unlock",
    _count("seq"),
    _must("at", Moment),
    _must("actor", Code, index=True),
    _must("worker_id", Code, index=True),
    _must("order_id", Code),
    _must("reason", Text),
)
"""Looks at full numbers; append-only, ids alone."""
saved_search = _table(
    "saved_search",
    _key("owner", Code),
    _key("search_id", Code),
    _must("created_at", Moment),
    _must("body", Body),
)
arrear = _table("arrear", _key("arrear_id", Code), _must("body", Body))
broker_licence = _table("broker_licence", _key("user", Code), _must("body", Body))
follow_up = _table(
    "follow_up",
    _key("follow_up_id", Code),
    _must("order_id", Code, index=True),
    _must("worker_id", Code, index=True),
    Column("open_until", Day, index=True),
    _must("body", Body),
)
"""Questions to people placed; `open_until` is empty once answered."""
desk_draft = _table("desk_draft", _key("owner", Code), _key("form", Code), _must("body", Body))

kiosk = _table("kiosk", _key("kiosk_id", Code), _must("body", Body))
fair_pack = _table(
    "fair_pack",
    _key("pack_id", Code),
    _must("kiosk_id", Code, index=True),
    _must("made_at", Moment),
    _must("body", Body),
)
synced_visit = _table(
    "synced_visit",
    _key("visit_id", Code),
    _must("kiosk_id", Code, index=True),
    _must("began_at", Moment),
    _must("body", Body),
)
"""Visits that came in later; the key counts each once."""

APPEND_ONLY: Final = (
    "event",
    "assertion",
    "decision",
    "decision_subject",
    "reaction",
    "audit",
    "audit_subject",
    "county_figure",
)
"""Tables whose rows a trigger protects from UPDATE and DELETE."""
