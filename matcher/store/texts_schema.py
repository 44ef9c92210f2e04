"""Tables of text messages: who agreed, what is known of numbers, sendings, the outbox, offers, replies, calls, returns.

They stand in the metadata of `schema`; every change of this module needs a migration, a test compares the two. No
number stands anywhere in the clear: `phone_index` is its keyed hash, bodies are sealed.
"""

from __future__ import annotations

from sqlalchemy import Column, Index

from matcher.store.columns import Body, Code, Day, Flag, Moment, Text, Whole
from matcher.store.schema import count, key, must, table

text_consent = table(
    "text_consent",
    count("seq"),
    must("consent_id", Code, unique=True),
    must("worker_id", Code, index=True),
    must("agreed", Flag),
    must("at", Moment),
    must("words", Text),
    must("channel", Text),
    Column("phone_index", Body, index=True),
)
"""Every yes and no to texts. Never changed; deleted only where a later answer of the person says all it says."""
text_consent_body = table(
    "text_consent_body", key("consent_id", Code), must("worker_id", Code, index=True), must("body", Body)
)
"""Where, by whom, from which number; goes with the person, while the answer itself stays."""
number_mark = table(
    "number_mark",
    key("mark_id", Code),
    must("phone_index", Body, index=True),
    must("worker_id", Code, index=True),
    must("at", Moment),
    must("body", Body),
)
"""What became known of a number; the number itself stands in no column and in no body."""

text_sending = table(
    "text_sending",
    key("sending_id", Code),
    must("created_at", Moment),
    must("season", Text),
    must("state", Text),
    must("body", Body),
)
out_text = table(
    "out_text",
    key("text_id", Code),
    must("worker_id", Code, index=True),
    Column("phone_index", Body, index=True),
    must("sending_id", Code, index=True),
    must("reply_id", Code, index=True),
    must("purpose", Text),
    must("template_id", Code),
    must("urgency", Whole),
    must("queue", Text),
    must("state", Text),
    must("n_parts", Whole),
    must("created_at", Moment),
    must("next_at", Moment),
    must("not_after", Moment),
    Column("lease_until", Moment),
    Column("handed_at", Moment, index=True),
    Column("ended_at", Moment),
    must("body", Body),
)
"""The outbox. urgency : 0 goes first; handed_at : when a gateway was given it, empty where it surely has it not."""
Index("ix_out_text_queue", out_text.c.queue, out_text.c.urgency, out_text.c.next_at)
text_part = table("text_part", key("gateway", Code), key("provider_id", Code), must("text_id", Code, index=True))
"""What carriers call our parts; a name given again belongs to the later text."""
early_receipt = table(
    "early_receipt", key("gateway", Code), key("provider_id", Code), must("at", Moment), must("body", Body)
)
"""Receipts for names nobody knows yet: a carrier may speak before we have kept its name of the part."""

text_offer = table(
    "text_offer",
    key("offer_id", Code),
    must("worker_id", Code, index=True),
    Column("phone_index", Body, index=True),
    must("sending_id", Code, index=True),
    must("state", Text, index=True),
    must("created_at", Moment),
    Column("open_until", Moment),
    Column("ended_at", Moment),
    must("body", Body),
)
text_reply = table(
    "text_reply",
    key("reply_id", Code),
    Column("phone_index", Body, index=True),
    must("worker_id", Code, index=True),
    must("received_at", Moment, index=True),
    must("act", Text),
    must("unread", Flag),
    must("body", Body),
)
call_task = table(
    "call_task",
    key("task_id", Code),
    must("worker_id", Code, index=True),
    must("broker", Code),
    must("region_code", Code),
    must("due_at", Moment, index=True),
    Column("done_at", Moment),
    must("body", Body),
)
return_entry = table(
    "return_entry",
    key("return_id", Code),
    must("worker_id", Code, index=True),
    must("region_code", Code),
    must("returned_on", Day, index=True),
    must("body", Body),
)
