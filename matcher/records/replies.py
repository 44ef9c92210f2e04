"""What comes back after a text: replies, the calls they ask for, people who came home."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from matcher.records.texts import Act, Channel


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A text that came in, whole; what it did, and who read it where it did nothing by itself.

    reply_id : the gateway's, else a hash of number, moment and words: a repeat is the same reply
    """

    reply_id: str
    phone: str
    text: str
    received_at: datetime
    gateway: str = ""
    act: Act = Act.INBOX
    choice: int | None = None
    why: str = ""
    offer_id: str = ""
    worker_id: str = ""
    confirmed_by: str = ""
    read_by: str = ""
    read_at: datetime | None = None
    note: str = ""


class HalfDay(StrEnum):
    """Half a working day, as promised to somebody."""

    MORNING = "morning"
    AFTERNOON = "afternoon"

    @property
    def label(self) -> str:
        """As texts and pages say it."""
        return "上午" if self is HalfDay.MORNING else "下午"


class CallTask(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be called back, by when it was promised, and what came of it.

    reason : choice, call_me, complaint, wrong_person, returned, inbox (`Act` values) or no_answer (nobody replied)
    due_at : end of the promised half-day; escalated_at : when nobody had called by then; outcome : of the last call
    """

    task_id: str
    worker_id: str
    region_code: str
    reason: str
    vacancy_id: str = ""
    offer_id: str = ""
    reply_id: str = ""
    created_at: datetime
    promised_on: date
    promised_half: HalfDay
    due_at: datetime
    broker: str = ""
    escalated_at: datetime | None = None
    n_calls: int = 0
    outcome: str = ""
    called_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str = ""


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """A person who came home (随返随报, masked county 2020 四(七)): when, from where, why, what now.

    why, wish : codes of `returns.toml`; from_place : region code, "" unknown; ended_on : went out again or took work
    helper : who helps this person one to one; by, channel : who said so, by which way
    taken_back_at : when it turned out to be a mistake; the entry then counts nowhere
    first_noted_at : when it was said first, where it was said again since; None where noted_at is that
    """

    return_id: str
    worker_id: str
    region_code: str
    returned_on: date
    from_place: str = ""
    from_words: str = ""
    why: str = ""
    wish: str = ""
    helper: str = ""
    by: str
    channel: Channel
    noted_at: datetime
    ended_on: date | None = None
    taken_back_at: datetime | None = None
    first_noted_at: datetime | None = None
