"""Tables of desks and screens: who signs in, repeats, uploads, brokers' orders, kiosks and what they hold.

They stand in the metadata of `schema`; every change of this module needs a migration, a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

from matcher.store.columns import Body, Code, Day, Moment, Text, Whole
from matcher.store.schema import count, key, must, table

account = table("account", key("name", Code), must("body", Body))
access_token = table("access_token", key("token_id", Code), must("created_at", Moment), must("body", Body))
browser_session = table(
    "browser_session", key("session_sha256", Code), must("expires_at", Moment, index=True), must("body", Body)
)
"""Users, tokens and sessions, each row sealed in its place: whoever can write the file still cannot make one."""

kept_answer = table(
    "kept_answer",
    key("actor", Code),
    key("key", Code),
    must("created_at", Moment, index=True),
    must("body", Body),
)
"""Answers to writes that may be repeated, sealed: an answer may state facts of a person."""

import_job = table(
    "import_job",
    key("job_id", Code),
    must("created_at", Moment, index=True),
    Column("batch_id", Code, index=True),
    must("body", Body),
)
"""Uploads on their way, sealed: the summary quotes cells."""

labour_order = table(
    "labour_order",
    key("order_id", Code),
    must("created_at", Moment),
    must("broker", Code, index=True),
    must("region_code", Code, index=True),
    must("body", Body),
)
"""Brokers' orders with their people, sealed as one: whoever changes a seat has read all seats."""
order_person = table(
    "order_person",
    key("order_id", Code, ForeignKey("labour_order.order_id")),
    key("worker_id", Code),
)
"""Who stands in an order that has not ended, to be found by."""
Index("ix_order_person_worker_id", order_person.c.worker_id)
seat_bound = table(
    "seat_bound",
    key("worker_id", Code),
    must("order_id", Code, ForeignKey("labour_order.order_id"), index=True),
)
"""Who has said yes, and where: the key lets nobody say yes to two orders at once."""
contact_unlock = table(
    "contact_unlock",
    count("seq"),
    must("at", Moment),
    must("actor", Code, index=True),
    must("worker_id", Code, index=True),
    must("order_id", Code),
    must("reason", Text),
)
"""Looks at full numbers; append-only, ids alone."""
saved_search = table(
    "saved_search",
    key("owner", Code),
    key("search_id", Code),
    must("created_at", Moment),
    must("body", Body),
)
arrear = table("arrear", key("arrear_id", Code), must("body", Body))
broker_licence = table("broker_licence", key("user", Code), must("body", Body))
follow_up = table(
    "follow_up",
    key("follow_up_id", Code),
    must("order_id", Code, index=True),
    must("worker_id", Code, index=True),
    Column("open_until", Day, index=True),
    must("body", Body),
)
"""Questions to people placed; `open_until` is empty once answered."""
desk_draft = table("desk_draft", key("owner", Code), key("form", Code), must("body", Body))

kiosk = table("kiosk", key("kiosk_id", Code), must("body", Body))
fair_pack = table(
    "fair_pack",
    key("pack_id", Code),
    must("kiosk_id", Code, index=True),
    must("made_at", Moment),
    must("body", Body),
)
synced_visit = table(
    "synced_visit",
    key("visit_id", Code),
    must("kiosk_id", Code, index=True),
    must("began_at", Moment),
    must("body", Body),
)
"""Visits that came in later; the key counts each once."""

deed = table(
    "deed",
    key("number", Whole),
    must("stream", Code),
    must("seq", Whole),
    must("kind", Code, index=True),
    must("body", Body),
    UniqueConstraint("stream", "seq"),
)
"""What the county office did, append-only; the numbers are given by the program, without gaps."""
deed_subject = table(
    "deed_subject",
    key("subject", Code),
    key("number", Whole, ForeignKey("deed.number")),
)
"""Whom and what a deed speaks of, to be found by; a person who is erased is found no more."""
deed_guard = table("deed_guard", key("guard", Code), must("stream", Code, index=True))
"""What one stream may hold at a time: the key lets nothing be paid twice."""
deed_file = table("deed_file", key("sha256", Code), must("body", Body))
"""Frozen reports and ledgers as they came, sealed, by content."""
