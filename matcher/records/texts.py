"""Text messages as they are kept: consents, sendings, texts with their parts, offers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Channel(StrEnum):
    """By which way somebody agreed or refused."""

    KIOSK = "kiosk"
    PAPER = "paper"
    CALL = "call"
    TEXT = "text"
    DESK = "desk"


class NumberState(StrEnum):
    """What is known of a number: nothing bad, not in service, answered by somebody else."""

    GOOD = "good"
    DEAD = "dead"
    WRONG_PERSON = "wrong_person"


class Act(StrEnum):
    """What a reply does. INBOX: nothing by itself, a person reads it."""

    CHOICE = "choice"
    CALL_ME = "call_me"
    COMPLAINT = "complaint"
    WRONG_PERSON = "wrong_person"
    STOP = "stop"
    RETURNED = "returned"
    INBOX = "inbox"


class TextConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A dated yes or no to texts, appended, never changed (PIPL articles 14 and 15: proof of who agreed to what).

    words : version of the words read out or shown; where : the place; by : who noted it, the worker where alone
    phone : digits the answer came from (a reply), "" otherwise; a no of a number holds for everybody on it
    """

    consent_id: str
    worker_id: str
    agreed: bool
    at: datetime
    words: str
    where: str = ""
    channel: Channel
    by: str = ""
    phone: str = ""


class NumberMark(msgspec.Struct, frozen=True, kw_only=True):
    """What became known of a number: the last mark counts. worker_id : whom it is no number of (WRONG_PERSON)."""

    phone: str
    state: NumberState
    at: datetime
    why: str = ""
    worker_id: str = ""


class PartState(StrEnum):
    """What is known of one part, in the order of knowledge: nothing said later takes back what is higher.

    UNKNOWN : it may have gone, nobody said so; a carrier's receipt "delivered" outweighs a "failed" before or after it.
    """

    NEW = "new"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    FAILED = "failed"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """Place in the order of knowledge."""
        return list(PartState).index(self)

    def joined(self, other: PartState) -> PartState:
        """The greater of two: receipts may come twice and in any order."""
        return max(self, other, key=lambda state: state.rank)


class Queue(StrEnum):
    """Where a text stands on its way out. HELD: its sending is not released; LEASED: in the hands of one worker."""

    HELD = "held"
    QUEUED = "queued"
    LEASED = "leased"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class TextState(StrEnum):
    """How a text stands, as people are told; follows from its queue and its parts."""

    HELD = "held"
    QUEUED = "queued"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    FAILED = "failed"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """As pages say it."""
        return _TEXT_LABELS[self]


_TEXT_LABELS = {
    TextState.HELD: "等人放行",
    TextState.QUEUED: "排队待发",
    TextState.UNKNOWN: "不知道发没发到",
    TextState.ACCEPTED: "运营商已收下",
    TextState.PARTLY: "部分回执",
    TextState.FAILED: "没送到",
    TextState.DELIVERED: "送到了",
    TextState.WITHDRAWN: "没发，撤下了",
}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a text. provider_id : the carrier's name of it, "" until it gave one; error : the carrier's word."""

    state: PartState = PartState.NEW
    provider_id: str = ""
    at: datetime | None = None
    error: str = ""


class OutText(msgspec.Struct, frozen=True, kw_only=True):
    """One text on its way: to whom, which words, until when, what became of each part.

    phone : plain digits; body : as sent, signature included; purpose : offer, notice or answer
    sending_id, offer_id, reply_id : what it belongs to, "" where nothing; not_after : never sent later than this
    n_tries : submissions begun; next_at : not before; lease_by, lease_until : the worker that has it in its hands
    """

    text_id: str
    worker_id: str
    phone: str
    body: str
    n_units: int
    purpose: str
    template_id: str
    template_version: int
    sending_id: str = ""
    offer_id: str = ""
    reply_id: str = ""
    created_at: datetime
    queue: Queue = Queue.QUEUED
    next_at: datetime
    not_after: datetime
    n_tries: int = 0
    lease_by: str = ""
    lease_until: datetime | None = None
    gateway: str = ""
    reference: int = 0
    parts: tuple[Part, ...] = ()
    ended_at: datetime | None = None
    why: str = ""

    @property
    def state(self) -> TextState:
        """As people are told: a text is delivered when every part is."""
        states = {part.state for part in self.parts}
        if self.queue in (Queue.HELD, Queue.WITHDRAWN):
            return TextState(self.queue.value)
        if not states or states == {PartState.NEW}:
            return TextState.QUEUED
        if len(states) == 1:
            return TextState(states.pop().value)
        if PartState.DELIVERED in states:
            return TextState.PARTLY
        return TextState.FAILED if PartState.FAILED in states else TextState.UNKNOWN


class SendingState(StrEnum):
    """Where a sending stands; texts go out only while RELEASED."""

    WAITING = "waiting"
    RELEASED = "released"
    PAUSED = "paused"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of texts: for which season and wave, by whom, how many, who let it go.

    held : reason code -> how many people it holds back; trial : written and shown, never sent
    released_by : accounts that let it go (two different ones above the limit of the settings)
    budget_parts : most parts it may cost; paused_why : why it stands still
    """

    sending_id: str
    season: str
    wave: int
    region_code: str
    plan_id: str = ""
    by: str
    created_at: datetime
    state: SendingState = SendingState.WAITING
    trial: bool = False
    n_people: int = 0
    n_texts: int = 0
    n_parts: int = 0
    budget_parts: int = 0
    held: dict[str, int] = {}
    held_people: dict[str, str] = {}
    released_by: tuple[str, ...] = ()
    released_at: datetime | None = None
    paused_why: str = ""
    paused_at: datetime | None = None
    ended_at: datetime | None = None


class OfferState(StrEnum):
    """OPEN: the reply window runs or the text is not out yet; CHOSEN: a job was taken; the rest ended without one."""

    OPEN = "open"
    CHOSEN = "chosen"
    CALLED = "called"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class TextOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A list that goes to a person by text: the jobs in the order of the text, which the kiosk shows in the same order.

    vacancy_ids : 1, 2, 3; propensities : of each job, that it stood on the list (learning); weights : seats each
    of them holds while the offer is open, in 1/64 (so that no more is offered than seats can bear)
    decision_id : the logged list; sent_at : None until a carrier has it; open_until : end of the reply window
    plot : the micro-farm plot stood on the list, a card of its own
    """

    offer_id: str
    worker_id: str
    phone: str
    sending_id: str
    season: str
    decision_id: str
    vacancy_ids: tuple[str, ...]
    propensities: tuple[float, ...] = ()
    weights_64ths: tuple[int, ...] = ()
    plot: bool = False
    created_at: datetime
    sent_at: datetime | None = None
    open_until: datetime | None = None
    state: OfferState = OfferState.OPEN
    chosen: str = ""
    ended_at: datetime | None = None
